"""The order of events: by instant, and within one as the service lets them happen.

Phases of jobs end, timers fire, the scheduler dispatches, then requests are served one by one, and after each of them
the scheduler looks again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Final, NamedTuple

from pytest_qruntime.model import trace

_Key = tuple[int, int, int]

_PHASES: Final = 0
_TIMERS: Final = 1
_DISPATCH: Final = 2
_REQUESTS: Final = 3
_LAST: Final = 9
"""After all that a request brought about."""
_ENDS: Final = (trace.JOB_COMPLETED, trace.JOB_FAILED, trace.JOB_CANCELLED)


class Derived(NamedTuple):
    """An event, and the number of the request that brought it about; None if the service did by itself."""

    at_us: int
    kind: str
    backend: str | None
    workload: str | None
    job: str | None
    data: Mapping[str, object]
    by: int | None


def in_order(events: Sequence[Derived]) -> list[Derived]:
    """All events in their order."""
    ran = {event.job for event in events if event.kind in (trace.JOB_RUNNING, trace.JOB_COMPLETED)}
    ordered: list[Derived] = []
    for _, group in groupby(sorted(events, key=attrgetter("at_us")), key=attrgetter("at_us")):
        instant = list(group)
        ordered += sorted(instant, key=_Instant(instant, ran).key) if len(instant) > 1 else instant
    return ordered


class _Instant:
    """The events of one instant, by what they depend on."""

    def __init__(self, events: Sequence[Derived], ran: set[str | None]) -> None:
        self._ran = ran
        self._opened = {event.workload: event.by or 0 for event in events if event.kind == trace.WORKLOAD_OPENED}
        self._queued = {event.job: event.by or 0 for event in events if event.kind == trace.JOB_QUEUED}
        self._submits: defaultdict[str | None, list[int]] = defaultdict(list)
        self._drained: defaultdict[str | None, list[int]] = defaultdict(list)
        for event in events:
            if event.kind == trace.JOB_QUEUED:
                self._submits[event.workload].append(event.by or 0)
            elif event.kind == trace.WORKLOAD_DRAINING:
                self._drained[event.workload].append(event.by or 0)
        self._running = {event.job: event for event in events if event.kind == trace.JOB_RUNNING}
        self._closed = {event.workload: event for event in events if event.kind == trace.WORKLOAD_CLOSED}
        self._ended = [event for event in events if event.kind in _ENDS]

    def key(self, event: Derived) -> _Key:
        """By what this event is sorted: its own place, but never before what it is about was made."""
        if event.kind == trace.REQUEST_ANSWERED:
            return _REQUESTS, event.by or 0, _LAST
        own = self._key(event)
        if event.kind in (trace.WORKLOAD_OPENED, trace.JOB_QUEUED):
            return own
        return max([own, *((_REQUESTS, by, 1) for by in self._made_by(event))])

    def _made_by(self, event: Derived) -> Iterator[int]:
        """The requests of this instant that made the session and the job; and before a closing, all that it took."""
        if event.workload is not None and event.workload in self._opened:
            yield self._opened[event.workload]
        if event.job is not None and event.job in self._queued:
            yield self._queued[event.job]
        if event.kind == trace.WORKLOAD_ACTIVATED and not self._starts(event):
            yield from sorted(self._submits[event.workload])[:1]
        if event.kind == trace.WORKLOAD_CLOSED:
            yield from self._submits[event.workload] + self._drained[event.workload]

    def _key(self, event: Derived) -> _Key:
        if event.kind == trace.JOB_RUNNING:
            return self._start(event, 2)
        if event.kind == trace.WORKLOAD_ACTIVATED:
            return min(self._starts(event), default=(_DISPATCH, 0, 1))
        if event.kind in _ENDS:
            return self._end(event)
        if event.kind == trace.WORKLOAD_INACTIVATED:
            return _TIMERS, 0, 0
        if event.kind == trace.WORKLOAD_CLOSED:
            return self._close(event)
        if event.kind == trace.WORKLOAD_SETTLED:
            return self._settle(event)
        return _REQUESTS, event.by or 0, 0

    def _starts(self, event: Derived) -> list[_Key]:
        """The beginnings of jobs with which a session becomes active."""
        return [self._start(one, 1) for one in self._running.values() if one.workload == event.workload]

    def _start(self, event: Derived, step: int) -> _Key:
        by = self._queued.get(event.job)
        return (_DISPATCH, 0, step) if by is None else (_REQUESTS, by, step)

    def _end(self, event: Derived) -> _Key:
        if event.by is not None:
            return _REQUESTS, event.by, 0
        running = self._running.get(event.job)
        if running is not None:
            return self._start(running, 3)
        closed = self._closed.get(event.workload) if event.workload is not None else None
        if closed is not None and event.job not in self._ran:
            phase, by, step = self._close(closed)
            return phase, by, step + 1  # it was queued, and the closing ended it
        return _PHASES, 0, 0

    def _settle(self, event: Derived) -> _Key:
        """After everything else that ends with it."""
        ends = [self._end(one) for one in self._ended if one.workload == event.workload]
        closed = self._closed.get(event.workload)
        phase, by, step = max([*ends, *([] if closed is None else [self._close(closed)])], default=(_PHASES, 0, 0))
        return phase, by, step + 1

    def _close(self, event: Derived) -> _Key:
        if event.by is not None:
            return _REQUESTS, event.by, 0
        ended = [one for one in self._ended if one.workload == event.workload and one.job in self._ran]
        requested = [one.by for one in self._ended if one.workload == event.workload and one.by is not None]
        if requested:
            return _REQUESTS, max(requested), 1
        return (_PHASES, 0, 1) if ended else (_TIMERS, 0, 0)
