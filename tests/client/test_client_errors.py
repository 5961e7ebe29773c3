"""Errors tell what was asked, what was answered and what to do; and survive what Python does to exceptions."""

from __future__ import annotations

import copy
import pickle

import httpx
import pytest

from pytest_qruntime import JobCancelledError, JobFailedError, JobMaxTimeError, QRuntimeError, ServiceError
from pytest_qruntime.client import Job, Session


def answer(status: int, **content: object) -> httpx.Response:
    request = httpx.Request("POST", "https://quantum.cloud.ibm.com/api/v1/jobs?page=2")
    return httpx.Response(status, request=request, **content)  # type: ignore[arg-type]


def test_the_services_envelope_is_read() -> None:
    body = {"errors": [{"code": 1217, "message": "Session has been closed", "solution": "Open one."}], "trace": "t"}
    error = ServiceError.of(answer(400, json=body))
    assert (error.status, error.code, error.message, error.solution) == (
        400,
        1217,
        "Session has been closed",
        "Open one.",
    )
    assert str(error) == ("POST /api/v1/jobs was answered with HTTP 400, code 1217: Session has been closed. Open one.")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"text": "Bad gateway: try later"}, "Bad gateway: try later"),
        ({"content": b""}, "Bad Gateway"),
        ({"json": {"message": "other envelope"}}, '{"message":"other envelope"}'),
        ({"json": {"errors": []}}, '{"errors":[]}'),
        ({"json": {"errors": ["a text"]}}, '{"errors":["a text"]}'),
        ({"json": [1]}, "[1]"),
    ],
)
def test_an_answer_that_is_not_the_services_is_shown_as_it_is(content: dict[str, object], message: str) -> None:
    error = ServiceError.of(answer(502, **content))
    assert error.code is None
    assert str(error).replace(" ", "") == f"POST/api/v1/jobswasansweredwithHTTP502:{message}".replace(" ", "")


@pytest.mark.parametrize(
    "error",
    [
        ServiceError(400, 1217, "closed", "open one", "POST /v1/jobs"),
        JobFailedError("a-job", 4001, "lost", "resubmit"),
        JobMaxTimeError("a-job", 1305, "Ran too long"),
        JobCancelledError("a-job", "by its owner"),
    ],
)
def test_errors_can_be_copied_and_sent_to_another_process(error: QRuntimeError) -> None:
    for twin in (copy.copy(error), pickle.loads(pickle.dumps(error))):
        assert (type(twin), str(twin), vars(twin)) == (type(error), str(error), vars(error))


def session_over(body: bytes) -> Session:
    """A session of a service that answers everything with this body."""
    transport = httpx.MockTransport(lambda _: httpx.Response(200, content=body))
    return Session.known(httpx.Client(transport=transport, base_url="https://quantum.cloud.ibm.com/api"), "s-1")


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"<html>", "'<html>', which is no JSON: Expecting value"),
        (b'{"id": "j-1"', "which is no JSON"),
        (b"[" * 100_000, "[...', which is no JSON"),
        (b"[1]", "'[1]', which is 'list' where an object was expected"),
        (b'{"name": "x"}', "which lacks id"),
    ],
)
def test_a_job_that_was_accepted_with_nonsense_is_a_service_error(body: bytes, why: str) -> None:
    with pytest.raises(ServiceError) as raised:
        session_over(body).run(backend="fake_backend")
    assert str(raised.value).startswith("POST /api/v1/jobs was answered with HTTP 200: ")
    assert why in str(raised.value)
    assert len(str(raised.value)) < 300


def test_a_job_without_a_state_and_results_that_are_cut_off_are_service_errors() -> None:
    answers = {"/api/v1/jobs/j-1": b'{"state": {"status": "Completed"}}', "/api/v1/jobs/j-1/results": b'{"results": ['}
    transport = httpx.MockTransport(lambda request: httpx.Response(200, content=answers[request.url.path]))
    job = Job(httpx.Client(transport=transport, base_url="https://quantum.cloud.ibm.com/api"), "j-1")
    with pytest.raises(ServiceError, match="no JSON"):
        job.result()
    answers["/api/v1/jobs/j-1"] = b"{}"
    with pytest.raises(ServiceError, match="lacks state"):
        job.status()
