"""Faults in how sessions and batches are closed and cancelled."""

from __future__ import annotations

from collections.abc import Callable

from pytest_qruntime.model import trace
from pytest_qruntime.model.job import FAILED, QUEUED, RUNNING, SESSION_CLOSED_CODE, Job
from pytest_qruntime.model.policy import DEDICATED
from pytest_qruntime.model.states import (
    ACTIVE,
    CANCELLED_BY_USER,
    CLOSED,
    CLOSED_BY_MAX_TTL,
    CLOSED_BY_USER,
    CLOSED_EARLY,
    OPEN,
)
from pytest_qruntime.model.ttl import Ttls
from pytest_qruntime.model.workload import Workload
from pytest_qruntime.mutants.mutant import Faults, Patches, nothing

ENDING = Faults()


def _fail(job: Job) -> None:
    job.backend.end(job, FAILED, reason="closed", code=SESSION_CLOSED_CODE)


def _kills(patches: Patches, reason: str) -> None:
    close = Workload.close

    def close_hard(self: Workload, because: str, *, queued_fate: str = "failed") -> None:
        close(self, because, queued_fate=queued_fate)
        if because == reason:
            for job in [job for job in self.jobs.values() if job.status == RUNNING]:
                _fail(job)

    patches.set(Workload, "close", close_hard)


@ENDING.fault("CAN-03", "INV-03")
def a_cancel_kills_running_jobs(patches: Patches) -> None:
    """They fail."""
    _kills(patches, CANCELLED_BY_USER)


@ENDING.fault("MAX-04", "INV-03")
def max_ttl_kills_running_jobs(patches: Patches) -> None:
    """They fail."""
    _kills(patches, CLOSED_BY_MAX_TTL)


@ENDING.fault("MXT-05", "MXT-02")
def max_ttl_uses_up_the_time_of_running_jobs(patches: Patches) -> None:
    """They have run too long, it says."""
    close = Workload.close

    def close_hard(self: Workload, because: str, *, queued_fate: str = "failed") -> None:
        close(self, because, queued_fate=queued_fate)
        if because == CLOSED_BY_MAX_TTL:
            for job in [job for job in self.jobs.values() if job.status == RUNNING]:
                job.backend.stop_too_long(job)

    patches.set(Workload, "close", close_hard)


def _on_close(patches: Patches, instead: Callable[[Workload], bool]) -> None:
    stop = Workload.stop_accepting

    def stop_otherwise(self: Workload) -> None:
        if not instead(self):
            stop(self)

    patches.set(Workload, "stop_accepting", stop_otherwise)


@ENDING.fault("CLS-01")
def a_close_fails_queued_jobs(patches: Patches) -> None:
    """As a cancel does."""
    stop = Workload.stop_accepting

    def stop_hard(self: Workload) -> None:
        stop(self)
        for job in list(self.ready.values()):
            _fail(job)

    patches.set(Workload, "stop_accepting", stop_hard)


@ENDING.fault("CLS-07", "CLS-01")
def a_close_ends_what_has_not_started(patches: Patches) -> None:
    """Jobs or not."""

    def end(self: Workload) -> bool:
        if self.state == OPEN and self.accepting:
            self.close(CLOSED_EARLY)
            return True
        return False

    _on_close(patches, end)


@ENDING.fault("CLS-01")
def a_close_does_not_wait_for_running_jobs(patches: Patches) -> None:
    """It is closed at once."""

    def end(self: Workload) -> bool:
        if self.state == ACTIVE and self.running and not self.ready:
            self.close(CLOSED_BY_USER)
            return True
        return False

    _on_close(patches, end)


@ENDING.fault("CLS-08")
def an_active_one_that_is_idle_only_drains(patches: Patches) -> None:
    """It waits for the interactive TTL."""

    def drain(self: Workload) -> bool:
        if self.state == ACTIVE and self.accepting and not self.ready and not self.running:
            self.accepting = False
            self._record(trace.WORKLOAD_DRAINING)
            return True
        return False

    _on_close(patches, drain)


@ENDING.fault("CLS-03")
def waits_for_the_interactive_ttl_when_drained(patches: Patches) -> None:
    """Instead of closing with the last job."""
    ran_dry = Workload._ran_dry

    def linger(self: Workload) -> None:
        if self.accepting or self.state != ACTIVE:
            ran_dry(self)
        else:
            self._ttls.arm_idle()

    patches.set(Workload, "_ran_dry", linger)


@ENDING.fault("CLS-10", "INV-04")
def closes_once_more_when_closed(patches: Patches) -> None:
    """With a new instant."""

    def again(self: Workload) -> bool:
        if self.state == CLOSED:
            self._record(trace.WORKLOAD_CLOSED, {"reason": CLOSED_BY_USER})
            return True
        return False

    _on_close(patches, again)


@ENDING.fault("CLS-10")
def drains_once_more_when_draining(patches: Patches) -> None:
    """A second close is not ignored."""

    def again(self: Workload) -> bool:
        if not self.accepting and self.state != CLOSED:
            self._record(trace.WORKLOAD_DRAINING)
            return True
        return False

    _on_close(patches, again)


@ENDING.fault("CAN-01")
def ignores_a_cancel(patches: Patches) -> None:
    """It says that nothing was to do."""
    patches.set(Workload, "cancel", lambda self: self._ignored("cancel"))


@ENDING.fault("CAN-07", "INV-04")
def cancels_once_more_when_closed(patches: Patches) -> None:
    """With a new instant."""
    cancel = Workload.cancel

    def again(self: Workload) -> None:
        if self.state == CLOSED:
            self._record(trace.WORKLOAD_CLOSED, {"reason": CANCELLED_BY_USER})
        else:
            cancel(self)

    patches.set(Workload, "cancel", again)


@ENDING.fault("CAN-02", "CAN-06", "INV-02", "MAX-03")
def runs_queued_jobs_after_the_end(patches: Patches) -> None:
    """A cancel or max TTL does not end them."""
    activate = Workload._activate

    def start(self: Workload) -> None:
        if self.started_us is None:
            activate(self)

    patches.set(Workload, "_end_queued", nothing)
    patches.set(Workload, "_activate", start)


@ENDING.fault("MAX-11", "INV-02", "INV-13", "MAX-03")
def runs_what_waits_at_max_ttl_as_plain_jobs(patches: Patches) -> None:
    """Once a lane is free."""
    close = Workload.close

    def close_softly(self: Workload, because: str, *, queued_fate: str = "failed") -> None:
        left = dict(self.ready) if because == CLOSED_BY_MAX_TTL else {}
        if left:
            self.ready.clear()
        close(self, because, queued_fate=queued_fate)
        self.ready.update(left)
        for job in left.values():
            job.backend.requeue(job)
        if self.backend is not None:
            self.backend.released(self)

    patches.set(Workload, "close", close_softly)
    patches.set(Workload, "_activate", _once(Workload._activate))


def _once(activate: Callable[[Workload], None]) -> Callable[[Workload], None]:
    def start(self: Workload) -> None:
        if self.closed_us is None:
            activate(self)

    return start


@ENDING.fault("CAN-09")
def a_cancel_takes_the_jobs_of_others_with_it(patches: Patches) -> None:
    """Whoever waits on the same backend fails."""
    cancel = Workload.cancel

    def cancel_all(self: Workload) -> None:
        cancel(self)
        for job in list(self._world.jobs.values()):
            if job.status == QUEUED and job.workload is not self and job.backend is self.backend:
                _fail(job)

    patches.set(Workload, "cancel", cancel_all)


@ENDING.fault("CAN-05")
def stops_charging_at_the_cancel(patches: Patches) -> None:
    """Although jobs still run."""
    usage_us = Workload.usage_us

    def forget(self: Workload, now_us: int) -> int | None:
        used = usage_us(self, now_us)
        if self.mode == DEDICATED and self.state_reason == CANCELLED_BY_USER and self.closed_us is not None and used:
            used -= max((self.last_job_completed_us or 0) - self.closed_us, 0)
        return used

    patches.set(Workload, "usage_us", forget)


@ENDING.fault("INV-05", "ORD-03")
def gives_the_backend_away_when_closing(patches: Patches) -> None:
    """Others start while the session still runs its jobs."""
    stop = Workload.stop_accepting

    def release(self: Workload) -> None:
        stop(self)
        if self.backend is not None:
            self.backend.released(self)

    patches.set(Workload, "stop_accepting", release)


@ENDING.fault("CLS-04")
def forgets_the_max_ttl_of_what_is_closed(patches: Patches) -> None:
    """Its jobs may take as long as they like."""
    reached = Ttls._max_reached

    def unless_draining(self: Ttls, due: None) -> None:
        if self._workload.accepting:
            reached(self, due)

    patches.set(Ttls, "_max_reached", unless_draining)
