"""Faults in how sessions and batches open and start."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pytest_qruntime.model import trace
from pytest_qruntime.model.job import Job
from pytest_qruntime.model.queue import InstanceLine
from pytest_qruntime.model.states import ACTIVE, CLOSED, INACTIVE, OPEN
from pytest_qruntime.model.ttl import Ttls
from pytest_qruntime.model.workload import Workload
from pytest_qruntime.mutants.mutant import Faults, Patches, nothing

STARTING = Faults()


def _active_from_the_beginning(patches: Patches, mode: str) -> None:
    build = Workload.__init__

    def open_active(self: Workload, *what: Any, **how: Any) -> None:
        build(self, *what, **how)
        if self.mode == mode:
            self._activate()

    patches.set(Workload, "__init__", open_active)


@STARTING.fault("OPN-01", "OPN-04")
def activates_a_session_when_it_is_opened(patches: Patches) -> None:
    """The window begins before anybody runs."""
    _active_from_the_beginning(patches, "dedicated")


@STARTING.fault("OPN-02", "OPN-04")
def activates_a_batch_when_it_is_opened(patches: Patches) -> None:
    """The same for batches."""
    _active_from_the_beginning(patches, "batch")


@STARTING.fault("OPN-04")
def starts_when_a_job_is_submitted(patches: Patches) -> None:
    """Not when it runs."""
    queue_job = Workload.queue_job

    def start(self: Workload, job: Job) -> None:
        queue_job(self, job)
        if self.state == OPEN:
            self._activate()

    patches.set(Workload, "queue_job", start)


@STARTING.fault("OPN-05", "ITT-06")
def lets_workloads_jump_the_queue(patches: Patches) -> None:
    """Whoever was there first."""
    first = InstanceLine.first

    def workloads_first(self: InstanceLine, *, workloads: bool) -> Job | None:
        other = self._first_valid(self.workload_jobs) if workloads else None
        return other or first(self, workloads=False)

    patches.set(InstanceLine, "first", workloads_first)


@STARTING.fault("OPN-06")
def never_says_that_it_is_active(patches: Patches) -> None:
    """Its jobs run, and it stays open."""
    record = Workload._record

    def keep_silent(self: Workload, kind: str, data: Mapping[str, object] = trace.NO_DATA) -> None:
        if kind != trace.WORKLOAD_ACTIVATED:
            record(self, kind, data)

    patches.set(Workload, "_record", keep_silent)


@STARTING.fault("OPN-07", "ORD-05")
def runs_the_jobs_of_a_batch_one_by_one(patches: Patches) -> None:
    """Whatever lanes are free."""
    _one_by_one(patches, "batch")


@STARTING.fault("ORD-04")
def runs_the_jobs_of_a_session_one_by_one(patches: Patches) -> None:
    """Whatever lanes are free."""
    _one_by_one(patches, "dedicated")


def _one_by_one(patches: Patches, mode: str) -> None:
    next_job = Workload.next_job

    def alone(self: Workload) -> Job | None:
        return None if self.mode == mode and self.running else next_job(self)

    patches.set(Workload, "next_job", alone)


@STARTING.fault("ITT-05")
def stays_inactive_when_a_job_starts(patches: Patches) -> None:
    """It does not come back."""
    activate = Workload._activate

    def stay(self: Workload) -> None:
        if self.state != INACTIVE:
            activate(self)

    patches.set(Workload, "_activate", stay)


@STARTING.fault("DET-04")
def becomes_active_with_every_job(patches: Patches) -> None:
    """Twice in a row."""
    started = Workload.job_started

    def again(self: Workload, job: Job) -> None:
        was_active = self.state == ACTIVE
        started(self, job)
        if was_active:
            self._record(trace.WORKLOAD_ACTIVATED)

    patches.set(Workload, "job_started", again)


@STARTING.fault("DET-05")
def calls_its_modes_otherwise(patches: Patches) -> None:
    """A session is called one."""
    record = Workload._record

    def rename(self: Workload, kind: str, data: Mapping[str, object] = trace.NO_DATA) -> None:
        record(self, kind, {**data, "mode": "session"} if data.get("mode") == "dedicated" else data)

    patches.set(Workload, "_record", rename)


@STARTING.fault("ACT-01")
def gives_half_of_the_max_ttl_as_active_ttl(patches: Patches) -> None:
    """Nobody asked for it."""
    build = Workload.__init__

    def halve(self: Workload, *what: Any, **how: Any) -> None:
        how["active_ttl_s"] = how["max_ttl_s"] // 2
        build(self, *what, **how)

    patches.set(Workload, "__init__", halve)


@STARTING.fault("ACT-03", "ITT-07")
def gives_ten_minutes_as_interactive_ttl(patches: Patches) -> None:
    """Also to a session of twenty seconds."""
    patches.set(Ttls, "_interactive_s", lambda self, custom_s: (600, 600))


@STARTING.fault("INV-04")
def lets_timers_fire_after_the_end(patches: Patches) -> None:
    """They are not called off."""
    patches.set(Ttls, "disarm_all", nothing)


@STARTING.fault("CLS-12", "INV-04")
def reopens_what_is_closed(patches: Patches) -> None:
    """PATCH accepting_jobs=true brings it back."""
    accept = Workload.accept_again

    def reopen(self: Workload) -> None:
        if self.state != CLOSED:
            accept(self)
            return
        self.accepting, self.state = True, OPEN
        self._record(trace.WORKLOAD_REOPENED)

    patches.set(Workload, "accept_again", reopen)
