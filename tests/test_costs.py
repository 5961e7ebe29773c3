"""What the plugin costs, as far as it can be counted; timings are the benchmarks' business.

That a request costs the same on a full service is counted in tests/rest/test_cost.py, of the model in
tests/model/test_operations.py, and what a freeze looks through in tests/clock/test_cost_of_a_freeze.py.
"""

from __future__ import annotations

import sys
import time
from types import FrameType
from typing import Any

import httpx
import pytest

from pytest_qruntime import world
from pytest_qruntime.clock.real import Real
from pytest_qruntime.model import JobRequest
from tests.rest.face import SAMPLER, Face

HEAVY = {"freezegun", "httpx", "jsonschema", "openqasm3", "pydantic", "qiskit", "requests", "vcr", "yaml"}
LIGHT = 36  # modules of ours that every run of pytest loads: hooks, options, settings
PROBE = """
    import sys

    def pytest_sessionfinish(session):
        print("\\nLOADED", *sorted(name for name in sys.modules if name.partition(".")[0] in {heavy}))
        print("OURS", *sorted(name for name in sys.modules if name.partition(".")[0] == "pytest_qruntime"))
"""


def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, test: str, *options: str) -> dict[str, list[str]]:
    """What a pytest process of its own has loaded in the end, after it ran this test without another plugin."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    pytester.makeconftest(PROBE.replace("{heavy}", repr(HEAVY)))
    pytester.makepyfile(test)
    result = pytester.runpytest_subprocess("-p", "pytest_qruntime.plugin", *options)
    assert result.ret == 0
    words = [line.split() for line in result.outlines]
    return {line[0]: line[1:] for line in words if line and line[0] in ("LOADED", "OURS")}


def test_collecting_loads_nothing_heavy(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    test = "def test_it(qruntime, qruntime_session):\n    pass"
    loaded = run(pytester, monkeypatch, test, "--collect-only")
    assert loaded["LOADED"] == []
    assert len(loaded["OURS"]) < LIGHT


def test_tests_that_do_not_use_it_load_nothing_heavy(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded = run(pytester, monkeypatch, "def test_it():\n    pass")
    assert loaded["LOADED"] == []
    assert len(loaded["OURS"]) < LIGHT


def test_tests_on_the_fake_load_nothing_that_recordings_need(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    test = "def test_it(qruntime, qruntime_session):\n    assert qruntime_session.run().result()"
    loaded = run(pytester, monkeypatch, test)
    assert [name for name in loaded["LOADED"] if name.partition(".")[0] in ("vcr", "yaml")] == []
    assert [
        name for name in loaded["OURS"] if name.startswith(("pytest_qruntime.cassette", "pytest_qruntime.live"))
    ] == []


def test_no_fixture_of_ours_is_used_unasked(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makepyfile("def test_it(request):\n    print('USED', *request.fixturenames)")
    result = pytester.runpytest_subprocess("-p", "pytest_qruntime.plugin", "-s")
    used = next(line.split()[1:] for line in result.outlines if line.startswith(("USED", "test_")) and "USED" in line)
    assert not [name for name in used if name.startswith("qruntime")]


def test_hours_of_polling_never_really_sleep(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr(Real, "sleep", slept.append)
    with world() as qruntime, httpx.Client(base_url=qruntime.base_url, auth=qruntime.http.auth) as client:
        client.headers["Service-CRN"] = qruntime.crn
        qruntime.next_jobs(5, quantum="1h")
        session = client.post("/v1/sessions", json={"mode": "dedicated", "backend": "fake_backend"}).json()["id"]
        body = {**SAMPLER, "session_id": session}
        for _ in range(5):
            client.post("/v1/jobs", json=body)
        client.patch(f"/v1/sessions/{session}", json={"accepting_jobs": False})
        polls = 0
        while client.get(f"/v1/sessions/{session}").json()["state"] != "closed":
            time.sleep(60)
            polls += 1
    assert polls == 300
    assert slept == []


@pytest.mark.parametrize("action", ["cancel", "delete"])
def test_cancelling_and_deleting_cost_the_same_whatever_lies_in_the_queue(action: str) -> None:
    assert cost(action, 5000) == cost(action, 100)


def cost(action: str, jobs: int) -> int:
    """How many Python functions are called to cancel, or to delete, a job among so many."""
    face = Face()
    session_id = face.open("batch")
    for _ in range(jobs):
        face.world.submit(JobRequest(workload=session_id))
    first, second = (face.submit(session_id=session_id) for _ in range(2))
    path = "/v1/jobs/{}/cancel"
    assert face.ask("POST", path.format(first)).status == 204
    method, path, job_id = ("POST", path, second) if action == "cancel" else ("DELETE", "/v1/jobs/{}", first)
    counted = 0

    def count(_frame: FrameType, event: str, _argument: Any) -> None:
        nonlocal counted
        counted += event == "call"

    sys.setprofile(count)
    try:
        response = face.ask(method, path.format(job_id))
    finally:
        sys.setprofile(None)
    assert response.status == 204
    return counted
