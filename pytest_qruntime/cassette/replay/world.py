"""The time of a replay: a counter of microseconds, and when the recording will answer something else."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from heapq import heappop, heappush

from pytest_qruntime.cassette.replay.timeline import Timeline
from pytest_qruntime.cassette.tape import Exchange
from pytest_qruntime.clock.durations import words_of
from pytest_qruntime.model.errors import ClockError
from pytest_qruntime.model.events import Deadline

Changes = Callable[[Timeline], Iterator[tuple[int, Exchange]]]


class TapeWorld:
    """What a `Clock` holds of a replay.

    Its events are the recorded changes: the instants at which some resource answers otherwise than before. Changes that
    were recorded after a request which the client has not made yet are not pending: they wait for the client.

    Args:
        start_unix_us: the first instant of the recorded clock, microseconds since 1970.
        changes: the changes of a timeline that are still to come, with their virtual instants.
    """

    def __init__(self, start_unix_us: int, changes: Changes) -> None:
        self.now_us = 0
        self.start_unix_us = start_unix_us
        self.lock = threading.RLock()
        self._changes = changes
        self._versions: dict[Timeline, int] = {}
        self._due: list[tuple[int, int, int, Timeline]] = []
        self._added = 0

    def schedule(self, timelines: Iterable[Timeline]) -> None:
        """Look anew when these change."""
        for timeline in timelines:
            version = self._versions[timeline] = self._versions.get(timeline, 0) + 1
            for at_us, _ in self._changes(timeline):
                self._added += 1
                heappush(self._due, (at_us, self._added, version, timeline))
                break

    def advance_to(self, at_us: int, /) -> None:
        """Move time forward. Raises `ClockError` for an earlier instant."""
        if at_us < self.now_us:
            raise ClockError(
                f"the clock only goes forward: {words_of(self.now_us)} have passed since the recording began, and "
                f"{words_of(at_us)} was asked for"
            )
        with self.lock:
            self.now_us = at_us
            while self._due and self._due[0][0] <= at_us:
                _, _, version, timeline = heappop(self._due)
                if self._versions[timeline] == version:
                    self.schedule([timeline])

    def next_event_us(self) -> int | None:
        """When something changes next; None if nothing does unless the client acts."""
        with self.lock:
            while self._due and self._versions[self._due[0][3]] != self._due[0][2]:
                heappop(self._due)
            return self._due[0][0] if self._due else None

    def pending(self) -> list[Deadline]:
        """Every change that comes unless the client acts, in order."""
        with self.lock:
            return sorted(
                Deadline(at_us, "recording.change", timeline.subject.name.id, _text(timeline, to))
                for timeline in self._versions
                for at_us, to in self._changes(timeline)
            )


def _text(timeline: Timeline, to: Exchange) -> str:
    asked = f"{timeline.meaning.method} {timeline.meaning.path}"
    return f"{asked} is answered as {words_of(to.at_us)} into the recording"
