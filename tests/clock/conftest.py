from __future__ import annotations

import os
import sys
import time
import types
from collections.abc import Callable, Iterator

import pytest

from pytest_qruntime.clock import Clock
from pytest_qruntime.clock.real import Real
from tests.clock.stub import HANGS_S, StubWorld


@pytest.fixture
def world() -> StubWorld:
    return StubWorld()


@pytest.fixture
def clock(world: StubWorld) -> Iterator[Clock]:
    """A clock that freezes, not held yet."""
    clock = Clock(world)
    yield clock
    clock.stop()


@pytest.fixture(params=[True, False], ids=["frozen", "real"])
def held_either_way(request: pytest.FixtureRequest, world: StubWorld) -> Iterator[Clock]:
    """A clock, held: once with the process frozen, once with its real clock."""
    with Clock(world, freeze=request.param).hold() as clock:
        yield clock


@pytest.fixture
def no_hang() -> Iterator[None]:
    """The test may not take long in real time."""
    began = Real.monotonic()
    yield
    assert Real.monotonic() - began < HANGS_S


@pytest.fixture
def held(clock: Clock) -> Clock:
    """A frozen clock, held."""
    clock.start()
    return clock


@pytest.fixture
def module(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], types.ModuleType]:
    """Load source code as a module, as an import would."""

    def load(source: str, name: str = "loaded_by_a_test") -> types.ModuleType:
        loaded = types.ModuleType(name)
        monkeypatch.setitem(sys.modules, name, loaded)
        exec(source, loaded.__dict__)
        return loaded

    return load


@pytest.fixture
def zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Put the process into a time zone."""

    def choose(name: str) -> None:
        monkeypatch.setenv("TZ", name)
        time.tzset()

    before = os.environ.get("TZ")
    yield choose
    os.environ.pop("TZ", None)
    if before is not None:
        os.environ["TZ"] = before
    time.tzset()
