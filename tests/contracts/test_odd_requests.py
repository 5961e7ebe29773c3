"""What anybody may ask, and look at or not, breaks no contract on the fake, by what its answers show."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import pytest

from pytest_qruntime import QRuntime, ServiceError, world
from pytest_qruntime.contracts import check
from pytest_qruntime.judging.evidence import Listening, evidence

Story = Callable[[QRuntime], None]


def opens_with_a_max_ttl_that_is_none(qruntime: QRuntime) -> None:
    """MAX-07"""
    for max_ttl in ("25m", 0, None):
        qruntime.http.post("/v1/sessions", json={"backend": "fake_backend", "mode": "batch", "max_ttl": max_ttl})


def patches_what_is_closed_with_something_else(qruntime: QRuntime) -> None:
    """CLS-10"""
    session = qruntime.session()
    session.close()
    session.details()
    qruntime.http.patch(f"/v1/sessions/{session.session_id}", json={"max_ttl": 5})


def submits_jobs_that_a_batch_cannot_take(qruntime: QRuntime) -> None:
    """SUB-11"""
    batch = qruntime.batch(max_time="10m")
    batch.run()
    for options in ({"tags": ["a"] * 9}, {"max_execution_time": 20_000}):
        with suppress(ServiceError):
            batch.run(**options)
    body = {"program_id": "sampler", "backend": "fake_backend", "session_id": batch.session_id, "params": {}}
    qruntime.http.post("/v1/jobs", json={**body, "cost": 20_000})


def reads_a_deleted_job_in_a_version_that_there_is_not(qruntime: QRuntime) -> None:
    """JCN-07"""
    job = qruntime.run()
    job.result()
    job.delete()
    qruntime.http.get(f"/v1/jobs/{job.job_id()}", headers={"IBM-API-Version": "none"})


def looks_at_the_second_job_alone(qruntime: QRuntime) -> None:
    """OPN-04"""
    batch = qruntime.batch()
    first, second = batch.run(), batch.run()
    batch.details()
    qruntime.clock.tick("1m")
    first.delete()
    second.metrics()


def cancels_a_session_and_then_its_running_job(qruntime: QRuntime) -> None:
    """CAN-02"""
    session = qruntime.session()
    job = session.run()
    session.cancel()
    job.cancel()
    job.details()
    session.details()


def cancels_what_was_closed_by_its_max_ttl(qruntime: QRuntime) -> None:
    """INV-07"""
    batch = qruntime.batch(max_time="5m")
    job = batch.run()
    batch.details()
    qruntime.clock.tick("1h")
    batch.cancel()
    job.metrics()


def cancels_what_was_closed_because_it_was_not_used(qruntime: QRuntime) -> None:
    """AUT-01"""
    session = qruntime.session()
    qruntime.clock.tick("1h")
    session.cancel()


def looks_at_a_session_just_before_its_last_job_is_cancelled(qruntime: QRuntime) -> None:
    """DET-03"""
    session = qruntime.session()
    job = session.run()
    session.cancel()
    qruntime.clock.tick("5s")
    session.details()
    job.cancel()
    qruntime.clock.tick("5s")
    job.metrics()


def looks_at_a_batch_just_before_its_last_job_is_cancelled(qruntime: QRuntime) -> None:
    """USG-05"""
    batch = qruntime.batch()
    job = batch.run()
    qruntime.clock.tick("1s")
    batch.cancel()
    qruntime.clock.tick("3s")
    batch.details()
    job.cancel()
    qruntime.clock.tick("5s")
    job.metrics()


def reopens_a_batch_and_looks_when_it_is_closed(qruntime: QRuntime) -> None:
    """CLS-03, SUB-03"""
    batch = qruntime.batch(max_time="10m")
    qruntime.clock.tick("35s")
    jobs = [batch.run()]
    batch.close()
    qruntime.http.patch(f"/v1/sessions/{batch.session_id}", json={"accepting_jobs": True})
    qruntime.clock.tick("1s")
    jobs.append(batch.run())
    qruntime.clock.tick("1h")
    for job in jobs:
        job.metrics()
    batch.details()


STORIES: list[Story] = [
    opens_with_a_max_ttl_that_is_none,
    patches_what_is_closed_with_something_else,
    submits_jobs_that_a_batch_cannot_take,
    reads_a_deleted_job_in_a_version_that_there_is_not,
    looks_at_the_second_job_alone,
    cancels_a_session_and_then_its_running_job,
    cancels_what_was_closed_by_its_max_ttl,
    cancels_what_was_closed_because_it_was_not_used,
    looks_at_a_session_just_before_its_last_job_is_cancelled,
    looks_at_a_batch_just_before_its_last_job_is_cancelled,
    reopens_a_batch_and_looks_when_it_is_closed,
]


@pytest.mark.parametrize("story", STORIES)
def test_no_contract_is_broken_by_it(story: Story) -> None:
    with world(lanes=1) as qruntime:
        listening = Listening(qruntime)
        story(qruntime)
        listening.end()
        shown = evidence(qruntime, {}, listening)
    for trace, terms in shown:
        report = check(trace, terms=terms)
        assert [report.describe(finding) for finding in report.broken] == []
