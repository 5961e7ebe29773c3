"""What a recording holds: exchanges in the order in which they were sent, and where they come from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Exchange:
    """A request and what was answered.

    Attributes:
        at_us: when the request was sent: microseconds of the recorded clock since `Provenance.began`.
        method: in upper case.
        url: absolute, as it was sent.
        request_headers: under lower-case names.
        request_body: empty if there was none.
        status: of the answer.
        response_headers: under lower-case names.
        response_body: without any content encoding.
    """

    at_us: int
    method: str
    url: str
    request_headers: Mapping[str, str]
    request_body: bytes
    status: int
    response_headers: Mapping[str, str]
    response_body: bytes


@dataclass(frozen=True)
class Provenance:
    """Where a recording comes from.

    Attributes:
        service: ``"pytest-qruntime"`` for the project's own server, ``"IBM Quantum Platform"``, or ``"unknown"``.
        began: the first instant of the recorded clock, ISO 8601 in UTC.
        clock: ``"virtual"`` or ``"real"``.
        recorded: the real date, ISO 8601; None if nobody knows.
        versions: of the packages that made it, by name.
        test: the node id of the test; None if there was none.
        settings: what the server's world was made of, by name: plain JSON-able values; None if nobody told.
    """

    service: str
    began: str
    clock: str
    recorded: str | None
    versions: Mapping[str, str]
    test: str | None
    settings: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Tape:
    """A recording. One that another tool made has no provenance, and its exchanges no times."""

    provenance: Provenance | None
    exchanges: tuple[Exchange, ...]
