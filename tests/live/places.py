"""Servers in other processes, and one of them taken for somebody else's."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import httpx

from pytest_qruntime.cassette.capture import Capture
from pytest_qruntime.live import LiveRuntime, Target

SETTINGS = {"backend": "fake_backend"}


@contextmanager
def serving(*arguments: str) -> Iterator[str]:
    """The address of a server that runs as long as the block."""
    command = [sys.executable, "-m", "pytest_qruntime.cli", "serve", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            found = re.search(r"http://127\.0\.0\.1:\d+", server.stdout.readline())
            assert found is not None
            yield found[0]
        finally:
            server.kill()


def control(url: str, path: str, **body: Any) -> dict[str, Any]:
    """What the control interface of a server answers."""
    method = "POST" if body else "GET"
    response = httpx.request(method, f"{url}/qruntime{path}", json=body or None, trust_env=False)
    assert response.is_success, response.text
    found: dict[str, Any] = response.json() if response.content else {}
    return found


def as_a_host(url: str, number: str = "1") -> Target:
    """One world of a server, as if it were somebody else's service: no control interface is used."""
    world = control(url, f"/worlds/{number}")
    return Target(
        service="unknown",
        url=f"{url}/api",
        iam_url=f"{url}/iam",
        api_key=world["api_key"],
        crn=world["crn"],
        client_url=f"{url}/experimental/api/v1",
    )


@contextmanager
def somebody(status: int, body: bytes) -> Iterator[str]:
    """The address of a server on this machine that is not ours."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def jobs_take(url: str, number: str, *, quantum: float) -> None:
    control(url, f"/worlds/{number}/next-jobs", times=None, classical=0, quantum=quantum)


def pass_time(host: Target, by: str) -> None:
    root = host.url.removesuffix("/api")
    number = next(one["world"] for one in control(root, "/worlds")["worlds"] if one["crn"] == host.crn)
    control(root, f"/worlds/{number}/time", advance_by=by)


def capturing(runtime: LiveRuntime) -> Capture:
    """What recording does with a live service."""
    target = runtime.target
    return Capture(canonical=target.canonical, service=target.service, before=runtime.before, after=runtime.observe)
