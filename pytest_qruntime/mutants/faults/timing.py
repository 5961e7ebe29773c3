"""Faults in the timers of sessions and batches."""

from __future__ import annotations

from collections.abc import Callable

from pytest_qruntime.model.job import Job
from pytest_qruntime.model.policy import BATCH
from pytest_qruntime.model.states import ACTIVE, INACTIVE
from pytest_qruntime.model.ttl import Ttls
from pytest_qruntime.model.workload import Workload
from pytest_qruntime.mutants.mutant import Faults, Patches, nothing

TIMING = Faults()


@TIMING.fault("MAX-03", "MAX-02", "SUB-10", "INV-07", "INV-13", "MAX-06")
def forgets_max_ttl(patches: Patches) -> None:
    """It never ends."""
    patches.set(Ttls, "arm_max_from_start", nothing)


@TIMING.fault("MAX-05", "MAX-02")
def forgets_max_ttl_when_inactive(patches: Patches) -> None:
    """An inactive session lives for ever."""
    reached = Ttls._max_reached

    def forget(self: Ttls, _: None) -> None:
        if self._workload.state != INACTIVE:
            reached(self, None)

    patches.set(Ttls, "_max_reached", forget)


@TIMING.fault("MAX-02", "INV-07")
def pauses_max_ttl_while_inactive(patches: Patches) -> None:
    """It begins anew with the next job."""
    deactivate, activate = Workload.deactivate, Workload._activate

    def pause(self: Workload, reason: str) -> None:
        deactivate(self, reason)
        if self._ttls._max is not None:
            self._ttls._max.cancel()

    def resume(self: Workload) -> None:
        activate(self)
        if self.started_us != self.activated_us:
            self._ttls._arm_max()

    patches.set(Workload, "deactivate", pause)
    patches.set(Workload, "_activate", resume)


@TIMING.fault("MAX-01", "INV-07")
def starts_max_ttl_a_second_late(patches: Patches) -> None:
    """It is a second too long."""

    def arm_late(self: Ttls) -> None:
        after_us = (self._workload.max_ttl_s + 1) * 1_000_000
        self._max = self._after(after_us, 1, self._max_reached, "reaches its max TTL and closes")

    patches.set(Ttls, "_arm_max", arm_late)


@TIMING.fault("ITT-02")
def never_becomes_inactive(patches: Patches) -> None:
    """The interactive TTL does not run."""
    patches.set(Ttls, "arm_idle", nothing)


def _idle_for(patches: Patches, change: Callable[[int], int]) -> None:
    arm = Ttls.arm_idle

    def arm_otherwise(self: Ttls) -> None:
        kept, self._interactive_us = self._interactive_us, change(self._interactive_us)
        arm(self)
        self._interactive_us = kept

    patches.set(Ttls, "arm_idle", arm_otherwise)


@TIMING.fault("ITT-02", "ITT-08", "INV-08")
def becomes_inactive_too_early(patches: Patches) -> None:
    """A second."""
    _idle_for(patches, lambda ittl_us: ittl_us - 1_000_000)


@TIMING.fault("ITT-11", "ITT-02")
def becomes_inactive_too_late(patches: Patches) -> None:
    """A microsecond."""
    _idle_for(patches, lambda ittl_us: ittl_us + 1)


@TIMING.fault("ITT-01", "ITT-02", "INV-08")
def counts_the_interactive_ttl_from_the_first_end(patches: Patches) -> None:
    """Later ends do not count."""
    arm, first = Ttls.arm_idle, dict[str, int]()

    def arm_once(self: Ttls) -> None:
        now_us = self._world.now_us
        since_us = first.setdefault(self._workload.id, now_us)
        kept, self._interactive_us = self._interactive_us, max(self._interactive_us - (now_us - since_us), 0)
        arm(self)
        self._interactive_us = kept

    patches.set(Ttls, "arm_idle", arm_once)


@TIMING.fault("ITT-09", "ITT-02")
def counts_the_interactive_ttl_from_the_first_of_several_ends(patches: Patches) -> None:
    """Although another job still ran."""
    ended, arm, earlier = Workload.job_ended, Ttls.arm_idle, dict[str, int]()

    def note(self: Workload, job: Job, *, was_running: bool) -> None:
        if was_running and self.running > 1:
            earlier[self.id] = self._world.now_us
        ended(self, job, was_running=was_running)

    def arm_early(self: Ttls) -> None:
        gone_us = self._world.now_us - earlier.pop(self._workload.id, self._world.now_us)
        kept, self._interactive_us = self._interactive_us, max(self._interactive_us - gone_us, 0)
        arm(self)
        self._interactive_us = kept

    patches.set(Workload, "job_ended", note)
    patches.set(Ttls, "arm_idle", arm_early)


@TIMING.fault("ITT-04")
def becomes_inactive_although_a_job_came(patches: Patches) -> None:
    """The interactive TTL goes on."""
    patches.set(Ttls, "disarm_idle", nothing)


@TIMING.fault("ITT-10", "ITT-04")
def takes_a_waiting_batch_for_an_idle_one(patches: Patches) -> None:
    """It has no lane."""
    disarm = Ttls.disarm_idle

    def go_on(self: Ttls) -> None:
        backend = self._workload.backend
        if self._workload.mode != BATCH or backend is None or len(backend.running) < backend.lanes:
            disarm(self)

    patches.set(Ttls, "disarm_idle", go_on)


@TIMING.fault("ITT-12", "INV-08")
def becomes_inactive_during_the_first_job(patches: Patches) -> None:
    """The interactive TTL runs from the start."""
    activate = Workload._activate

    def arm(self: Workload) -> None:
        activate(self)
        self._ttls.arm_idle()

    patches.set(Workload, "_activate", arm)


@TIMING.fault("ITT-03")
def keeps_the_backend_when_inactive(patches: Patches) -> None:
    """Others go on waiting."""
    deactivate = Workload.deactivate

    def keep(self: Workload, reason: str) -> None:
        backend, self.backend = self.backend, None
        deactivate(self, reason)
        self.backend = backend

    patches.set(Workload, "deactivate", keep)


@TIMING.fault("ACT-04")
def makes_the_active_ttl_a_second_longer(patches: Patches) -> None:
    """It is a second too long."""
    arm = Ttls.arm_active
    patches.set(Ttls, "arm_active", lambda self, used_us: arm(self, used_us - 1_000_000))


@TIMING.fault("AUT-02")
def closes_used_sessions_as_unused(patches: Patches) -> None:
    """Their jobs wait."""
    patches.set(Ttls, "disarm_unused", nothing)


@TIMING.fault("AUT-04")
def ends_a_batch_when_it_would_be_inactive(patches: Patches) -> None:
    """By itself."""
    idle = Ttls._idle_too_long

    def end(self: Ttls, _: None) -> None:
        if self._workload.mode == BATCH and self._workload.state == ACTIVE:
            self._ended_by_itself(None)
        else:
            idle(self, None)

    patches.set(Ttls, "_idle_too_long", end)
