"""The event queue: what is due, in the one fixed order of events at the same instant."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from heapq import heappop, heappush
from typing import Any, Final, NamedTuple

# Events due at the same instant run in this order: job phases end, then the timers fire, then backends go and come
# back, then the scheduler dispatches. A client's request comes last: it sees everything that was due by then. Other
# users' jobs arrive as requests do, so after the dispatch. The queue breaks the remaining ties by the order of
# scheduling.
JOB_PHASE: Final = 0
MAX_TTL: Final = 1
ACTIVE_TTL: Final = 2
INTERACTIVE_TTL: Final = 3
UNUSED: Final = 4
LIMIT: Final = 5
STATUS: Final = 6
DISPATCH: Final = 7
ARRIVAL: Final = 8

ARRANGED: Final = "test"
"""The kind of an event that a test has arranged; it may do anything."""


class Deadline(NamedTuple):
    """Something that will happen at `at_us` unless it is called off: its kind, what it is about, and in words."""

    at_us: int
    kind: str
    subject: str
    text: str


class Timer:
    """A pending event. `cancel()` calls it off; its place in the queue is dropped when its time comes."""

    __slots__ = ("argument", "at_us", "cancelled", "fire", "kind", "subject", "text")

    def __init__(
        self, at_us: int, fire: Callable[[Any], None], argument: Any, text: str, kind: str, subject: str
    ) -> None:
        self.at_us = at_us
        self.fire = fire
        self.argument = argument
        self.text = text
        self.kind = kind
        self.subject = subject
        self.cancelled = False

    def cancel(self) -> None:
        """Call the event off."""
        self.cancelled = True


class EventQueue:
    """A heap of timers ordered by time, priority and order of scheduling: no cost for time that passes."""

    __slots__ = ("_heap", "_scheduled")

    def __init__(self) -> None:
        self._heap: list[tuple[int, int, int, Timer]] = []
        self._scheduled = 0

    def add(
        self,
        at_us: int,
        priority: int,
        fire: Callable[[Any], None],
        argument: Any,
        text: str,
        kind: str,
        subject: str,
    ) -> Timer:
        """Schedule `fire(argument)`. `kind` and `subject` name what it is about, `text` says what it will do."""
        timer = Timer(at_us, fire, argument, text, kind, subject)
        self._scheduled += 1
        heappush(self._heap, (at_us, priority, self._scheduled, timer))
        return timer

    def again(self, timer: Timer, at_us: int, priority: int) -> None:
        """Schedule a timer that has fired once more; for what happens so often that a new one each time would show."""
        timer.at_us = at_us
        self._scheduled += 1
        heappush(self._heap, (at_us, priority, self._scheduled, timer))

    def pop_due(self, until_us: int) -> Timer | None:
        """The next timer due at or before `until_us`, taken out; None if there is none."""
        heap = self._heap
        while heap and heap[0][0] <= until_us:
            timer = heappop(heap)[3]
            if not timer.cancelled:
                return timer
        return None

    def pop_chosen(self, until_us: int, choose: Callable[[list[tuple[int, Timer]]], int]) -> Timer | None:
        """Like `pop_due`, where `choose` says which of the timers of the next instant, given with their priorities."""
        heap = self._heap
        first = self.next_us()
        if first is None or first > until_us:
            return None
        entries = []
        while heap and heap[0][0] == first:
            entry = heappop(heap)
            if not entry[3].cancelled:
                entries.append(entry)
        chosen = entries.pop(choose([(entry[1], entry[3]) for entry in entries]))
        for entry in entries:
            heappush(heap, entry)
        return chosen[3]

    def next_us(self) -> int | None:
        """When the next event is due."""
        heap = self._heap
        while heap and heap[0][3].cancelled:
            heappop(heap)
        return heap[0][0] if heap else None

    def __iter__(self) -> Iterator[Timer]:
        """The pending timers in the order in which they would run."""
        return (timer for _, _, _, timer in sorted(self._heap, key=lambda entry: entry[:3]) if not timer.cancelled)
