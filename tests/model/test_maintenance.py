"""Maintenance: a backend goes away for a while, by itself, and comes back by itself."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_qruntime.model import ClockError, ConfigurationError
from tests.model.timeline import J, Timeline, runs


def statuses(t: Timeline) -> list[tuple[int, object, object]]:
    """When the backend took which status, and why."""
    events = t.world.trace.where(kind="backend.status")
    return [(event.at_us // 1_000_000, event.data["status"], event.data["reason"]) for event in events]


def plan(t: Timeline, seconds: float, at: float | None = None, **asked: Any) -> None:
    t.backend.maintenance.plan(seconds=seconds, at_us=None if at is None else round(at * 1_000_000), **asked)


def test_maintenance_begins_and_ends_by_itself() -> None:
    t = Timeline()
    plan(t, 20, at=10)
    t.at(100)
    assert statuses(t) == [(10, "paused", "maintenance"), (30, "online", "available")]


def test_maintenance_without_a_beginning_begins_now() -> None:
    t = Timeline().at(5)
    plan(t, 20, status="offline")
    assert (t.backend.status, t.backend.status_reason) == ("offline", "maintenance")
    assert t.at(25).backend.status == "online"


def test_nothing_starts_in_maintenance_and_what_runs_goes_on() -> None:
    t = Timeline(lanes=1)
    first, second = t.submit(None, J(10, 5)), t.submit(None, J(10, 5))
    plan(t, 20, at=5)
    t.at(100)
    assert runs(first, second) == [(0, 10), (25, 35)]


def test_a_job_that_ends_when_maintenance_begins_lets_no_other_start() -> None:
    t = Timeline(lanes=1)
    _, second = t.submit(None, J(10, 5)), t.submit(None, J(10, 5))
    plan(t, 20, at=10)
    t.at(100)
    assert runs(second) == [(30, 40)]


def test_overlapping_maintenance_ends_with_the_last() -> None:
    t = Timeline()
    plan(t, 20, at=10)
    plan(t, 40, at=20)
    plan(t, 5, at=30)
    t.at(100)
    assert statuses(t)[-1] == (60, "online", "available")
    assert [status for _, status, _ in statuses(t)] == ["paused", "paused", "paused", "online"]


def test_a_backend_that_was_offline_before_is_offline_again() -> None:
    t = Timeline()
    t.backend.set_status("offline", "retired")
    plan(t, 20, at=10)
    t.at(15)
    assert not t.backend.maintenance.returns
    t.at(100)
    assert statuses(t)[-1] == (30, "offline", "retired")


def test_a_status_that_is_set_during_maintenance_stays() -> None:
    t = Timeline()
    plan(t, 20, at=10)
    t.at(15).backend.set_status("offline", "broken")
    assert not t.backend.maintenance.returns
    t.at(100)
    assert statuses(t)[-1] == (15, "offline", "broken")


def test_maintenance_after_an_early_end_begins_anew() -> None:
    t = Timeline()
    plan(t, 20, at=10)
    t.at(15).backend.set_status("online")
    t.at(40)
    plan(t, 10)
    t.at(100)
    assert statuses(t)[-2:] == [(40, "paused", "maintenance"), (50, "online", "available")]


def test_what_is_planned_is_pending() -> None:
    t = Timeline()
    plan(t, 20, at=10)
    assert [(due.at_us, due.subject, due.text) for due in t.world.pending()] == [
        (10_000_000, "fake_backend", "goes into maintenance")
    ]
    t.at(10)
    assert t.backend.maintenance.returns
    assert [(due.at_us, due.text) for due in t.world.pending()] == [(30_000_000, "comes back from maintenance")]


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"seconds": 0}, "maintenance time is 0; expected more than zero seconds"),
        ({"seconds": -1}, "maintenance time is -1; expected a number of seconds"),
        ({"seconds": 5, "status": "online"}, "status in maintenance is 'online'; expected one of 'paused', 'offline'"),
    ],
)
def test_maintenance_that_makes_no_sense_is_refused(asked: dict[str, Any], message: str) -> None:
    t = Timeline()
    with pytest.raises(ConfigurationError) as caught:
        t.backend.maintenance.plan(**asked)
    assert str(caught.value).startswith(message)
    assert (t.world.pending(), list(t.world.trace)) == ([], [])


def test_maintenance_cannot_begin_in_the_past() -> None:
    t = Timeline().at(5)
    with pytest.raises(ClockError, match="maintenance cannot begin at 1000000 us: it is 5000000 us already"):
        plan(t, 20, at=1)
