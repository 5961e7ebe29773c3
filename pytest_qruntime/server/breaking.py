"""What a faulty network does to a client of the loopback server: to its real connection, in real time."""

from __future__ import annotations

from pytest_qruntime.network import BrokenError
from pytest_qruntime.rest import Response
from pytest_qruntime.server.listener import CONNECTION, Receive, Scope, Send


async def break_off(broken: BrokenError, scope: Scope, receive: Receive, send: Send) -> Response | None:
    """Give a client no answer, or a part of one; or return the one that it gets, if that is only late.

    A connection that stands cannot be refused any more: it is reset. A client that gets no answer waits for as long as
    it likes, in real time. A slow answer takes no real time; the time of the world passes.
    """
    if broken.kind == "slow":
        broken.clock.advance_by(broken.delay_us)
        return broken.arrives
    if broken.kind == "truncated":
        await _send_in_part(broken.arrives, send)
        scope[CONNECTION].close()
    elif broken.kind != "read_timeout":
        scope[CONNECTION].reset()
    while (await receive())["type"] != "http.disconnect":
        pass
    return None


async def _send_in_part(arrives: Response, send: Send) -> None:
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in arrives.headers]
    await send({"type": "http.response.start", "status": arrives.status, "headers": headers})
    await send({"type": "http.response.body", "body": arrives.body, "more_body": True})
