"""The QPU of a backend: one job at a time (ORD-02), the others wait; or no contention, for reasoning without it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from pytest_qruntime.model.job import RUNNING, Job


class Qpu:
    """Grants the QPU to one job at a time, in the order of asking. With `contention` off it grants at once."""

    __slots__ = ("_contention", "_grant", "_holder", "_waiting")

    def __init__(self, *, contention: bool, grant: Callable[[Job], None]) -> None:
        self._contention = contention
        self._grant = grant
        self._holder: Job | None = None
        self._waiting: deque[Job] = deque()

    @property
    def contention(self) -> bool:
        """Whether it takes one job at a time."""
        return self._contention

    def request(self, job: Job) -> None:
        """A job is through its classical phase and wants the QPU."""
        if not self._contention:
            self._grant(job)
        elif self._holder is None:
            self._holder = job
            self._grant(job)
        else:
            self._waiting.append(job)

    def release(self, job: Job) -> None:
        """A job ended; if it held the QPU, the next one that still runs gets it."""
        if self._holder is not job:
            return
        self._holder = None
        while self._waiting:
            following = self._waiting.popleft()
            if following.status == RUNNING:
                self._holder = following
                self._grant(following)
                return
