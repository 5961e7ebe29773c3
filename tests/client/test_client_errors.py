"""Errors tell what was asked, what was answered and what to do; and survive what Python does to exceptions."""

from __future__ import annotations

import copy
import pickle

import httpx
import pytest

from pytest_qruntime import JobCancelledError, JobFailedError, JobMaxTimeError, QRuntimeError, ServiceError


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
