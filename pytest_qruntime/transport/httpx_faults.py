"""What httpx's own transports raise, and with which words, when the network is faulty."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Final

import httpx

from pytest_qruntime.network.broken import BrokenError, End, endure

__tracebackhide__ = True

_ERRORS: Final[dict[End, tuple[type[httpx.TransportError], str]]] = {
    "refused": (httpx.ConnectError, "[Errno 111] Connection refused"),
    "connect_timeout": (httpx.ConnectTimeout, "timed out"),
    "reset": (httpx.ReadError, "[Errno 104] Connection reset by peer"),
    "read_timeout": (httpx.ReadTimeout, "The read operation timed out"),
}


def endured(broken: BrokenError, request: httpx.Request) -> tuple[float, httpx.TransportError | None]:
    """How long a client with the timeouts of this request waits, and what it raises then; None: an answer arrives.

    Raises `NeverAnsweredError` for a client that would wait for ever.
    """
    timeout = request.extensions.get("timeout", {})
    seconds, end = endure(broken, timeout.get("connect"), timeout.get("read"))
    if end == "answer":
        return seconds, None
    kind, words = _ERRORS[end]
    return seconds, kind(words, request=request)


def arriving(broken: BrokenError, request: httpx.Request, response: httpx.Response) -> httpx.Response:
    """The response as it arrives: of one that is truncated, the rest is missed by whoever reads it."""
    if broken.kind == "truncated":
        assert isinstance(response.stream, httpx.ByteStream)
        announced = int(response.headers["content-length"])
        response.stream = _Truncated(b"".join(response.stream), announced, request)
    return response


class _Truncated(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body of which the end does not come."""

    def __init__(self, part: bytes, announced: int, request: httpx.Request) -> None:
        self._part = part
        self._announced = announced
        self._request = request

    def __iter__(self) -> Iterator[bytes]:
        yield self._part
        raise self._error()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._part
        raise self._error()

    def _error(self) -> httpx.RemoteProtocolError:
        return httpx.RemoteProtocolError(
            "peer closed connection without sending complete message body "
            f"(received {len(self._part)} bytes, expected {self._announced})",
            request=self._request,
        )
