"""Where a recording comes from, which versions made it, and how large it is."""

from __future__ import annotations

import re
from functools import cache
from importlib import metadata
from typing import TYPE_CHECKING, Final

from pytest_qruntime import __version__
from pytest_qruntime.cassette.lint.findings import Findings
from pytest_qruntime.cassette.lint.shapes import OWN
from pytest_qruntime.cassette.tape import Provenance, Tape
from pytest_qruntime.rest import timestamps

if TYPE_CHECKING:
    from packaging.version import Version

MOST_INTERACTIONS: Final = 1_000
MOST_BYTES: Final = 2 * 1024 * 1024
SERVICES: Final = (OWN, "IBM Quantum Platform", "unknown")
CLIENT: Final = "qiskit-ibm-runtime"
_CALLER: Final = re.compile(r"qiskit_ibm_runtime-([0-9][0-9A-Za-z.+-]*?)(?=[,/*\s]|$)")
_DAY_US: Final = 86_400 * 1_000_000


def check(tape: Tape, size: int, today_us: int, found: Findings) -> None:
    """Note what is not as it should be.

    Args:
        tape: the recording.
        size: of its file, in bytes.
        today_us: the real time, in microseconds since 1970.
        found: where to.
    """
    if not tape.exchanges:
        found.add("empty", "there is no interaction in it")
    if len(tape.exchanges) > MOST_INTERACTIONS or size > MOST_BYTES:
        found.add("size", f"it has {len(tape.exchanges)} interactions and {size} bytes")
    if tape.provenance is None:
        found.add("provenance-missing", "it does not say where it comes from, and when anything was sent")
    else:
        _check_provenance(tape.provenance, today_us, found)
    _check_versions(tape, found)


def _check_provenance(provenance: Provenance, today_us: int, found: Findings) -> None:
    if provenance.service not in SERVICES:
        found.add("provenance", f"service is none of {', '.join(SERVICES)}", place="qruntime, service")
    if provenance.clock == "virtual" and provenance.service == "IBM Quantum Platform":
        found.add("provenance", "a service of IBM's has no virtual time", place="qruntime, clock")
    if _unix_us(provenance.began) is None:
        found.add("provenance", "it is no instant", place="qruntime, began")
    if provenance.recorded is not None and (_unix_us(provenance.recorded) or 0) > today_us + _DAY_US:
        found.add("provenance", "it is a day to come", place="qruntime, recorded")


def _unix_us(text: str) -> int | None:
    try:
        return timestamps.parse(text)
    except ValueError:
        return None


def _check_versions(tape: Tape, found: Findings) -> None:
    versions = {} if tape.provenance is None else dict(tape.provenance.versions)
    number, from_header = _of_the_client(tape)
    if from_header is not None:
        versions.setdefault(CLIENT, from_header)
    for package, text in sorted(versions.items()):
        by_header = package == CLIENT and (tape.provenance is None or package not in tape.provenance.versions)
        place = "request header x-qx-client-application" if by_header else "qruntime, versions"
        problem = _too_old(package, text)
        if problem is not None:
            found.add("client-version", problem, number=number if by_header else None, place=place)
    own = _version(versions.get("pytest-qruntime", ""))
    here = _version(__version__)
    if own is not None and here is not None and own > here:
        found.add("newer-plugin", f"version {own} made it, this is {here}", place="qruntime, versions")


def _of_the_client(tape: Tape) -> tuple[int | None, str | None]:
    """The version that the client tells of itself, and in which interaction first."""
    for number, exchange in enumerate(tape.exchanges):
        match = _CALLER.search(exchange.request_headers.get("x-qx-client-application", ""))
        if match is not None:
            return number, match[1]
    return None, None


def _too_old(package: str, text: str) -> str | None:
    supported = supported_versions().get(_normal(package))
    if supported is None:
        return None
    version = _version(text)
    if version is None:
        return f"the version of {package} is none"
    if supported == "" or _meets(version, supported):
        return None
    return f"{package} is {version}; supported is {supported}"


@cache
def supported_versions() -> dict[str, str]:
    """What pytest-qruntime requires of each package, with or without an extra: pyproject.toml is the one source."""
    from packaging.requirements import Requirement

    found: dict[str, str] = {}
    try:
        required = metadata.requires("pytest-qruntime") or ()
    except metadata.PackageNotFoundError:  # a source tree that nobody installed
        required = ()
    for text in required:
        requirement = Requirement(text)
        found.setdefault(_normal(requirement.name), str(requirement.specifier))
    return found


def _meets(version: Version, supported: str) -> bool:
    from packaging.specifiers import SpecifierSet

    return SpecifierSet(supported).contains(version, prereleases=True)


def _version(text: str) -> Version | None:
    from packaging.version import InvalidVersion, Version

    try:
        return Version(text)
    except InvalidVersion:
        return None


def _normal(package: str) -> str:
    return re.sub(r"[-_.]+", "-", package).lower()
