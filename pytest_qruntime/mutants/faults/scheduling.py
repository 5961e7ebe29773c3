"""Faults in who runs when: lanes, the QPU and the queue."""

from __future__ import annotations

from typing import Any

from pytest_qruntime.model.backend import Backend
from pytest_qruntime.model.job import QUEUED, Job
from pytest_qruntime.model.policy import DEDICATED
from pytest_qruntime.model.qpu import Qpu
from pytest_qruntime.model.queue import FifoQueue, NormalQueue
from pytest_qruntime.model.workload import Workload
from pytest_qruntime.mutants.mutant import Faults, Patches, nothing

SCHEDULING = Faults()


@SCHEDULING.fault("ORD-01", "INV-06")
def starts_more_jobs_than_lanes(patches: Patches) -> None:
    """All that wait."""

    def dispatch(self: Backend, _: None) -> None:
        self._dispatch_due = False
        while job := self._next_job():
            self._start(job)

    patches.set(Backend, "_dispatch", dispatch)


@SCHEDULING.fault("ORD-02", "INV-06")
def shares_the_qpu(patches: Patches) -> None:
    """Several jobs use it."""
    patches.set(Qpu, "request", lambda self, job: self._grant(job))


@SCHEDULING.fault("ORD-03", "INV-05")
def shares_the_window_of_a_session(patches: Patches) -> None:
    """Others start beside it."""
    activated = Backend.activated

    def share(self: Backend, workload: Workload) -> None:
        if workload.mode == DEDICATED:
            self._batches[workload.id] = workload
        else:
            activated(self, workload)

    patches.set(Backend, "activated", share)


@SCHEDULING.fault("ORD-10", "INV-05")
def calibrates_within_a_session(patches: Patches) -> None:
    """A calibration does not wait."""
    following = Backend._next_job
    patches.set(Backend, "_next_job", lambda self: self._calibrations.pop() or following(self))


@SCHEDULING.fault("ORD-05", "SUB-09")
def lets_plain_jobs_go_before_a_batch(patches: Patches) -> None:
    """Although it is active."""
    following = Backend._next_job

    def plain_first(self: Backend) -> Job | None:
        return (None if self._window is not None else self._next_in_line(workloads=False)) or following(self)

    patches.set(Backend, "_next_job", plain_first)


@SCHEDULING.fault("ORD-06")
def leaves_the_backend_to_a_batch_alone(patches: Patches) -> None:
    """As to a session."""
    following = Backend._next_job

    def alone(self: Backend) -> Job | None:
        return self._next_of_batches(exclusive=True) if self._batches else following(self)

    patches.set(Backend, "_next_job", alone)


@SCHEDULING.fault("ORD-07")
def mixes_batches(patches: Patches) -> None:
    """A second one starts beside the first."""
    following = NormalQueue.next

    def next_of_all(self: NormalQueue, now_us: int, *, workloads: bool, **how: Any) -> Job | None:
        return following(self, now_us, workloads=True, **how)

    patches.set(NormalQueue, "next", next_of_all)


def _last_first(self: FifoQueue) -> Job | None:
    while self._jobs:
        job = self._jobs.pop()
        if job.status == QUEUED:
            return job
    return None


@SCHEDULING.fault("ORD-09", "ORD-08")
def runs_the_last_job_of_a_workload_first(patches: Patches) -> None:
    """The first waits."""
    patches.set(FifoQueue, "pop", _last_first)


@SCHEDULING.fault("ORD-11")
def runs_the_last_plain_job_first(patches: Patches) -> None:
    """The first waits."""

    def new_place(self: NormalQueue) -> int:
        self._last_place -= 1
        return self._last_place

    patches.set(NormalQueue, "new_place", new_place)


@SCHEDULING.fault("ITT-03")
def never_gives_the_backend_back(patches: Patches) -> None:
    """Whoever had it keeps it."""
    patches.set(Backend, "released", nothing)
