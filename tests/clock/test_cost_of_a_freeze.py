"""A freeze looks into each module once per process, and wakes nothing up."""

from __future__ import annotations

import subprocess
import sys
import time
import types
from typing import Any

import freezegun.api
import pytest

from pytest_qruntime.clock import Clock, freezing
from pytest_qruntime.clock.process import ALIASES
from tests.clock.stub import StubWorld


def test_later_holds_look_only_into_modules_that_are_new(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    with clock.hold():
        pass
    after_first = ALIASES.looked_through
    assert after_first > 50
    for _ in range(3):
        with clock.hold():
            pass
    assert ALIASES.looked_through == after_first
    for name in ("fresh_one", "fresh_two"):
        monkeypatch.setitem(sys.modules, name, types.ModuleType(name))
    with clock.hold():
        pass
    assert ALIASES.looked_through == after_first + 2


def test_freezegun_is_shown_only_modules_that_saved_a_clock(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[set[str]] = []
    swapped = freezing.swapped

    def spy(target: Any, **replacements: Any) -> Any:
        if "sys" in replacements:
            shown.append(set(replacements["sys"].modules))
        return swapped(target, **replacements)

    monkeypatch.setattr(freezing, "swapped", spy)
    with clock.hold():
        pass
    started, stopped = shown
    assert len(started) < len(sys.modules) / 3
    assert not stopped & started
    assert vars(freezegun.api)["sys"] is sys


class _Lazy(types.ModuleType):
    """A package that imports a lot as soon as anybody asks for an attribute."""

    def __dir__(self) -> list[str]:
        raise AssertionError("woken by dir()")

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        raise AssertionError(f"woken by {name}")


def test_lazy_packages_are_not_woken(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "lazy_package", _Lazy("lazy_package"))
    with clock.hold():
        monkeypatch.setitem(sys.modules, "lazy_in_hold", _Lazy("lazy_in_hold"))


def test_a_hold_imports_no_module_of_the_user() -> None:
    code = (
        "import sys, email, xml, json, logging\n"
        "from pytest_qruntime.clock import Clock\n"
        "from tests.clock.stub import StubWorld\n"
        "import freezegun, pydantic\n"
        "with Clock(StubWorld()).hold(): pass\n"
        "before = set(sys.modules)\n"
        "with Clock(StubWorld()).hold(): pass\n"
        "assert set(sys.modules) == before, set(sys.modules) - before\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_moving_the_clock_costs_the_view_one_move(
    held: Clock, world: StubWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    moves: list[int] = []
    assert held.view is not None
    monkeypatch.setattr(held.view, "move", moves.append)
    for second in range(1, 101):
        world.at(second, "event")
    time.sleep(100)
    assert len(moves) == 1
