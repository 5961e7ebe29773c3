"""An httpx transport that answers by itself: for clients that are built for the fake, with nothing patched."""

from __future__ import annotations

import httpx

from pytest_qruntime.rest.http import Handler
from pytest_qruntime.transport.httpx_way import answer, async_answer, async_body, lower_headers, sync_body

__tracebackhide__ = True  # pytest shows the arguments of the last call that it shows, and ours are headers and bodies


class FakeTransport(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Answers every request of an `httpx.Client` or an `httpx.AsyncClient` with `handler`, whatever its host.

    Args:
        handler: the REST face of a world. What it raises reaches the caller as it is.
    """

    def __init__(self, handler: Handler) -> None:
        self.handler = handler

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer a request of a sync client."""
        return answer(self.handler, request, lower_headers(request), sync_body(request))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer a request of an async client."""
        return await async_answer(self.handler, request, lower_headers(request), await async_body(request))
