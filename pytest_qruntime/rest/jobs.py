"""Single jobs: read, cancel, delete, tags, metrics, logs."""

from __future__ import annotations

from typing import Final

from pydantic import TypeAdapter

from pytest_qruntime.model.job import Job
from pytest_qruntime.rest.answers import NO_CONTENT, json_answer, text_answer
from pytest_qruntime.rest.call import Call, body_of
from pytest_qruntime.rest.faults import Fault, RestError
from pytest_qruntime.rest.http import Response
from pytest_qruntime.rest.timestamps import SECOND_US, iso
from pytest_qruntime.rest.wire import jobs, requests

RAN_TOO_LONG: Final[jobs.RanTooLong] = "Cancelled - Ran too long"
QISKIT_VERSION: Final = "2.2.0"
NEW_USAGE_KEYS_SINCE: Final = "2026-03-15"
"""The IBM-API-Version that removed bss, usage.quantum_seconds and usage.seconds (USG-13)."""

_TAGS: Final = body_of(TypeAdapter(requests.ReplaceTags))


def get(call: Call, job_id: str) -> Response:
    """GET /v1/jobs/{id}."""
    job = call.world.job(job_id, instance=call.instance)
    without_params = bool(call.request.query) and call.query().boolean("exclude_params", False)
    return json_answer(document(job, call, params=not without_params))


def cancel(call: Call, job_id: str) -> Response:
    """POST /v1/jobs/{id}/cancel (JCN-01 to JCN-03)."""
    call.world.cancel_job(job_id, instance=call.instance)
    return NO_CONTENT


def delete(call: Call, job_id: str) -> Response:
    """DELETE /v1/jobs/{id} (JCN-07)."""
    call.world.delete_job(job_id, instance=call.instance)
    call.service.results.forget(job_id)
    return NO_CONTENT


def replace_tags(call: Call, job_id: str) -> Response:
    """PUT /v1/jobs/{id}/tags: exactly 204, the client insists."""
    call.world.replace_tags(job_id, _TAGS(call)["tags"], instance=call.instance)
    return NO_CONTENT


def document(job: Job, call: Call, *, params: bool) -> jobs.Job:
    """The job as the service shows it."""
    request = job.request
    shown: jobs.Job = {
        "id": job.id,
        "backend": job.backend.name,
        "state": _state(job, call),
        "status": RAN_TOO_LONG if job.ran_too_long else job.status,
        "program": {"id": request.program},
        "created": iso(call.start_unix_us + job.created_us),
        "runtime": request.runtime,
        "cost": job.cost_s,
        "tags": list(job.tags),
        "user_id": job.instance.user_id,
        "usage": {"seconds": job.charged_us / SECOND_US},
        "private": request.private,
        "estimated_running_time_seconds": sum(job.durations) / SECOND_US,
    }
    if job.workload is not None:
        shown["session_id"] = job.workload.id
    if params:
        # The params of a private job are not shown (JOB-09).
        shown["params"] = request.payload if isinstance(request.payload, dict) and not request.private else {}
    remote_storage = call.service.remote_storage.get(job.id)
    if remote_storage is not None:
        shown["remote_storage"] = remote_storage
    return shown


def _state(job: Job, call: Call) -> jobs.JobState:
    """The state; of a job that ran too long in the form that the knob `ran_too_long` says (X-14)."""
    state: jobs.JobState = {"status": job.status, "reason": job.reason}
    shape = call.world.policy.ran_too_long if job.ran_too_long else "coded"
    if shape == "status_string":
        state["status"] = RAN_TOO_LONG
    elif job.reason_code is not None and shape == "coded":
        state["reason_code"] = job.reason_code
    if job.reason_solution:
        state["reason_solution"] = job.reason_solution
    return state


def metrics(call: Call, job_id: str) -> Response:
    """GET /v1/jobs/{id}/metrics. The place in the queue is not told: nothing in the client reads it."""
    job = call.world.job(job_id, instance=call.instance)
    usage: jobs.MetricsUsage = {
        "qpu_charge_time_seconds": job.charged_us / SECOND_US,
        "status": "complete" if job.final else "pending",
    }
    shown: jobs.Metrics = {
        "timestamps": {
            "created": iso(call.start_unix_us + job.created_us),
            "running": call.at(job.running_us),
            "finished": call.at(job.finished_us),
        },
        "usage": usage,
        "qiskit_version": QISKIT_VERSION,
        "estimated_start_time": None,
        "estimated_completion_time": None,
        "position_in_queue": None,
        "position_in_provider": None,
    }
    if call.world.policy.legacy_usage_keys or call.version < NEW_USAGE_KEYS_SINCE:
        whole_seconds = -(-job.charged_us // SECOND_US)
        usage["quantum_seconds"] = usage["seconds"] = whole_seconds
        shown["bss"] = {"seconds": whole_seconds}
    return json_answer(shown)


def logs(call: Call, job_id: str) -> Response:
    """GET /v1/jobs/{id}/logs: what a job that has run would have logged; the text is ours."""
    job = call.world.job(job_id, instance=call.instance)
    if not job.final or job.running_us is None:
        raise RestError(Fault.LOGS_UNKNOWN)
    lines = [(job.running_us, f"INFO Starting program {job.request.program} on {job.backend.name}")]
    if job.on_qpu_us is not None:
        lines.append((job.on_qpu_us, f"INFO Running {job.request.circuits} circuits"))
    lines.append((job.finished_us or 0, f"{'INFO' if job.reason is None else 'ERROR'} {job.reason or job.status}"))
    return text_answer("".join(f"{call.at(at_us)} {text}\n" for at_us, text in lines))


def transpiled_circuits(call: Call, job_id: str) -> Response:
    """GET /v1/jobs/{id}/transpiled_circuits: an address that leads nowhere, for a job that reached the QPU."""
    job = call.world.job(job_id, instance=call.instance)
    if job.on_qpu_us is None:
        raise RestError(Fault.TRANSPILED_UNKNOWN)
    shown: jobs.TranspiledCircuits = {"url": f"https://storage.invalid/jobs/{job.id}/transpiled_circuits.json"}
    return json_answer(shown)


def interim_results(call: Call, job_id: str) -> Response:
    """GET /v1/jobs/{id}/interim_results: today's programs have none."""
    call.world.job(job_id, instance=call.instance)
    return NO_CONTENT
