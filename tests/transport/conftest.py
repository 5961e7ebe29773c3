"""A handler that is scripted instead of a service, and a real server to compare with."""

from __future__ import annotations

import json
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from pytest_qruntime.rest.http import Request, Response
from pytest_qruntime.transport import Interception

JSON = ("content-type", "application/json")


class Stub:
    """Answers with what was scripted, then with its name; remembers what it was asked."""

    def __init__(self, name: str = "stub", crns: tuple[str, ...] = ()) -> None:
        self.name = name
        self.crns = crns
        self.requests: list[Request] = []
        self.script: deque[Response | Exception] = deque()

    def handle(self, request: Request) -> Response:
        self.requests.append(request)
        answer = self.script.popleft() if self.script else reply({"from": self.name})
        if isinstance(answer, Exception):
            raise answer
        return answer

    def knows_crn(self, crn: str) -> bool:
        return crn in self.crns


def reply(document: object, status: int = 200, *headers: tuple[str, str]) -> Response:
    body = json.dumps(document).encode()
    return Response(status, (JSON, ("content-length", str(len(body))), *headers), body)


@pytest.fixture
def stub() -> Iterator[Stub]:
    """A stub that answers the service's hosts during the test."""
    handler = Stub()
    with Interception(handler, label="this test"):
        yield handler


@pytest.fixture
def make_stub() -> type[Stub]:
    """For tests that need another stub, or start it themselves."""
    return Stub


@pytest.fixture
def sleeps(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Every sleep of the test, in seconds; none is slept."""
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    return slept


class LocalServer:
    """A real HTTP server on the loopback interface that answers from a `Stub`."""

    def __init__(self) -> None:
        self.stub = Stub("a real server")
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler_class(self.stub))
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)

    def __enter__(self) -> LocalServer:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


def handler_class(stub: Stub) -> Callable[..., BaseHTTPRequestHandler]:
    class FromStub(BaseHTTPRequestHandler):
        def answer(self) -> None:
            length = int(self.headers.get("content-length", 0))
            path, _, query = self.path.partition("?")
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = self.rfile.read(length)
            answer = stub.handle(Request(self.command, "127.0.0.1", path, query, headers, body))
            self.send_response(answer.status)
            for name, value in answer.headers:
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(answer.body)

        def __getattr__(self, name: str) -> Callable[[], None]:
            if name.startswith("do_"):
                return self.answer
            raise AttributeError(name)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing on stderr."""

    return FromStub


@pytest.fixture
def local_server() -> Iterator[LocalServer]:
    with LocalServer() as server:
        yield server
