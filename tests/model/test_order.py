"""Who runs when: lanes, the QPU, sessions, batches, calibrations, the normal queue (ORD)."""

from __future__ import annotations

import pytest

from pytest_qruntime.model import ConfigurationError, JobRequest
from tests.model.timeline import J, Timeline, ran, runs, seconds, started


def test_a_backend_runs_as_many_jobs_at_once_as_it_has_lanes() -> None:
    """ORD-01"""
    t = Timeline(lanes=3)
    jobs = [t.foreign(J(10, 1)) for _ in range(7)]
    assert (len(t.backend.running), t.backend.queue_length) == (3, 4)
    t.at(100)
    assert started(*jobs) == [0, 0, 0, 10, 10, 10, 20]


def test_one_job_at_a_time_uses_the_qpu_in_the_order_of_asking() -> None:
    """ORD-02"""
    t = Timeline(lanes=3, contention=True)
    slow, fast, last = t.submit(None, J(40, 20)), t.submit(None, J(30, 20)), t.submit(None, J(41, 20))
    t.at(100)
    assert [(seconds(job.on_qpu_us), seconds(job.finished_us)) for job in (fast, slow, last)] == [
        (10, 30),
        (30, 50),
        (50, 70),
    ]


def test_without_contention_jobs_use_the_qpu_side_by_side() -> None:
    """ORD-02"""
    t = Timeline(lanes=3, contention=False)
    jobs = [t.submit(None, J(40, 20)) for _ in range(3)]
    t.at(100)
    assert runs(*jobs) == [(0, 40)] * 3


def test_nobody_else_starts_in_the_window_of_a_session() -> None:
    """ORD-03, ORD-10: not another user, not the same user's plain job, not a calibration"""
    t = Timeline(lanes=3)
    s = t.session()
    t.submit(s, J(10, 5))
    f, plain, calibration = t.foreign(J(5, 5)), t.submit(None, J(5, 5)), t.calibration(5)
    t.at(20).submit(s, J(10, 5))
    t.at(200)
    assert (started(calibration), started(f, plain)) == ([90], [90, 90])


def test_the_window_lasts_until_the_last_running_job_of_a_closed_session_ended() -> None:
    """ORD-03, CAN-05, MAX-04"""
    t = Timeline(lanes=3)
    s = t.session(max_time=20)
    t.submit(s, J(50, 5))
    f = t.foreign(J(5, 5))
    t.at(100)
    assert (seconds(s.closed_us), ran(f), t.usage(s)) == (20, (50, 55), 50)


@pytest.mark.parametrize("how", ["cancel the session", "cancel its job"])
def test_when_the_session_that_is_next_goes_away_the_others_start_at_once(how: str) -> None:
    """OPN-08, CAN-09"""
    t = Timeline(lanes=3)
    t.foreign(J(30, 5))
    s = t.session()
    s1 = t.submit(s, J(10, 5))
    f = t.foreign(J(10, 5))
    t.at(10).cancel(s if how == "cancel the session" else s1)
    assert started(f) == [10]


def test_the_jobs_of_a_session_run_in_parallel_in_the_order_of_submission() -> None:
    """ORD-04, ORD-09"""
    t = Timeline(lanes=2)
    s = t.session()
    jobs = [t.submit(s, J(10, 5)) for _ in range(5)]
    t.at(100)
    assert started(*jobs) == [0, 0, 10, 10, 20]


def test_a_batch_refills_the_lanes_before_anyone_else() -> None:
    """ORD-05, ORD-06, ORD-12"""
    t = Timeline(lanes=2)
    f1 = t.foreign(J(35, 5))
    b = t.batch()
    jobs = [t.submit(b, J(10, 5)) for _ in range(3)]
    f2, f3 = t.foreign(J(5, 5)), t.foreign(J(5, 5))
    t.at(100)
    assert (started(f1, *jobs), started(f2, f3)) == ([0, 0, 10, 20], [30, 35])


def test_no_session_and_no_other_batch_starts_while_a_batch_is_processed_but_plain_jobs_may() -> None:
    """ORD-07"""
    t = Timeline(lanes=5)
    a, b, s = t.batch(), t.batch(), t.session()
    a1 = t.submit(a, J(50, 5))
    b1, s1, plain = t.submit(b, J(10, 5)), t.submit(s, J(10, 5)), t.submit(None, J(10, 5))
    t.at(55).close(b)
    t.at(200)
    assert started(a1, plain, b1, s1) == [0, 0, 50, 60]


def test_a_batch_that_is_idle_lets_another_batch_start_and_waits_for_it_then() -> None:
    """ORD-07, ITT-10"""
    t = Timeline(lanes=5)
    a, b = t.batch(), t.batch()
    t.submit(a, J(10, 5))
    b1 = t.submit(b, J(30, 5))
    a2 = t.at(20).submit(a, J(10, 5))
    b2 = t.at(25).submit(b, J(30, 5))
    t.at(200)
    assert (started(b1, b2), started(a2)) == ([10, 25], [55])


def test_a_job_of_an_active_batch_waits_for_the_window_of_a_session() -> None:
    """ORD-03, ITT-10"""
    t = Timeline(lanes=5)
    b, s = t.batch(), t.session()
    t.submit(b, J(10, 5))
    s1 = t.submit(s, J(30, 5))
    b2 = t.at(20).submit(b, J(10, 5))
    t.at(300)
    assert (started(s1), started(b2), b.timestamps[-1]) == ([10], [100], ("inactive", 170_000_000))


def test_a_calibration_runs_between_the_jobs_of_a_batch() -> None:
    """ORD-10"""
    t = Timeline(lanes=1)
    b = t.batch()
    b1, b2 = t.submit(b, J(10, 5)), t.submit(b, J(10, 5))
    calibration = t.at(5).calibration(20)
    assert t.backend.queue_length == 2
    t.at(100)
    assert started(b1, calibration, b2) == [0, 10, 30]


def test_a_calibration_of_an_idle_backend_begins_at_once() -> None:
    """ORD-10"""
    t = Timeline(lanes=1)
    assert t.calibration(20).status == "Running"


def test_a_calibration_that_was_cancelled_does_not_run() -> None:
    t = Timeline(lanes=1)
    t.foreign(J(10, 5))
    calibration = t.calibration(20)
    t.cancel(calibration)
    t.at(100)
    assert (calibration.status, ran(calibration)) == ("Cancelled", (None, 0))


def test_the_normal_queue_is_first_come_first_served_over_all_instances() -> None:
    """ORD-11"""
    t = Timeline(lanes=1)
    other = t.world.add_instance("other")
    jobs = [
        t.foreign(J(10, 5)),
        t.submit(None, J(10, 5)),
        t.world.submit(JobRequest(durations=J(10, 5).durations), instance=other),
        t.foreign(J(10, 5)),
    ]
    t.at(100)
    assert started(*jobs) == [0, 10, 20, 30]


@pytest.mark.parametrize("mode", ["dedicated", "batch"])
def test_a_prioritised_job_does_not_stop_a_running_one(mode: str) -> None:
    """ORD-12"""
    t = Timeline(lanes=1)
    w = t.world.open(mode, backend="fake_backend")
    w1, w2 = t.submit(w, J(30, 5)), t.at(10).submit(w, J(5, 5))
    t.at(100)
    assert runs(w1, w2) == [(0, 30), (30, 35)]


@pytest.mark.parametrize("status", ["paused", "offline"])
def test_a_backend_that_is_not_online_starts_nothing_and_finishes_what_runs(status: str) -> None:
    t = Timeline(lanes=1)
    j1, j2 = t.submit(None, J(10, 5)), t.submit(None, J(10, 5))
    t.backend.set_status(status, "maintenance")  # type: ignore[arg-type]
    t.at(100).backend.set_status("online")
    t.at(200)
    assert runs(j1, j2) == [(0, 10), (100, 110)]
    reasons = [event.data["reason"] for event in t.world.trace.where(kind="backend.status")]
    assert reasons == ["maintenance", "available"]


def test_a_backend_that_is_online_again_starts_its_queue_at_once() -> None:
    t = Timeline(lanes=1)
    t.backend.set_status("paused")
    j = t.submit(None, J(10, 5))
    assert (j.status, t.backend.status_reason) == ("Queued", "paused")
    t.backend.set_status("online")
    assert j.status == "Running"


def test_a_backend_has_one_of_three_statuses() -> None:
    with pytest.raises(ConfigurationError, match="backend status is 'gone'; expected one of 'online', 'paused'"):
        Timeline().backend.set_status("gone")  # type: ignore[arg-type]


def test_load_that_was_announced_arrives_when_it_is_due() -> None:
    t = Timeline(lanes=1)
    t.world.add_load("fake_backend", classical_s=5, quantum_s=5, at_us=20_000_000)
    assert [deadline.text for deadline in t.world.pending()] == ["another user's job arrives"]
    j = t.at(20).submit(None, J(10, 5))
    t.at(100)
    assert ran(j) == (30, 40)


def test_a_job_that_is_cancelled_leaves_the_queue() -> None:
    t = Timeline(lanes=1)
    running, waiting = t.submit(None, J(10, 5)), t.submit(None, J(10, 5))
    assert t.backend.queue_length == 1
    t.cancel(waiting)
    assert t.backend.queue_length == 0
    t.cancel(running)
    assert t.backend.queue_length == 0
