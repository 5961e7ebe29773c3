"""Which clock owns the process, and the stand-ins for `time.sleep`, `asyncio.sleep` and `time.time` that ask it.

The innermost held clock owns the process. With none held, each stand-in is the real function: a module that was
imported during a hold, or a class that saved one in an attribute, goes on working afterwards.
"""

from __future__ import annotations

import math
import operator
import sys
import time
from typing import TYPE_CHECKING, Any, Final, SupportsIndex

from pytest_qruntime.clock.real import Real, keeps_real_time

if TYPE_CHECKING:
    from pytest_qruntime.clock.clock import Clock

HELD: Final[list[Clock]] = []


def sleep(seconds: float | SupportsIndex, /) -> None:
    """`time.sleep` on the virtual clock: time moves through every event on the way, and the call returns at once."""
    if not HELD or keeps_real_time(sys._getframe(1).f_globals.get("__name__", "")):
        return Real.sleep(seconds)
    length = seconds if isinstance(seconds, float) else operator.index(seconds)
    if not 0 < length < math.inf:
        return Real.sleep(seconds)  # zero yields to other threads; the rest is refused in Python's own words
    return HELD[-1].sleepers.sleep(length)


async def asyncio_sleep(delay: float, result: Any = None) -> Any:
    """`asyncio.sleep` on the virtual clock: tasks that are ready run first, then time moves to the next deadline."""
    if not HELD or not 0 < delay < math.inf:
        return await Real.asyncio_sleep(delay, result)
    return await HELD[-1].loops.sleep(delay, result)


def loop_time(loop: Any) -> float:
    """`BaseEventLoop.time`: real time plus what the held clocks skipped, so that timeouts see both pass."""
    if not HELD:
        return Real.monotonic()
    return HELD[-1].loops.real_time(loop) + sum(clock.skipped_s for clock in HELD)


def frozen_view() -> Any:
    """The view that the caller's caller must be shown; None for the real time.

    A freeze that somebody started inside ours comes first, as it would between two freezes of freezegun.
    """
    view = HELD[-1].view if HELD else None
    if view is None or keeps_real_time(sys._getframe(2).f_globals.get("__name__", "")):
        return None
    return view if view.factories[-1:] == [view.factory] else view.outranked()


def fake_time() -> float:
    """`time.time` at the virtual instant."""
    view = frozen_view()
    return Real.time() if view is None else view.unix_us / 1_000_000


def fake_time_ns() -> int:
    """`time.time_ns` at the virtual instant."""
    view = frozen_view()
    return Real.time_ns() if view is None else view.unix_us * 1000


def fake_monotonic() -> float:
    """`time.monotonic`: goes on from the real value at the freeze, moved by virtual time only."""
    view = frozen_view()
    return Real.monotonic() if view is None else view.monotonic_ns / 1e9


def fake_monotonic_ns() -> int:
    """`time.monotonic_ns`, as `fake_monotonic`."""
    view = frozen_view()
    return Real.monotonic_ns() if view is None else view.monotonic_ns


def fake_perf_counter() -> float:
    """`time.perf_counter`, as `fake_monotonic`."""
    view = frozen_view()
    return Real.perf_counter() if view is None else view.perf_counter_ns / 1e9


def fake_perf_counter_ns() -> int:
    """`time.perf_counter_ns`, as `fake_monotonic`."""
    view = frozen_view()
    return Real.perf_counter_ns() if view is None else view.perf_counter_ns


def fake_localtime(seconds: float | None = None, /) -> time.struct_time:
    """`time.localtime`: the process's own zone, at the virtual instant unless one is given."""
    view = frozen_view() if seconds is None else None
    moment: float | None = seconds if view is None else view.unix_us // 1_000_000
    return Real.localtime(moment)


def fake_gmtime(seconds: float | None = None, /) -> time.struct_time:
    """`time.gmtime` at the virtual instant unless one is given."""
    view = frozen_view() if seconds is None else None
    moment: float | None = seconds if view is None else view.unix_us // 1_000_000
    return Real.gmtime(moment)


def fake_strftime(format: str, moment: Any = None, /) -> str:
    """`time.strftime` of the virtual local time unless a time is given."""
    view = frozen_view() if moment is None else None
    if view is not None:
        moment = Real.localtime(view.unix_us // 1_000_000)
    return Real.strftime(format) if moment is None else Real.strftime(format, moment)
