"""Which exception the user of the client sees, and what it says, for each way in which a request or a job fails."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from qiskit.providers import QiskitBackendNotFoundError
from qiskit_ibm_runtime import (
    IBMRuntimeError,
    QiskitRuntimeService,
    RuntimeInvalidStateError,
    RuntimeJobFailureError,
    RuntimeJobMaxTimeoutError,
    RuntimeJobNotFound,
    RuntimeProgramNotFound,
    Session,
)
from qiskit_ibm_runtime.api.exceptions import RequestsApiError
from qiskit_ibm_runtime.exceptions import IBMApiError, IBMNotAuthorizedError

from pytest_qruntime import QRuntime, world
from tests.sdk.client import submit
from tests.sdk.conftest import Asked
from tests.sdk.needs import needs_client

STATUS = "GET /v1/backends/fake_manila/status"


@pytest.fixture
def backend(qiskit_runtime_service: QiskitRuntimeService) -> Any:
    return qiskit_runtime_service.backend("fake_manila")


@pytest.fixture
def job(backend: Any) -> Any:
    return submit(backend)


# -- any request -------------------------------------------------------------------------------------------------------


def test_the_whole_body_of_an_error_is_in_the_message(backend: Any) -> None:
    with pytest.raises(RequestsApiError) as caught:
        backend._api_client.session_details("nowhere")
    assert caught.value.status_code == 404
    assert str(caught.value).startswith(
        "'404 Client Error: Not Found for url: https://quantum.cloud.ibm.com/api/v1/sessions/nowhere. "
        '{"errors":[{"code":"not_found","message":"Session not found. Session ID: nowhere",'
    )


def test_not_authorized_is_an_exception_of_its_own(job: Any, asked: Asked) -> None:
    asked.fails("GET", 401, times=2)
    for call in (job.status, job.metrics):
        with pytest.raises(IBMNotAuthorizedError, match="401 Client Error: Unauthorized") as caught:
            call()
        assert not isinstance(caught.value, IBMRuntimeError)


def test_the_service_is_asked_with_credentials_that_it_does_not_know() -> None:
    with world(seed=1):
        service = QiskitRuntimeService()
        service.usage()
    with world(seed=2), pytest.raises(IBMNotAuthorizedError, match='"code":1201,"message":"Invalid credentials'):
        service.usage()


def test_an_outage_that_is_not_retried_sounds_like_maintenance(backend: Any, asked: Asked) -> None:
    session = Session(backend)
    asked.fails("PATCH", 503)
    with pytest.raises(IBMRuntimeError, match="Please check if the service is in maintenance mode"):
        session.close()


@pytest.mark.parametrize("status", [400, 403, 404, 409, 413, 422, 429, 500])
def test_a_session_that_cannot_be_opened_says_so_in_the_client_s_own_way(
    backend: Any, asked: Asked, status: int
) -> None:
    asked.fails("POST /v1/sessions", status, times=6)
    with pytest.raises(RequestsApiError) as caught:
        Session(backend)
    assert caught.value.status_code == (-1 if status == 500 else status)


# -- submitting --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [400, 403, 409, 413, 422, 429, 500])
def test_a_submission_that_is_refused(backend: Any, asked: Asked, status: int) -> None:
    asked.fails("POST /v1/jobs", status, times=6)
    with pytest.raises(IBMRuntimeError, match=rf"Failed to run program: .*\b{status}\b"):
        submit(backend)


def test_a_submission_to_a_session_that_is_not_there_looks_like_an_unknown_program(backend: Any) -> None:
    session = Session(backend)
    session._session_id = "nowhere"
    with pytest.raises(RuntimeProgramNotFound, match=r"Program not found: .*Session ID: nowhere"):
        submit(session)


@needs_client("0.44.0", "asking for the usage before each job")
def test_a_submission_when_no_time_is_left(qruntime: QRuntime) -> None:
    qruntime.instance("small", plan="open")
    backend = QiskitRuntimeService(token=qruntime.api_key, instance="small").backend("fake_manila")
    qruntime.next_jobs(classical=0, quantum=600)
    submit(backend).result()
    with (
        pytest.warns(UserWarning, match="no more time available|has met its usage limit"),
        pytest.raises(IBMRuntimeError, match=r'Failed to run program: .*409.*"code":4317'),
    ):
        submit(backend)


@pytest.mark.parametrize(
    ("tags", "code"), [(["x" * 87], 1205), ([str(number) for number in range(9)], 1204)], ids=["long", "many"]
)
def test_tags_that_are_refused(backend: Any, tags: list[str], code: int) -> None:
    with pytest.raises(IBMRuntimeError, match=rf'Failed to run program: .*400.*"code":{code}'):
        submit(backend, environment={"job_tags": tags})


# -- jobs --------------------------------------------------------------------------------------------------------------


def test_a_job_that_failed(qruntime: QRuntime, backend: Any) -> None:
    qruntime.next_jobs(code=8045, reason="The instrument fell over.")
    job = submit(backend)
    with pytest.raises(RuntimeJobFailureError) as caught:
        job.result()
    assert caught.value.message == "Unable to retrieve job result. Error code 8045; The instrument fell over."
    assert job.status() == "ERROR"
    assert job.error_message() == f"Job {job.job_id()} has failed:\nError code 8045; The instrument fell over."


def test_a_job_that_ran_too_long(qruntime: QRuntime, backend: Any) -> None:
    qruntime.next_jobs(runs_too_long=True)
    job = submit(backend)
    with pytest.raises(RuntimeJobMaxTimeoutError, match="Error code 1305; "):
        job.result()
    assert job.status() == "ERROR"
    assert "ran longer than maximum execution time" in job.error_message()


def test_a_job_that_ran_past_the_end_of_its_session(qruntime: QRuntime, backend: Any) -> None:
    qruntime.next_jobs(2, classical=0, quantum="3h")
    session = Session(backend, max_time="1h")
    jobs = [submit(session) for _ in range(7)]
    with pytest.raises(RuntimeJobFailureError, match=r"Unable to retrieve job result\. Error code "):
        jobs[-1].result()


def test_a_job_that_ended_cannot_be_cancelled(qruntime: QRuntime, job: Any) -> None:
    qruntime.clock.tick("1h")
    with pytest.raises(RuntimeInvalidStateError, match=r'Job cannot be cancelled: .*409.*"code":3208'):
        job.cancel()
    assert job.status() == "DONE"


@pytest.mark.parametrize("status", [400, 404, 500])
def test_a_cancel_that_fails_otherwise(qruntime: QRuntime, backend: Any, asked: Asked, status: int) -> None:
    qruntime.next_jobs(classical=0, quantum="1h")
    job = submit(backend)
    asked.fails("POST /v1/jobs/", status, times=6)
    with pytest.raises(IBMRuntimeError, match=rf"Failed to cancel job: .*{status}"):
        job.cancel()
    assert job.status() == "RUNNING"


def test_a_job_that_is_not_there(backend: Any) -> None:
    for call in (backend.service.job, backend.service.delete_job):
        with pytest.raises(RuntimeJobNotFound, match="Job not found: "):
            call("nowhere")


@pytest.mark.parametrize("status", [400, 403, 500])
def test_a_job_that_cannot_be_looked_up_or_deleted(job: Any, asked: Asked, status: int) -> None:
    asked.fails("GET /v1/jobs/", status, times=6)
    with pytest.raises(IBMRuntimeError, match=rf"Failed to retrieve job: .*{status}"):
        job._service.job(job.job_id())
    asked.trouble.clear()
    asked.fails("DELETE /v1/jobs/", status, times=6)
    with pytest.raises(IBMRuntimeError, match=rf"Failed to delete job: .*{status}"):
        job._service.delete_job(job.job_id())


@pytest.mark.parametrize("look", ["metrics", "usage"])
@pytest.mark.parametrize("status", [400, 404, 500])
def test_metrics_that_cannot_be_read(job: Any, asked: Asked, look: str, status: int) -> None:
    asked.fails(f"GET /v1/jobs/{job.job_id()}/metrics", status, times=6)
    ask: Callable[[], Any] = getattr(job, look)
    with pytest.raises(IBMRuntimeError, match=rf"Failed to get job metadata: .*{status}"):
        ask()


def test_logs_that_cannot_be_read(job: Any, asked: Asked) -> None:
    asked.fails(f"GET /v1/jobs/{job.job_id()}/logs", 404)
    assert job.logs() == ""
    asked.fails(f"GET /v1/jobs/{job.job_id()}/logs", 403)
    with pytest.raises(IBMRuntimeError, match=r"Failed to get job logs: .*403"):
        job.logs()


def test_tags_that_cannot_be_updated(job: Any, asked: Asked) -> None:
    asked.fails("PUT", 200)
    with pytest.raises(IBMApiError, match="The tags were not updated"):
        job.update_tags(["new"])
    with pytest.raises(RequestsApiError, match='"code":1205'):
        job.update_tags(["x" * 87])


# -- backends ----------------------------------------------------------------------------------------------------------


def test_a_backend_whose_configuration_cannot_be_read_is_not_found(
    qiskit_runtime_service: QiskitRuntimeService, asked: Asked
) -> None:
    asked.fails("GET /v1/backends/fake_manila/configuration", 404)
    with pytest.raises(QiskitBackendNotFoundError, match="No backend matches the criteria"):
        qiskit_runtime_service.backend("fake_manila")
    assert qiskit_runtime_service.backend("fake_manila").num_qubits == 5
