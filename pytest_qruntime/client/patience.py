"""How a client waits: on the wall clock, or on a world's clock, where a wait is a jump to the next event."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol

import httpx

from pytest_qruntime.clock import Clock


class Patience(Protocol):
    """The clock that a client waits on."""

    def now_s(self) -> float:
        """Seconds from any fixed instant."""

    def pause(self, job_id: str, at_most_s: float | None) -> None:
        """Wait until the job may have ended, but no longer than `at_most_s` seconds (None: no limit)."""


class RealPatience:
    """Polls: every pause is `poll_s` seconds of `time.sleep`."""

    def __init__(self, poll_s: float = 0.5) -> None:
        self.poll_s = poll_s

    def now_s(self) -> float:
        """Seconds of the monotonic clock."""
        return time.monotonic()

    def pause(self, job_id: str, at_most_s: float | None) -> None:
        """Sleep for one polling interval, or less if `at_most_s` is less."""
        time.sleep(self.poll_s if at_most_s is None else min(self.poll_s, at_most_s))


class News(Protocol):
    """When there may be something new to be seen of one job."""

    def wait(self, until_us: int | None) -> None:
        """Let time pass until the job may have changed, but no further than `until_us`; None: however long it takes.

        Instants are microseconds since the world's epoch. Raises `NothingPendingError` if nothing can end the wait.
        """


NewsOf = Callable[[str], News | None]
"""The news of a job, by its id; None for a job that is not known."""


class AnyEvent:
    """News of jobs of which nothing is known but what the service tells: whatever happens next may concern them.

    For a world of which a clock alone is at hand, such as that of a server: ``AnyEvent(clock).of`` is a `NewsOf`. Each
    event of the world costs the client a poll, and no time between two events does.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def of(self, _: str) -> News:
        """The news of any job."""
        return self

    def wait(self, until_us: int | None) -> None:
        """Jump to the next event of the world."""
        self._clock.wait_for_event(until_us)


class EventPatience:
    """A wait is a jump to where the job may have changed; then the service is asked."""

    def __init__(self, clock: Clock, news: NewsOf) -> None:
        self._clock = clock
        self._news = news

    def now_s(self) -> float:
        """Seconds since the world's epoch."""
        return self._clock.world.now_us / 1_000_000

    def pause(self, job_id: str, at_most_s: float | None) -> None:
        """Let time pass until the job may have changed. Raises `NothingPendingError` if nothing can end the wait."""
        news = self._news(job_id)
        if news is not None:
            news.wait(None if at_most_s is None else self._clock.world.now_us + round(at_most_s * 1_000_000))


def patience_of(http: httpx.Client) -> Patience:
    """How to wait for what this client asks for: a client of a world knows the world's clock, any other one polls."""
    patience: Patience = getattr(http, "patience", None) or RealPatience()
    return patience
