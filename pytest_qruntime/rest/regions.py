"""Hosts and regions: what a host answers, and which region a host of the service serves.

IBM Cloud has a test system with hosts such as ``iam.test.cloud.ibm.com``; they are taken for the real ones.

The host alone decides. A loopback server, which has one host for everything, gives each request the host that it stands
for: ``SEARCH_HOST`` for what it serves under its prefix for Global Search, and so on.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final, Literal, NamedTuple

from pytest_qruntime.model.instance import DEFAULT_REGION

IAM_HOST: Final = "iam.cloud.ibm.com"
SEARCH_HOST: Final = "api.global-search-tagging.cloud.ibm.com"
CATALOG_HOST: Final = "globalcatalog.cloud.ibm.com"
RESOURCES_HOST: Final = "resource-controller.cloud.ibm.com"
_CLOUD: Final = "cloud.ibm.com"
_SERVICE: Final = f"quantum.{_CLOUD}"

Platform = Literal["search", "catalog", "resources"]
_PLATFORM: Final[dict[str, Platform]] = {
    SEARCH_HOST: "search",
    CATALOG_HOST: "catalog",
    RESOURCES_HOST: "resources",
}


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


def host_of(region: str) -> str:
    """The public host that serves a region."""
    return _SERVICE if region == DEFAULT_REGION else f"{region}.{_SERVICE}"


def region_of_crn(crn: str) -> str:
    """The region that a CRN names; the default one if it names none."""
    parts = crn.split(":")
    return (parts[5] if len(parts) > 5 else "") or DEFAULT_REGION


class Answers(NamedTuple):
    """What a host answers."""

    runtime: bool
    iam: bool
    platform: Platform | None = None


@lru_cache(maxsize=256)
def answered_by(host: str) -> Answers:
    """What a host answers: the runtime API, IAM such as ``private.iam.cloud.ibm.com``, a service of the platform.

    Other hosts of IBM Cloud answer nothing. A host of nobody's, such as a loopback address, answers the runtime API and
    IAM, whose paths differ.
    """
    name = _name(host)
    if region_of(host) is not None:
        return Answers(runtime=True, iam=False)
    if name == IAM_HOST or name.endswith("." + IAM_HOST):
        return Answers(runtime=False, iam=True)
    if name in _PLATFORM:
        return Answers(runtime=False, iam=False, platform=_PLATFORM[name])
    if name == _CLOUD or name.endswith("." + _CLOUD):
        return Answers(runtime=False, iam=False)
    return Answers(runtime=True, iam=True)


def _name(host: str) -> str:
    """The host without port and case, and without ``test.``."""
    return host.lower().partition(":")[0].rstrip(".").replace(f".test.{_CLOUD}", f".{_CLOUD}")
