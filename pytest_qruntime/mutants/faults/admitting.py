"""Faults in what is taken and what is refused."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from pytest_qruntime.model import JobRequest, Refusal, RefusedError, World, admission, trace
from pytest_qruntime.model import world as service
from pytest_qruntime.model.backend import Backend
from pytest_qruntime.model.job import Job
from pytest_qruntime.model.plan import Plan
from pytest_qruntime.model.states import CANCELLED_BY_USER, CLOSED, CLOSED_BY_MAX_TTL, INACTIVE, OPEN
from pytest_qruntime.model.workload import Workload
from pytest_qruntime.mutants.mutant import Faults, Patches, nothing

ADMITTING = Faults()


def _refuses(patches: Patches, whom: Callable[[Workload], bool]) -> None:
    check = admission._check_workload

    def refuse(workload: Workload, backend: Backend, request: JobRequest) -> None:
        if whom(workload):
            raise RefusedError(Refusal.WORKLOAD_CLOSED, "SUB-02", workload=workload.id)
        check(workload, backend, request)

    patches.set(admission, "_check_workload", refuse)


def _admits(patches: Patches, whom: Callable[[Workload, Refusal], bool]) -> None:
    check = admission._check_workload

    def admit(workload: Workload, backend: Backend, request: JobRequest) -> None:
        try:
            check(workload, backend, request)
        except RefusedError as refused:
            if not whom(workload, refused.refusal):
                raise

    patches.set(admission, "_check_workload", admit)


@ADMITTING.fault("SUB-01")
def refuses_jobs_of_open_sessions(patches: Patches) -> None:
    """As if they were closed."""
    _refuses(patches, lambda workload: workload.state == OPEN)


@ADMITTING.fault("SUB-08")
def refuses_jobs_of_inactive_sessions(patches: Patches) -> None:
    """As if they were closed."""
    _refuses(patches, lambda workload: workload.state == INACTIVE)


@ADMITTING.fault("SUB-02", "INV-01")
def takes_jobs_when_closed(patches: Patches) -> None:
    """Whatever closed it."""
    _admits(patches, lambda workload, _: workload.state == CLOSED)


@ADMITTING.fault("CAN-04", "SUB-02")
def takes_jobs_after_a_cancel(patches: Patches) -> None:
    """And after nothing else."""
    _admits(patches, lambda workload, _: workload.state_reason == CANCELLED_BY_USER)


@ADMITTING.fault("SUB-10", "MAX-06")
def takes_jobs_after_max_ttl(patches: Patches) -> None:
    """And after nothing else."""
    _admits(patches, lambda workload, _: workload.state_reason == CLOSED_BY_MAX_TTL)


@ADMITTING.fault("SUB-03", "INV-01")
def takes_jobs_while_draining(patches: Patches) -> None:
    """Although it was closed."""
    _admits(patches, lambda _, refusal: refusal is Refusal.WORKLOAD_NOT_ACCEPTING)


@ADMITTING.fault("SUB-14")
def takes_jobs_longer_than_max_ttl(patches: Patches) -> None:
    """Whatever they ask for."""
    _admits(patches, lambda _, refusal: refusal is Refusal.COST_OVER_MAX_TTL)


@ADMITTING.fault("SUB-15")
def takes_jobs_for_another_backend(patches: Patches) -> None:
    """Whatever the session says."""
    _admits(patches, lambda _, refusal: refusal is Refusal.BACKEND_MISMATCH)


@ADMITTING.fault("SUB-16")
def takes_jobs_of_sessions_that_do_not_exist(patches: Patches) -> None:
    """They are queued."""
    submit = World.submit

    def take(self: World, request: JobRequest, **how: Any) -> Job:
        if request.workload is not None and request.workload not in self.workloads:
            self.trace.record(self.now_us, trace.JOB_QUEUED, request.backend, request.workload, "job")
        return submit(self, request, **how)

    patches.set(World, "submit", take)


@ADMITTING.fault("SUB-13")
def counts_each_job_twice(patches: Patches) -> None:
    """It is submitted once."""
    create = World._create

    def twice(self: World, *what: Any) -> Job:
        job = create(self, *what)
        self.record_job(trace.JOB_QUEUED, job)
        return job

    patches.set(World, "_create", twice)


@ADMITTING.fault("OPN-09")
def opens_sessions_on_the_open_plan(patches: Patches) -> None:
    """As on any other."""
    patches.set(service, "admit_mode", lambda *_: False)


@ADMITTING.fault("MAX-08")
def takes_any_max_ttl(patches: Patches) -> None:
    """Also above the plan's."""
    admit = admission.admit_ttls

    def admit_any(world: World, instance: Any, mode: str, wanted: int | None, *more: Any) -> Any:
        largest = instance.plan.max_ttl_s(mode)
        found = admit(world, instance, mode, None if (wanted or 0) > largest else wanted, *more)
        return (wanted, *found[1:]) if (wanted or 0) > largest else found

    patches.set(service, "admit_ttls", admit_any)


@ADMITTING.fault("PLN-10")
def takes_any_number_of_tags(patches: Patches) -> None:
    """Of any length."""
    patches.set(service, "check_tags", nothing)


@ADMITTING.fault("PLN-07")
def takes_any_number_of_submits_in_a_minute(patches: Patches) -> None:
    """The rate is not limited."""
    patches.set(admission, "_check_rate", nothing)


@ADMITTING.fault("PLN-08")
def takes_any_number_of_pending_jobs(patches: Patches) -> None:
    """They are not limited."""
    _checks_without(patches, pending_limit=None)


@ADMITTING.fault("PLN-01")
def takes_jobs_on_the_open_plan_for_ever(patches: Patches) -> None:
    """Its usage is used up."""
    _checks_without(patches, refuses_over_limit=False)


def _checks_without(patches: Patches, **limits: Any) -> None:
    check = admission._check_limits

    def check_without(world: World, request: JobRequest, instance: Any) -> None:
        plan: Plan = instance.plan
        instance.plan = plan.but(**limits)
        try:
            check(world, request, instance)
        finally:
            instance.plan = plan

    patches.set(admission, "_check_limits", check_without)


def _accepts(patches: Patches, name: str, operation: str) -> None:
    ask = getattr(World, name)

    def accept(self: World, workload_id: str, *what: Any, **how: Any) -> None:
        if workload_id not in self.workloads:
            self.trace.record(self.now_us, trace.REQUEST_IGNORED, None, workload_id, None, {"operation": operation})
        else:
            ask(self, workload_id, *what, **how)

    patches.set(World, name, accept)


@ADMITTING.fault("CLS-14")
def closes_what_does_not_exist(patches: Patches) -> None:
    """It says that it did."""
    _accepts(patches, "set_accepting", "close")


@ADMITTING.fault("CAN-08")
def cancels_what_does_not_exist(patches: Patches) -> None:
    """It says that it did."""
    _accepts(patches, "cancel_workload", "cancel")


@ADMITTING.fault("JCN-03")
def cancels_jobs_that_do_not_exist(patches: Patches) -> None:
    """It says that it did."""
    cancel = World.cancel_job

    def accept(self: World, job_id: str, **how: Any) -> None:
        if job_id not in self.jobs:
            self.trace.record(self.now_us, trace.JOB_CANCELLED, None, None, job_id, {"charged_us": 0})
        else:
            cancel(self, job_id, **how)

    patches.set(World, "cancel_job", accept)


@ADMITTING.fault("JCN-07")
def goes_on_with_what_is_deleted(patches: Patches) -> None:
    """It can still be given tags."""
    tag = World.replace_tags

    def tag_any(self: World, job_id: str, tags: Sequence[str], **how: Any) -> None:
        if job_id not in self.jobs:
            self.trace.record(self.now_us, trace.JOB_TAGGED, None, None, job_id, {"tags": tuple(tags)})
        else:
            tag(self, job_id, tags, **how)

    patches.set(World, "replace_tags", tag_any)
