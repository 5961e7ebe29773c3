"""Golden timelines GT-1 to GT-8 and GT-14: how sessions and batches live and end."""

from __future__ import annotations

import pytest

from pytest_qruntime.model.job import Job
from tests.model.timeline import (
    ACCEPTING,
    CLOSED,
    DRAINING,
    PENDING,
    J,
    Timeline,
    charged,
    ran,
    runs,
    seconds,
    statuses,
    timestamps,
)


def test_gt_1_a_session_that_is_closed_lets_its_jobs_finish_and_then_closes() -> None:
    t = Timeline(lanes=1)
    s = t.session()
    assert t.at(9).status(s) == PENDING
    j1 = t.at(10).submit(s, J(30, 20))
    j2 = t.submit(s, J(40, 25))
    assert t.status(s) == ACCEPTING
    assert t.at(49).status(s) == ACCEPTING
    t.at(50).close(s)
    assert t.status(s) == DRAINING
    assert t.at(55).refuses_job(s, J(10, 5)) == "workload_not_accepting"
    assert t.at(79).status(s) == DRAINING
    assert t.at(80).status(s) == CLOSED
    assert runs(j1, j2) == [(10, 40), (40, 80)]
    assert seconds(s.started_us) == 10
    t.at(200)
    assert seconds(s.closed_us) == 80
    assert t.usage(s) == 70
    assert charged(j1, j2) == [20, 25]
    assert list(s.jobs.values()) == [j1, j2]


def test_gt_2_a_batch_that_is_closed_lets_its_jobs_finish_and_is_charged_for_the_quantum_seconds() -> None:
    t = Timeline(lanes=5)
    b = t.batch()
    j1 = t.at(10).submit(b, J(30, 20))
    j2 = t.submit(b, J(40, 25))
    t.at(15).close(b)
    t.at(100)
    assert runs(j1, j2) == [(10, 40), (10, 50)]
    assert seconds(b.closed_us) == 50
    assert t.usage(b) == 45


def test_gt_3_cancelling_a_session_fails_its_queued_jobs_and_lets_the_running_one_finish() -> None:
    t = Timeline(lanes=1)
    s = t.session()
    j1 = t.at(5).submit(s, J(100, 80))
    j2, j3 = t.submit(s, J(100, 80)), t.submit(s, J(100, 80))
    t.at(20).cancel(s)
    assert (t.status(s), s.accepting) == (CLOSED, False)
    assert statuses(j1, j2, j3) == ["Running", "Failed", "Failed"]
    assert t.at(21).refuses_job(s, J(10, 5)) == "workload_closed"
    t.close(s)
    t.at(200)
    assert seconds(s.closed_us) == 20
    assert (j1.status, *ran(j1)) == ("Completed", 5, 105)
    assert runs(j2, j3) == [(None, 20), (None, 20)]
    assert [j2.reason_code, j3.reason_code] == [4001, 4001]
    assert t.usage(s) == 100
    assert charged(j1, j2, j3) == [80, 0, 0]


def test_gt_4_at_max_ttl_the_running_job_finishes_and_the_queued_ones_fail() -> None:
    t = Timeline(lanes=1)
    f = t.foreign(J(50, 50))
    s = t.session(max_time=100)
    t.at(1)
    j1, j2, j3, j4 = (t.submit(s, job) for job in (J(60, 40), J(60, 40), J(30, 20), J(30, 20)))
    t.at(149)
    assert (t.status(s), statuses(j1, j2, j3, j4)) == (ACCEPTING, ["Completed", "Running", "Queued", "Queued"])
    t.at(150)
    assert (t.status(s), statuses(j1, j2, j3, j4)) == (CLOSED, ["Completed", "Running", "Failed", "Failed"])
    t.at(300)
    assert runs(f, j1, j2, j3, j4) == [(0, 50), (50, 110), (110, 170), (None, 150), (None, 150)]
    assert (j2.status, j3.reason_code, j4.reason_code) == ("Completed", 4001, 4001)
    assert (seconds(s.started_us), seconds(s.closed_us)) == (50, 150)
    assert t.usage(s) == 120


def test_gt_5_an_inactive_session_comes_back_through_the_queue() -> None:
    t = Timeline(lanes=1)
    s = t.session()
    j1 = t.submit(s, J(20, 15))
    f = t.at(30).foreign(J(30, 30))
    assert (f.status, t.at(79).status(s), f.status) == ("Queued", ACCEPTING, "Queued")
    assert (t.at(80).status(s), f.status) == (PENDING, "Running")
    assert s.state_reason == "session_inactivated_by_interactive_ttl"
    j2 = t.at(90).submit(s, J(20, 15))
    assert (t.at(100).status(s), j2.status) == (PENDING, "Queued")
    assert t.at(110).status(s) == ACCEPTING
    assert (seconds(s.activated_us), seconds(s.started_us)) == (110, 0)
    t.at(140).close(s)
    assert t.status(s) == CLOSED
    assert timestamps(s) == [("open", 0), ("active", 0), ("inactive", 80), ("active", 110), ("closed", 140)]
    assert runs(j1, f, j2) == [(0, 20), (80, 110), (110, 130)]
    assert t.usage(s) == 110
    assert charged(j1, j2) == [15, 15]


@pytest.mark.parametrize(("session_usage", "expected"), [("windows", 110), ("span", 140)])
def test_gt_5_usage_by_windows_and_by_span(session_usage: str, expected: int) -> None:
    t = Timeline(lanes=1, session_usage=session_usage)
    s = t.session()
    t.submit(s, J(20, 15))
    t.at(30).foreign(J(30, 30))
    t.at(90).submit(s, J(20, 15))
    t.at(140).close(s)
    assert (t.usage(s), t.instance_usage()) == (expected, expected)


@pytest.mark.parametrize(
    ("second", "j2_runs", "f_runs", "inactive_at", "usage"),
    [(79, (79, 99), (159, 189), [159], 159), (80, (110, 130), (80, 110), [80, 190], 160)],
)
def test_gt_6_a_job_exactly_at_the_interactive_ttl_comes_too_late(
    second: int,
    j2_runs: tuple[float, float],
    f_runs: tuple[float, float],
    inactive_at: list[float],
    usage: float,
) -> None:
    t = Timeline(lanes=1)
    s = t.session()
    t.submit(s, J(20, 15))
    f = t.at(25).foreign(J(30, 30))
    j2 = t.at(second).submit(s, J(20, 15))
    t.at(300).close(s)
    assert (ran(j2), ran(f)) == (j2_runs, f_runs)
    assert [at for state, at in timestamps(s) if state == "inactive"] == inactive_at
    assert t.usage(s) == usage


def test_gt_7_a_session_without_a_job_closes_after_half_an_hour() -> None:
    t = Timeline()
    s = t.session()
    assert t.at(1799).status(s) == PENDING
    t.at(1800)
    assert (t.status(s), s.accepting, seconds(s.closed_us)) == (CLOSED, False, 1800)
    assert (s.started_us, t.usage(s)) == (None, 0)
    assert t.at(1801).refuses_job(s, J(10, 5)) == "workload_closed"


def test_gt_7_a_session_with_a_job_that_waits_stays_open() -> None:
    t = Timeline()
    t.foreign(J(5000, 5000))
    s = t.session()
    j1 = t.at(1799).submit(s, J(10, 5))
    assert t.at(4999).status(s) == PENDING
    t.at(5020).close(s)
    assert ran(j1) == (5000, 5010)
    assert (t.status(s), t.usage(s)) == (CLOSED, 20)


def test_gt_8_a_session_that_is_closed_before_its_first_job_is_closed_for_good() -> None:
    t = Timeline()
    s = t.session()
    t.at(5).close(s)
    assert (s.state, seconds(s.closed_us), t.usage(s)) == ("closed", 5, 0)
    assert s.state_reason == "session_closed_early"
    t.at(6).reopen(s)
    assert (s.state, s.accepting) == ("closed", True)
    assert t.at(7).refuses_job(s, J(10, 5)) == "workload_closed"


def test_gt_14_an_error_in_the_with_block_closes_the_session_and_cancels_nothing() -> None:
    t = Timeline(lanes=1)
    s = t.session()
    jobs: list[Job] = []

    def optimise() -> None:
        with t.block(s):
            jobs.append(t.at(5).submit(s, J(100, 80)))
            jobs.append(t.submit(s, J(100, 80)))
            t.at(20)
            raise RuntimeError("the optimiser gave up")

    with pytest.raises(RuntimeError, match="the optimiser gave up"):
        optimise()
    assert (t.status(s), statuses(*jobs)) == (DRAINING, ["Running", "Queued"])
    t.at(300)
    assert (runs(*jobs), statuses(*jobs)) == ([(5, 105), (105, 205)], ["Completed", "Completed"])
    assert (seconds(s.closed_us), t.usage(s)) == (205, 200)
    assert s.state_reason == "session_closed"
