"""Faults in the way of a job."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pytest_qruntime.model import World, backend, trace
from pytest_qruntime.model.backend import Backend
from pytest_qruntime.model.job import CANCELLED, FAILED, QUEUED, RAN_TOO_LONG_CODE, RUNNING, SESSION_CLOSED_CODE, Job
from pytest_qruntime.model.queue import FifoQueue, InstanceLine
from pytest_qruntime.mutants.mutant import Faults, Patches

JOBS = Faults()


@JOBS.fault("JOB-02", "JCN-01")
def runs_cancelled_jobs(patches: Patches) -> None:
    """They keep their place."""
    patches.set(InstanceLine, "_first_valid", staticmethod(lambda heap: heap[0][1] if heap else None))
    patches.set(FifoQueue, "pop", lambda self: self._jobs.popleft() if self._jobs else None)


@JOBS.fault("JOB-02")
def ends_a_job_twice(patches: Patches) -> None:
    """It completes, and completes."""
    _again(patches, trace.JOB_COMPLETED, trace.JOB_COMPLETED)


@JOBS.fault("JOB-02", "JCN-01")
def resumes_cancelled_jobs(patches: Patches) -> None:
    """They run again."""
    _again(patches, trace.JOB_CANCELLED, trace.JOB_RUNNING)


def _again(patches: Patches, after: str, what: str) -> None:
    record = World.record_job

    def record_more(self: World, kind: str, job: Job, data: Mapping[str, object] = trace.NO_DATA) -> None:
        record(self, kind, job, data)
        if kind == after:
            record(self, what, job, data)

    patches.set(World, "record_job", record_more)


@JOBS.fault("JOB-03")
def is_queued_until_the_qpu_is_free(patches: Patches) -> None:
    """Preparation does not count as running."""
    record = World.record_job

    def late(self: World, kind: str, job: Job, data: Mapping[str, object] = trace.NO_DATA) -> None:
        if kind != trace.JOB_RUNNING:
            record(self, kind, job, data)
        if kind == trace.JOB_ON_QPU:
            record(self, trace.JOB_RUNNING, job)

    patches.set(World, "record_job", late)


@JOBS.fault("JOB-04")
def ends_jobs_before_they_begin(patches: Patches) -> None:
    """It says so."""
    record = World.record_job

    def before(self: World, kind: str, job: Job, data: Mapping[str, object] = trace.NO_DATA) -> None:
        if kind == trace.JOB_COMPLETED:
            name = None if job.workload is None else job.workload.id
            self.trace.record(job.created_us - 1, kind, job.backend.name, name, job.id, data)
        else:
            record(self, kind, job, data)

    patches.set(World, "record_job", before)


@JOBS.fault("JOB-05")
def gives_no_reason_for_failures(patches: Patches) -> None:
    """Nor a code."""
    patches.set(backend, "_end_data", lambda job: {"charged_us": job.charged_us})


@JOBS.fault("JOB-05")
def gives_a_reason_for_cancelled_jobs(patches: Patches) -> None:
    """Their users cancelled them."""
    data_of = backend._end_data

    def explain(job: Job) -> dict[str, object]:
        more = {"reason": "cancelled", "reason_code": 5202} if job.status == CANCELLED and job.reason is None else {}
        return {**data_of(job), **more}

    patches.set(backend, "_end_data", explain)


@JOBS.fault("JCN-02")
def cancels_what_has_ended(patches: Patches) -> None:
    """It was final."""
    cancel = World.cancel_job

    def cancel_any(self: World, job_id: str, **how: Any) -> None:
        job = self.jobs.get(job_id)
        if job is not None and job.final:
            self.record_job(trace.JOB_CANCELLED, job, {"charged_us": job.charged_us})
        else:
            cancel(self, job_id, **how)

    patches.set(World, "cancel_job", cancel_any)


@JOBS.fault("JCN-06")
def cancels_the_siblings_too(patches: Patches) -> None:
    """They fail with it."""
    cancel = World.cancel_job

    def cancel_all(self: World, job_id: str, **how: Any) -> None:
        cancel(self, job_id, **how)
        workload = self.jobs[job_id].workload
        for job in list(workload.jobs.values()) if workload is not None else []:
            if job.status == QUEUED:
                job.backend.end(job, FAILED, reason="a sibling was cancelled", code=SESSION_CLOSED_CODE)

    patches.set(World, "cancel_job", cancel_all)


@JOBS.fault("JCN-07")
def deletes_running_jobs(patches: Patches) -> None:
    """They go on, unseen."""
    delete = World.delete_job

    def delete_any(self: World, job_id: str, **how: Any) -> None:
        job = self.jobs.get(job_id)
        if job is not None and not job.final:
            self.record_job(trace.JOB_DELETED, job)
        else:
            delete(self, job_id, **how)

    patches.set(World, "delete_job", delete_any)


@JOBS.fault("JCN-02")
def takes_running_jobs_for_ended_ones(patches: Patches) -> None:
    """They cannot be cancelled."""
    cancel = World.cancel_job

    def refuse(self: World, job_id: str, **how: Any) -> None:
        job = self.jobs.get(job_id)
        if job is not None and not job.final:
            data = {"operation": "cancel job", "refusal": "job_terminal"}
            self.trace.record(self.now_us, trace.REQUEST_REJECTED, None, None, job_id, data)
        else:
            cancel(self, job_id, **how)

    patches.set(World, "cancel_job", refuse)


@JOBS.fault("MXT-01")
def never_stops_a_job(patches: Patches) -> None:
    """However long it is on the QPU."""
    patches.set(Job, "limit_us", lambda self, _: 10**15)


@JOBS.fault("MXT-02")
def counts_preparation_as_qpu_time(patches: Patches) -> None:
    """The limit comes too early."""
    limit_us = Job.limit_us

    def less(self: Job, timeout_s: int) -> int:
        return max(limit_us(self, timeout_s) - self.durations.classical_us, 0)

    patches.set(Job, "limit_us", less)


@JOBS.fault("MXT-03")
def fails_jobs_that_run_too_long(patches: Patches) -> None:
    """They are not cancelled."""

    def fail(self: Backend, job: Job) -> None:
        self.end(job, FAILED, reason="Ran too long", code=RAN_TOO_LONG_CODE)

    patches.set(Backend, "_end_too_long", fail)


@JOBS.fault("ORD-12", "JOB-02")
def interrupts_jobs_for_those_of_an_active_session(patches: Patches) -> None:
    """They begin anew."""
    record = World.record_job

    def interrupt(self: World, kind: str, job: Job, data: Mapping[str, object] = trace.NO_DATA) -> None:
        record(self, kind, job, data)
        if kind == trace.JOB_QUEUED and job.workload is not None and job.workload.state == "active":
            for other in [one for one in self.jobs.values() if one.status == RUNNING]:
                record(self, trace.JOB_RUNNING, other)

    patches.set(World, "record_job", interrupt)
