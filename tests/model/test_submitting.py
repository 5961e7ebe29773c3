"""Submitting jobs to a workload (SUB)."""

from __future__ import annotations

import threading

import pytest

from pytest_qruntime.model import JobRequest
from pytest_qruntime.model.workload import Workload
from tests.model.timeline import J, Timeline, ran, seconds, started, statuses


def closed_by_patch(t: Timeline) -> Workload:
    s = t.session()
    t.close(s)
    return s


def closed_by_cancel(t: Timeline) -> Workload:
    s = t.session()
    t.submit(s, J(500, 5))
    t.cancel(s)
    return s


def closed_by_max_ttl(t: Timeline) -> Workload:
    s = t.session(max_time=100)
    t.submit(s, J(500, 5))
    t.at(100)
    return s


def closed_unused(t: Timeline) -> Workload:
    s = t.session()
    t.at(1800)
    return s


@pytest.mark.parametrize("ending", [closed_by_patch, closed_by_cancel, closed_by_max_ttl, closed_unused])
def test_a_closed_workload_takes_no_job(ending: object) -> None:
    """SUB-02, SUB-06, SUB-10, CAN-04, MAX-06"""
    t = Timeline()
    assert callable(ending)
    s = ending(t)
    assert s.state == "closed"
    before = len(s.jobs)
    assert t.refuses_job(s, J(10, 5)) == "workload_closed"
    assert len(s.jobs) == before
    (event,) = t.world.trace.where(kind="request.rejected")
    assert event.data == {"operation": "submit", "refusal": "workload_closed", "rule": "SUB-02"}


def test_a_job_belongs_to_its_workload() -> None:
    """SUB-01, SUB-12"""
    t = Timeline()
    s = t.session()
    jobs = [t.submit(s, J(1, 1), program=program) for program in ("sampler", "estimator", "noise-learner", "executor")]
    assert list(s.jobs.values()) == jobs
    assert {job.workload for job in jobs} == {s}
    assert [job.request.program for job in jobs] == ["sampler", "estimator", "noise-learner", "executor"]


def test_a_draining_workload_takes_no_job() -> None:
    """SUB-03, SUB-04, CLS-02"""
    t = Timeline()
    s = t.session()
    j1 = t.submit(s, J(10, 5))
    t.close(s)
    assert (s.state, s.accepting) == ("active", False)
    assert t.refuses_job(s, J(10, 5)) == "workload_not_accepting"
    assert list(s.jobs.values()) == [j1]


def test_a_job_for_an_inactive_workload_waits_in_the_normal_queue() -> None:
    """SUB-08, ITT-06"""
    t = Timeline(lanes=1)
    s = t.session()
    t.submit(s, J(10, 5))
    f = t.at(70).foreign(J(50, 5))
    s2 = t.at(80).submit(s, J(10, 5))
    assert (s.state, s2.status) == ("inactive", "Queued")
    t.at(200)
    assert started(f, s2) == [70, 120]


@pytest.mark.parametrize("mode", ["dedicated", "batch"])
def test_a_job_within_the_interactive_ttl_goes_before_the_others(mode: str) -> None:
    """SUB-09, ORD-12"""
    t = Timeline(lanes=1)
    w = t.world.open(mode, backend="fake_backend")
    t.submit(w, J(10, 5))
    running, waiting = t.foreign(J(30, 5)), t.foreign(J(30, 5))
    w2 = t.at(20).submit(w, J(10, 5))
    t.at(300)
    assert started(w2, running, waiting) == ([20, 90, 120] if mode == "dedicated" else [40, 10, 50])


def test_a_batch_takes_any_number_of_jobs() -> None:
    """SUB-11"""
    t = Timeline()
    b = t.batch()
    jobs = [t.submit(b, J(1, 1)) for _ in range(500)]
    t.at(1000)
    assert {job.status for job in jobs} == {"Completed"}


def test_jobs_submitted_by_threads_are_each_there_once() -> None:
    """SUB-13"""
    t = Timeline()
    b = t.batch()

    def submit() -> None:
        for _ in range(50):
            with t.world.lock:
                t.submit(b, J(1, 1))

    threads = [threading.Thread(target=submit) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(b.jobs) == len(set(b.jobs)) == 200
    assert len(t.world.trace.where(kind="job.queued", workload=b.id)) == 200


def test_a_job_that_may_run_longer_than_its_workload_is_refused() -> None:
    """SUB-14"""
    t = Timeline()
    s = t.session(max_time=100)
    assert t.refuses_job(s, J(10, 5), cost_s=101) == "cost_over_max_ttl"
    assert t.submit(s, J(10, 5), cost_s=100).cost_s == 100


def test_a_job_for_another_backend_is_refused() -> None:
    """SUB-15"""
    t = Timeline()
    t.world.add_backend("another")
    assert t.refuses_job(t.session(), J(10, 5), backend="another") == "backend_mismatch"


def test_unknown_workloads_and_those_of_others_are_refused() -> None:
    """SUB-16"""
    t = Timeline()
    s, stranger = t.session(), t.world.add_instance("stranger")
    lost = JobRequest(workload="00000000-0000-4000-8000-000000000000")
    assert t.refused(lambda: t.world.submit(lost)) == "workload_unknown"
    assert t.refused(lambda: t.world.submit(JobRequest(workload=s.id), instance=stranger)) == "workload_unknown"
    assert t.refuses_job(None, J(1, 1), backend="ibm_nowhere") == "backend_unknown"


def test_two_batches_and_a_plain_job_keep_their_jobs_apart() -> None:
    """SUB-01, CAN-09"""
    t = Timeline(lanes=1)
    a, b = t.batch(), t.batch()
    a1, a2 = t.submit(a, J(10, 5)), t.submit(a, J(10, 5))
    b1, plain = t.submit(b, J(10, 5)), t.submit(None, J(10, 5))
    t.at(5).cancel(a)
    t.at(100)
    assert statuses(a1, a2, b1, plain) == ["Completed", "Failed", "Completed", "Completed"]
    assert (ran(b1), ran(plain), seconds(a.closed_us)) == ((10, 20), (20, 30), 5)
