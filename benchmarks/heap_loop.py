"""P8's floor: the same kind of work by the shortest program for it. Jobs, lanes, a QPU, a timer, a dict per event.

It has no sessions, no plans, no usage, no requests; whatever has them cannot be faster.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from heapq import heappop, heappush
from typing import Any

CLASSICAL_US = 2_100_000
QUANTUM_US = 3_024_000
LANES = 5


class HeapJob:
    """One job."""

    __slots__ = ("created_us", "finished_us", "id", "running_us", "status", "timer")

    def __init__(self, name: str, now_us: int) -> None:
        self.id = name
        self.created_us = now_us
        self.running_us: int | None = None
        self.finished_us: int | None = None
        self.status = "Queued"
        self.timer: HeapTimer | None = None


class HeapTimer:
    """A pending event."""

    __slots__ = ("cancelled", "fire", "job")

    def __init__(self, fire: Callable[[HeapJob], None], job: HeapJob) -> None:
        self.fire = fire
        self.job = job
        self.cancelled = False


class HeapService:
    """Works off a queue of jobs, and writes down what happens."""

    def __init__(self) -> None:
        self.now_us = 0
        self.trace: list[dict[str, Any]] = []
        self.jobs: dict[str, HeapJob] = {}
        self._heap: list[tuple[int, int, HeapTimer]] = []
        self._order = 0
        self._queue: deque[HeapJob] = deque()
        self._lanes = LANES
        self._qpu: deque[HeapJob] = deque()
        self._qpu_busy = False

    def submit(self) -> None:
        """A new job."""
        job = HeapJob(f"job{len(self.jobs)}", self.now_us)
        self.jobs[job.id] = job
        self._note("job.queued", job)
        self._queue.append(job)

    def run(self) -> None:
        """Until nothing is pending."""
        self._dispatch()
        heap = self._heap
        while heap:
            self.now_us, _, timer = heappop(heap)
            if not timer.cancelled:
                timer.fire(timer.job)

    def _dispatch(self) -> None:
        while self._lanes and self._queue:
            job = self._queue.popleft()
            self._lanes -= 1
            job.status, job.running_us = "Running", self.now_us
            self._note("job.running", job)
            self._after(CLASSICAL_US, self._ready, job)

    def _ready(self, job: HeapJob) -> None:
        if self._qpu_busy:
            self._qpu.append(job)
        else:
            self._on_qpu(job)

    def _on_qpu(self, job: HeapJob) -> None:
        self._qpu_busy = True
        self._note("job.on_qpu", job)
        self._after(QUANTUM_US, self._end, job)

    def _end(self, job: HeapJob) -> None:
        job.status, job.finished_us = "Completed", self.now_us
        self._note("job.completed", job)
        self._lanes += 1
        self._qpu_busy = False
        if self._qpu:
            self._on_qpu(self._qpu.popleft())
        self._dispatch()

    def _after(self, delay_us: int, fire: Callable[[HeapJob], None], job: HeapJob) -> None:
        if job.timer is not None:
            job.timer.cancelled = True
        job.timer = HeapTimer(fire, job)
        self._order += 1
        heappush(self._heap, (self.now_us + delay_us, self._order, job.timer))

    def _note(self, kind: str, job: HeapJob) -> None:
        self.trace.append({"at_us": self.now_us, "kind": kind, "job": job.id, "data": {}})
