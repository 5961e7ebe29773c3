"""HTTP beside the recording: not seen by vcrpy, not moved by a freeze, not stopped by a connection that was closed."""

from __future__ import annotations

import http.client
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
import requests
import vcr

from pytest_qruntime import world
from pytest_qruntime.cassette.capture import Capture
from pytest_qruntime.live import Target, connected
from pytest_qruntime.live.quiet import Quiet, UnreachableError


@contextmanager
def answering(served: list[str], *, at_most: int = 100) -> Iterator[str]:
    """A server that keeps connections, each for `at_most` requests, and notes what was asked."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        asked = 0

        def do_GET(self) -> None:
            served.append(f"{self.command} {self.path} {self.headers.get('X-Test')}")
            body = json.dumps({"path": self.path}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            self.asked += 1
            self.close_connection = self.asked >= at_most  # without a word, as a server does with an idle one

        do_POST = do_GET

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False

    with Server(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def test_a_cassette_that_is_being_recorded_sees_nothing(tmp_path: Any) -> None:
    served: list[str] = []
    with answering(served) as url, vcr.use_cassette(str(tmp_path / "x.yaml")) as cassette:
        assert http.client.HTTPConnection.__module__.startswith("vcr")
        quiet = Quiet(url)
        assert quiet.ask("GET", "/a").document() == {"path": "/a"}
        quiet.close()
        assert (len(cassette), served) == (0, ["GET /a None"])


def test_a_freeze_and_virtual_sleeps_do_not_concern_it() -> None:
    served: list[str] = []
    with answering(served) as url, world() as qruntime:
        quiet = Quiet(url)
        quiet.ask("GET", "/a")
        time.sleep(10 * 86_400)
        assert quiet.ask("GET", "/b", headers={"X-Test": "yes"}).status == 200
        quiet.close()
        assert qruntime.clock.now().isoformat() == "2026-01-25T12:00:00+00:00"
    assert served == ["GET /a None", "GET /b yes"]


def test_a_connection_that_the_server_has_closed_is_opened_anew() -> None:
    served: list[str] = []
    with answering(served, at_most=1) as url:
        quiet = Quiet(f"{url}/below")
        for _ in range(3):
            assert quiet.ask("POST", "/x", body=b"{}").status == 200
        quiet.close()
    assert served == ["POST /below/x None"] * 3


def test_the_first_request_of_a_connection_is_not_sent_twice() -> None:
    """The server takes the request and dies before it answers."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        taken: list[bytes] = []

        def take() -> None:
            for _ in range(2):
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return
                with connection:
                    taken.append(connection.recv(1000))

        thread = threading.Thread(target=take, daemon=True)
        thread.start()
        quiet = Quiet(f"http://127.0.0.1:{listening.getsockname()[1]}")
        with pytest.raises(UnreachableError, match="does not answer"):
            quiet.ask("POST", "/worlds", body=b"{}")
        socket.create_connection(listening.getsockname()).close()
        thread.join()
    assert len([one for one in taken if one]) == 1


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "https://127.0.0.1:1"])
def test_an_address_where_nobody_answers_is_told(url: str) -> None:
    with pytest.raises(UnreachableError, match=f"{url} does not answer: "):
        Quiet(url).ask("GET", "/")


def test_https_goes_through_the_proxy_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    from pytest_qruntime.live import quiet as module

    monkeypatch.setenv("https_proxy", "http://proxy.example:3128")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    connection = module._connection(urlsplit("https://iam.cloud.ibm.com"))
    assert (connection.host, connection.port) == ("proxy.example", 3128)
    assert connection._tunnel_host == "iam.cloud.ibm.com"  # type: ignore[attr-defined]
    monkeypatch.setenv("no_proxy", "*")
    connection = module._connection(urlsplit("https://iam.cloud.ibm.com"))
    assert (connection.host, connection.port) == ("iam.cloud.ibm.com", 443)


def test_what_leads_by_the_names_of_the_service_is_recorded_once_and_under_these_names(own: Target) -> None:
    with connected(own, label="t", settings={}) as qruntime:
        headers = {"Service-CRN": qruntime.crn, "Authorization": f"Bearer {qruntime.token}"}
        with Capture(
            canonical=own.canonical, service=own.service, before=qruntime.before, after=qruntime.observe
        ) as capture:
            for get in (httpx.get, requests.get):
                get("https://eu-de.quantum.cloud.ibm.com/api/v1/backends?a=%20b", headers=headers)
            qruntime.http.get("/v1/backends?c=d")
            qruntime.clock.tick("1h")
            httpx.get(f"{own.url}/qruntime", trust_env=False)
        recorded = [(exchange.method, exchange.url, exchange.status) for exchange in capture.tape().exchanges]
    service = "https://quantum.cloud.ibm.com/api/v1/backends"
    assert recorded == [
        ("GET", f"{service}?a=%20b", 200),
        ("GET", f"{service}?a=%20b", 200),
        ("GET", f"{service}?c=d", 200),
    ]
