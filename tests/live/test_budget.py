"""What a run has spent: asked of the service, and no request more once it is too much."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_qruntime.live import BudgetExceededError, Meter


class Service:
    """What the meter asks: usage by id, with whether it is final, and how often it was asked."""

    def __init__(self) -> None:
        self.usage: dict[str, tuple[float, bool]] = {}
        self.asked: list[str] = []
        self.hung_up = 0

    def session_usage_s(self, session_id: str) -> tuple[float, bool]:
        self.asked.append(session_id)
        return self.usage[session_id]

    job_usage_s = session_usage_s

    def hang_up(self) -> None:
        self.hung_up += 1


@pytest.fixture
def service() -> Any:
    return Service()


def test_usage_is_that_of_sessions_and_of_jobs_outside_of_them(service: Any) -> None:
    meter = Meter()
    meter.add_session("s", service)
    meter.add_job("j", service)
    service.usage = {"s": (12.5, False), "j": (3.0, True)}
    assert meter.used_s() == 15.5
    service.usage["s"] = (20.0, True)
    assert meter.used_s() == 23.0


def test_what_is_final_is_not_asked_for_again(service: Any) -> None:
    meter = Meter()
    meter.add_session("s", service)
    meter.add_session("t", service)
    service.usage = {"s": (1.0, True), "t": (1.0, False)}
    for _ in range(3):
        meter.used_s()
    assert service.asked == ["s", "t", "t", "t"]


@pytest.mark.parametrize(("budget_s", "stops"), [(None, False), (10.0, False), (9.99, True), (0.0, True)])
def test_more_than_was_granted_is_an_error(service: Any, budget_s: float | None, stops: bool) -> None:
    meter = Meter(budget_s)
    meter.check()
    meter.add_job("j", service)
    service.usage = {"j": (10.0, True)}
    if not stops:
        meter.check()
        return
    with pytest.raises(BudgetExceededError, match="this run has used 10 s of QPU time") as stopped:
        meter.check()
    assert (stopped.value.used_s, stopped.value.budget_s) == (10.0, budget_s)


def test_without_a_budget_nobody_is_asked(service: Any) -> None:
    meter = Meter()
    meter.add_job("j", service)
    meter.check()
    assert service.asked == []


def test_what_was_used_in_a_world_that_is_gone_still_counts(service: Any) -> None:
    meter = Meter()
    meter.add_session("s", service)
    service.usage = {"s": (7.0, False)}
    assert service.hung_up == 0
    meter.settle()
    assert service.hung_up == 1
    service.usage.clear()
    assert meter.used_s() == 7.0
