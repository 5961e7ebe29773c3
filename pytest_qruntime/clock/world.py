"""What the clock sees of a world: a counter of microseconds, a way to move it, and what is due."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Protocol


class DeadlineLike(Protocol):
    """Something that will happen at `at_us` unless it is called off."""

    @property
    def at_us(self) -> int:
        """When."""

    @property
    def kind(self) -> str:
        """What sort of event, as in a trace."""

    @property
    def subject(self) -> str:
        """The id of what it happens to."""

    @property
    def text(self) -> str:
        """What will happen, in words."""


class WorldLike(Protocol):
    """The part of `pytest_qruntime.model.World` that a clock needs. Times are microseconds since the world's epoch."""

    @property
    def now_us(self) -> int:
        """The instant that it is."""

    @property
    def start_unix_us(self) -> int:
        """The epoch, in microseconds since 1970."""

    @property
    def lock(self) -> threading.RLock:
        """Held by whoever reads or changes the world while other threads may."""

    def advance_to(self, at_us: int, /) -> None:
        """Move time forward through every event on the way; an error for an earlier time."""

    def next_event_us(self) -> int | None:
        """When the next event is due; None when nothing is pending."""

    def pending(self) -> Sequence[DeadlineLike]:
        """Everything that is pending, in order."""
