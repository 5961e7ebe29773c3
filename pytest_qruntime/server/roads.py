"""Where a request leads: which host and path of the service an address of this server stands for, and who may ask."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from pytest_qruntime.model.instance import DEFAULT_REGION
from pytest_qruntime.rest.regions import (
    CATALOG_HOST,
    IAM_HOST,
    RESOURCES_HOST,
    SEARCH_HOST,
    answered_by,
    host_of,
    region_of,
)
from pytest_qruntime.rest.service import IAM_PATH
from pytest_qruntime.transport import is_service_host

CONTROL: Final = "/qruntime"
LOOPBACK_NAMES: Final = frozenset({"127.0.0.1", "localhost", "[::1]"})

# The official client takes an address of the runtime API as it is only if the word `experimental` is in it. This host
# stands for that of every region: a program that was given one address asks it for instances of all regions.
RUNTIME_PREFIX: Final = "/experimental"
IAM_PREFIX: Final = "/iam"
SEARCH_PREFIX: Final = "/search"
CATALOG_PREFIX: Final = "/catalog"
RESOURCES_PREFIX: Final = "/resources"
_STANDS_FOR: Final[Mapping[str, str]] = {
    RUNTIME_PREFIX: "127.0.0.1",
    IAM_PREFIX: IAM_HOST,
    SEARCH_PREFIX: SEARCH_HOST,
    CATALOG_PREFIX: CATALOG_HOST,
    RESOURCES_PREFIX: RESOURCES_HOST,
}


class Road(NamedTuple):
    """What a request asks for: the control interface, or a path of a host of the service."""

    host: str
    path: str
    control: bool = False


class Refusal(NamedTuple):
    """Why a request is not answered."""

    status: int
    text: str


def road(headers: Mapping[str, str], path: str) -> Road | Refusal:
    """Where a request with these (lower-case) headers and this raw path leads.

    An HTTP proxy is asked with the whole address, whose host is also in the header Host: so a service's host is
    answered under every path. Other hosts are not: a page in a browser could use them to get here under a name of its
    own (DNS rebinding). Browsers put the page's address into the header Origin, and other programs do not.
    """
    host = headers.get("host", "")
    if "origin" in headers:
        return Refusal(403, f"qruntime serves programs, not pages in a browser (Origin: {headers['origin']})")
    if _name(host) not in LOOPBACK_NAMES:
        if is_service_host(host):
            return Road(host, path)
        return Refusal(
            403,
            f"qruntime is not a proxy to {host or 'a host without a name'}; it answers for the hosts of Qiskit Runtime "
            "and for 127.0.0.1. Put what must reach the network into NO_PROXY",
        )
    if path == CONTROL or path.startswith(CONTROL + "/"):
        return Road(host, path.removeprefix(CONTROL), control=True)
    prefix, _, rest = path[1:].partition("/")
    stands_for = _STANDS_FOR.get("/" + prefix)
    return Road("127.0.0.1", path) if stands_for is None else Road(stands_for, "/" + rest)


def canonical(path: str) -> str | None:
    """The address at the service that a raw path of this server stands for; None for the control interface.

    What stands for the hosts of every region is shown as the default one.
    """
    leads = road({"host": "127.0.0.1"}, path)
    if isinstance(leads, Refusal) or leads.control:
        return None
    if leads.host != "127.0.0.1":
        return f"https://{leads.host}{leads.path}"
    return f"https://{IAM_HOST if leads.path == IAM_PATH else host_of(DEFAULT_REGION)}{leads.path}"


def path_here(host: str, path: str) -> str | None:
    """The path of this server that stands for a path of a host of the service; None if none does."""
    if region_of(host) is not None:
        return RUNTIME_PREFIX + path
    if answered_by(host).iam and is_service_host(host):
        return IAM_PREFIX + path
    stands_for = _name(host).replace(".test.cloud.", ".cloud.")
    return next((prefix + path for prefix, known in _STANDS_FOR.items() if known == stands_for), None)


def _name(host: str) -> str:
    """The host of a header Host, in lower case and without its port."""
    name = host.lower()
    return name.rpartition("]")[0] + "]" if name.startswith("[") else name.partition(":")[0]
