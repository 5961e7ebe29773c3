"""The ASGI application: from a request on the wire to the world or the control interface that answers it."""

from __future__ import annotations

import logging
from collections import Counter
from typing import Any, Final

from pytest_qruntime.clock.real import Real
from pytest_qruntime.network import BrokenError
from pytest_qruntime.rest import Request, Response
from pytest_qruntime.rest.answers import json_answer
from pytest_qruntime.server import control
from pytest_qruntime.server.breaking import break_off
from pytest_qruntime.server.listener import LOOPBACK, Message, Receive, Scope, Send
from pytest_qruntime.server.roads import Refusal, road
from pytest_qruntime.server.worlds import UnknownWorldError, Worlds

_logger: Final = logging.getLogger("pytest_qruntime.server")
CLOSE: Final = (("connection", "close"),)
_READING: Final = ("GET", "HEAD", "OPTIONS")


class Counts:
    """What the server was asked for.

    Attributes:
        requests: how many requests, the refused ones and those of the control interface among them; tunnels are not.
        refused: how many were refused, by the header Host.
        tunnels: how many tunnels were refused, by target, such as ``iam.cloud.ibm.com:443``.
    """

    def __init__(self) -> None:
        self.requests = 0
        self.refused: Counter[str] = Counter()
        self.tunnels: Counter[str] = Counter()


class Gateway:
    """Answers what arrives on one port.

    Attributes:
        worlds: the worlds behind it.
        counts: what was asked.
        failures: the errors of ours that clients saw as status 500.
        url: its address.
    """

    def __init__(self) -> None:
        self.worlds = Worlds()
        self.counts = Counts()
        self.failures: list[Exception] = []
        self.url = ""

    def opened(self, port: int) -> None:
        """It can be reached on this port from now on."""
        self.url = f"http://{LOOPBACK}:{port}"

    # -- what the listener calls -------------------------------------------------------------------------------------

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["method"] == "CONNECT":
            await _respond(send, self._refused_tunnel(scope["raw_path"].decode("latin-1")))
            return
        self.counts.requests += 1
        changes = [] if scope["method"] in _READING else [Real.monotonic()]
        self.worlds.changes += changes
        try:
            body = await _body(receive)
            if body is None:
                return
            response = await self._answered(scope, body)
        except BrokenError as met:
            broken = met
        else:
            await _respond(send, response)
            return
        finally:
            for began_s in changes:
                self.worlds.changes.remove(began_s)
        late = await break_off(broken, scope, receive, send)
        if late is not None:
            await _respond(send, late)

    def closed(self, client: tuple[str, int]) -> None:
        """The connection of a client is closed."""
        self.worlds.closed(client)

    # -- the way of a request ----------------------------------------------------------------------------------------

    def _refused_tunnel(self, target: str) -> Response:
        self.counts.tunnels[target] += 1
        return control.error(
            403, f"qruntime refuses tunnels, here to {target}: nothing may reach the real service", CLOSE
        )

    async def _answered(self, scope: Scope, body: bytes) -> Response:
        headers = _headers(scope)
        path = scope["raw_path"].decode("latin-1")
        try:
            leads = road(headers, path)
            if isinstance(leads, Refusal):
                self.counts.refused[headers.get("host", "")] += 1
                return control.error(leads.status, leads.text)
            if leads.control:
                return control.answer(self, scope["method"], leads.path, body)
            query = scope["query_string"].decode("latin-1")
            request = Request(scope["method"], leads.host, leads.path, query, headers, body)
            return await self.worlds.answer(request, scope["client"])
        except UnknownWorldError as unknown:
            return control.error(404, str(unknown))
        except BrokenError:
            raise
        except Exception as failure:  # a bug, or what a function of the test raised: whoever serves gets to see it
            self.failures.append(failure)
            _logger.exception("%s %s failed", scope["method"], path)
            return json_answer({"error": f"{type(failure).__name__}: {failure}"}, 500)


async def _body(receive: Receive) -> bytes | None:
    """The whole body; None if the client went away."""
    parts: list[bytes] = []
    while True:
        message: Message = await receive()
        if message["type"] != "http.request":
            return None
        parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(parts)


def _headers(scope: Scope) -> dict[str, str]:
    """The headers under their lower-case names; of a name that was sent twice, the values joined."""
    headers: dict[str, str] = {}
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


async def _respond(send: Send, response: Response) -> None:
    headers: list[Any] = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in response.headers]
    if response.status != 204:
        headers.append((b"content-length", str(len(response.body)).encode()))
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    await send({"type": "http.response.body", "body": response.body})
