"""Taking and giving back the process: everything that a held clock changes outside of this package.

The first hold patches `time.sleep`, `asyncio.sleep` and the loops' `time`, with every name that a loaded module saved
for them; a hold inside it only stands before the outer one. A clock that freezes adds its view. What was changed is put
back in the opposite order, whatever happens on the way.
"""

from __future__ import annotations

import asyncio
import importlib
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Final

from pytest_qruntime.clock import held
from pytest_qruntime.clock.aliases import Aliases, aliases_in
from pytest_qruntime.clock.real import FREEZABLE, Real

if TYPE_CHECKING:
    from pytest_qruntime.clock.clock import Clock

ALIASES: Final = Aliases()

_SLEEPS: Final = {id(Real.sleep): held.sleep, id(Real.asyncio_sleep): held.asyncio_sleep}
_UNSLEEPS: Final = {id(held.sleep): Real.sleep, id(held.asyncio_sleep): Real.asyncio_sleep}
_REALS: Final = {**{id(real): real for real in (*FREEZABLE, Real.sleep, Real.asyncio_sleep)}, **_UNSLEEPS}


def take(clock: Clock) -> ExitStack:
    """Make `clock` the owner of the process; the stack that is returned gives it back when it is closed."""
    with ExitStack() as undo:
        if not held.HELD:
            _patch_sleeps(undo)
        if clock.freezes:
            _freeze(clock, undo)
        held.HELD.append(clock)
        undo.callback(held.HELD.remove, clock)
        return undo.pop_all()


def _patch_sleeps(undo: ExitStack) -> None:
    tasks = importlib.import_module("asyncio.tasks")
    places: list[tuple[Any, str, Any]] = [
        (time, "sleep", held.sleep),
        (asyncio, "sleep", held.asyncio_sleep),
        (tasks, "sleep", held.asyncio_sleep),
        (asyncio.BaseEventLoop, "time", held.loop_time),
    ]
    places += [(a.module, a.name, _SLEEPS[id(a.real)]) for a in ALIASES.refresh(_REALS) if id(a.real) in _SLEEPS]
    undo.callback(_restore_fresh_modules)
    for place, name, fake in places:
        undo.callback(setattr, place, name, getattr(place, name))
        setattr(place, name, fake)


def _restore_fresh_modules() -> None:
    """Modules that were imported during the hold saved our sleeps: give them the real ones."""
    for name, module in ALIASES.fresh():
        for alias in aliases_in(name, module, _UNSLEEPS):
            setattr(module, alias.name, alias.real)


def _freeze(clock: Clock, undo: ExitStack) -> None:
    from pytest_qruntime.clock.freezing import View

    view = View(clock.unix_us)
    undo.callback(setattr, clock, "view", None)
    undo.callback(view.stop, ALIASES)
    view.start(ALIASES.refresh(_REALS))
    clock.view = view
