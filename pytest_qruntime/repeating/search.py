"""Which orders of events remain to be tried: the fixed one, then those that differ from it in one place, in more."""

from __future__ import annotations

from collections import deque

from pytest_qruntime.model.choosing import Script


class Search:
    """The orders that remain to be tried, at most `limit` in all."""

    def __init__(self, limit: int) -> None:
        self.tried = 0
        self.more = False
        self._limit = limit
        self._waiting: deque[Script] = deque([Script()])

    def next(self) -> Script | None:
        """The order that is tried next; None if there is none, or the limit is reached. Tell `ran` of its run."""
        if not self._waiting:
            return None
        self.tried += 1
        return self._waiting.popleft()

    def ran(self, script: Script) -> None:
        """A run is over: every other choice that it could have made after the written ones leads to another order."""
        points = script.points
        for place in range(len(script.choices), len(points)):
            before = [point.chosen for point in points[:place]]
            for other in range(1, len(points[place].options)):
                if self.tried + len(self._waiting) >= self._limit:
                    self.more = True
                    return
                self._waiting.append(Script([*before, other], points[: place + 1]))
