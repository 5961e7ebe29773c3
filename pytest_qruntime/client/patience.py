"""How a client waits: on the wall clock, or on a world's clock, where a wait is a jump to the next event."""

from __future__ import annotations

import time
from typing import Protocol

import httpx


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


def patience_of(http: httpx.Client) -> Patience:
    """How to wait for what this client asks for: a client of a world knows the world's clock, any other one polls."""
    patience: Patience = getattr(http, "patience", None) or RealPatience()
    return patience
