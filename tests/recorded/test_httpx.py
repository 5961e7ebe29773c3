"""Lifecycles over the REST API, replayed from what httpx recorded over a socket.

Every test here recorded its cassette.
"""

from __future__ import annotations

import time

import pytest

from pytest_qruntime import QRuntime
from pytest_qruntime.client import Job, JobFailedError, ServiceError
from tests.recorded.marks import recorded

FEW = 100  # shots: two seconds of QPU time
MANY = 1_000_000  # shots: four minutes of QPU time


def statuses(jobs: list[Job]) -> list[str]:
    return [job.status() for job in jobs]


def wait_while(job: Job, *status: str) -> None:
    """Poll, as a program does that has no results to wait for."""
    while job.status() in status:
        time.sleep(5)


def fail_after(job: Job) -> None:
    """What an optimiser does that gives up."""
    job.result()
    raise ArithmeticError


@recorded("httpx/graceful_close", lanes=1)
def test_a_closed_session_finishes_its_jobs_and_takes_no_more(qruntime: QRuntime) -> None:
    session = qruntime.session()
    jobs = [session.run(shots=FEW) for _ in range(3)]
    wait_while(jobs[0], "QUEUED")
    session.close()
    assert session.status() == "In progress, not accepting new jobs"
    with pytest.raises(ServiceError, match="1217"):
        session.run(shots=FEW)
    for job in jobs:
        job.result()
    assert statuses(jobs) == ["DONE"] * 3
    assert session.status() == "Closed"


@recorded("httpx/cancel_with_queued_jobs", lanes=1)
def test_when_a_session_is_cancelled_its_running_job_ends_and_its_queued_jobs_fail(qruntime: QRuntime) -> None:
    session = qruntime.session()
    jobs = [session.run(shots=MANY) for _ in range(3)]
    wait_while(jobs[0], "QUEUED")
    session.cancel()
    assert statuses(jobs) == ["RUNNING", "ERROR", "ERROR"]
    wait_while(jobs[0], "RUNNING")
    assert statuses(jobs) == ["DONE", "ERROR", "ERROR"]


@recorded("httpx/max_ttl", lanes=1)
def test_at_the_maximum_time_the_running_job_goes_on_and_the_queued_one_fails(qruntime: QRuntime) -> None:
    session = qruntime.session(max_time="5m")
    jobs = [session.run(shots=MANY) for _ in range(3)]
    while session.status() != "Closed":
        time.sleep(10)
    assert statuses(jobs) == ["DONE", "RUNNING", "ERROR"]
    assert session.usage() == 300
    wait_while(jobs[1], "RUNNING")
    assert statuses(jobs) == ["DONE", "DONE", "ERROR"]


@recorded("httpx/interactive_ttl")
def test_a_session_that_was_idle_is_active_again_with_its_next_job(qruntime: QRuntime) -> None:
    session = qruntime.session()
    session.run(shots=FEW).result()
    time.sleep(90)
    assert session.details()["state"] == "inactive"
    session.run(shots=FEW).result()
    assert session.details()["state"] == "active"
    session.close()
    assert [entry["status"] for entry in session.details()["timestamps"]] == [
        "open", "active", "inactive", "active", "closed",
    ]  # fmt: skip


@recorded("httpx/unused_session")
def test_a_session_that_nobody_uses_closes_by_itself(qruntime: QRuntime) -> None:
    session = qruntime.session()
    polls = 0
    while session.status() != "Closed":
        time.sleep(60)
        polls += 1
    assert polls == 30
    assert session.usage() == 0


@recorded("httpx/batch_of_three_jobs")
def test_a_batch_is_closed_when_its_last_job_has_ended(qruntime: QRuntime) -> None:
    with qruntime.batch() as batch:
        jobs = [batch.run(shots=FEW) for _ in range(3)]
    assert batch.status() == "In progress, not accepting new jobs"
    for job in jobs:
        job.result()
    assert statuses(jobs) == ["DONE"] * 3
    assert batch.status() == "Closed"


@recorded("httpx/error_in_a_session")
def test_an_error_closes_the_session_on_the_way_out(qruntime: QRuntime) -> None:
    with pytest.raises(ArithmeticError), qruntime.session() as session:
        fail_after(session.run(shots=FEW))
    assert session.status() == "Closed"


@recorded("httpx/failed_job")
def test_a_job_that_fails_leaves_its_session_open(qruntime: QRuntime) -> None:
    with qruntime.session() as session:
        job = session.run(shots=20_000_000)
        with pytest.raises(JobFailedError, match="20000000 executions"):
            job.result()
        assert job.status() == "ERROR"
        assert session.status() == "In progress, accepting new jobs"


@recorded("httpx/private_job")
def test_the_results_of_a_private_job_are_given_once(qruntime: QRuntime) -> None:
    job = qruntime.run(shots=FEW, private=True)
    [pub] = job.result()["results"]
    assert len(pub["data"]["c"]["samples"]) == FEW
    with pytest.raises(ServiceError, match="only once"):
        job.result()


@recorded("httpx/open_plan", plan="open")
def test_the_open_plan_has_no_sessions(qruntime: QRuntime) -> None:
    with pytest.raises(ServiceError, match="1352"):
        qruntime.session()
    qruntime.run(shots=FEW).result()
