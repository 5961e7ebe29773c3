"""A user's suite with other tools beside ours, and a service that is not IBM's."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.plugin.conftest import Project, project  # noqa: F401

RECORDING, HTTPX, RESPX = "pytest_recording.plugin", "pytest_httpx", "respx.plugin"
OURS = "pytest_qruntime.plugin"


class Weather(BaseHTTPRequestHandler):
    """Answers every GET."""

    asked = 0

    def do_GET(self) -> None:
        """Count, and tell the weather."""
        type(self).asked += 1
        body = b'{"sky":"clear"}'
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Other:
    """A service on this machine: its address, and how often it was asked."""

    def __init__(self, server: ThreadingHTTPServer, handler: type[Weather]) -> None:
        self._server, self._handler = server, handler
        self.url = f"http://127.0.0.1:{server.server_address[1]}/weather"

    @property
    def asked(self) -> int:
        """How often it was asked."""
        return self._handler.asked

    def stop(self) -> None:
        """From now on nobody answers."""
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def other() -> Iterator[Other]:
    handler = type("Handler", (Weather,), {"asked": 0})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        found = Other(server, handler)
        yield found
        found.stop()
        thread.join()


def run(
    project: Project,  # noqa: F811
    *arguments: str,
    order: tuple[str, ...],
    apart: bool = False,
) -> pytest.RunResult:
    """Run a project's tests with these plugins in this order: in this process, or in one apart."""
    named = [part for plugin in order for part in ("-p", plugin)]
    run_pytest = project.pytester.runpytest_subprocess if apart else project.pytester.runpytest_inprocess
    return run_pytest("-W", "error", "-W", "ignore:Module already imported", *named, *arguments)
