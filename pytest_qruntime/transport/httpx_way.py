"""The way in for httpx: its own two transports, sync and async, answered in process.

The transports are patched at class level, so clients made before and after are reached alike, and proxies, mounts and
HTTP/2 with them, while a transport that the user wrote is left alone. The client above stays the real one: auth flows,
event hooks, cookies, redirects, logging, `elapsed`. What a faulty network does to a request is what it does to httpx:
`httpx_faults` tells.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from functools import cache, lru_cache, wraps
from http import HTTPStatus
from typing import Any, TypeAlias

import httpx

from pytest_qruntime.network.broken import BrokenError
from pytest_qruntime.rest.http import Handler, Request, Response
from pytest_qruntime.transport.hosts import is_service_host
from pytest_qruntime.transport.httpx_faults import arriving, endured
from pytest_qruntime.transport.patches import Patch
from pytest_qruntime.transport.routing import Routes, choose

__tracebackhide__ = True  # pytest shows the arguments of the last call that it shows, and ours are headers and bodies

Sync: TypeAlias = Callable[[httpx.HTTPTransport, httpx.Request], httpx.Response]
Async: TypeAlias = Callable[[httpx.AsyncHTTPTransport, httpx.Request], Coroutine[Any, Any, httpx.Response]]


def patches(routes: Routes) -> list[Patch]:
    """What to replace so that httpx is answered by `routes`."""

    def make_sync(original: Sync) -> Sync:
        @wraps(original)
        def handle_request(self: httpx.HTTPTransport, request: httpx.Request) -> httpx.Response:
            active = routes.active
            if not active or not is_service_host(request.url.host):
                return original(self, request)
            headers = lower_headers(request)
            return answer(choose(active, headers), request, headers, sync_body(request))

        return handle_request

    def make_async(original: Async) -> Async:
        @wraps(original)
        async def handle_async_request(self: httpx.AsyncHTTPTransport, request: httpx.Request) -> httpx.Response:
            active = routes.active
            if not active or not is_service_host(request.url.host):
                return await original(self, request)
            headers = lower_headers(request)
            return await async_answer(choose(active, headers), request, headers, await async_body(request))

        return handle_async_request

    return [
        Patch(httpx.HTTPTransport, "handle_request", make_sync),
        Patch(httpx.AsyncHTTPTransport, "handle_async_request", make_async),
    ]


def answer(handler: Handler, request: httpx.Request, headers: dict[str, str], body: bytes) -> httpx.Response:
    """Let `handler` answer, and return what a transport returns: a response whose body has not been read yet.

    Unread matters: the client reads it, which sets `elapsed`, and code that streams and forgets to read must fail here
    as it would with the service.
    """
    try:
        return _told(request, handler.handle(_asked(request, headers, body)))
    except BrokenError as met:
        broken = met
    seconds, error = endured(broken, request)
    broken.clock.sleep(seconds)
    if error is not None:
        raise error
    return arriving(broken, request, _told(request, broken.arrives))


async def async_answer(
    handler: Handler, request: httpx.Request, headers: dict[str, str], body: bytes
) -> httpx.Response:
    """The same for an async client: while an answer takes its time, other tasks run."""
    try:
        return _told(request, handler.handle(_asked(request, headers, body)))
    except BrokenError as met:
        broken = met
    seconds, error = endured(broken, request)
    if broken.clock.held:
        await asyncio.sleep(seconds)
    else:
        broken.clock.sleep(seconds)
    if error is not None:
        raise error
    return arriving(broken, request, _told(request, broken.arrives))


def _asked(request: httpx.Request, headers: dict[str, str], body: bytes) -> Request:
    url = request.url
    path, _, query = url.raw_path.decode("ascii").partition("?")
    return Request(request.method, url.host, path, query, headers, body)


def _told(request: httpx.Request, answered: Response) -> httpx.Response:
    status, fields, content = answered
    if request.method == "HEAD":  # never has a body, whatever its headers say
        content = b""
    return httpx.Response(
        status, headers=_prepared(fields), stream=httpx.ByteStream(content), extensions=_extensions(status)
    )


@lru_cache(maxsize=256)
def _prepared(fields: tuple[tuple[str, str], ...]) -> httpx.Headers:
    """The fields as httpx keeps them; each response copies them."""
    return httpx.Headers(list(fields))


def lower_headers(request: httpx.Request) -> dict[str, str]:
    """The request's headers under lower-case names; a name that was sent twice has its values joined."""
    raw = request.headers.raw
    headers = {name.lower().decode("latin-1"): value.decode("latin-1") for name, value in raw}
    if len(headers) != len(raw):
        headers = {name: request.headers[name] for name in headers}
    return headers


def sync_body(request: httpx.Request) -> bytes:
    """The body as it would go over the wire: streams are used up, as a real transport does."""
    assert isinstance(request.stream, httpx.SyncByteStream)  # as httpx.HTTPTransport has it
    return b"".join(request.stream)


async def async_body(request: httpx.Request) -> bytes:
    """The same for an async client."""
    assert isinstance(request.stream, httpx.AsyncByteStream)
    return b"".join([part async for part in request.stream])


@cache
def _extensions(status: int) -> dict[str, bytes]:
    """What a real transport tells about an HTTP/1.1 response; httpx copies it for each response."""
    try:
        reason = HTTPStatus(status).phrase
    except ValueError:
        reason = ""
    return {"http_version": b"HTTP/1.1", "reason_phrase": reason.encode("ascii")}
