"""Threads that would change something at one instant do it in the order in which they began."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from pytest_qruntime.clock import Clock
from tests.clock.stub import SECOND, StubWorld


def run_together(*functions: Callable[[], Any]) -> None:
    threads = [threading.Thread(target=function, daemon=True) for function in functions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
        assert not thread.is_alive()


@pytest.mark.parametrize("count", [2, 8])
def test_the_thread_that_began_first_is_first_though_the_others_ask_before_it(count: int, world: StubWorld) -> None:
    clock, order = Clock(world), []
    asking = [threading.Event() for _ in range(count + 1)]
    asking[count].set()

    def act(number: int) -> None:
        while not asking[number + 1].is_set():  # it computes until the next younger one asks
            pass
        asking[number].set()
        clock.take_turn()
        order.append(number)

    with clock.hold():
        run_together(*[lambda number=number: act(number) for number in range(count)])
    assert order == list(range(count))
    assert world.seconds == 0


def test_whoever_wakes_at_this_instant_comes_before_whoever_waits_for_a_turn(world: StubWorld) -> None:
    clock, order = Clock(world), []

    def act() -> None:
        time.sleep(10)
        clock.take_turn()
        order.append("changes")

    def look() -> None:
        time.sleep(10)
        order.append("looks")

    with clock.hold():
        run_together(act, look)
    assert order == ["looks", "changes"]


def test_a_turn_comes_before_time_moves_on(world: StubWorld) -> None:
    clock, seen = Clock(world), []

    def act() -> None:
        clock.take_turn()
        seen.append(world.now_us)

    with clock.hold():
        run_together(lambda: time.sleep(10), act)
    assert seen == [0]
    assert world.now_us == 10 * SECOND


def test_the_main_thread_and_a_clock_that_nobody_holds_have_no_turns(world: StubWorld) -> None:
    clock, order = Clock(world), []

    def act() -> None:
        clock.take_turn()
        order.append("not held")

    run_together(act)
    with clock.hold():
        stop = threading.Event()
        thread = threading.Thread(target=lambda: [None for _ in iter(stop.is_set, True)])  # never rests
        thread.start()
        clock.take_turn()
        order.append("main")
        stop.set()
        thread.join()
    assert order == ["not held", "main"]
