"""Opening and starting a workload (OPN)."""

from __future__ import annotations

import pytest

from tests.model.timeline import ACCEPTING, PENDING, J, Timeline, ran, seconds, started, timestamps


@pytest.mark.parametrize("mode", ["dedicated", "batch"])
def test_an_opened_workload_runs_nothing_and_shows_its_ttls(mode: str) -> None:
    """OPN-01, OPN-02, OPN-03, OPN-13, PLN-02, PLN-03"""
    t = Timeline()
    w = t.world.open(mode, backend="fake_backend")
    assert (w.state, w.accepting, w.mode, w.state_reason) == ("open", True, mode, "session_created")
    assert (w.started_us, w.activated_us, w.closed_us, t.usage(w)) == (None, None, None, None)
    assert (w.last_job_started_us, w.last_job_completed_us) == (None, None)
    assert (w.max_ttl_s, w.active_ttl_s(0), w.interactive_ttl_s) == (28_800, 28_800, 60 if mode == "dedicated" else 1)
    assert w.backend_name() == "fake_backend"
    assert timestamps(w) == [("open", 0)]


def test_only_an_opened_session_has_a_timer() -> None:
    """OPN-01, AUT-03"""
    t = Timeline()
    t.batch()
    assert t.world.next_event_us() is None
    s = t.session()
    (deadline,) = t.world.pending()
    assert (deadline.at_us, deadline.kind, deadline.subject) == (1_800_000_000, "session", s.id)


def test_a_workload_starts_when_its_first_job_begins_to_run() -> None:
    """OPN-04, OPN-06"""
    t = Timeline(lanes=1)
    t.foreign(J(20, 10))
    s = t.at(5).session()
    j = t.at(10).submit(s, J(30, 10))
    assert (t.at(19).status(s), s.started_us) == (PENDING, None)
    assert t.at(25).status(s) == ACCEPTING
    assert seconds(s.started_us) == seconds(s.activated_us) == seconds(j.running_us) == 20
    assert timestamps(s) == [("open", 5), ("active", 20)]


@pytest.mark.parametrize("mode", ["dedicated", "batch"])
def test_the_first_job_waits_in_the_normal_queue(mode: str) -> None:
    """OPN-05"""
    t = Timeline(lanes=1)
    first, second = t.foreign(J(10, 5)), t.foreign(J(10, 5))
    j = t.submit(t.world.open(mode, backend="fake_backend"), J(10, 5))
    last = t.foreign(J(10, 5))
    t.at(200)
    assert started(first, second, j) == [0, 10, 20]
    assert (seconds(last.running_us) or 0) >= 30


def test_when_a_batch_starts_its_other_jobs_move_to_the_front() -> None:
    """OPN-07, ORD-05"""
    t = Timeline(lanes=1)
    t.foreign(J(10, 5))
    b = t.batch()
    b1 = t.submit(b, J(10, 5))
    f = t.foreign(J(10, 5))
    b2, b3 = t.submit(b, J(10, 5)), t.submit(b, J(10, 5))
    t.at(100)
    assert started(b1, b2, b3, f) == [10, 20, 30, 40]


def test_a_session_that_is_next_waits_for_the_lanes_and_nobody_overtakes_it() -> None:
    """OPN-08"""
    t = Timeline(lanes=3)
    f = t.foreign(J(30, 10))
    s = t.session()
    s1, s2 = t.submit(s, J(10, 5)), t.submit(s, J(10, 5))
    late = t.foreign(J(5, 5))
    assert t.at(29).backend.queue_length == 3
    t.at(100)
    assert (ran(f), started(s1, s2, late)) == ((0, 30), [30, 30, 100])


def test_a_session_waits_for_its_own_users_plain_jobs_too() -> None:
    """OPN-08"""
    t = Timeline(lanes=3)
    t.submit(None, J(30, 10))
    s = t.session()
    assert started(t.submit(s, J(10, 5)), t.at(30).submit(s, J(10, 5))) == [30, 30]


@pytest.mark.parametrize("plan", ["payg", "flex", "premium"])
def test_the_paid_plans_open_both_modes(plan: str) -> None:
    """OPN-01, PLN-01"""
    t = Timeline(plan=plan)
    assert (t.session().mode, t.batch().mode) == ("dedicated", "batch")


def test_the_open_plan_opens_batches_of_ten_minutes_and_no_sessions() -> None:
    """OPN-09, OPN-10, OPN-13, PLN-01, PLN-02"""
    t = Timeline(plan="open")
    assert t.refused(t.session) == "open_plan_session"
    assert t.batch().max_ttl_s == 600
    assert [w.mode for w in t.world.workloads.values()] == ["batch"]


def test_an_unknown_mode_or_backend_is_refused() -> None:
    """DET-05, OPN-11"""
    t = Timeline()
    assert t.refused(lambda: t.world.open("interactive", backend="fake_backend")) == "mode_invalid"
    assert t.refused(lambda: t.world.open("batch", backend="ibm_nowhere")) == "backend_unknown"
    assert t.refused(lambda: t.world.open("batch", backend=None)) == "backend_required"


def test_a_workload_opened_without_a_backend_gets_that_of_its_first_job() -> None:
    """OPN-11, X-17"""
    t = Timeline(lanes=1, backend_required=False)
    t.world.add_backend("another")
    s = t.world.open("dedicated", backend=None)
    assert s.backend_name() is None
    s1 = t.submit(s, J(10, 5))
    s2, f = t.submit(s, J(10, 5)), t.foreign(J(10, 5))
    assert s.backend_name() == "fake_backend"
    assert t.refuses_job(s, J(10, 5), backend="another") == "backend_mismatch"
    t.at(100)
    assert started(s1, s2, f) == [0, 10, 80]


def test_the_ttls_of_a_request_are_ignored_unless_they_are_allowed() -> None:
    """OPN-14, ITT-07"""
    t = Timeline()
    s = t.session(interactive_ttl_s=5, active_ttl_s=100)
    assert (s.interactive_ttl_s, s.active_ttl_s(0), s.max_ttl_s) == (60, 28_800, 28_800)


@pytest.mark.parametrize(
    ("interactive", "active", "largest"), [(101, 100, 200), (10, 300, 200), (0, 100, 200), (300, None, 200)]
)
def test_custom_ttls_must_be_in_order(interactive: int, active: int | None, largest: int) -> None:
    """OPN-14"""
    t = Timeline(allow_custom_ttl=True)
    refused = t.refused(lambda: t.session(largest, interactive_ttl_s=interactive, active_ttl_s=active))
    assert refused == "ttl_order"


def test_a_custom_interactive_ttl_counts() -> None:
    """OPN-14"""
    t = Timeline(allow_custom_ttl=True)
    s = t.session(200, interactive_ttl_s=5, active_ttl_s=100)
    t.submit(s, J(10, 5))
    t.at(15)
    assert (s.interactive_ttl_s, s.active_ttl_s(0), s.state) == (5, 100, "inactive")
