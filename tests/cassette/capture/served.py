"""A loopback server in another process, and one in this that answers in strange ways."""

from __future__ import annotations

import contextlib
import gzip
import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from pytest_qruntime.cassette.capture import Capture
from pytest_qruntime.server.roads import canonical
from tests.server.caller import Control

SERVICE = "https://quantum.cloud.ibm.com"


@dataclass(frozen=True)
class Place:
    """A world on a server.

    Attributes:
        url: of the server.
        world: what its control interface tells of the world.
        control: moves its time.
    """

    url: str
    world: dict[str, Any]
    control: Control

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.world['token']}", "Service-CRN": self.world["crn"]}

    @property
    def api(self) -> str:
        return f"{self.url}/api/v1"

    def canonical(self, url: str) -> str | None:
        """The service's address of one of the server's."""
        if not url.startswith(self.url + "/"):
            return None
        path, mark, query = url.removeprefix(self.url).partition("?")
        found = canonical(path)
        return None if found is None else found + mark + query

    def capture(self, **more: Any) -> Capture:
        return Capture(canonical=self.canonical, service="pytest-qruntime", **more)

    def advance(self, by: str) -> None:
        assert self.control("POST", f"/worlds/{self.world['world']}/time", advance_by=by).status_code == 200


class Server(ThreadingHTTPServer):
    """Does not wait for connections that clients keep."""

    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Strange)
        self.failures = 0
        self.asked = threading.Event()
        self.goes_on = threading.Event()


class Strange(BaseHTTPRequestHandler):
    """Answers as its path says. What it was sent stands in the answer to everything else."""

    protocol_version = "HTTP/1.1"
    server: Server

    def handle_any(self) -> None:
        body = self.read_body()
        kind = self.path.partition("?")[0].strip("/").partition("/")[0]
        getattr(self, f"do_{kind}", self.echo)(body)

    do_GET = do_POST = do_PUT = do_HEAD = do_DELETE = handle_any

    def read_body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") == "chunked":
            parts = []
            while size := int(self.rfile.readline(), 16):
                parts.append(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
            return b"".join(parts)
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def answer(self, status: int, body: bytes = b"", *headers: tuple[str, str]) -> None:
        self.send_response_only(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def echo(self, body: bytes) -> None:
        self.answer(200, json.dumps({"path": self.path, "body": body.decode()}).encode())

    def do_zipped(self, _: bytes) -> None:
        self.answer(200, gzip.compress(b'{"zipped": true}', mtime=0), ("Content-Encoding", "gzip"))

    def do_brotli(self, _: bytes) -> None:
        self.answer(200, b"\xff\xfe", ("Content-Encoding", "br"))

    def do_redirect(self, _: bytes) -> None:
        self.answer(307, b"", ("Location", f"http://{self.headers['Host']}/there"))

    def do_cookies(self, _: bytes) -> None:
        self.answer(200, b"{}", ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"), ("X-Many", "1"), ("X-Many", "2"))

    def do_connection(self, _: bytes) -> None:
        """Which connection it is."""
        self.answer(200, str(self.client_address[1]).encode())

    def do_fails(self, _: bytes) -> None:
        """Twice, and then no more."""
        self.server.failures += 1
        count: int = self.server.failures
        self.answer(503 if count <= 2 else 200, str(count).encode())

    def do_hangs_up(self, _: bytes) -> None:
        self.close_connection = True

    def do_waits(self, body: bytes) -> None:
        """Until somebody asks for ``/goes_on``."""
        self.server.asked.set()
        self.server.goes_on.wait(30)
        self.echo(body)

    def do_goes_on(self, body: bytes) -> None:
        self.server.goes_on.set()
        self.echo(body)

    def do_asked(self, body: bytes) -> None:
        """Once somebody asks for ``/waits``."""
        self.server.asked.wait(30)
        self.echo(body)

    def do_letters(self, _: bytes) -> None:
        self.answer(200, b"{}", ("X-Name", "Zürich"))

    def do_closes(self, body: bytes) -> None:
        """The connection, without a word of warning."""
        self.echo(body)
        self.close_connection = True

    def do_pieces(self, _: bytes) -> None:
        self.send_response_only(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for part in (b"one,", b"two,", b"three"):
            self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))
        self.wfile.write(b"0\r\n\r\n")

    def do_endless(self, _: bytes) -> None:
        """Goes on until nobody listens."""
        self.send_response_only(200)
        self.end_headers()
        self.close_connection = True
        try:
            while True:
                self.wfile.write(b"again\n")
        except OSError:
            return

    def handle(self) -> None:
        """A client that does not trust this server goes away in the middle."""
        with contextlib.suppress(ssl.SSLError, ConnectionError):
            super().handle()

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def strange(tls: ssl.SSLContext | None = None) -> Iterator[str]:
    """The address of such a server."""
    server = Server()
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"{'http' if tls is None else 'https'}://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
