"""A faulty network under the real client: what it raises, how often it asks, and how long that takes."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from qiskit_ibm_runtime import QiskitRuntimeService, Session
from qiskit_ibm_runtime.api.exceptions import RequestsApiError
from qiskit_ibm_runtime.exceptions import IBMNotAuthorizedError, IBMRuntimeError

from pytest_qruntime import QRuntime
from pytest_qruntime.network import NeverAnsweredError
from tests.sdk.client import submit

Act = Callable[[], Any]
EVER: dict[str, Any] = {"times": None}
BACK_OFF_S = 0 + 1 + 2 + 4 + 8
CONNECTING_S = 0 + 1 + 2


@pytest.fixture
def backend(qiskit_runtime_service: QiskitRuntimeService) -> Any:
    return qiskit_runtime_service.backend("fake_manila")


def seconds(qruntime: QRuntime, act: Act, error: type[Exception] | None, words: str = "") -> float:
    """The virtual seconds that something takes; it raises this error, or none."""
    began_us = qruntime.world.now_us
    if error is None:
        act()
    else:
        with pytest.raises(error, match=words) as caught:
            act()
        assert caught.type is error
    return (qruntime.world.now_us - began_us) / 1_000_000


@pytest.mark.parametrize(
    ("kind", "asks", "takes_s", "words"),
    [
        ("refused", 4, CONNECTING_S, "Max retries exceeded .*Connection refused"),
        ("connect_timeout", 4, CONNECTING_S + 4 * 5, "Max retries exceeded .*timed out"),
        ("reset", 6, BACK_OFF_S, "Max retries exceeded .*Connection reset by peer"),
        ("truncated", 1, 0, "IncompleteRead"),
        (401, 1, 0, "Token is expired"),
        (429, 1, 0, "429 Client Error"),
        (500, 6, BACK_OFF_S, "too many 500 error responses"),
        (524, 6, BACK_OFF_S, "too many 524 error responses"),
        (523, 1, 0, "523 Server Error"),
    ],
)
def test_a_read_is_retried_as_the_client_does(
    qruntime: QRuntime, backend: Any, kind: Any, asks: int, takes_s: float, words: str
) -> None:
    failing = qruntime.fail(kind, "backend status", **EVER)
    error = IBMNotAuthorizedError if kind == 401 else RequestsApiError
    assert seconds(qruntime, backend.status, error, words) == takes_s
    assert failing.count == asks


@pytest.mark.parametrize(
    ("kind", "asks", "takes_s", "words"),
    [
        ("refused", 4, CONNECTING_S, "Connection refused"),
        ("connect_timeout", 4, CONNECTING_S + 4 * 900, "timed out"),  # the one timeout of 900 s is for both
        ("reset", 1, 0, "Connection reset by peer"),
        ("read_timeout", 1, 900, "read timeout=900"),
        ("truncated", 1, 0, "IncompleteRead"),
        (429, 1, 0, '"code":1202'),
        (503, 6, BACK_OFF_S, "too many 503 error responses"),
    ],
)
def test_a_submit_that_fails_is_a_runtime_error(
    qruntime: QRuntime, backend: Any, kind: Any, asks: int, takes_s: float, words: str
) -> None:
    failing = qruntime.fail(kind, "submit", **EVER)
    assert seconds(qruntime, lambda: submit(backend), IBMRuntimeError, f"Failed to run program: .*{words}") == takes_s
    assert failing.count == asks


def test_a_submit_whose_credentials_expired_is_not_wrapped(qruntime: QRuntime, backend: Any) -> None:
    qruntime.fail(401, "submit")
    assert seconds(qruntime, lambda: submit(backend), IBMNotAuthorizedError, "Token is expired") == 0


@pytest.mark.parametrize("kind", [500, 502, 503, 504, 520, 524, "reset"])
def test_a_close_is_never_sent_twice(qruntime: QRuntime, backend: Any, kind: Any) -> None:
    session = Session(backend)
    qruntime.fail(kind, "close", **EVER)
    assert seconds(qruntime, session.close, IBMRuntimeError, "Error closing session") == 0
    qruntime.requests.where("close").one()
    assert session.details()["state"] == "open"


def test_retry_after_is_waited_for_by_reads_and_not_by_a_submit(qruntime: QRuntime, backend: Any) -> None:
    qruntime.fail(429, "backend status", retry_after=90)
    assert seconds(qruntime, backend.status, None) == 90
    qruntime.fail(429, "submit", retry_after=90)
    assert seconds(qruntime, lambda: submit(backend), IBMRuntimeError, "429 Client Error") == 0


def test_an_answer_that_a_gateway_replaces_leaves_two_jobs(qruntime: QRuntime, backend: Any) -> None:
    qruntime.fail(502, "submit", effect=True)
    job = submit(backend)
    submits = qruntime.requests.where("submit")
    assert [one.status for one in submits] == [502, 200]
    assert [one.job_id() for one in qruntime.jobs()][1:] == [job.job_id()]


def test_an_answer_that_is_lost_leaves_a_job_that_nobody_knows(qruntime: QRuntime, backend: Any) -> None:
    qruntime.fail("lost", "submit")
    with pytest.raises(IBMRuntimeError, match="Connection reset by peer"):
        submit(backend)
    assert len(qruntime.jobs()) == 1
    qruntime.requests.where("submit").one()


def test_a_cancel_that_is_retried_after_a_lost_answer_does_no_harm(qruntime: QRuntime, backend: Any) -> None:
    session = Session(backend)
    qruntime.fail("lost", "cancel")
    session.cancel()
    assert session.status() == "Closed"
    assert qruntime.requests.where("cancel").count == 2


def test_a_result_is_waited_for_through_an_outage_that_ends_in_time(qruntime: QRuntime, backend: Any) -> None:
    qruntime.next_jobs(classical=0, quantum=60)
    job = submit(backend)
    qruntime.fail(503, "read job", times=5)
    assert job.result() is not None


def test_a_token_that_expires_in_the_middle_ends_the_wait(qruntime: QRuntime, backend: Any) -> None:
    qruntime.next_jobs(classical=0, quantum=60)
    job = submit(backend)
    qruntime.fail(401, "read job", after=1)
    with pytest.raises(IBMNotAuthorizedError):
        job.result()
    assert job.result() is not None


def test_a_slow_service_costs_virtual_time_alone(qruntime: QRuntime, backend: Any) -> None:
    qruntime.fail("slow", "submit", delay="10m")
    assert seconds(qruntime, lambda: submit(backend), None) == 600
    qruntime.fail("slow", "submit", delay="16m")
    assert seconds(qruntime, lambda: submit(backend), IBMRuntimeError, "read timeout=900") == 900


def test_most_calls_of_the_client_have_no_read_timeout(qruntime: QRuntime, backend: Any) -> None:
    qruntime.fail("read_timeout", "backend status")
    with pytest.raises(NeverAnsweredError):
        backend.status()


def test_results_that_are_no_json_are_given_to_the_user_as_text(qruntime: QRuntime, backend: Any) -> None:
    job = submit(backend)
    qruntime.fail("malformed", "results", body="<html>Sorry</html>")
    assert job.result() == "<html>Sorry</html>"
    qruntime.fail("malformed", "read job")
    with pytest.raises(json.JSONDecodeError):
        submit(backend).result()


def test_the_journal_knows_the_client(qruntime: QRuntime, backend: Any) -> None:
    with Session(backend) as session:
        submit(session)
    assert {one.client for one in qruntime.requests.where("submit")} == {"qiskit-ibm-runtime"}
    assert {one.client for one in qruntime.requests.where("find instances")} == {"ibm-cloud-sdk"}
    submitted = qruntime.requests.where("submit").one()
    assert submitted.json["session_id"] == session.session_id
    assert qruntime.requests.where("close").one().json == {"accepting_jobs": False}
