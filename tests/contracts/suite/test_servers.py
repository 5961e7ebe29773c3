"""The suite against servers: a faulty one is caught, and somebody else's is reached by URL, token and CRN."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from urllib.parse import urlsplit

import pytest

from pytest_qruntime import QRuntime, world
from pytest_qruntime.mutants import MUTANTS, Patches
from pytest_qruntime.rest import Request, Response
from pytest_qruntime.server.gateway import Gateway
from pytest_qruntime.server.listener import Listener
from tests.contracts.suite.conftest import suite


@contextmanager
def served() -> Iterator[str]:
    """A server of our own in this process, so that it has the faults that are put into the model here."""
    gateway = Gateway()
    listener = Listener(gateway)
    gateway.opened(listener.port)
    listener.start()
    try:
        yield gateway.url
    finally:
        listener.stop()


def live(pytester: pytest.Pytester, url: str, *arguments: str) -> pytest.RunResult:
    return suite(pytester, "--qruntime-source", "live", "--qruntime-url", url, *arguments)


def test_a_faulty_server_is_caught(pytester: pytest.Pytester) -> None:
    with served() as url, Patches() as patches:
        live(pytester, url, "-k", "CAN-03").assert_outcomes(passed=1)
        next(one for one in MUTANTS if one.name == "a_cancel_kills_running_jobs").put(patches)
        result = live(pytester, url, "-k", "CAN-03")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "CAN-03 (must) is broken: *",
            "in the scenario 'cancelled while a job runs', by what its answers show:",
            "*expected: *",
            "*exchange=*",
            "in the scenario 'cancelled while a job runs', by the service's own trace:",
        ]
    )


# -- somebody else's --------------------------------------------------------------------------------------------------


_BURNT = Response(500, (), b"")


class Somebody(BaseHTTPRequestHandler):
    """A server that knows the REST API and nothing of this project."""

    service: QRuntime
    fails = False

    def answer(self) -> None:
        """Let the fake answer."""
        parts = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        host = urlsplit(self.service.base_url).hostname or ""
        headers = {name.lower(): value for name, value in self.headers.items()}
        asked = Request(self.command, host, parts.path, parts.query, headers, body)
        answer = _BURNT if self.fails and self.command == "PATCH" else self.service.service.handle(asked)
        self.send_response(answer.status)
        for name, value in answer.headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    do_GET = do_POST = do_PATCH = do_DELETE = do_PUT = answer

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def somebodys(monkeypatch: pytest.MonkeyPatch, **settings: str) -> Iterator[str]:
    """The address of somebody's server on this machine, with the variables that lead to it. Its time stands still."""
    with world(freeze=False, start=datetime.now(timezone.utc), **settings) as qruntime:  # type: ignore[arg-type]
        monkeypatch.setattr(Somebody, "service", qruntime, raising=False)
        monkeypatch.setenv("QISKIT_IBM_TOKEN", qruntime.token)
        monkeypatch.setenv("QISKIT_IBM_INSTANCE", qruntime.crn)
        with HTTPServer(("127.0.0.1", 0), Somebody) as server:
            thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
            thread.start()
            try:
                yield f"http://127.0.0.1:{server.server_port}"
            finally:
                server.shutdown()
                thread.join()


BEARER = ("--qruntime-auth", "bearer", "--qruntime-budget", "60")


def test_somebody_elses_server_is_reached_with_a_token_and_judged_by_its_answers(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    with somebodys(monkeypatch) as url:
        result = live(pytester, url, *BEARER, "-k", "DET-05 or ORD-01 or AUT-01", "-rs", "--qruntime-table", "t.md")
    result.assert_outcomes(passed=1, skipped=2)
    result.stdout.fnmatch_lines(["*never used: it would take 1900 s of real time*"])
    rows = (pytester.path / "t.md").read_text(encoding="utf-8").splitlines()
    assert [(row.split(" | ")[0], row.split(" | ")[3]) for row in rows[2:]] == [
        ("| AUT-01", "skipped"),
        ("| ORD-01", "skipped"),
        ("| DET-05", "holds"),
    ]


def test_a_server_that_cannot_be_led_through_a_scenario_fails(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Somebody, "fails", True)
    with somebodys(monkeypatch) as url:
        result = live(pytester, url, *BEARER, "-k", "CLS-06")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["opened and closed ended early: PATCH * was answered with status 500"])


def test_a_stranger_on_this_machine_gets_no_key_unasked(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    with somebodys(monkeypatch) as url:
        result = live(pytester, url, "--qruntime-budget", "60")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: * answers, and is no qruntime server: *IAM_URL*--qruntime-auth=bearer"])
