"""What things cost, counted in function calls and events and not in time: only what happens costs anything."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from types import FrameType

import pytest

from pytest_qruntime.model import ClockError, Durations, JobRequest, JobScript, World
from pytest_qruntime.model.events import EventQueue
from tests.model.timeline import J, Timeline

FEW, MANY = 100, 2_000
HOUR_US = 3_600_000_000


def calls(act: Callable[[], object]) -> int:
    """How many functions are called, those written in C included."""
    count = 0

    def profile(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    gc.disable()  # a collection calls whoever listens, such as Hypothesis
    sys.setprofile(profile)
    try:
        act()
    finally:
        sys.setprofile(before)
        gc.enable()
    return count


@pytest.fixture
def pops(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The instants of the events that were taken out of the queue."""
    popped: list[int] = []
    pop_due = EventQueue.pop_due

    def counted(self: EventQueue, until_us: int) -> object:
        timer = pop_due(self, until_us)
        if timer is not None:
            popped.append(timer.at_us)
        return timer

    monkeypatch.setattr(EventQueue, "pop_due", counted)
    return popped


def crowded(jobs: int, mode: str = "batch") -> Timeline:
    """One workload with so many jobs, of which one runs; one more has ended."""
    t = Timeline(lanes=1)
    w = t.world.open(mode, backend="fake_backend")
    t.submit(w, J(1, 1))
    t.at(1)
    for _ in range(jobs):
        t.submit(w, J(10, 10))
    return t


def cost_of(request: str, t: Timeline) -> int:
    world = t.world
    (w,) = world.workloads.values()
    ids = list(w.jobs)
    acts: dict[str, Callable[[], object]] = {
        "submit": lambda: t.submit(w, J(10, 10)),
        "get": lambda: world.job(ids[-1], instance=world.instance),
        "cancel the last": lambda: world.cancel_job(ids[-1]),
        "cancel the running one": lambda: world.cancel_job(ids[1]),
        "delete": lambda: world.delete_job(ids[0]),
        "details": lambda: (
            w.state,
            w.queued,
            w.usage_us(world.now_us),
            w.active_ttl_s(world.now_us),
            w.backend_name(),
        ),
        "usage": lambda: world.instance.usage_us(world.now_us),
        "close": lambda: world.set_accepting(w.id, False),
        "the next event": lambda: world.advance_to(world.next_event_us() or 0),
        "next event": world.next_event_us,
    }
    return calls(acts[request])


@pytest.mark.parametrize("mode", ["batch", "dedicated"])
@pytest.mark.parametrize(
    "request_",
    [
        "submit",
        "get",
        "cancel the last",
        "cancel the running one",
        "delete",
        "details",
        "usage",
        "close",
        "the next event",
        "next event",
    ],
)
def test_a_request_costs_the_same_however_many_jobs_wait(mode: str, request_: str) -> None:
    few, many = (cost_of(request_, crowded(jobs, mode)) for jobs in (FEW, MANY))
    assert 0 < few < 150
    assert many == few


def test_every_job_of_a_large_batch_costs_the_same() -> None:
    def run(jobs: int) -> float:
        t = crowded(jobs)
        return calls(lambda: t.at(1_000_000)) / jobs

    few, many = run(FEW), run(5_000)
    assert many <= few * 1.01


def test_scripts_that_are_used_up_cost_nothing() -> None:
    def cost(scripts: int) -> int:
        t = Timeline(lanes=1)
        for _ in range(scripts):
            t.world.script(JobScript(durations=Durations.of(0, 1)))
            t.submit(None, J(1, 1))
        assert t.world.scripts == []
        t.at(100_000)
        return calls(lambda: t.submit(None, J(1, 1)))

    assert cost(FEW) == cost(2_000)


@pytest.mark.parametrize("mode", ["batch", "dedicated"])
def test_ten_thousand_workloads_on_one_backend_cost_no_more_each_than_a_hundred(mode: str) -> None:
    def run(workloads: int) -> float:
        t = Timeline(lanes=5)
        opened = [t.world.open(mode, backend="fake_backend") for _ in range(workloads)]

        def live() -> None:
            for w in opened:
                t.submit(w, J(1, 1))
                t.close(w)
            t.at(1_000_000)

        cost = calls(live) / workloads
        assert {w.state for w in opened} == {"closed"}
        return cost

    few, many = run(FEW), run(10_000)
    assert many <= few * 1.05


def test_a_jump_of_eight_hours_with_ten_timers_is_ten_events(pops: list[int]) -> None:
    t = Timeline()
    for minute in range(10):
        t.at(60 * minute).session()
    pops.clear()
    t.world.advance_to(8 * HOUR_US)
    assert pops == [(1800 + 60 * minute) * 1_000_000 for minute in range(10)]
    assert {w.state for w in t.world.workloads.values()} == {"closed"}


@pytest.mark.parametrize("hours", [1, 8, 24 * 365 * 100])
def test_time_that_passes_costs_nothing(pops: list[int], hours: int) -> None:
    t = Timeline()
    pops.clear()
    assert calls(lambda: t.world.advance_to(hours * HOUR_US)) <= 5
    assert (pops, t.world.now_us) == ([], hours * HOUR_US)


def test_a_long_job_costs_as_much_as_a_short_one() -> None:
    def cost(seconds: int) -> int:
        t = Timeline()
        t.submit(None, J(seconds, seconds), cost_s=10_800)
        return calls(lambda: t.at(20_000))

    assert cost(1) == cost(10_000)


def test_timers_that_were_called_off_do_not_pile_up_over_a_long_life() -> None:
    t = Timeline(lanes=1)
    s = t.session()
    for second in range(0, 20_000, 10):
        t.at(second).submit(s, J(5, 5))
    assert len(t.world.pending()) <= 3
    assert len(t.world.events._heap) < 50


def test_time_only_goes_forward() -> None:
    world = World()
    world.advance_to(10)
    with pytest.raises(ClockError, match="cannot go back from 10 us to 9 us"):
        world.advance_to(9)
    world.add_backend("fake_backend")
    with pytest.raises(ClockError, match="it is 10 us already"):
        world.add_load("fake_backend", at_us=9)
    world.submit(JobRequest(durations=Durations(0, 0)))
    world.advance_to(10)
    assert (world.now_us, [job.status for job in world.jobs.values()]) == (10, ["Completed"])
