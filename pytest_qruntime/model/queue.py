"""Who is next: the normal queue of a backend, and the queue inside a workload.

Both drop jobs that left the queue in another way (cancelled, deleted, failed with their workload) only when they come
to the front, so that every operation costs the same however long the queue is.
"""

from __future__ import annotations

from collections import deque
from heapq import heappop, heappush
from random import Random
from typing import Protocol

from pytest_qruntime.model.instance import Instance
from pytest_qruntime.model.job import QUEUED, Job
from pytest_qruntime.model.policy import DEDICATED
from pytest_qruntime.model.states import ACTIVE


class WorkloadQueue(Protocol):
    """The queued jobs of one workload."""

    def push(self, job: Job) -> None:
        """Add a job."""

    def pop(self) -> Job | None:
        """Take out the job that runs next; None when no job is queued."""


class FifoQueue:
    """Jobs in the order of submission (ORD-09)."""

    __slots__ = ("_jobs",)

    def __init__(self) -> None:
        self._jobs: deque[Job] = deque()

    def push(self, job: Job) -> None:
        """Add a job at the end."""
        self._jobs.append(job)

    def pop(self) -> Job | None:
        """Take out the first job that is still queued."""
        jobs = self._jobs
        while jobs:
            job = jobs.popleft()
            if job.status == QUEUED:
                return job
        return None


class ShuffledQueue:
    """Jobs in an order drawn from a seed, for code that must not rely on the order of a batch (ORD-08)."""

    __slots__ = ("_jobs", "_random")

    def __init__(self, random: Random) -> None:
        self._random = random
        self._jobs: list[tuple[float, int, Job]] = []

    def push(self, job: Job) -> None:
        """Add a job at a random place."""
        heappush(self._jobs, (self._random.random(), job.place, job))

    def pop(self) -> Job | None:
        """Take out the first job that is still queued."""
        while self._jobs:
            job = heappop(self._jobs)[2]
            if job.status == QUEUED:
                return job
        return None


class InstanceLine:
    """The jobs of one instance that wait in the normal queue: plain ones, and those of workloads not yet active."""

    __slots__ = ("instance", "plain", "workload_jobs")

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.plain: list[tuple[int, Job]] = []
        self.workload_jobs: list[tuple[int, Job]] = []

    def first(self, *, workloads: bool) -> Job | None:
        """The job that came first; only a plain one unless `workloads`."""
        plain = self._first_valid(self.plain)
        other = self._first_valid(self.workload_jobs) if workloads else None
        if plain is None or other is None:
            return plain or other
        return plain if plain.place < other.place else other

    def take(self, job: Job) -> None:
        """Remove the job that `first` returned."""
        heappop(self.plain if job.workload is None else self.workload_jobs)

    @staticmethod
    def _first_valid(heap: list[tuple[int, Job]]) -> Job | None:
        while heap:
            place, job = heap[0]
            workload = job.workload
            # A place is void when the job went back to the end of the queue, or when its workload became active:
            # the jobs of an active workload wait in the workload's own queue.
            if job.status == QUEUED and place == job.place and (workload is None or workload.state != ACTIVE):
                return job
            heappop(heap)
        return None


class NormalQueue:
    """The queue in front of a backend, first come first served, or by fair share over the instances (ORD-11)."""

    __slots__ = ("_fair_share", "_last_place", "_lines")

    def __init__(self, *, fair_share: bool) -> None:
        self._fair_share = fair_share
        self._last_place = 0
        self._lines: dict[str, InstanceLine] = {}

    def new_place(self) -> int:
        """The place at the end of the queue."""
        self._last_place += 1
        return self._last_place

    def add(self, job: Job) -> None:
        """Queue a job at the place that it was given."""
        name = job.instance.name
        line = self._lines.get(name)
        if line is None:
            line = self._lines[name] = InstanceLine(job.instance)
        heappush(line.plain if job.workload is None else line.workload_jobs, (job.place, job))

    def next(self, now_us: int, *, workloads: bool, lanes_busy: bool, drain: bool) -> Job | None:
        """Take out the job that may start now.

        Args:
            workloads: whether a session or batch may become active; False while a batch is processed (ORD-07).
            lanes_busy: whether other jobs run. A session that is next waits for them, and nobody overtakes (OPN-08).
            drain: whether sessions wait for that at all.
        """
        line, job = self._best(now_us, workloads=workloads)
        if line is None or job is None:
            return None
        if drain and lanes_busy and job.workload is not None and job.workload.mode == DEDICATED:
            return None
        line.take(job)
        return job

    def _best(self, now_us: int, *, workloads: bool) -> tuple[InstanceLine | None, Job | None]:
        best: tuple[float, int] | None = None
        found: tuple[InstanceLine | None, Job | None] = (None, None)
        for line in self._lines.values():
            job = line.first(workloads=workloads)
            if job is None or line.instance.limited(now_us):  # PLN-04: pending work stays queued
                continue
            rank = (line.instance.share_used(now_us) if self._fair_share else 0.0, job.place)
            if best is None or rank < best:
                best, found = rank, (line, job)
        return found
