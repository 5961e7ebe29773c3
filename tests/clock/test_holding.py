from __future__ import annotations

import asyncio
import copyreg
import datetime
import os
import subprocess
import sys
import threading
import time
import uuid
from asyncio import sleep as saved_asyncio_sleep
from collections.abc import Callable, Iterator
from datetime import datetime as saved_datetime
from time import sleep as saved_sleep
from time import time as saved_time
from types import ModuleType
from typing import Any

import pytest

from pytest_qruntime.clock import Clock, freezing
from pytest_qruntime.model import ClockError
from tests.clock.stub import SECOND, StubWorld

Load = Callable[[str], ModuleType]


def process() -> dict[str, Any]:
    """Everything that a hold may touch."""
    return {
        "time": dict(vars(time)),
        "datetime": (datetime.datetime, datetime.date),
        "asyncio": (asyncio.sleep, asyncio.tasks.sleep, asyncio.BaseEventLoop.time),
        "saved": (saved_sleep, saved_time, saved_datetime, saved_asyncio_sleep),
        "uuid": {name: value for name, value in vars(uuid).items() if name != "_last_timestamp"},
        "copyreg": {datetime.datetime, datetime.date} & set(copyreg.dispatch_table),
        "environ": {name: value for name, value in os.environ.items() if name != "PYTEST_CURRENT_TEST"},
        "threading": dict(vars(threading)),
        "subprocess": dict(vars(subprocess)),
    }


@pytest.fixture(autouse=True)
def untouched() -> Iterator[None]:
    """Every test of this file leaves the process as it was."""
    before = process()
    yield
    assert process() == before


@pytest.mark.parametrize("freeze", [True, False])
def test_sleeping_moves_time_through_events_and_returns_at_once(freeze: bool, world: StubWorld) -> None:
    world.at(1800, "event")
    with Clock(world, freeze=freeze).hold():
        time.sleep(3600)
        saved_sleep(1)
        asyncio.run(asyncio.sleep(10))
        asyncio.run(saved_asyncio_sleep(10))
    assert world.now_us == 3621 * SECOND
    assert world.happened == [(1800, "event")]


def test_a_frozen_process_shows_virtual_time(world: StubWorld) -> None:
    with Clock(world).hold():
        time.sleep(3600)
        assert time.time() == saved_time() == 1_768_482_000
        assert datetime.datetime.now(datetime.timezone.utc).isoformat() == "2026-01-15T13:00:00+00:00"
        assert saved_datetime.now(datetime.timezone.utc).hour == 13


def test_without_freeze_the_process_keeps_its_clock(world: StubWorld) -> None:
    real = time.time, datetime.datetime, time.monotonic
    with Clock(world, freeze=False).hold():
        assert (time.time, datetime.datetime, time.monotonic) == real
        before = time.time()
        time.sleep(100_000)
        assert time.time() - before < 1000


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
@pytest.mark.parametrize("freeze", [True, False])
def test_nothing_stays_patched_after_an_exception(error: type[BaseException], freeze: bool, world: StubWorld) -> None:
    before = process()

    def fails_while_held() -> None:
        with Clock(world, freeze=freeze).hold():
            assert process() != before
            raise error

    with pytest.raises(error):
        fails_while_held()
    assert process() == before


def test_an_interrupted_sleep_leaves_nothing_behind(world: StubWorld) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    def sleeps() -> None:
        with Clock(world).hold():
            time.sleep(20)

    world.at(10, "Ctrl-C", interrupt)
    with pytest.raises(KeyboardInterrupt):
        sleeps()
    assert world.now_us == 10 * SECOND


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_a_start_that_fails_leaves_nothing_behind(
    error: type[BaseException], world: StubWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(api: object) -> None:
        raise error

    monkeypatch.setattr(freezing, "yaml_knows", fail)
    before = process()
    clock = Clock(world)
    with pytest.raises(error):
        clock.start()
    assert not clock.held
    assert process() == before


def test_start_and_stop_are_the_hold_in_two_halves(world: StubWorld) -> None:
    clock = Clock(world)
    assert not clock.held
    clock.start()
    assert clock.held
    with pytest.raises(ClockError, match="held already"):
        clock.start()
    time.sleep(5)
    clock.stop()
    clock.stop()
    assert not clock.held
    assert world.now_us == 5 * SECOND


@pytest.mark.parametrize("outer_freezes", [True, False])
@pytest.mark.parametrize("inner_freezes", [True, False])
def test_the_innermost_clock_owns_the_process(outer_freezes: bool, inner_freezes: bool) -> None:
    outer, inner = StubWorld(), StubWorld(0)
    with Clock(outer, freeze=outer_freezes).hold():
        time.sleep(1)
        with Clock(inner, freeze=inner_freezes).hold():
            time.sleep(10)
            year = 1970 if inner_freezes else None
            assert (time.gmtime().tm_year == 1970) == (datetime.datetime.now().year == 1970) == (year == 1970)
            assert (datetime.date.today().year == 1970) == (year == 1970)
        time.sleep(100)
        if outer_freezes:
            assert time.time() == 1_768_478_501
            assert datetime.datetime.now(datetime.timezone.utc).timestamp() == 1_768_478_501
    assert outer.now_us == 101 * SECOND
    assert inner.now_us == 10 * SECOND


def test_clocks_are_released_in_the_opposite_order() -> None:
    outer, inner = Clock(StubWorld()), Clock(StubWorld(0))
    outer.start()
    inner.start()
    with pytest.raises(ClockError, match="release it first"):
        outer.stop()
    inner.stop()
    outer.stop()


def test_one_clock_can_be_held_again(world: StubWorld) -> None:
    clock = Clock(world)
    for _ in range(3):
        with clock.hold():
            time.sleep(1)
            assert time.time() == clock.unix_us / SECOND
    assert world.now_us == 3 * SECOND


SAVES_NAMES = """
import time
from time import sleep, time as wall, monotonic
from asyncio import sleep as asleep
from datetime import datetime, date
class Timer:
    clock = time.monotonic
    nap = time.sleep
def nap(seconds, sleeper=time.sleep):
    sleeper(seconds)
"""


def names_of(module: ModuleType) -> dict[str, Any]:
    return {name: value for name, value in vars(module).items() if not name.startswith("__")}


def test_names_that_a_module_saved_before_the_hold_are_virtual(module: Load, world: StubWorld) -> None:
    user = module(SAVES_NAMES)
    before = names_of(user)
    with Clock(world).hold():
        user.sleep(60)
        asyncio.run(user.asleep(60))
        assert user.wall() == 1_768_478_520
        assert user.datetime.now(datetime.timezone.utc).minute == 2
    assert world.now_us == 120 * SECOND
    assert names_of(user) == before


def test_names_that_a_module_saves_during_the_hold_are_real_afterwards(module: Load, world: StubWorld) -> None:
    before = names_of(module(SAVES_NAMES))
    with Clock(world).hold():
        user = module(SAVES_NAMES)
        user.sleep(60)
        assert user.wall() == 1_768_478_460
    for name in ("sleep", "wall", "monotonic", "asleep", "datetime", "date"):
        assert getattr(user, name) is before[name], name


def test_what_a_class_saved_during_the_hold_works_afterwards(module: Load, world: StubWorld) -> None:
    with Clock(world).hold():
        user = module(SAVES_NAMES)
        user.Timer.nap(60)
        user.nap(60)
    assert world.now_us == 120 * SECOND
    before = time.monotonic()
    assert before <= user.Timer.clock() <= time.monotonic()
    user.Timer.nap(0.001)
    assert world.now_us == 120 * SECOND
    assert time.monotonic() > before


def test_a_module_that_was_loaded_anew_is_searched_again(module: Load, world: StubWorld) -> None:
    module(SAVES_NAMES)
    with Clock(world).hold():
        pass
    user = module(SAVES_NAMES)
    with Clock(world).hold():
        user.sleep(60)
        assert user.wall() == 1_768_478_460
    assert user.sleep is time.sleep


def test_odd_entries_in_sys_modules_are_left_alone(monkeypatch: pytest.MonkeyPatch, world: StubWorld) -> None:
    class Touchy:
        def __getattr__(self, name: str) -> Any:
            raise RuntimeError(name)

    monkeypatch.setitem(sys.modules, "touchy", Touchy())
    monkeypatch.setitem(sys.modules, "nothing", None)
    with Clock(world).hold():
        time.sleep(1)


@pytest.mark.parametrize(
    ("bad", "error"),
    [
        (-1, ValueError),
        (float("nan"), ValueError),
        ("1", TypeError),
        (None, TypeError),
        (float("inf"), OverflowError),
    ],
)
def test_a_bad_sleep_fails_like_the_real_one(bad: Any, error: type[Exception], held: Clock, world: StubWorld) -> None:
    with pytest.raises(error):
        time.sleep(bad)
    assert world.now_us == 0
    held.stop()


def test_sleeping_for_nothing_moves_nothing_and_for_a_moment_moves_something(world: StubWorld) -> None:
    with Clock(world).hold():
        time.sleep(0)
        assert world.now_us == 0
        time.sleep(1e-9)
        assert world.now_us == 1


def test_importing_the_clock_imports_neither_freezegun_nor_pydantic() -> None:
    code = (
        "import sys, pytest_qruntime.clock as c; from tests.clock.stub import StubWorld\n"
        "assert not {'freezegun', 'pydantic', 'yaml', 'pytest', 'dateutil'} & set(sys.modules)\n"
        "with c.Clock(StubWorld(), freeze=False).hold(): pass\n"
        "assert not {'freezegun', 'pydantic'} & set(sys.modules)\n"
        "with c.Clock(StubWorld()).hold(): pass\n"
        "assert {'freezegun', 'pydantic'} <= set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60, cwd=os.getcwd())


def test_the_clock_can_be_imported_during_somebody_s_freeze() -> None:
    code = (
        "import time, datetime, freezegun\n"
        "reals = time.time, time.monotonic, datetime.datetime\n"
        "with freezegun.freeze_time('2001-01-01'):\n"
        "    from pytest_qruntime.clock import Clock\n"
        "    from pytest_qruntime.clock.real import Real\n"
        "    from tests.clock.stub import StubWorld\n"
        "    assert (Real.time, Real.monotonic, Real.datetime) == reals\n"
        "    assert type(Clock(StubWorld()).now()) is reals[2]\n"
        "with Clock(StubWorld()).hold() as clock:\n"
        "    assert type(clock.now()) is reals[2]\n"
        "    assert time.time() == clock.now().timestamp()\n"
        "assert (time.time, time.monotonic, datetime.datetime) == reals\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_a_failure_while_letting_go_still_gives_the_process_back(
    world: StubWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*, last: bool) -> None:
        raise RuntimeError

    clock = Clock(world)
    monkeypatch.setattr(clock.loops, "let_go", fail)
    clock.start()
    with pytest.raises(RuntimeError):
        clock.stop()
    assert not clock.held
