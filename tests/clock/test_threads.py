"""Threads that sleep at the same time share the time that passes; none of this may hang."""

from __future__ import annotations

import queue
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed, wait
from functools import partial
from itertools import accumulate
from random import Random
from typing import Any

import pytest

from pytest_qruntime.clock import Clock
from pytest_qruntime.clock.real import Real
from pytest_qruntime.model import NothingPendingError
from tests.clock.stub import SECOND, StubWorld

HANGS_S = 20


@pytest.fixture(autouse=True)
def no_hang() -> Iterator[None]:
    began = Real.monotonic()
    yield
    assert Real.monotonic() - began < HANGS_S


@pytest.fixture(params=[True, False], ids=["frozen", "real"], autouse=True)
def clock(request: pytest.FixtureRequest, world: StubWorld) -> Iterator[Clock]:
    with Clock(world, freeze=request.param).hold() as clock:
        yield clock


def start(*functions: Callable[[], Any]) -> list[threading.Thread]:
    threads = [threading.Thread(target=function, daemon=True) for function in functions]
    for thread in threads:
        thread.start()
    return threads


def join(threads: list[threading.Thread]) -> None:
    for thread in threads:
        thread.join(HANGS_S)
        assert not thread.is_alive()


@pytest.mark.parametrize("count", [1, 2, 8])
def test_threads_that_sleep_together_wake_together(count: int, world: StubWorld) -> None:
    join(start(*[lambda: time.sleep(10)] * count))
    assert world.seconds == 10


def test_the_main_thread_sleeps_with_the_others(world: StubWorld) -> None:
    threads = start(lambda: time.sleep(30), lambda: time.sleep(10))
    time.sleep(20)
    assert world.seconds == 20
    join(threads)
    assert world.seconds == 30


def test_a_sleeper_wakes_at_its_own_time(world: StubWorld) -> None:
    log: list[tuple[float, str]] = []

    def nap(name: str, *lengths: float) -> None:
        for length in lengths:
            time.sleep(length)
            log.append((world.seconds, name))

    join(start(lambda: nap("a", 1, 2, 3), lambda: nap("b", 2, 2, 2.5)))
    assert log == [(1, "a"), (2, "b"), (3, "a"), (4, "b"), (6, "a"), (6.5, "b")]


def test_of_two_with_the_same_deadline_who_fell_asleep_earlier_wakes_first(world: StubWorld) -> None:
    log: list[tuple[float, str]] = []

    def nap(name: str, *lengths: float) -> None:
        for length in lengths:
            time.sleep(length)
            log.append((world.seconds, name))

    join(start(lambda: nap("late", 10, 5, 5), lambda: nap("middle", 5, 15), lambda: nap("early", 20)))
    assert log == [(5, "middle"), (10, "late"), (15, "late"), (20, "early"), (20, "middle"), (20, "late")]


def loop_over_sleep(world: StubWorld, workers: int) -> list[tuple[float, int]]:
    log: list[tuple[float, int]] = []
    begun = world.seconds

    def work(number: int) -> int:
        for turn in range(10):
            time.sleep(number + turn % 3 + 0.5)
            log.append((world.seconds - begun, number))
        return number

    with ThreadPoolExecutor(workers) as pool:
        futures = [pool.submit(work, number) for number in range(workers)]
        assert [future.result(HANGS_S) for future in futures] == list(range(workers))
    return log


@pytest.mark.parametrize("workers", [2, 3, 8])
def test_repeated_runs_wake_in_the_same_order(workers: int, world: StubWorld) -> None:
    first = loop_over_sleep(world, workers)
    assert len(first) == 10 * workers
    assert first == sorted(first, key=lambda entry: entry[0])
    for _ in range(5):
        assert loop_over_sleep(world, workers) == first


@pytest.mark.parametrize("seed", range(5))
def test_whatever_threads_sleep_each_wakes_at_the_sum_of_its_sleeps(seed: int, world: StubWorld) -> None:
    random = Random(seed)
    plans = [[random.choice([0.25, 1, 1, 2, 3.5, 60]) for _ in range(random.randrange(1, 12))] for _ in range(6)]
    log: list[tuple[float, int]] = []

    def follow(number: int, plan: list[float]) -> None:
        for seconds in plan:
            time.sleep(seconds)
            log.append((world.seconds, number))

    join(start(*[partial(follow, number, plan) for number, plan in enumerate(plans)]))
    for number, plan in enumerate(plans):
        assert [second for second, who in log if who == number] == list(accumulate(plan))
    assert [second for second, _ in log] == sorted(second for second, _ in log)


@pytest.mark.parametrize(
    "collect", [lambda futures: [f.result() for f in futures], lambda futures: list(as_completed(futures)), wait]
)
def test_waiting_for_futures_lets_their_workers_sleep(collect: Callable[[Any], Any], world: StubWorld) -> None:
    with ThreadPoolExecutor(4) as pool:
        collect([pool.submit(time.sleep, seconds) for seconds in (40, 30, 20, 10, 10, 10)])
    assert world.seconds == 40


def test_a_producer_and_a_consumer_keep_the_order_of_virtual_time(world: StubWorld) -> None:
    box: queue.Queue[float | None] = queue.Queue()
    seen: list[tuple[float, float]] = []

    def produce() -> None:
        for _ in range(5):
            time.sleep(10)
            box.put(world.seconds)
        box.put(None)

    def consume() -> None:
        while (sent := box.get(timeout=HANGS_S)) is not None:
            seen.append((sent, world.seconds))
            time.sleep(1)

    join(start(produce, consume, lambda: time.sleep(500)))
    assert seen == [(10, 10), (20, 20), (30, 30), (40, 40), (50, 50)]
    assert world.seconds == 500


def test_who_waits_for_a_lock_is_blocked_not_busy(world: StubWorld) -> None:
    lock, log = threading.Lock(), []

    def hold_it(name: str) -> None:
        with lock:
            time.sleep(10)
            log.append((world.seconds, name))

    join(start(lambda: hold_it("a"), lambda: hold_it("b")))
    assert sorted(second for second, _ in log) == [10, 20]


def test_a_thread_that_computes_is_waited_for(world: StubWorld) -> None:
    log: list[float] = []

    def compute() -> None:
        until = Real.monotonic() + 0.1
        while Real.monotonic() < until:
            sum(range(100))
        log.append(world.seconds)

    join(start(compute, lambda: time.sleep(3600)))
    assert log == [0]
    assert world.seconds == 3600


def test_a_thread_that_never_rests_delays_sleepers_once(world: StubWorld) -> None:
    done = threading.Event()

    def spin() -> None:
        while not done.is_set():
            sum(range(100))

    threads = start(spin)
    for _ in range(10):
        time.sleep(100)
    done.set()
    join(threads)
    assert world.seconds == 1000


def test_a_thread_blocked_outside_of_python_s_waits_is_left_behind(world: StubWorld) -> None:
    ours, theirs = socket.socketpair()
    threads = start(lambda: theirs.recv(1))
    for _ in range(200):
        time.sleep(1)
    ours.send(b"x")
    join(threads)
    ours.close()
    theirs.close()
    assert world.seconds == 200


def test_tick_wakes_the_sleepers_that_it_passes(clock: Clock, world: StubWorld) -> None:
    log: list[float] = []
    go, blocked = threading.Event(), threading.Event()

    def nap() -> None:
        go.wait(HANGS_S)
        time.sleep(10)
        log.append(world.seconds)
        blocked.set()

    threads = start(nap)
    clock.tick(60)
    go.set()
    assert blocked.wait(HANGS_S)
    join(threads)
    assert log == [70]


def test_a_client_waits_for_an_event_that_another_thread_brings_about(clock: Clock, world: StubWorld) -> None:
    def submit_later() -> None:
        time.sleep(10)
        world.at(world.seconds + 5, "job")

    threads = start(submit_later)
    clock.wait_for_event()
    assert world.seconds == 15
    join(threads)


def test_a_client_waits_no_longer_than_its_limit_beside_a_sleeper(clock: Clock, world: StubWorld) -> None:
    threads = start(lambda: time.sleep(100))
    world.at(50, "job")
    clock.wait_for_event(20 * SECOND)
    assert world.seconds == 20
    clock.wait_for_event(90 * SECOND)
    assert world.seconds == 50
    join(threads)


def test_a_wait_with_an_end_of_its_own_sleeps_through_other_events(clock: Clock, world: StubWorld) -> None:
    for second in (1, 2, 3, 4):
        world.at(second, "event")
    asked: list[float] = []

    def over() -> bool:
        asked.append(world.seconds)
        return world.seconds >= 3

    threads = start(lambda: time.sleep(100))
    clock.wait_for_event(over=over)
    assert (world.seconds, sorted({*asked})) == (3, [0, 1, 2, 3])
    clock.wait_for_event(50 * SECOND, over=lambda: False)
    assert world.seconds == 50
    join(threads)


def test_a_wait_ends_at_the_instant_at_which_another_thread_does_what_it_waits_for(
    clock: Clock, world: StubWorld
) -> None:
    done: list[float] = []
    world.at(1000, "too late")

    def do_later() -> None:
        time.sleep(10)
        done.append(world.seconds)

    threads = start(do_later)
    clock.wait_for_event(over=lambda: bool(done))
    assert (world.seconds, done) == (10, [10])
    join(threads)


def test_a_wait_that_no_thread_can_end_raises(clock: Clock) -> None:
    never = threading.Event()
    threads = start(lambda: never.wait(HANGS_S))
    with pytest.raises(NothingPendingError):
        clock.wait_for_event()
    never.set()
    join(threads)


def test_an_error_of_the_world_reaches_who_wanted_that_instant_and_nobody_else(world: StubWorld) -> None:
    world.at(10, "breaks", lambda: 1 / 0)
    ends: dict[str, Any] = {}

    def nap(seconds: float) -> None:
        try:
            time.sleep(seconds)
            ends[f"{seconds}"] = world.seconds
        except ZeroDivisionError as error:
            ends[f"{seconds}"] = type(error).__name__

    join(start(lambda: nap(5), lambda: nap(15), lambda: nap(30)))
    assert ends == {"5": 5, "15": "ZeroDivisionError", "30": 30}


def test_stopping_the_clock_wakes_sleepers_that_are_left(clock: Clock, world: StubWorld) -> None:
    asleep = threading.Event()

    def nap() -> None:
        with world.lock:
            asleep.set()
        time.sleep(3600)

    release = threading.Event()

    def spin() -> None:
        while not release.is_set():
            sum(range(100))

    threads = start(spin, nap)
    asleep.wait(HANGS_S)
    clock.stop()
    release.set()
    join(threads)
    assert world.seconds in (0, 3600)


def test_a_sleeper_that_holds_the_world_s_lock_does_not_wedge_the_others(world: StubWorld) -> None:
    def nap_locked() -> None:
        with world.lock:
            time.sleep(10)

    join(start(nap_locked, lambda: time.sleep(20), nap_locked))
    assert 20 <= world.seconds <= 30


def test_short_sleeps_in_many_threads_cost_no_real_time_to_speak_of(world: StubWorld) -> None:
    def poll() -> None:
        for _ in range(100):
            time.sleep(60)

    began = Real.monotonic()
    join(start(*[poll] * 4))
    assert world.seconds == 6000
    assert Real.monotonic() - began < 5
