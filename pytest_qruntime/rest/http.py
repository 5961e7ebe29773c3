"""The seam between the ways in and the REST face: one request, one response, nothing of any HTTP library."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple, Protocol

# With every answer of the loopback server: the world's instant at which it was given, ISO 8601 in UTC, microseconds.
INSTANT_HEADER: Final = "x-qruntime-time"


class Request(NamedTuple):
    """An HTTP request as it was sent.

    `path` and `query` are raw (still percent-encoded, `query` without its question mark); header names are lower-case.
    """

    method: str
    host: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes


class Response(NamedTuple):
    """The answer to a `Request`, ready to be put into any client's response object."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


class Handler(Protocol):
    """Whatever answers requests: the REST face of a world."""

    def handle(self, request: Request) -> Response:
        """Answer one request. Never raises for anything that a client can send."""
