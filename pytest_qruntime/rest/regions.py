"""Hosts and regions: what a host answers, and which region a host of the service serves.

IBM Cloud has a test system with hosts such as ``iam.test.cloud.ibm.com``; they are taken for the real ones.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final, NamedTuple

DEFAULT_REGION: Final = "us-east"
_CLOUD: Final = "cloud.ibm.com"
_SERVICE: Final = f"quantum.{_CLOUD}"
_IAM: Final = f"iam.{_CLOUD}"


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


class Answers(NamedTuple):
    """What a host answers."""

    runtime: bool
    iam: bool


@lru_cache(maxsize=256)
def answered_by(host: str) -> Answers:
    """What a host answers: the runtime API, IAM such as ``private.iam.cloud.ibm.com``, or nothing.

    Other hosts of IBM Cloud, such as ``globalcatalog.cloud.ibm.com``, may lead here too, and answer nothing. A host of
    nobody's, such as a loopback address, answers everything.
    """
    name = _name(host)
    if region_of(host) is not None:
        return Answers(runtime=True, iam=False)
    if name == _IAM or name.endswith("." + _IAM):
        return Answers(runtime=False, iam=True)
    if name == _CLOUD or name.endswith("." + _CLOUD):
        return Answers(runtime=False, iam=False)
    return Answers(runtime=True, iam=True)


def _name(host: str) -> str:
    """The host without port and case, and without ``test.``."""
    return host.lower().partition(":")[0].rstrip(".").replace(f".test.{_CLOUD}", f".{_CLOUD}")
