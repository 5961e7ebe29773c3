"""The socket, the thread and the event loop of uvicorn's HTTP protocol: started and stopped in a millisecond.

uvicorn's own `Server` is left out. It wakes ten times a second (an `asyncio.sleep`, which a held clock would take for
the test's), takes a tenth of a second to stop, and waits for clients that keep their connections.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import struct
import sys
import threading
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Final, Protocol, TypeAlias, cast
from urllib.parse import urlsplit

from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from pytest_qruntime.clock.real import Real
from pytest_qruntime.model.errors import ConfigurationError

LOOPBACK: Final = "127.0.0.1"
KEEP_ALIVE_S: Final = 75  # longer than clients keep a connection, so that none is closed under a request
BACKLOG: Final = 512

Scope: TypeAlias = dict[str, Any]
Message: TypeAlias = dict[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]

CONNECTION: Final = "qruntime.connection"
"""Under this name a request knows its connection, which an application may `close` or `reset` in the middle."""

_AT_ONCE: Final = struct.pack("ii", 1, 0)  # struct linger: on, for no second
_logger: Final = logging.getLogger("pytest_qruntime.server")


class Application(Protocol):
    """What is served: an ASGI application that also hears when a connection is closed.

    Of a request for a tunnel (CONNECT), the path is what it is to lead to: ``host:port``.
    """

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""

    def closed(self, client: tuple[str, int]) -> None:
        """The connection of this client is closed."""


class RealLoop(asyncio.SelectorEventLoop):
    """A loop whose timers run on the real clock, also while a test holds the process's."""

    def time(self) -> float:
        """Seconds of the real monotonic clock."""
        return Real.monotonic()


class _InOnePiece:
    """A transport that sends the head and the body of an answer together: a seventh of what a small request costs."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._parts: list[bytes] = []

    def write(self, data: bytes) -> None:
        """Send this with what follows; but a client that waits for a `100 Continue` gets it at once."""
        self._parts.append(data)
        if data.startswith(b"HTTP/1.1 100"):
            self.flush()

    def flush(self) -> None:
        """Send what was written."""
        self._transport.write(b"".join(self._parts))
        self._parts.clear()

    def close(self) -> None:
        """Send what was written, and close."""
        self.flush()
        self._transport.close()

    def reset(self) -> None:
        """Send nothing of what was written, and reset the connection."""
        self._transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
        self._transport.abort()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


class _Connection(HttpToolsProtocol):
    """uvicorn's HTTP/1.1 on one connection. It hands requests for a tunnel on, too, and says when it is closed."""

    def __init__(self, application: Application, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._application = application
        self.logger = _logger
        self.access_log = False

    def connection_made(self, transport: Any) -> None:
        """A client has connected."""
        super().connection_made(cast(asyncio.Transport, _InOnePiece(transport)))

    def on_response_complete(self) -> None:
        """An answer was written."""
        cast(_InOnePiece, self.transport).flush()
        super().on_response_complete()

    def on_headers_complete(self) -> None:
        """A request has come, but for its body."""
        tunnel = self.url if self.parser.get_method() == b"CONNECT" else None
        if tunnel is not None:
            self.url = b"/"  # the target of a CONNECT is no path, and uvicorn would take it for a fault
        super().on_headers_complete()
        cast(Scope, self.scope)[CONNECTION] = self.transport
        if tunnel is not None:
            self.scope["raw_path"] = tunnel
        elif not self.url.startswith(b"/"):
            self._heed_the_whole_address()

    def _heed_the_whole_address(self) -> None:
        """What a proxy is asked for is a whole address, whose host counts and no other (RFC 9112, 3.2.2)."""
        host = urlsplit(self.url).netloc.rpartition(b"@")[2]
        if host:
            self.scope["headers"] = [(b"host", host), *(one for one in self.scope["headers"] if one[0] != b"host")]

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is closed."""
        super().connection_lost(exc)
        if self.client is not None:
            self._application.closed(self.client)

    def _unsupported_upgrade_warning(self) -> None:
        """Nothing to say: a client that would like HTTP/2, a WebSocket or a tunnel is answered in HTTP/1.1."""


class Listener:
    """Serves an application on a port of 127.0.0.1, from a thread of its own.

    Args:
        application: what answers.
        port: the port; 0 takes any free one.

    Raises `ConfigurationError` for a port that is taken or not allowed.
    """

    def __init__(self, application: Application, *, port: int = 0) -> None:
        self._application = application
        self._socket = _listening(port)
        self.port: int = self._socket.getsockname()[1]
        self._loop = RealLoop()
        self._state = ServerState()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="qruntime server", daemon=True)

    def start(self) -> None:
        """Answer from now on."""
        self._thread.start()
        self._ready.wait()

    def stop(self) -> None:
        """Close the port and every connection, and end the thread. Nothing is left when this returns."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _run(self) -> None:
        loop = self._loop
        config = Config(
            self._application,
            interface="asgi3",
            http=HttpToolsProtocol,
            ws="none",
            lifespan="off",
            log_config=None,
            proxy_headers=False,
            timeout_keep_alive=KEEP_ALIVE_S,
        )
        connect = partial(
            _Connection, self._application, config=config, server_state=self._state, app_state={}, _loop=loop
        )
        server = loop.run_until_complete(loop.create_server(connect, sock=self._socket, backlog=BACKLOG))
        loop.call_soon(self._ready.set)
        try:
            loop.run_forever()
        finally:
            server.close()
            loop.run_until_complete(self._hang_up())
            loop.close()

    async def _hang_up(self) -> None:
        """Abort what is going on. A loop needs a turn to close an aborted connection, and one to end a task."""
        for connection in list(self._state.connections):
            connection.transport.abort()
        tasks = list(self._state.tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        while self._state.connections:
            await _one_turn()


async def _one_turn() -> None:
    turn = asyncio.get_running_loop().create_future()
    turn.get_loop().call_soon(turn.set_result, None)
    await turn


def _listening(port: int) -> socket.socket:
    """A socket that listens. It names its protocol: asyncio switches Nagle's delay off only where one does."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if sys.platform != "win32":  # there it would share a port that is taken
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((LOOPBACK, port))
        listening.listen(BACKLOG)
    except (OSError, OverflowError) as error:
        listening.close()
        raise ConfigurationError(
            f"cannot serve on port {port} of {LOOPBACK}: {error}; choose another port, or 0 for any free one"
        ) from None
    return listening
