"""What happens at one instant happens in one order: job phases, timers, the dispatch, then what others ask for."""

from __future__ import annotations

from tests.model.timeline import SECOND, J, Timeline


def kinds_at(t: Timeline, second: int) -> list[str]:
    """The kinds of the events of that instant, once it is over."""
    t.at(second)
    return [event.kind for event in t.world.trace if event.at_us == second * SECOND]


def test_a_job_ends_before_the_max_ttl_of_the_same_instant_closes_its_workload() -> None:
    """MAX-04"""
    t = Timeline()
    s = t.session(max_time=20)
    t.submit(s, J(20, 5))
    assert kinds_at(t, 20) == ["job.completed", "workload.closed", "workload.settled"]
    (closed,) = t.world.trace.where(kind="workload.closed")
    assert closed.data["running"] == 0


def test_a_session_becomes_inactive_before_the_job_of_another_user_arrives() -> None:
    """ITT-03, ITT-11"""
    t = Timeline()
    t.submit(t.session(), J(20, 5))
    t.world.add_load("fake_backend", classical_s=10, quantum_s=5, at_us=80 * SECOND)
    assert kinds_at(t, 80) == ["workload.inactivated", "job.queued", "job.running"]


def test_a_session_becomes_inactive_before_the_dispatch_of_the_same_instant() -> None:
    """ITT-03: what waited for the end of the window starts then"""
    t = Timeline()
    t.submit(t.session(), J(20, 5))
    t.world.add_load("fake_backend", classical_s=10, quantum_s=5, at_us=50 * SECOND)
    assert kinds_at(t, 80) == ["workload.inactivated", "job.running"]


def test_another_users_job_arrives_after_a_lane_that_gets_free_was_given_to_who_waited() -> None:
    """ORD-11"""
    t = Timeline(lanes=1)
    _first, own = t.submit(None, J(20, 5)), t.submit(None, J(20, 5))
    t.world.add_load("fake_backend", classical_s=10, quantum_s=5, at_us=20 * SECOND)
    assert kinds_at(t, 20) == ["job.completed", "job.running", "job.queued"]
    assert [event.at_us for event in t.world.trace.where(kind="job.running", job=own.id)] == [20 * SECOND]
