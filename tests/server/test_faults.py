"""A faulty network between a loopback server and its clients: real sockets, no real waiting."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from pytest_qruntime import QRuntime
from pytest_qruntime.server.loopback import LoopbackServer
from tests.server.caller import Caller

BACKENDS = "/v1/backends"


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("refused", httpx.ReadError),
        ("connect_timeout", httpx.ReadError),
        ("reset", httpx.ReadError),
        ("lost", httpx.ReadError),
        ("truncated", httpx.RemoteProtocolError),
    ],
)
def test_a_connection_is_broken_off(qruntime: QRuntime, caller: Caller, kind: Any, error: type[Exception]) -> None:
    qruntime.fail(kind, "list backends")
    with pytest.raises(error) as caught:
        caller.http.get(BACKENDS)
    assert caught.type is error
    assert caller.http.get(BACKENDS).is_success
    assert qruntime.world.now_us == 0


def test_a_client_waits_for_no_answer_as_long_as_it_likes(qruntime: QRuntime, caller: Caller) -> None:
    qruntime.fail("read_timeout")
    with pytest.raises(httpx.ReadTimeout):
        caller.http.get(BACKENDS, timeout=0.02)
    assert caller.http.get(BACKENDS).is_success


def test_a_slow_answer_takes_the_time_of_the_world(qruntime: QRuntime, caller: Caller) -> None:
    qruntime.fail("slow", delay="1h")
    assert caller.http.get(BACKENDS).is_success
    assert qruntime.world.now_us == 3_600_000_000


@pytest.mark.parametrize(("status", "effect", "jobs"), [(503, False, 0), (502, True, 1)])
def test_a_status_is_answered_with_or_without_effect(
    qruntime: QRuntime, caller: Caller, status: int, effect: bool, jobs: int
) -> None:
    qruntime.fail(status, "submit", effect=effect)
    with pytest.raises(AssertionError, match=f"<h1>{status} "):
        caller.submit()
    assert len(qruntime.jobs()) == jobs


def test_a_submit_whose_answer_is_lost_has_its_effect(qruntime: QRuntime, caller: Caller) -> None:
    qruntime.fail("lost", "submit")
    with pytest.raises(httpx.ReadError):
        caller.submit()
    assert len(qruntime.jobs()) == 1


def test_a_malformed_answer_is_whole(qruntime: QRuntime, caller: Caller) -> None:
    qruntime.fail("malformed")
    with pytest.raises(ValueError):
        caller.http.get(BACKENDS).json()
    assert caller.http.get(BACKENDS).is_success


def test_a_token_may_get_lost_too(qruntime: QRuntime, qruntime_server: LoopbackServer) -> None:
    ask = {"grant_type": "urn:ibm:params:oauth:grant-type:apikey", "apikey": qruntime_server.api_key}
    with httpx.Client(base_url=qruntime_server.url, trust_env=False) as http:
        qruntime.fail(500, "token", effect=True)
        assert [http.post("/iam/identity/token", data=ask).status_code for _ in range(2)] == [500, 200]


def test_the_journal_has_what_came_over_the_wire_once(qruntime: QRuntime, caller: Caller) -> None:
    qruntime.next_jobs(quantum="60s")
    job, seen = caller.submit(), [""]
    while seen[-1] != "Completed":
        seen.append(caller.status(job))
    assert qruntime.requests.where("submit").one().client == "httpx"
    polls = qruntime.requests.where("read job")  # some of them are answered anew, when time has moved
    assert [one.answer["state"]["status"] for one in polls] == seen[1:]


def test_what_is_to_happen_before_a_request_happens_for_other_processes_too(qruntime: QRuntime, caller: Caller) -> None:
    session = caller.open()
    qruntime.before("submit", lambda: qruntime.clock.tick("31m"))
    refused = caller.http.post(
        "/v1/jobs", json={"program_id": "sampler", "backend": "fake_backend", "params": {}, "session_id": session}
    )
    assert refused.json()["errors"][0]["code"] == 1217
