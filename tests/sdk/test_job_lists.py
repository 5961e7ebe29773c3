"""`service.jobs` with each of its filters, and jobs that are found, deleted and told apart by instance."""

from __future__ import annotations

from typing import Any

import pytest
from qiskit_ibm_runtime import Batch, IBMInputValueError, QiskitRuntimeService, RuntimeJobNotFound, Session

from pytest_qruntime import QRuntime
from tests.sdk.client import bell, estimator, submit, zz
from tests.sdk.conftest import Asked


@pytest.fixture
def backend(qiskit_runtime_service: QiskitRuntimeService) -> Any:
    return qiskit_runtime_service.backend("fake_manila")


def ids(jobs: list[Any]) -> list[str]:
    return [job.job_id() for job in jobs]


def tagged(backend: Any, *tags: str) -> str:
    """The id of a job with these tags."""
    job_id: str = submit(backend, environment={"job_tags": list(tags)}).job_id()
    return job_id


@pytest.mark.qruntime(lanes=1)
def test_pending_jobs_wait_or_run_and_the_others_have_ended_in_whatever_way(qruntime: QRuntime, backend: Any) -> None:
    qruntime.next_jobs(classical=0, quantum=10)
    qruntime.next_jobs(code=9999)
    qruntime.next_jobs(quantum="1h")
    done, failed, running, queued, cancelled = (submit(backend) for _ in range(5))
    cancelled.cancel()
    failed.wait_for_final_state()
    jobs = backend.service.jobs
    assert ids(jobs(pending=True)) == ids([queued, running])
    assert ids(jobs(pending=False)) == ids([cancelled, failed, done])
    assert len(jobs()) == 5
    assert [job.status() for job in jobs(descending=False)] == ["DONE", "ERROR", "RUNNING", "QUEUED", "CANCELLED"]


def test_jobs_are_chosen_by_program(backend: Any) -> None:
    sampled = submit(backend)
    estimated = estimator(backend).run([(bell().remove_final_measurements(False), zz())])
    assert ids(backend.service.jobs(program_id="sampler")) == ids([sampled])
    assert ids(backend.service.jobs(program_id="estimator")) == ids([estimated])


def test_jobs_are_chosen_by_all_of_the_tags(backend: Any) -> None:
    first, both, _ = tagged(backend, "a"), tagged(backend, "a", "b"), tagged(backend)
    assert ids(backend.service.jobs(job_tags=["a"])) == [both, first]
    assert ids(backend.service.jobs(job_tags=["a", "b"])) == [both]
    with pytest.raises(IBMInputValueError, match="list of strings"):
        backend.service.jobs(job_tags="a")


@pytest.mark.parametrize("mode", [Session, Batch])
def test_jobs_are_chosen_by_session(backend: Any, mode: type[Session]) -> None:
    submit(backend)
    with mode(backend) as workload:
        jobs = [submit(workload) for _ in range(2)]
    assert ids(backend.service.jobs(session_id=workload.session_id)) == ids(jobs[::-1])
    assert backend.service.jobs(session_id="nowhere") == []


def test_jobs_are_chosen_by_backend(qruntime: QRuntime, backend: Any) -> None:
    qruntime.backend("fake_lima")
    here, there = submit(backend), submit(backend.service.backend("fake_lima"))
    assert ids(backend.service.jobs(backend_name="fake_manila")) == ids([here])
    assert ids(backend.service.jobs(backend_name="fake_lima")) == ids([there])
    assert [job.backend().name for job in backend.service.jobs()] == ["fake_lima", "fake_manila"]


def test_jobs_are_those_of_the_instance_which_is_active_from_then_on(qruntime: QRuntime) -> None:
    german = qruntime.instance("german", region="eu-de")
    everywhere = QiskitRuntimeService(token=qruntime.api_key)
    jobs = {
        crn: submit(QiskitRuntimeService(token=qruntime.api_key, instance=crn).backend("fake_manila"))
        for crn in (qruntime.crn, german.crn)
    }
    for crn, job in jobs.items():
        assert ids(everywhere.jobs(instance=crn)) == ids([job])
        assert everywhere.active_instance() == crn
        assert ids(everywhere.jobs()) == ids([job])


def test_a_job_of_another_instance_is_found_and_its_instance_is_active_then(qruntime: QRuntime) -> None:
    german = qruntime.instance("german", region="eu-de")
    everywhere = QiskitRuntimeService(token=qruntime.api_key)
    job = submit(QiskitRuntimeService(token=qruntime.api_key, instance="german").backend("fake_manila"))
    everywhere.jobs(instance=qruntime.crn)
    assert everywhere.job(job.job_id()).instance == everywhere.active_instance() == german.crn


@pytest.mark.parametrize(
    ("limit", "skip", "found", "pages"),
    [
        (10, 0, slice(0, 10), 1),
        (25, 0, slice(0, 25), 1),
        (None, 0, slice(0, 43), 3),
        (None, 40, slice(40, 43), 1),
        (7, 5, slice(5, 12), 1),
        (100, 3, slice(3, 43), 1),
        (None, 43, slice(43, 43), 1),
    ],
)
def test_pages_are_put_together(
    backend: Any, asked: Asked, limit: int | None, skip: int, found: slice, pages: int
) -> None:
    jobs = [submit(backend) for _ in range(43)]
    asked.clear()
    for descending in (True, False):
        in_order = ids(jobs[::-1] if descending else jobs)
        assert ids(backend.service.jobs(limit=limit, skip=skip, descending=descending)) == in_order[found]
    assert asked.count("GET /v1/jobs") == 2 * pages


def test_the_listing_does_not_send_circuits_back(backend: Any, asked: Asked) -> None:
    submit(backend)
    backend.service.jobs()
    assert "exclude_params=true" in asked.whole[-1].query.lower()


def test_a_job_is_deleted_for_every_handle(backend: Any) -> None:
    job = submit(backend)
    job.wait_for_final_state()
    backend.service.delete_job(job.job_id())
    assert backend.service.jobs() == []
    for call in (backend.service.job, backend.service.delete_job):
        with pytest.raises(RuntimeJobNotFound, match="Job not found"):
            call(job.job_id())
    with pytest.raises(Exception, match="404"):
        job.result()
