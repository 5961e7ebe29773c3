"""Polling without a pause never ends on a virtual clock: time passes while code sleeps, and not while it asks."""

from __future__ import annotations

from typing import Final

from pytest_qruntime.clock import Clock
from pytest_qruntime.clock.instants import iso
from pytest_qruntime.model.errors import ClockError
from pytest_qruntime.rest.http import Request

LIMIT: Final = 20_000


class Polling:
    """Counts how often in a row the same thing is read at the same instant.

    As long as other threads sleep or work, one of them may let time pass. When all of them rest, the next answer is the
    same as the last one.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = ("", "", -1)
        self._times = 0

    def note(self, request: Request) -> None:
        """A GET has come. Raises `ClockError` if it is one too many."""
        this = (request.path, request.query, self._clock.world.now_us)
        if this != self._last:
            self._last, self._times = this, 0
            return
        self._times += 1
        if self._times >= LIMIT and self._clock.held and self._clock.sleepers.everybody_else_rests():
            self._times = 0
            raise ClockError(
                f"{request.path} was read {LIMIT} times in a row at {iso(self._clock.now())}, and what it answers will "
                "never change: time is virtual and passes while code sleeps or waits, not while it asks. Sleep "
                "between two polls (time.sleep, asyncio.sleep), wait with result(), or move the clock (tick)"
            )
