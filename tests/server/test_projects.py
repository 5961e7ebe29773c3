"""`qruntime_server` in small projects of a user: a world of its own per test, and nothing left behind."""

from __future__ import annotations

import pytest

from tests.plugin.conftest import Project, project

__all__ = ["project"]

PROGRAM = """
    import json, os, urllib.request

    headers = {"Authorization": "Bearer " + os.environ["QRUNTIME_TOKEN"], "Service-CRN": os.environ["QRUNTIME_CRN"]}

    def ask(method, path, **body):
        sent = json.dumps(body).encode() if body else None
        url = os.environ["QRUNTIME_URL"] + "/api/v1" + path
        request = urllib.request.Request(url, sent, {**headers, "Content-Type": "application/json"}, method=method)
        return json.load(urllib.request.urlopen(request))

    circuit = 'OPENQASM 3.0; include "stdgates.inc"; qubit[1] q; bit[1] c; c[0] = measure q[0];'
    params = {"pubs": [[circuit]], "version": 2}
    session = ask("POST", "/sessions", mode="dedicated", backend="fake_backend")["id"]
    job = ask("POST", "/jobs", program_id="sampler", backend="fake_backend", params=params, session_id=session)["id"]
    while ask("GET", "/jobs/" + job)["state"]["status"] != "Completed":
        pass
    print(session)
"""

USER = """
    import os, subprocess, sys

    import pytest

    def run(server):
        program = [sys.executable, "program.py"]
        return subprocess.run(program, env=server.environment, capture_output=True, text=True)
"""


def written(project: Project, tests: str) -> Project:
    return project.write(program=PROGRAM, user=USER, test_it="from user import *\n" + tests)


def test_a_program_is_held_to_what_a_test_says_about_the_world(project: Project) -> None:
    """The program forgets to close its session: the test in Python finds that out."""
    result = written(
        project,
        """
def test_the_session_is_closed(qruntime_server, qruntime):
    done = run(qruntime_server)
    assert done.returncode == 0, done.stderr
    [session] = qruntime.workloads()
    assert session.session_id == done.stdout.strip()
    assert session.details()["state"] == "closed", "the program left its session open"
""",
    ).run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*AssertionError: the program left its session open"])


def test_each_test_has_a_server_and_a_world_of_its_own(project: Project) -> None:
    written(
        project,
        """
SEEN = []

@pytest.mark.parametrize("number", range(3))
def test_it(qruntime_server, qruntime, number):
    assert run(qruntime_server).returncode == 0
    assert len(qruntime.jobs()) == 1
    SEEN.append((qruntime.jobs()[0].job_id(), qruntime.trace.to_jsonl()))
    assert SEEN == SEEN[:1] * len(SEEN)
""",
    ).run("--qruntime-leaks=off").assert_outcomes(passed=3)


def test_nothing_is_left_of_it_when_a_test_fails_or_is_done(project: Project) -> None:
    written(
        project,
        """
import socket, threading

BEFORE = threading.active_count(), dict(os.environ)
PORTS = []

@pytest.mark.parametrize("fails", [True, False])
def test_it(qruntime_server, fails):
    PORTS.append((qruntime_server.port, qruntime_server.environment["HOME"]))
    assert not fails

def test_afterwards():
    environment = {k: v for k, v in os.environ.items() if k != "PYTEST_CURRENT_TEST"}
    assert (threading.active_count(), environment) == (BEFORE[0], {k: BEFORE[1][k] for k in environment})
    for port, home in PORTS:
        assert not os.path.exists(home)
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port), timeout=5)
""",
    ).run("-p", "no:randomly").assert_outcomes(passed=2, failed=1)


def test_a_failure_behind_a_status_500_fails_the_test(project: Project) -> None:
    result = written(
        project,
        """
def test_it(qruntime_server, qruntime, monkeypatch):
    monkeypatch.setattr(qruntime.service, "handle", lambda request: 1 / 0)
    assert run(qruntime_server).returncode != 0
""",
    ).run()
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*QRuntimeError: a request was answered with status 500: ZeroDivisionError*"])


def test_the_marker_decides_what_the_world_is_made_of(project: Project) -> None:
    written(
        project,
        """
@pytest.mark.qruntime(plan="open", backend="fake_backend")
def test_it(qruntime_server):
    done = run(qruntime_server)
    assert "HTTP Error 400" in done.stderr or "HTTP Error 403" in done.stderr, done.stderr
""",
    ).run().assert_outcomes(passed=1)


@pytest.mark.parametrize("freeze", ["yes", "no"])
def test_it_serves_with_time_held_or_not(project: Project, freeze: str) -> None:
    written(
        project,
        """
import time

def test_it(qruntime_server, qruntime):
    assert run(qruntime_server).returncode == 0
    before = qruntime.clock.now()
    qruntime.clock.tick("25m")
    assert (qruntime.clock.now() - before).total_seconds() == 1500
""",
    ).run("--qruntime-leaks=off", "--qruntime-freeze", freeze).assert_outcomes(passed=1)


def test_without_a_web_server_the_test_says_what_to_install(project: Project) -> None:
    result = project.write(
        conftest="import sys; sys.modules['httptools'] = None",
        test_it="def test_it(qruntime_server): pass",
    ).run_apart()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*ConfigurationError: *needs uvicorn and httptools*pytest-qruntime?server?*"])
