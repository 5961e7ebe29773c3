"""asyncio on the virtual clock: tasks sleep together, timeouts see virtual time pass, real I/O goes on."""

from __future__ import annotations

import asyncio
import sys
import time
from typing import Any

import pytest

from pytest_qruntime.clock import Clock
from pytest_qruntime.model import NothingPendingError
from tests.clock.stub import StubWorld, run

pytestmark = pytest.mark.usefixtures("no_hang")


@pytest.fixture(autouse=True)
def clock(held_either_way: Clock) -> Clock:
    return held_either_way


def test_tasks_that_sleep_together_wake_in_order(world: StubWorld) -> None:
    log: list[tuple[float, float]] = []

    async def nap(seconds: float) -> None:
        await asyncio.sleep(seconds)
        log.append((world.seconds, seconds))

    async def main() -> None:
        await asyncio.gather(nap(20), nap(10), nap(15), nap(10))

    run(main)
    assert log == [(10, 10), (10, 10), (15, 15), (20, 20)]


def test_of_two_tasks_with_the_same_deadline_who_fell_asleep_earlier_wakes_first(world: StubWorld) -> None:
    log: list[tuple[float, str]] = []

    async def nap(name: str, *lengths: float) -> None:
        for seconds in lengths:
            await asyncio.sleep(seconds)
            log.append((world.seconds, name))

    async def main() -> None:
        await asyncio.gather(nap("late", 10, 5, 5), nap("middle", 5, 15), nap("early", 20))

    run(main)
    assert log == [(5, "middle"), (10, "late"), (15, "late"), (20, "early"), (20, "middle"), (20, "late")]


def test_sleep_returns_its_result_and_zero_yields(world: StubWorld) -> None:
    log: list[str] = []

    async def other() -> None:
        log.append("other")

    async def main() -> Any:
        task = asyncio.create_task(other())
        await asyncio.sleep(0)
        log.append("main")
        await task
        assert world.seconds == 0
        return await asyncio.sleep(5, "result")

    assert run(main) == "result"
    assert log == ["other", "main"]
    assert world.seconds == 5


def test_ready_tasks_run_before_time_moves(world: StubWorld) -> None:
    seen: list[float] = []

    async def busy() -> None:
        for _ in range(100):
            await asyncio.sleep(0)
            seen.append(world.seconds)

    async def main() -> None:
        await asyncio.gather(asyncio.sleep(10), busy())

    run(main)
    assert set(seen) == {0}
    assert world.seconds == 10


def test_a_sleep_can_be_cancelled(world: StubWorld) -> None:
    async def main() -> None:
        task = asyncio.create_task(asyncio.sleep(3600))
        await asyncio.sleep(10)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.sleep(10)

    run(main)
    assert world.seconds == 20


def test_events_of_the_world_happen_on_the_way(world: StubWorld) -> None:
    world.at(1800, "job ends")

    async def main() -> None:
        while not world.happened:
            await asyncio.sleep(60)

    run(main)
    assert world.seconds == 1800


@pytest.mark.parametrize("seconds", [3600, 0.25, 86400 * 30])
def test_a_timeout_around_a_sleep_fires_in_virtual_time(seconds: float, world: StubWorld) -> None:
    async def main() -> None:
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(asyncio.sleep(2 * seconds), seconds)

    run(main)
    assert world.seconds == seconds


def test_a_timeout_that_is_long_enough_does_not_fire(world: StubWorld) -> None:
    async def main() -> Any:
        return await asyncio.wait_for(asyncio.sleep(3600, "done"), 7200)

    assert run(main) == "done"
    assert world.seconds == 3600


@pytest.mark.skipif(not hasattr(asyncio, "timeout"), reason="asyncio.timeout came with Python 3.11")
def test_the_timeout_block_fires_in_virtual_time(world: StubWorld) -> None:
    async def main() -> None:
        async with asyncio.timeout(90):  # type: ignore[attr-defined, unused-ignore]
            while True:
                await asyncio.sleep(7)

    with pytest.raises(TimeoutError):
        run(main)
    assert world.seconds == 90


def test_timers_of_the_loop_fire_on_the_way(world: StubWorld) -> None:
    log: list[float] = []

    async def main() -> None:
        loop = asyncio.get_running_loop()
        loop.call_later(5, lambda: log.append(world.seconds))
        loop.call_later(50, lambda: log.append(world.seconds))
        await asyncio.sleep(20)

    run(main)
    assert log == [5]


def test_a_timeout_around_real_io_counts_real_time(world: StubWorld) -> None:
    async def main() -> None:
        async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.read()
            writer.close()

        server = await asyncio.start_server(silent, "127.0.0.1", 0)
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname()[:2])
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(reader.read(1), 0.05)
        writer.close()
        await writer.wait_closed()
        server.close()
        await server.wait_closed()

    run(main)
    assert world.seconds == 0


def test_a_timeout_around_a_busy_loop_counts_real_time() -> None:
    async def spin() -> None:
        while True:
            await asyncio.sleep(0)

    async def main() -> None:
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(spin(), 0.05)

    run(main)


def test_time_waits_for_what_comes_through_a_socket(world: StubWorld) -> None:
    log: list[tuple[float, bytes]] = []

    async def main() -> None:
        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(await reader.readline())
            await writer.drain()
            writer.close()

        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        nap = asyncio.create_task(asyncio.sleep(3600))
        for _ in range(3):
            reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname()[:2])
            writer.write(b"ping\n")
            log.append((world.seconds, await reader.readline()))
            writer.close()
            await writer.wait_closed()
        await nap
        server.close()
        await server.wait_closed()

    run(main)
    assert log == [(0, b"ping\n")] * 3
    assert world.seconds == 3600


def test_a_blocking_sleep_in_a_task_moves_time_for_all(world: StubWorld) -> None:
    async def main() -> None:
        nap = asyncio.create_task(asyncio.sleep(10))
        await asyncio.sleep(0)
        time.sleep(30)
        await nap

    run(main)
    assert world.seconds == 30


def test_an_error_of_the_world_reaches_the_task_that_wanted_that_instant(world: StubWorld) -> None:
    world.at(10, "breaks", lambda: 1 / 0)

    async def main() -> list[Any]:
        naps = [asyncio.sleep(5, "a"), asyncio.sleep(15, "b"), asyncio.sleep(30, "c")]
        return list(await asyncio.gather(*naps, return_exceptions=True))

    first, second, third = run(main)
    assert (first, type(second), third) == ("a", ZeroDivisionError, "c")


def test_polling_for_what_cannot_come_is_an_error(clock: Clock) -> None:
    clock.idle_sleeps_limit = 50

    async def main() -> None:
        while True:
            await asyncio.sleep(1)

    with pytest.raises(NothingPendingError):
        run(main)


def test_a_hold_inside_a_running_loop_leaves_its_timers_in_place(clock: Clock) -> None:
    clock.stop()
    world = StubWorld()

    async def main() -> None:
        loop = asyncio.get_running_loop()
        fired = asyncio.Event()
        with Clock(world, freeze=clock.freezes).hold():
            await asyncio.sleep(3600)
            loop.call_later(0.05, fired.set)
            before = loop.time()
        assert loop.time() < before
        await asyncio.wait_for(fired.wait(), 5)

    asyncio.run(main())
    assert world.seconds == 3600


def test_the_loop_s_time_counts_virtual_hours(clock: Clock) -> None:
    async def main() -> float:
        loop = asyncio.get_running_loop()
        before = loop.time()
        clock.tick("8h")
        return loop.time() - before

    assert 28799.9 < run(main) < 28860


def test_a_task_that_is_left_asleep_ends_with_the_hold(clock: Clock, world: StubWorld) -> None:
    async def main() -> None:
        nap = asyncio.create_task(asyncio.sleep(3600))
        await asyncio.sleep(10)
        clock.stop()
        await asyncio.wait_for(nap, 5)

    run(main)
    assert world.seconds == 10


class _Opaque(asyncio.SelectorEventLoop):
    """A loop without the private attributes of asyncio's own."""

    def __getattribute__(self, name: str) -> Any:
        asks = sys._getframe(1).f_globals.get("__name__", "")
        if name in {"_ready", "_scheduled", "_selector"} and "pytest_qruntime" in asks:
            raise AttributeError(name)
        return super().__getattribute__(name)


def test_a_loop_of_another_make_still_sleeps_virtually(world: StubWorld) -> None:
    async def main() -> None:
        await asyncio.gather(asyncio.sleep(20), asyncio.sleep(10))

    loop = _Opaque()
    try:
        loop.run_until_complete(main())
    finally:
        loop.close()
    assert world.seconds == 20
