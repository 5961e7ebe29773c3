"""Usage through the client and the REST API: the golden timelines with their figures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pytest_qruntime import Job, JobFailedError, QRuntime, ServiceError

Submit = Callable[..., Job]
At = Callable[[float], None]

pytestmark = pytest.mark.qruntime(qpu_contention=False)


@pytest.mark.qruntime(lanes=1)
def test_a_session_is_charged_for_its_window_until_the_last_job_ends(  # GT-1
    qruntime: QRuntime, submit: Submit, at: At
) -> None:
    session = qruntime.session()
    at(10)
    first, second = submit(session, 30, 20), submit(session, 40, 25)
    at(50)
    session.close()
    at(55)
    with pytest.raises(ServiceError):
        session.run()
    at(79)
    assert session.status() == "In progress, not accepting new jobs"
    at(80)
    assert session.status() == "Closed"
    assert session.details()["closed_at"] == "2026-01-15T12:01:20.000000Z"
    assert (session.usage(), first.usage(), second.usage()) == (70, 20, 25)


@pytest.mark.qruntime(lanes=5)
def test_a_batch_is_charged_for_the_quantum_time_of_its_jobs(  # GT-2
    qruntime: QRuntime, submit: Submit, at: At
) -> None:
    batch = qruntime.batch()
    at(10)
    jobs = submit(batch, 30, 20), submit(batch, 40, 25)
    at(15)
    batch.close()
    for job in jobs:
        job.result()
    assert batch.details()["closed_at"] == "2026-01-15T12:00:50.000000Z"
    assert batch.usage() == 45


@pytest.mark.qruntime(lanes=1)
def test_a_cancelled_session_is_charged_until_the_running_job_ends(  # GT-3
    qruntime: QRuntime, submit: Submit, at: At
) -> None:
    session = qruntime.session()
    at(5)
    jobs = [submit(session, 100, 80) for _ in range(3)]
    at(20)
    session.cancel()
    for lost in jobs[1:]:
        with pytest.raises(JobFailedError) as caught:
            lost.result()
        assert (caught.value.code, lost.usage()) == (4001, 0)
    assert jobs[0].result() is not None
    assert (session.usage(), qruntime.world.now_us) == (100, 105_000_000)


class TestUsageInTheThreeModes:  # GT-10: J1(30,12) at 0, J2(30,8) at 40, no other load
    def test_of_a_job(self, qruntime: QRuntime, submit: Submit, at: At) -> None:
        first = submit(qruntime, 30, 12)
        at(40)
        second = submit(qruntime, 30, 8)
        at(300)
        assert (first.usage(), second.usage()) == (12, 8)

    @pytest.mark.parametrize("closed", [True, False])
    def test_of_a_batch(self, qruntime: QRuntime, submit: Submit, at: At, closed: bool) -> None:
        batch = self.two_jobs(qruntime.batch(), submit, at)
        if closed:
            batch.close()
        at(300)
        assert batch.usage() == 20

    @pytest.mark.parametrize(("closed", "usage"), [(True, 75), (False, 130)])
    def test_of_a_session(self, qruntime: QRuntime, submit: Submit, at: At, closed: bool, usage: int) -> None:
        session = self.two_jobs(qruntime.session(), submit, at)
        if closed:
            session.close()
        at(300)
        assert session.usage() == usage

    @staticmethod
    def two_jobs(workload: Any, submit: Submit, at: At) -> Any:
        submit(workload, 30, 12)
        at(40)
        submit(workload, 30, 8)
        at(75)
        return workload


def test_usage_is_none_before_the_first_job_and_nothing_if_there_never_was_one(qruntime: QRuntime) -> None:
    session = qruntime.session()
    assert session.usage() is None
    session.close()
    assert session.usage() == 0
