"""The timers of a workload: maximum TTL (MAX), interactive TTL (ITT), active TTL (ACT), unused auto-close (AUT)."""

from __future__ import annotations

import pytest

from pytest_qruntime.model import PLANS, Failure
from tests.model.timeline import ACCEPTING, CLOSED, PENDING, J, Timeline, ran, seconds, started, statuses, timestamps


def test_the_max_ttl_counts_from_the_first_jobs_start() -> None:
    """MAX-01, MAX-10"""
    t = Timeline(lanes=1)
    t.foreign(J(500, 5))
    s = t.session(max_time=100)
    t.submit(s, J(10, 5))
    assert s.max_ttl_s == 100
    assert t.at(529).status(s) == ACCEPTING
    t.at(2000)
    assert (seconds(s.started_us), seconds(s.closed_us), s.state_reason) == (500, 600, "session_closed_by_max_ttl")


@pytest.mark.parametrize("more", [[], [150]])
def test_the_max_ttl_never_pauses(more: list[float]) -> None:
    """MAX-02, MAX-05: the same deadline with and without time in between at which the session was inactive"""
    t = Timeline()
    s = t.session(max_time=200)
    t.submit(s, J(10, 5))
    for second in more:
        t.at(second).submit(s, J(10, 5))
    assert t.at(199.999999).status(s) != CLOSED
    assert t.at(200).status(s) == CLOSED
    assert [state for state, _ in timestamps(s)].count("active") == 1 + len(more)


def test_at_max_ttl_an_inactive_session_loses_the_job_that_waits_for_reactivation() -> None:
    """MAX-03, MAX-05, MAX-06, MAX-11"""
    t = Timeline(lanes=1)
    s = t.session(max_time=100)
    t.submit(s, J(10, 5))
    f = t.at(70).foreign(J(50, 5))
    s2 = t.at(80).submit(s, J(10, 5))
    assert t.at(99).status(s) == PENDING
    assert (t.at(100).status(s), s.accepting) == (CLOSED, False)
    t.at(200)
    assert (s2.status, s2.reason_code, ran(s2)) == ("Failed", 4001, (None, 100))
    assert s2.reason == "Job is part of a session that's been closed"
    assert (f.status, t.usage(s), t.refuses_job(s, J(1, 1))) == ("Completed", 70, "workload_closed")


def test_a_job_that_ends_exactly_at_max_ttl_has_finished_before() -> None:
    """MAX-04: the order of events at one instant"""
    t = Timeline(lanes=1)
    s = t.session(max_time=100)
    s1, s2 = t.submit(s, J(100, 5)), t.submit(s, J(10, 5))
    t.at(100)
    assert statuses(s1, s2) == ["Completed", "Failed"]
    assert (s.last_job_completed_us, s.closed_us) == (100_000_000, 100_000_000)


def test_a_session_that_never_starts_has_no_max_ttl() -> None:
    """MAX-09, AUT-02"""
    t = Timeline(lanes=1)
    t.foreign(J(50_000, 5))
    s = t.session(max_time=100)
    t.submit(s, J(10, 5))
    assert t.at(49_000).status(s) == PENDING
    assert t.at(50_005).status(s) == ACCEPTING


def test_a_max_ttl_over_the_plans_is_refused() -> None:
    """MAX-08"""
    t = Timeline(plan="open")
    assert t.refused(lambda: t.batch(601)) == "max_ttl_too_large"
    assert t.refused(lambda: t.batch(0)) == "max_ttl_invalid"
    assert t.batch(600).max_ttl_s == 600


@pytest.mark.parametrize("ending", ["Completed", "Failed", "Cancelled"])
def test_the_interactive_ttl_starts_anew_after_each_job_however_it_ended(ending: str) -> None:
    """ITT-01, ITT-02, ITT-04, JCN-06"""
    t = Timeline()
    s = t.session()
    t.submit(s, J(10, 5))
    failure = Failure(code=1517, reason="instruction not supported") if ending == "Failed" else None
    j = t.at(60).submit(s, J(40, 5), failure=failure)
    t.at(100)
    if ending == "Cancelled":
        j = t.submit(s, J(40, 5))
        t.cancel(j)
    assert j.status == ending
    assert t.at(159).status(s) == ACCEPTING
    assert t.at(160).status(s) == PENDING
    assert s.state_reason == "session_inactivated_by_interactive_ttl"


def test_other_jobs_start_in_the_instant_in_which_the_session_becomes_inactive() -> None:
    """ITT-03, ORD-03, USG-02"""
    t = Timeline(lanes=2)
    s = t.session()
    t.submit(s, J(10, 5))
    f1, f2 = t.at(20).foreign(J(10, 5)), t.foreign(J(10, 5))
    t.at(100)
    assert (started(f1, f2), t.usage(s)) == ([70, 70], 70)


def test_reactivation_changes_activated_at_and_keeps_started_at() -> None:
    """ITT-05, DET-03"""
    t = Timeline()
    s = t.session()
    t.submit(s, J(10, 5))
    t.at(100).submit(s, J(10, 5))
    assert (s.state, seconds(s.started_us), seconds(s.activated_us)) == ("active", 0, 100)
    assert timestamps(s) == [("open", 0), ("active", 0), ("inactive", 70), ("active", 100)]
    assert (seconds(s.last_job_started_us), seconds(s.last_job_completed_us)) == (100, 10)


def test_a_session_is_not_idle_while_another_of_its_jobs_runs() -> None:
    """ITT-09"""
    t = Timeline()
    s = t.session()
    t.submit(s, J(10, 5))
    t.submit(s, J(200, 5))
    assert t.at(259).status(s) == ACCEPTING
    assert t.at(260).status(s) == PENDING


def test_a_batch_with_a_ready_job_is_not_idle_though_no_lane_is_free() -> None:
    """ITT-10"""
    t = Timeline(lanes=1)
    b = t.batch()
    t.submit(b, J(10, 5))
    t.foreign(J(300, 5))
    b2 = t.at(20).submit(b, J(10, 5))
    assert t.at(305).status(b) == ACCEPTING
    t.at(400)
    assert (ran(b2), timestamps(b)[-1]) == ((310, 320), ("inactive", 380))


@pytest.mark.parametrize(("second", "state"), [(69.999999, "active"), (70, "inactive")])
def test_a_job_at_the_deadline_misses_the_window(second: float, state: str) -> None:
    """ITT-11"""
    t = Timeline()
    s = t.session()
    t.submit(s, J(10, 5))
    t.at(second)
    assert s.state == state


def test_no_interactive_ttl_before_the_first_job_ended_nor_while_draining() -> None:
    """ITT-12, CLS-03"""
    t = Timeline()
    s = t.session()
    t.submit(s, J(500, 5))
    assert t.at(499).status(s) == ACCEPTING
    t.close(s)
    assert t.at(500).status(s) == CLOSED
    assert [state for state, _ in timestamps(s)] == ["open", "active", "closed"]


def test_an_instance_may_have_its_own_interactive_ttl() -> None:
    """ITT-08, PLN-03"""
    t = Timeline(plan=PLANS["premium"].but(session_ittl_s=5))
    s = t.session()
    t.submit(s, J(10, 5))
    assert (s.interactive_ttl_s, t.at(14).status(s), t.at(15).status(s)) == (5, ACCEPTING, PENDING)


@pytest.mark.parametrize("mode", ["dedicated", "batch"])
@pytest.mark.parametrize("max_time", [None, 60, 30, 1])
def test_the_reported_ttls_are_in_order(mode: str, max_time: int | None) -> None:
    """ACT-01, ACT-03"""
    t = Timeline(batch_ittl="consistent")
    w = t.world.open(mode, backend="fake_backend", max_ttl_s=max_time)
    assert w.interactive_ttl_s <= w.active_ttl_s(0) == w.max_ttl_s


def test_when_the_active_time_is_used_up_running_jobs_finish_and_queued_ones_go_to_the_back() -> None:
    """ACT-02, ACT-04, USG-01"""
    t = Timeline(lanes=1, allow_custom_ttl=True)
    s = t.session(1000, active_ttl_s=60, interactive_ttl_s=60)
    s1, s2, s3 = t.submit(s, J(40, 5)), t.submit(s, J(40, 5)), t.submit(s, J(40, 5))
    f = t.foreign(J(10, 5))
    assert (t.at(60).status(s), s2.status) == (PENDING, "Running")
    assert s.state_reason == "session_inactivated_by_active_ttl"
    t.at(300)
    assert started(s1, s2, f, s3) == [0, 40, 80, 90]
    assert (s3.status, t.usage(s)) == ("Completed", 120)


def test_time_in_which_the_session_is_inactive_is_not_active_time() -> None:
    """ACT-02"""
    t = Timeline(allow_custom_ttl=True)
    s = t.session(1000, active_ttl_s=100, interactive_ttl_s=20)
    t.submit(s, J(40, 5))
    t.at(500).submit(s, J(200, 5))
    t.at(999)
    assert timestamps(s)[2:] == [("inactive", 60), ("active", 500), ("inactive", 540)]


def test_a_session_that_used_up_its_active_time_is_inactive_once() -> None:
    """ACT-04, DET-04: the interactive TTL that ran does not end anything any more"""
    t = Timeline(allow_custom_ttl=True)
    s = t.session(1000, active_ttl_s=15, interactive_ttl_s=15)
    t.submit(s, J(10, 5))
    t.at(500)
    assert timestamps(s) == [("open", 0), ("active", 0), ("inactive", 15)]


def test_what_remains_of_the_active_ttl_counts_down_in_each_window_and_stops_at_the_close() -> None:
    """ACT-02, X-08"""
    t = Timeline(active_ttl_report="remaining")
    s = t.session(max_time=1000)
    t.at(100).submit(s, J(10, 5))
    t.at(300).submit(s, J(10, 5))
    seen = [t.at(second).world.workload(s.id).active_ttl_s(t.world.now_us) for second in (300, 320)]
    t.close(s)
    assert (seen, t.at(400).world.workload(s.id).active_ttl_s(t.world.now_us)) == ([930, 910], 910)


def test_an_unused_session_closes_after_half_an_hour_and_an_unused_batch_does_not() -> None:
    """AUT-01, AUT-03"""
    t = Timeline()
    s, b = t.session(), t.batch()
    t.at(1800)
    assert (s.state, s.accepting, s.started_us, t.usage(s)) == ("closed", False, None, 0)
    assert s.state_reason == "session_closed_unused"
    assert t.at(100_000).status(b) == PENDING


def test_the_first_submit_disarms_the_unused_timer_for_good() -> None:
    """AUT-02"""
    t = Timeline(lanes=1)
    t.foreign(J(5000, 5))
    s = t.session()
    j = t.submit(s, J(10, 5))
    t.at(10).cancel(j)
    assert t.at(4000).status(s) == PENDING


def test_a_batch_without_jobs_is_inactive_until_its_max_ttl() -> None:
    """AUT-04, X-05"""
    t = Timeline()
    b = t.batch(max_time=500)
    t.submit(b, J(10, 5))
    assert (t.at(499).status(b), b.state) == (PENDING, "inactive")
    assert t.at(500).status(b) == CLOSED
