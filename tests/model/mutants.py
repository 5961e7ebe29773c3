"""Faulty models, one per invariant at least: each patches one thing that the real model does."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any

import pytest

from pytest_qruntime.model import Durations, trace
from pytest_qruntime.model.backend import Backend
from pytest_qruntime.model.ids import Ids
from pytest_qruntime.model.job import FAILED, RUNNING, Job
from pytest_qruntime.model.qpu import Qpu
from pytest_qruntime.model.queue import InstanceLine, NormalQueue
from pytest_qruntime.model.ttl import Ttls
from pytest_qruntime.model.usage import SessionWindows
from pytest_qruntime.model.workload import Workload

Mutate = Callable[[pytest.MonkeyPatch], None]


def nothing(*_: object, **__: object) -> None:
    """Do nothing instead."""


def takes_jobs_while_draining(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("pytest_qruntime.model.admission._check_workload", nothing)


def runs_queued_jobs_after_the_close(patch: pytest.MonkeyPatch) -> None:
    activate = Workload._activate
    patch.setattr(Workload, "_end_queued", nothing)
    patch.setattr(Workload, "_activate", lambda self: activate(self) if self.closed_us is None else None)


def cancels_running_jobs(patch: pytest.MonkeyPatch) -> None:
    close = Workload.close

    def close_hard(self: Workload, reason: str, *, queued_fate: str = "failed") -> None:
        close(self, reason, queued_fate=queued_fate)
        for job in [job for job in self.jobs.values() if job.status == RUNNING]:
            job.backend.end(job, FAILED, reason="closed", code=4001)

    patch.setattr(Workload, "close", close_hard)


def reopens_what_is_closed(patch: pytest.MonkeyPatch) -> None:
    def reopen(self: Workload) -> None:
        self.accepting, self.state = True, "open"
        self._record(trace.WORKLOAD_REOPENED)

    patch.setattr(Workload, "accept_again", reopen)


def shares_the_window_of_a_session(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Backend, "activated", nothing)


def starts_more_jobs_than_lanes(patch: pytest.MonkeyPatch) -> None:
    def dispatch(self: Backend, _: None) -> None:
        self._dispatch_due = False
        while job := self._next_job():
            self._start(job)

    patch.setattr(Backend, "_dispatch", dispatch)


def shares_the_qpu(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Qpu, "request", lambda self, job: self._grant(job))


def counts_max_ttl_from_the_opening(patch: pytest.MonkeyPatch) -> None:
    arm = Ttls._arm_at_opening
    patch.setattr(Ttls, "_arm_at_opening", lambda self: (arm(self), self._arm_max()))
    patch.setattr(Ttls, "arm_max_from_start", nothing)


def pauses_max_ttl_while_inactive(patch: pytest.MonkeyPatch) -> None:
    deactivate, activate = Workload.deactivate, Workload._activate

    def pause(self: Workload, reason: str) -> None:
        deactivate(self, reason)
        assert self._ttls._max is not None
        self._ttls._max.cancel()

    def resume(self: Workload) -> None:
        activate(self)
        if self.started_us != self.activated_us:
            self._ttls._arm_max()

    patch.setattr(Workload, "deactivate", pause)
    patch.setattr(Workload, "_activate", resume)


def never_ends_at_max_ttl(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Ttls, "arm_max_from_start", nothing)


def never_becomes_inactive(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Ttls, "arm_idle", nothing)


def becomes_inactive_too_early(patch: pytest.MonkeyPatch) -> None:
    arm = Ttls.arm_idle

    def arm_early(self: Ttls) -> None:
        self._interactive_us = 59_000_000
        arm(self)

    patch.setattr(Ttls, "arm_idle", arm_early)


def charges_for_waiting(patch: pytest.MonkeyPatch) -> None:
    def charge_us(self: Backend, job: Job) -> int:
        return 0 if job.running_us is None else self._world.now_us - job.running_us

    patch.setattr(Backend, "_charge_us", charge_us)


def charges_for_inactive_time(patch: pytest.MonkeyPatch) -> None:
    usage_us = SessionWindows.usage_us
    patch.setattr(SessionWindows, "usage_us", lambda self, now_us, _: usage_us(self, now_us, "span"))


def takes_longer_late_in_the_day(patch: pytest.MonkeyPatch) -> None:
    start = Backend._start_on_qpu

    def start_slowly(self: Backend, job: Job) -> None:
        classical_us, quantum_us = job.durations
        job.durations = Durations(classical_us, quantum_us + self._world.now_us % 1_000)
        start(self, job)

    patch.setattr(Backend, "_start_on_qpu", start_slowly)


def opens_again_when_closed_twice(patch: pytest.MonkeyPatch) -> None:
    close = Workload.stop_accepting

    def toggle(self: Workload) -> None:
        if self.accepting:
            close(self)
        else:
            self.accept_again()

    patch.setattr(Workload, "stop_accepting", toggle)


def waits_for_the_ittl_when_drained(patch: pytest.MonkeyPatch) -> None:
    def linger(self: Workload) -> None:
        if self.state == "active":
            self._ttls.arm_idle()

    patch.setattr(Workload, "_ran_dry", linger)


def computes_longer_when_others_wait(patch: pytest.MonkeyPatch) -> None:
    start = Backend._start_on_qpu

    def start_slowly(self: Backend, job: Job) -> None:
        classical_us, quantum_us = job.durations
        job.durations = Durations(classical_us, quantum_us + 1_000_000 * self.queue_length)
        start(self, job)

    patch.setattr(Backend, "_start_on_qpu", start_slowly)


def never_gives_the_backend_back(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Backend, "released", nothing)


def accepts_when_closed(patch: pytest.MonkeyPatch) -> None:
    close = Workload.close

    def close_open(self: Workload, reason: str, *, queued_fate: str = "failed") -> None:
        close(self, reason, queued_fate=queued_fate)
        self.accepting = True

    patch.setattr(Workload, "close", close_open)


def draws_ids_from_one_pot(patch: pytest.MonkeyPatch) -> None:
    pot = count()
    patch.setattr(Ids, "job", lambda self: f"job-{next(pot)}")


def runs_cancelled_jobs(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(InstanceLine, "_first_valid", staticmethod(lambda heap: heap[0][1] if heap else None))


def mixes_batches(patch: pytest.MonkeyPatch) -> None:
    following = NormalQueue.next

    def next_of_all(self: NormalQueue, now_us: int, *, workloads: bool, **how: Any) -> Job | None:
        return following(self, now_us, workloads=True, **how)

    patch.setattr(NormalQueue, "next", next_of_all)
