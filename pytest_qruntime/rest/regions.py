"""Hosts and regions: which region a host of the service serves, and which hosts are IAM's.

Hosts that are neither, such as a loopback address, serve everything.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

DEFAULT_REGION: Final = "us-east"
_SERVICE: Final = "quantum.cloud.ibm.com"


@lru_cache(maxsize=256)
def region_of(host: str) -> str | None:
    """The region that a host of the service serves; None for a host that is not of the service.

    ``quantum.cloud.ibm.com`` is that of us-east, ``eu-de.quantum.cloud.ibm.com`` of eu-de, and both may be preceded by
    ``private.``.
    """
    name = _name(host)
    if name != _SERVICE and not name.endswith("." + _SERVICE):
        return None
    region = name[: -len(_SERVICE)].rstrip(".").removeprefix("private").lstrip(".")
    return region or DEFAULT_REGION


@lru_cache(maxsize=256)
def is_iam_host(host: str) -> bool:
    """Whether the host is one of IAM's, such as ``iam.cloud.ibm.com`` or ``private.iam.cloud.ibm.com``."""
    name = _name(host)
    return name.endswith(".cloud.ibm.com") and "iam" in name.split(".")


def _name(host: str) -> str:
    return host.lower().partition(":")[0].rstrip(".")
