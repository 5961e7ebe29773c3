"""What the clock of a live test moves: the world of a server in another process, or the wall clock."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Final

from pytest_qruntime.clock import Clock
from pytest_qruntime.clock.durations import micros_of
from pytest_qruntime.clock.instants import iso, micros_after, utc
from pytest_qruntime.clock.real import Real
from pytest_qruntime.live.control import Control
from pytest_qruntime.model import Trace
from pytest_qruntime.model.errors import ClockError
from pytest_qruntime.model.events import Deadline

_SECOND_US: Final = 1_000_000
LOOK_EVERY_US: Final = _SECOND_US
"""How long, in real time, one waits for a service that does not say when something will happen."""


class RemoteWorld:
    """A world of a server of our own whose time is manual: nobody but this moves it, so its instant is known here.

    Args:
        control: of the server.
        described: what the server told when the world was made.
    """

    def __init__(self, control: Control, described: Mapping[str, Any]) -> None:
        self._control = control
        self._path = f"/worlds/{described['world']}"
        time = described["time"]
        self.now_us: int = time["now_us"]
        self.start_unix_us = micros_after(time["now"], 0) - self.now_us
        self.lock = threading.RLock()

    def advance_to(self, at_us: int, /) -> None:
        """Move the server's time through every event on the way. The server refuses an earlier instant."""
        with self.lock:
            moved = self._control.post(f"{self._path}/time", {"advance_to": iso(utc(self.start_unix_us + at_us))})
            self.now_us = moved["now_us"]

    def next_event_us(self) -> int | None:
        """When the next event is due, as the server knows at this moment; None when nothing is pending."""
        found: int | None = self._control.get(f"{self._path}/time")["next_event_us"]
        return found

    def pending(self) -> list[Deadline]:
        """Everything that is pending on the server, in order."""
        with self.lock:
            found = self._control.get(f"{self._path}/pending")["pending"]
            return [Deadline(self.now_us + one["in_us"], one["kind"], one["subject"], one["text"]) for one in found]

    def trace(self) -> Trace:
        """Everything that happened on the server, in order."""
        trace = Trace()
        for event in self._control.get(f"{self._path}/trace")["trace"]:
            trace.record(**event)
        return trace


class WallWorld:
    """Real time, as a clock's world: it moves by itself, and to advance it is to sleep.

    Nobody knows when the service will do something, so the next event is always a moment ahead: whoever waits for one
    looks again then.
    """

    def __init__(self) -> None:
        self.start_unix_us = round(Real.time() * _SECOND_US)
        self.lock = threading.RLock()
        self._origin_s = Real.monotonic()

    @property
    def now_us(self) -> int:
        """How long it has existed."""
        return int((Real.monotonic() - self._origin_s) * _SECOND_US)

    def advance_to(self, at_us: int, /) -> None:
        """Sleep until then, in real time."""
        while (left_us := at_us - self.now_us) > 0:
            Real.sleep(left_us / _SECOND_US)

    def next_event_us(self) -> int:
        """When to look again."""
        return self.now_us + LOOK_EVERY_US

    def pending(self) -> list[Deadline]:
        """Nothing that is known."""
        return []


class WallClock(Clock):
    """A clock on real time. It is never held: the sleeps of the code under test are real anyway.

    Moving it is sleeping: `tick("25m")` takes 25 minutes. Threads do not share a sleep, each sleeps its own.
    """

    def __init__(self) -> None:
        super().__init__(WallWorld(), freeze=False)

    def sleep(self, seconds: str | float | timedelta) -> None:
        """Sleep in real time; also for `"25m"` and timedeltas."""
        self.advance_by(micros_of(seconds, what="a time to sleep"))

    def wait_for_event(self, until_us: int | None = None, *, over: Callable[[], bool] | None = None) -> None:
        """Sleep for a moment in which something may happen, but no further than `until_us`; with `over`, until it has.

        Whoever waits without `until_us` for what never comes waits for ever, as on every real service.
        """
        while True:
            look_us = self.world.now_us + LOOK_EVERY_US
            self.world.advance_to(look_us if until_us is None else min(look_us, until_us))
            if over is None or over() or (until_us is not None and self.world.now_us >= until_us):
                return

    def advance_by(self, micros: int) -> None:
        """Sleep for whole microseconds."""
        self.world.advance_to(self.world.now_us + micros)

    def advance_to(self, us: int) -> None:
        """Sleep until `us`, microseconds since the start; not at all if it has passed a moment ago.

        Raises `ClockError` for what is longer ago than anybody takes to ask.
        """
        if us < self.world.now_us - LOOK_EVERY_US:
            raise ClockError(
                f"the clock only goes forward: it is {iso(self.now())}, and "
                f"{iso(utc(self.world.start_unix_us + us))} was asked for"
            )
        self.world.advance_to(us)
