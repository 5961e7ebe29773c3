"""What becomes of what is left open."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_qruntime import world
from pytest_qruntime.judging.forecast import Forecast, forecast
from pytest_qruntime.model import Durations, JobRequest

HOUR = 3_600_000_000


@pytest.mark.parametrize(
    ("mode", "settings", "jobs", "closed"),
    [
        ("session", {}, 0, (HOUR // 2, "session_closed_unused", 0)),
        ("session", {}, 1, (8 * HOUR, "session_closed_by_max_ttl", 70_000_000)),
        ("batch", {}, 2, (8 * HOUR, "session_closed_by_max_ttl", 20_000_000)),
        ("batch", {"policy": {"batch_autoend": 5}}, 1, (15_000_000, "session_closed_after_last_job", 10_000_000)),
        ("batch", {}, 0, (None, None, None)),
    ],
)
def test_the_service_closes_it_when_its_rules_say(
    mode: str, settings: dict[str, Any], jobs: int, closed: tuple[Any, ...]
) -> None:
    with world(durations=lambda request: Durations.of(0, 10), **settings) as qruntime:
        left = getattr(qruntime, mode)()
        for _ in range(jobs):
            left.run()
    assert forecast(qruntime.world, [left.session_id]) == {left.session_id: Forecast(*closed)}


def test_the_trace_of_the_test_stays_as_it_was_and_nobody_is_asked_for_orders() -> None:
    with world() as qruntime:
        session = qruntime.session()
        session.run()
    before, events = qruntime.trace, len(qruntime.trace)
    qruntime.world.chooser = lambda due: pytest.fail("the test is over")
    forecast(qruntime.world, [session.session_id])
    assert qruntime.trace is before
    assert len(before) == events


def test_work_that_waits_for_usage_for_ever_keeps_it_open_for_ever() -> None:
    with world() as qruntime:
        qruntime.world.limit_usage(qruntime.world.instance, 0)
        batch = qruntime.batch()
        qruntime.world.submit(JobRequest(workload=batch.session_id))
    assert forecast(qruntime.world, [batch.session_id])[batch.session_id] == Forecast(None, None, None)
