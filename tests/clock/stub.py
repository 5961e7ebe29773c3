"""A world of nothing but events, for tests of the clock: no service, no jobs."""

from __future__ import annotations

import asyncio
import heapq
import threading
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

START_UNIX_US = 1_768_478_400_000_000  # 2026-01-15T12:00:00Z
SECOND = 1_000_000
HANGS_S = 20  # real seconds after which a test is taken to hang


class Due(NamedTuple):
    at_us: int
    kind: str
    subject: str
    text: str


class StubWorld:
    """`at(seconds, what)` makes something happen; `happened` is what did, with the second when."""

    def __init__(self, start_unix_us: int = START_UNIX_US) -> None:
        self.now_us = 0
        self.start_unix_us = start_unix_us
        self.lock = threading.RLock()
        self.happened: list[tuple[float, str]] = []
        self._events: list[tuple[int, int, str, Callable[[], object]]] = []

    @property
    def seconds(self) -> float:
        return self.now_us / SECOND

    def at(self, seconds: float, what: str, action: Callable[[], object] = lambda: None) -> None:
        heapq.heappush(self._events, (round(seconds * SECOND), len(self._events), what, action))

    def advance_to(self, at_us: int, /) -> None:
        while self._events and self._events[0][0] <= at_us:
            self.now_us, _, what, action = heapq.heappop(self._events)
            self.happened.append((self.seconds, what))
            action()
        self.now_us = at_us

    def next_event_us(self) -> int | None:
        return self._events[0][0] if self._events else None

    def pending(self) -> list[Due]:
        return [Due(at_us, "stub.event", what, f"{what} happens") for at_us, _, what, _ in sorted(self._events)]


def run(main: Callable[[], Awaitable[Any]]) -> Any:
    """Run a coroutine function in a loop of its own."""

    async def bounded() -> Any:
        return await main()

    return asyncio.run(bounded())
