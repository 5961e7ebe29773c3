"""Closing (CLS) and cancelling (CAN) a workload."""

from __future__ import annotations

import pytest

from tests.model.timeline import (
    ACCEPTING,
    CLOSED,
    DRAINING,
    PENDING,
    J,
    Timeline,
    ran,
    runs,
    seconds,
    started,
    statuses,
    timestamps,
)

UNKNOWN = "00000000-0000-4000-8000-000000000000"


@pytest.mark.parametrize("mode", ["dedicated", "batch"])
def test_closing_lets_running_and_queued_jobs_finish(mode: str) -> None:
    """CLS-01, CLS-02, CLS-03"""
    t = Timeline(lanes=1)
    w = t.world.open(mode, backend="fake_backend")
    jobs = [t.submit(w, J(10, 5)) for _ in range(3)]
    f = t.foreign(J(10, 5))
    t.at(5).close(w)
    assert t.at(29).status(w) == DRAINING
    t.at(40)
    assert (statuses(*jobs), seconds(w.closed_us), ran(f)) == (["Completed"] * 3, 30, (30, 40))


def test_a_draining_workload_ends_at_its_max_ttl_like_any_other() -> None:
    """CLS-04, MAX-03, MAX-04"""
    t = Timeline(lanes=1)
    s = t.session(max_time=25)
    jobs = [t.submit(s, J(10, 5)) for _ in range(5)]
    t.at(5).close(s)
    t.at(100)
    assert statuses(*jobs) == ["Completed", "Completed", "Completed", "Failed", "Failed"]
    assert (seconds(s.closed_us), t.usage(s)) == (25, 30)


@pytest.mark.parametrize("mode", ["dedicated", "batch"])
def test_closing_a_workload_that_was_never_used_closes_it_at_once(mode: str) -> None:
    """CLS-06"""
    t = Timeline()
    w = t.world.open(mode, backend="fake_backend")
    t.at(5).close(w)
    assert (w.state, w.state_reason, seconds(w.closed_us), t.usage(w)) == ("closed", "session_closed_early", 5, 0)
    assert t.world.next_event_us() is None


def test_a_workload_closed_before_it_started_stays_open_and_runs_its_jobs_with_priority() -> None:
    """CLS-07"""
    t = Timeline(lanes=1)
    f1 = t.foreign(J(20, 5))
    b = t.batch()
    b1 = t.submit(b, J(10, 5))
    f2 = t.foreign(J(10, 5))
    b2 = t.submit(b, J(10, 5))
    t.at(5).close(b)
    assert (b.state, b.accepting, t.status(b)) == ("open", False, PENDING)
    assert t.at(20).status(b) == DRAINING
    t.at(100)
    assert started(f1, b1, b2, f2) == [0, 20, 30, 40]
    assert seconds(b.closed_us) == 40


def test_closing_an_idle_active_session_stops_its_usage() -> None:
    """CLS-03, CLS-08: and others start in the same instant"""
    t = Timeline()
    s = t.session()
    t.submit(s, J(10, 5))
    f = t.foreign(J(10, 5))
    t.at(20).close(s)
    assert (s.state, seconds(s.closed_us), started(f)) == ("closed", 20, [20])
    assert s.state_reason == "session_closed"
    assert t.at(100).usage(s) == 20


def test_closing_an_inactive_workload_closes_it_at_once_if_nothing_is_queued() -> None:
    """CLS-09"""
    t = Timeline(lanes=1)
    s, w = t.session(), t.session()
    t.submit(s, J(10, 5))
    t.at(100).close(s)
    assert (s.state, seconds(s.closed_us), t.usage(s)) == ("closed", 100, 70)
    assert s.state_reason == "session_closed"
    t.submit(w, J(10, 5))
    t.at(180).foreign(J(50, 5))
    w2 = t.at(190).submit(w, J(10, 5))
    t.close(w)
    assert (w.state, w.accepting, w2.status) == ("inactive", False, "Queued")
    t.at(300)
    assert (ran(w2), seconds(w.closed_us)) == ((230, 240), 240)


def test_closing_twice_changes_nothing() -> None:
    """CLS-10, CLS-11, CAN-07"""
    t = Timeline()
    s = t.session()
    t.submit(s, J(30, 5))
    t.close(s)
    before = t.snapshot()
    t.at(10).close(s)
    assert t.snapshot() == before
    t.cancel(s)
    t.at(20).close(s)
    t.cancel(s)
    assert (s.state, seconds(s.closed_us), s.state_reason) == ("closed", 10, "session_cancelled")
    ignored = [event.data["operation"] for event in t.world.trace.where(kind="request.ignored")]
    assert ignored == ["close", "close", "cancel"]


def test_a_closed_workload_can_be_flagged_as_accepting_and_still_takes_no_job() -> None:
    """CLS-12, X-21"""
    t = Timeline()
    s = t.session()
    t.submit(s, J(10, 5))
    t.close(s)
    t.at(20).reopen(s)
    assert (t.status(s), s.accepting, seconds(s.closed_us)) == (CLOSED, True, 10)
    assert t.world.trace[-1][1:] == ("request.ignored", "fake_backend", s.id, None, {"operation": "reopen"})
    assert t.refuses_job(s, J(10, 5)) == "workload_closed"


def test_a_draining_workload_can_be_opened_again() -> None:
    """CLS-13"""
    t = Timeline()
    s = t.session()
    t.submit(s, J(30, 5))
    t.at(10).close(s)
    t.at(20).reopen(s)
    assert t.status(s) == ACCEPTING
    j2 = t.submit(s, J(30, 5))
    t.at(60)
    assert (j2.status, s.state, s.closed_us) == ("Completed", "active", None)


@pytest.mark.parametrize(
    ("idle_close", "expected"),
    [
        ("immediate", ["closed", "settled", "reopen ignored"]),
        ("lazy", ["draining", "close ignored", "reopened", "reopen ignored"]),
    ],
)
def test_the_trace_tells_what_became_of_each_request(idle_close: str, expected: list[str]) -> None:
    """CLS-10, CLS-12, CLS-13, X-04"""
    t = Timeline(idle_close=idle_close)
    s = t.session()
    t.close(s)
    if idle_close == "lazy":
        t.close(s)
        t.reopen(s)
    t.reopen(s)
    told = [(event.kind, event.data.get("operation")) for event in t.world.trace][1:]
    told_in_words = [f"{what} ignored" if what else kind.removeprefix("workload.") for kind, what in told]
    assert told_in_words == expected


def test_closing_or_cancelling_what_does_not_exist_is_refused() -> None:
    """CLS-14, CAN-08"""
    t = Timeline()
    s, stranger = t.session(), t.world.add_instance("stranger")
    assert t.refused(lambda: t.world.set_accepting(UNKNOWN, False)) == "workload_unknown"
    assert t.refused(lambda: t.world.cancel_workload(UNKNOWN)) == "workload_unknown"
    assert t.refused(lambda: t.world.cancel_workload(s.id, instance=stranger)) == "workload_unknown"


def test_the_jobs_of_a_closed_workload_can_still_be_read() -> None:
    """CLS-16"""
    t = Timeline()
    s = t.session()
    j = t.submit(s, J(10, 5))
    t.close(s)
    t.at(20)
    assert t.world.job(j.id) is j
    assert (t.world.workload(s.id), list(s.jobs)) == (s, [j.id])


@pytest.mark.parametrize("mode", ["dedicated", "batch"])
@pytest.mark.parametrize("second", [5, 25, 100])
def test_cancelling_closes_at_once_from_any_state(mode: str, second: int) -> None:
    """CAN-01: open at 5 s, active at 25 s, inactive at 100 s"""
    t = Timeline(lanes=1)
    t.foreign(J(20, 5))
    w = t.world.open(mode, backend="fake_backend")
    t.submit(w, J(10, 5))
    t.at(second)
    assert w.state == {5: "open", 25: "active", 100: "inactive"}[second]
    t.cancel(w)
    assert (w.state, w.accepting, seconds(w.closed_us)) == ("closed", False, second)
    assert w.state_reason == "session_cancelled"


def test_cancelling_before_the_first_job_runs_costs_nothing() -> None:
    """CAN-02, CAN-06, USG-09, USG-10"""
    t = Timeline(lanes=1)
    t.foreign(J(20, 5))
    s = t.session()
    jobs = [t.submit(s, J(10, 5)) for _ in range(2)]
    t.at(5).cancel(s)
    t.at(100)
    assert (statuses(*jobs), runs(*jobs)) == (["Failed", "Failed"], [(None, 5), (None, 5)])
    assert (s.started_us, t.usage(s), t.instance_usage()) == (None, 0, 0)


def test_a_cancelled_session_may_be_pending_until_its_last_job_ended() -> None:
    """X-12"""
    t = Timeline(closing_state="pending_closed")
    s = t.session()
    t.submit(s, J(50, 5))
    t.at(20).cancel(s)
    t.reopen(s)
    t.close(s)
    t.at(60)
    kinds = [(seconds(event.at_us), event.kind) for event in t.world.trace.where(kind="workload.", workload=s.id)]
    assert kinds[2:] == [(20, "workload.draining"), (50, "workload.closed"), (50, "workload.settled")]
    assert timestamps(s) == [("open", 0), ("active", 0), ("closed", 50)]
    assert s.state_reason == "session_cancelled"


def test_the_backend_is_free_again_when_the_running_jobs_of_a_cancelled_session_have_ended() -> None:
    """CAN-03, CAN-05, CAN-09"""
    t = Timeline(lanes=2)
    s = t.session()
    s1 = t.submit(s, J(50, 5))
    f = t.foreign(J(10, 5))
    t.at(10).cancel(s)
    assert t.at(49).usage(s) == 49
    t.at(100)
    assert (s1.status, ran(f), t.usage(s)) == ("Completed", (50, 60), 50)


@pytest.mark.parametrize("how", ["close", "cancel"])
def test_a_batch_that_was_about_to_end_by_itself_ends_once(how: str) -> None:
    """X-05, CLS-09"""
    t = Timeline(batch_autoend=30)
    b = t.batch()
    t.submit(b, J(10, 5))
    getattr(t.at(20), how)(b)
    t.at(1000)
    (closed,) = t.world.trace.where(kind="workload.closed")
    assert (seconds(closed.at_us), b.state_reason) == (20, "session_closed" if how == "close" else "session_cancelled")
    assert timestamps(b)[-1] == ("closed", 20)
