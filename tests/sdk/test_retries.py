"""The client's retries: as many requests as it sends to the service, with its back-off in virtual time."""

from __future__ import annotations

import json
from typing import Any

import pytest
from qiskit_ibm_runtime import QiskitRuntimeService, Session
from qiskit_ibm_runtime.accounts import InvalidAccountError
from qiskit_ibm_runtime.api.exceptions import RequestsApiError
from qiskit_ibm_runtime.exceptions import IBMRuntimeError

from pytest_qruntime import QRuntime
from pytest_qruntime.clock.real import Real
from pytest_qruntime.rest import Request, Response
from tests.sdk.client import submit
from tests.sdk.conftest import Asked
from tests.sdk.needs import needs_client

STATUS = "GET /v1/backends/fake_manila/status"
FOR_EVER = 100
BACK_OFF_US = 15_000_000  # 0, 1, 2, 4 and 8 seconds


@pytest.fixture(autouse=True)
def never_really(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test here may sleep."""

    def sleep(seconds: float) -> None:
        raise AssertionError(f"really slept for {seconds} s")

    monkeypatch.setattr(Real, "sleep", sleep)


@pytest.fixture
def backend(qiskit_runtime_service: QiskitRuntimeService) -> Any:
    return qiskit_runtime_service.backend("fake_manila")


@pytest.mark.parametrize("freeze", [pytest.param(yes, marks=pytest.mark.qruntime(freeze=yes)) for yes in (True, False)])
@pytest.mark.parametrize("status", [500, 502, 503, 504, 520, 521, 522, 524])
def test_a_server_error_is_retried_five_times_in_fifteen_virtual_seconds(
    qruntime: QRuntime, backend: Any, asked: Asked, status: int, freeze: bool
) -> None:
    asked.fails(STATUS, status, times=FOR_EVER)
    with pytest.raises(RequestsApiError, match=f"Max retries exceeded .*too many {status} error responses") as caught:
        backend.status()
    assert caught.value.status_code == -1
    assert (len(asked), qruntime.world.now_us) == (6, BACK_OFF_US)


@pytest.mark.parametrize(("failures", "back_off_s"), [(1, 0), (2, 1), (3, 3), (4, 7), (5, 15)])
def test_an_outage_that_ends_in_time_is_not_noticed(
    qruntime: QRuntime, backend: Any, asked: Asked, failures: int, back_off_s: int
) -> None:
    asked.fails(STATUS, 503, times=failures)
    assert backend.status().operational
    assert (len(asked), qruntime.world.now_us) == (failures + 1, back_off_s * 1_000_000)


@pytest.mark.parametrize("status", [400, 403, 404, 409, 413, 422, 429, 501])
def test_what_is_no_server_error_is_not_retried(qruntime: QRuntime, backend: Any, asked: Asked, status: int) -> None:
    asked.fails(STATUS, status)
    with pytest.raises(RequestsApiError) as caught:
        backend.status()
    assert (caught.value.status_code, len(asked), qruntime.world.now_us) == (status, 1, 0)


@pytest.mark.parametrize("status", [413, 429])
def test_retry_after_is_waited_for(qruntime: QRuntime, backend: Any, asked: Asked, status: int) -> None:
    asked.fails(STATUS, status, ("Retry-After", "90"), times=2)
    assert backend.status().operational
    assert (len(asked), qruntime.world.now_us) == (3, 180_000_000)


def test_but_not_when_a_job_is_submitted(qruntime: QRuntime, backend: Any, asked: Asked) -> None:
    asked.fails("POST /v1/jobs", 429, ("Retry-After", "90"))
    with pytest.raises(IBMRuntimeError, match=r"Failed to run program: .*429 Client Error"):
        submit(backend)
    assert (asked.count("POST /v1/jobs"), qruntime.world.now_us) == (1, 0)


def test_a_submission_that_fails_is_sent_six_times(qruntime: QRuntime, backend: Any, asked: Asked) -> None:
    asked.fails("POST /v1/jobs", 500, times=FOR_EVER)
    with pytest.raises(IBMRuntimeError, match=r"Failed to run program: .*too many 500 error responses"):
        submit(backend)
    assert (asked.count("POST /v1/jobs"), qruntime.world.now_us) == (6, BACK_OFF_US)
    assert qruntime.jobs() == []


def test_an_answer_that_gets_lost_after_the_job_was_made_leaves_two_jobs(
    qruntime: QRuntime, backend: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    handle = qruntime.service.handle
    lost: list[Response] = []

    def losing(request: Request) -> Response:
        answer = handle(request)
        if request.method == "POST" and request.path.endswith("/jobs") and not lost:
            lost.append(answer)
            return Response(502, (), b"")
        return answer

    monkeypatch.setattr(qruntime.service, "handle", losing)
    job = submit(backend)
    assert {each.job_id() for each in qruntime.jobs()} == {job.job_id(), json.loads(lost[0].body)["id"]}
    assert len(qruntime.jobs()) == 2


def test_a_session_s_close_is_sent_once_and_the_handle_is_closed_all_the_same(
    qruntime: QRuntime, backend: Any, asked: Asked
) -> None:
    session = Session(backend)
    asked.clear()
    asked.fails("PATCH", 503)
    with pytest.raises(IBMRuntimeError, match="maintenance mode"):
        session.close()
    assert (len(asked), qruntime.world.now_us) == (1, 0)
    with pytest.raises(IBMRuntimeError, match="The session is closed"):
        submit(session)
    assert "POST /v1/jobs" not in asked
    assert session.details()["state"] == "open"


def test_a_session_s_cancel_is_retried_and_the_handle_is_closed_all_the_same(
    qruntime: QRuntime, backend: Any, asked: Asked
) -> None:
    session = Session(backend)
    asked.fails("DELETE", 500, times=6)
    with pytest.raises(RequestsApiError, match="too many 500 error responses"):
        session.cancel()
    assert qruntime.world.now_us == BACK_OFF_US
    with pytest.raises(IBMRuntimeError, match="The session is closed"):
        submit(session)
    session.cancel()
    assert session.status() == "Closed"


@pytest.mark.parametrize("what", ["POST /v3/resources/search", "POST /identity/token"])
def test_iam_and_the_search_are_asked_once(qruntime: QRuntime, asked: Asked, what: str) -> None:
    asked.fails(what, 500, times=FOR_EVER)
    with pytest.raises(InvalidAccountError, match="Unable to retrieve instances"):
        QiskitRuntimeService(token=qruntime.api_key)
    assert (asked.count(what), qruntime.world.now_us) == (1, 0)


@needs_client("0.44.0", "a plan that is unknown")
def test_so_is_the_catalogue_without_which_a_plan_is_unknown(qruntime: QRuntime, asked: Asked) -> None:
    asked.fails("GET /v1/plan-premium", 500, times=FOR_EVER)
    (instance,) = QiskitRuntimeService(token=qruntime.api_key).instances()
    assert (instance["plan"], instance["pricing_type"]) == ("unknown", "unknown")
    assert (asked.count("GET /v1/plan-premium"), qruntime.world.now_us) == (1, 0)


def test_a_poll_in_trouble_costs_its_back_off_and_the_wait_goes_on(
    qruntime: QRuntime, backend: Any, asked: Asked
) -> None:
    qruntime.next_jobs(classical=0, quantum=60)
    job = submit(backend)
    asked.fails("GET /v1/jobs/", 504, times=3)
    assert job.result() is not None
    assert qruntime.world.now_us == 60_000_000
