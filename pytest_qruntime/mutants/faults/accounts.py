"""Faults in what is charged, and in limits of cost."""

from __future__ import annotations

from collections.abc import Callable

from pytest_qruntime.model import admission, trace
from pytest_qruntime.model import world as service
from pytest_qruntime.model.backend import Backend
from pytest_qruntime.model.cost import CostLimits
from pytest_qruntime.model.instance import Instance
from pytest_qruntime.model.job import CANCELLED, FAILED, Job
from pytest_qruntime.model.policy import BATCH, DEDICATED
from pytest_qruntime.model.workload import Workload
from pytest_qruntime.mutants.mutant import Faults, Patches, nothing

ACCOUNTS = Faults()


def _charges(patches: Patches, mode: str, change: Callable[[Workload, int], int]) -> None:
    usage_us = Workload.usage_us

    def charge(self: Workload, now_us: int) -> int | None:
        used = usage_us(self, now_us)
        return used if used is None or self.mode != mode else change(self, used)

    patches.set(Workload, "usage_us", charge)


@ACCOUNTS.fault("USG-01")
def charges_a_session_from_its_opening(patches: Patches) -> None:
    """Although nothing runs."""
    _charges(patches, DEDICATED, lambda session, used: used + (session.started_us or 0) - session.opened_us)


@ACCOUNTS.fault("USG-02", "USG-01")
def forgets_the_time_after_the_last_job(patches: Patches) -> None:
    """The interactive TTL is free."""

    def forget(session: Workload, used: int) -> int:
        ends = [at_us for state, at_us in session.timestamps if state in ("inactive", "closed")]
        last = session.last_job_completed_us
        return (
            used - max(min((end for end in ends if end >= (last or 0)), default=0) - (last or 0), 0) if last else used
        )

    _charges(patches, DEDICATED, forget)


@ACCOUNTS.fault("USG-03", "USG-01", "INV-09")
def charges_a_session_for_qpu_time_alone(patches: Patches) -> None:
    """As a batch."""
    _charges(patches, DEDICATED, lambda session, _: session.batch_usage_us)


@ACCOUNTS.fault("INV-09", "USG-01")
def charges_a_session_twice(patches: Patches) -> None:
    """More than it took."""
    _charges(patches, DEDICATED, lambda _, used: 2 * used + 1)


@ACCOUNTS.fault("USG-08", "USG-01")
def charges_a_session_less_for_bad_jobs(patches: Patches) -> None:
    """Failed and cancelled ones are free."""

    def spare(session: Workload, used: int) -> int:
        bad = [job for job in session.jobs.values() if job.status in (FAILED, CANCELLED)]
        return used - sum((job.finished_us or 0) - job.running_us for job in bad if job.running_us is not None)

    _charges(patches, DEDICATED, spare)


@ACCOUNTS.fault("USG-05")
def charges_a_batch_for_its_time(patches: Patches) -> None:
    """As a session."""

    def whole(batch: Workload, used: int) -> int:
        return used if batch.started_us is None else (batch.last_job_completed_us or 0) - batch.started_us

    _charges(patches, BATCH, whole)


@ACCOUNTS.fault("USG-09", "CLS-06")
def charges_for_unused_sessions(patches: Patches) -> None:
    """A second."""
    _charges(patches, DEDICATED, lambda session, used: used if session.started_us is not None else 1_000_000)


@ACCOUNTS.fault("CAN-06", "USG-09")
def charges_for_cancelled_sessions_that_never_started(patches: Patches) -> None:
    """A second."""
    _charges(
        patches,
        DEDICATED,
        lambda session, used: used if session.started_us is not None or not session.jobs else 1_000_000,
    )


def _charges_job(patches: Patches, change: Callable[[Job, int, int], int]) -> None:
    charge_us = Backend._charge_us

    def charge(self: Backend, job: Job) -> int:
        return change(job, charge_us(self, job), self._world.now_us)

    patches.set(Backend, "_charge_us", charge)


@ACCOUNTS.fault("USG-06", "USG-07")
def charges_a_job_for_its_preparation(patches: Patches) -> None:
    """The whole time on its lane."""
    _charges_job(patches, lambda job, _, now_us: 0 if job.running_us is None else now_us - job.running_us)


@ACCOUNTS.fault("USG-07")
def charges_nothing_for_cancelled_jobs(patches: Patches) -> None:
    """Whatever they consumed."""
    _charges_job(patches, lambda job, charge_us, _: 0 if job.status == CANCELLED else charge_us)


@ACCOUNTS.fault("USG-10")
def charges_for_jobs_that_never_ran(patches: Patches) -> None:
    """For waiting."""
    _charges_job(patches, lambda job, charge_us, now_us: charge_us if job.running_us else now_us - job.created_us + 1)


@ACCOUNTS.fault("PLN-04", "PLN-01")
def forgets_that_usage_is_limited(patches: Patches) -> None:
    """Jobs start all the same."""
    patches.set(Instance, "limited", lambda self, now_us: False)


@ACCOUNTS.fault("PLN-05")
def forgets_the_cost_limit(patches: Patches) -> None:
    """It is reached, and nothing happens."""

    def only_say(self: CostLimits, instance: Instance) -> None:
        self._world.record(trace.COST_LIMIT_REACHED, data={"instance": instance.name})

    patches.set(CostLimits, "_crossed", only_say)


@ACCOUNTS.fault("PLN-05")
def leaves_sessions_open_at_the_cost_limit(patches: Patches) -> None:
    """Only plain jobs end."""
    crossed = CostLimits._crossed

    def spare(self: CostLimits, instance: Instance) -> None:
        kept, instance.workloads = instance.workloads, {}
        crossed(self, instance)
        instance.workloads = kept

    patches.set(CostLimits, "_crossed", spare)


@ACCOUNTS.fault("PLN-05")
def takes_jobs_after_the_cost_limit(patches: Patches) -> None:
    """And sessions."""
    patches.set(admission, "admit_cost", nothing)
    patches.set(service, "admit_cost", nothing)
