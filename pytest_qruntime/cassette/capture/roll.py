"""The shots of a capture, and the clock on which they are recorded."""

from __future__ import annotations

from typing import Final

from pytest_qruntime.cassette.capture.shots import Shot
from pytest_qruntime.cassette.tape import Exchange
from pytest_qruntime.clock.real import Real

REAL: Final = "real"
VIRTUAL: Final = "virtual"


class Stopwatch:
    """The real clock in microseconds since 1970, which goes on evenly though the process's is frozen or set."""

    def __init__(self) -> None:
        self._offset_ns = Real.time_ns() - Real.monotonic_ns()

    def now_us(self) -> int:
        """The instant that it is."""
        return (self._offset_ns + Real.monotonic_ns()) // 1000


class Roll:
    """What was recorded so far. It is used by one thread at a time.

    The clock is virtual as soon as any answer said at which instant of a world it was given. An answer that did not,
    such as a gateway's, then has the instant of the request before it.

    Args:
        began_us: the first instant of the clock, in microseconds since 1970, if it is known.
    """

    def __init__(self, began_us: int | None) -> None:
        self._began_us = began_us
        self._shots: list[Shot] = []
        self._first_us: int | None = None
        self._latest_us: int | None = None

    def add(self, shot: Shot) -> int:
        """Keep a shot. Returns its time as far as it is known: microseconds since the first one."""
        self._shots.append(shot)
        if shot.virtual_us is not None:
            if self._latest_us is None:
                self._first_us = shot.virtual_us
            self._latest_us = shot.virtual_us
        instant_us = shot.call.real_us if self._latest_us is None else self._latest_us
        if self._first_us is None:
            self._first_us = instant_us
        return max(0, instant_us - _earlier(self._began_us, self._first_us))

    def developed(self) -> tuple[str, int | None, tuple[Exchange, ...]]:
        """The kind of clock, its first instant in microseconds since 1970 (None: nothing was recorded), the exchanges.

        They stand in the order of their instants, and those of one instant as they were sent. Raises `CassetteError`
        for a body that cannot be decoded.
        """
        shots = sorted(self._shots, key=lambda shot: shot.call.number)
        clock, instants_us = _instants(shots)
        if not shots:
            return clock, self._began_us, ()
        began_us = _earlier(self._began_us, min(instants_us))
        order = sorted(range(len(shots)), key=lambda index: instants_us[index])
        return clock, began_us, tuple(shots[index].checked(instants_us[index] - began_us) for index in order)


def _instants(shots: list[Shot]) -> tuple[str, list[int]]:
    known = [shot.virtual_us for shot in shots if shot.virtual_us is not None]
    if not known:
        return REAL, [shot.call.real_us for shot in shots]
    latest_us = known[0]
    instants_us = []
    for shot in shots:
        latest_us = latest_us if shot.virtual_us is None else shot.virtual_us
        instants_us.append(latest_us)
    return VIRTUAL, instants_us


def _earlier(began_us: int | None, first_us: int) -> int:
    return first_us if began_us is None else min(began_us, first_us)
