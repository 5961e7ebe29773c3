"""asyncio loops and threads that sleep on one clock."""

from __future__ import annotations

import asyncio
import math
import threading
import time

import pytest

from pytest_qruntime.clock import Clock
from pytest_qruntime.clock.loops import AsyncSleeper
from pytest_qruntime.clock.real import Real
from tests.clock.stub import HANGS_S, StubWorld, run

pytestmark = pytest.mark.usefixtures("no_hang", "held_either_way")


def test_threads_and_tasks_sleep_together(world: StubWorld) -> None:
    log: list[tuple[float, str]] = []

    def in_thread(seconds: float) -> None:
        time.sleep(seconds)
        log.append((world.seconds, "thread"))

    async def in_task(seconds: float) -> None:
        await asyncio.sleep(seconds)
        log.append((world.seconds, "task"))

    async def main() -> None:
        await asyncio.gather(
            asyncio.to_thread(in_thread, 15), in_task(10), in_task(20), asyncio.to_thread(in_thread, 5)
        )

    run(main)
    assert log == [(5, "thread"), (10, "task"), (15, "thread"), (20, "task")]


def test_work_in_a_thread_is_waited_for(world: StubWorld) -> None:
    log: list[float] = []

    def compute() -> None:
        until = Real.monotonic() + 0.1
        while Real.monotonic() < until:
            sum(range(100))
        log.append(world.seconds)

    async def main() -> None:
        await asyncio.gather(asyncio.to_thread(compute), asyncio.sleep(3600))

    run(main)
    assert log == [0]
    assert world.seconds == 3600


def test_a_timeout_around_a_thread_that_sleeps_is_kept(world: StubWorld) -> None:
    log: list[tuple[int, str]] = []

    def note(what: str) -> None:
        log.append((math.ceil(world.seconds / 60), what))  # a timeout counts the real milliseconds too

    def in_thread(seconds: float) -> None:
        time.sleep(seconds)
        note("thread")

    async def main() -> None:
        longest = asyncio.create_task(asyncio.to_thread(in_thread, 7200))
        try:
            await asyncio.wait_for(asyncio.shield(longest), 1800)
        except asyncio.TimeoutError:
            note("timeout")
        await asyncio.wait_for(asyncio.to_thread(in_thread, 600), 1200)
        asyncio.get_running_loop().call_later(1800, note, "call_later")
        await asyncio.to_thread(in_thread, 3600)
        await longest  # since 3.13 a loop that ends waits for its threads no longer than five minutes

    run(main)
    assert log == [(30, "timeout"), (40, "thread"), (70, "call_later"), (100, "thread"), (120, "thread")]


@pytest.mark.parametrize("waking_takes_s", [0, 0.01])
def test_loops_in_two_threads_share_the_time(
    world: StubWorld, waking_takes_s: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    log: list[tuple[float, str]] = []
    wake = AsyncSleeper.wake

    def slowly(sleeper: AsyncSleeper, error: Exception | None = None) -> None:
        Real.sleep(waking_takes_s)  # as for one who is about to wake a task and gets no processor
        wake(sleeper, error)

    monkeypatch.setattr(AsyncSleeper, "wake", slowly)

    async def nap(name: str, *lengths: float) -> None:
        for seconds in lengths:
            await asyncio.sleep(seconds)
            log.append((world.seconds, name))

    threads = [
        threading.Thread(target=lambda: asyncio.run(nap("a", 10, 10, 10)), daemon=True),
        threading.Thread(target=lambda: asyncio.run(nap("b", 15, 10)), daemon=True),
    ]
    for thread in threads:
        thread.start()
    time.sleep(100)
    for thread in threads:
        thread.join(HANGS_S)
    assert log == [(10, "a"), (15, "b"), (20, "a"), (25, "b"), (30, "a")]
    assert world.seconds == 100


def test_who_waits_in_vain_is_counted_from_the_last_time_that_time_moved(
    held_either_way: Clock, world: StubWorld
) -> None:
    """A loop whose task sleeps on does not take the seconds in which others made progress for a reason to hurry."""
    log: list[float] = []

    def work() -> None:
        for _ in range(6):
            until = Real.monotonic() + 0.2
            while Real.monotonic() < until:
                sum(range(100))
            log.append(world.seconds)
            time.sleep(10)

    async def main() -> None:
        await asyncio.gather(asyncio.sleep(100), asyncio.to_thread(work))

    run(main)
    assert log == [0, 10, 20, 30, 40, 50]
    assert world.seconds == 100


def test_a_task_that_was_left_asleep_in_a_stopped_loop_delays_nobody(world: StubWorld) -> None:
    loop = asyncio.new_event_loop()

    async def nap() -> None:
        await asyncio.sleep(10)

    async def stop_beside_it() -> None:
        task = loop.create_task(nap())
        await asyncio.to_thread(time.sleep, 5)
        loop.stop()
        await task

    def sleep_often() -> None:
        for _ in range(20):
            time.sleep(10)

    abandoned = loop.create_task(stop_beside_it())
    loop.run_forever()
    began = Real.monotonic()
    thread = threading.Thread(target=sleep_often, daemon=True)
    thread.start()
    thread.join(HANGS_S)
    assert Real.monotonic() - began < 5
    assert world.seconds == 205
    abandoned.cancel()
    loop.run_until_complete(asyncio.gather(abandoned, return_exceptions=True))
    loop.run_until_complete(loop.shutdown_default_executor())
    loop.close()
