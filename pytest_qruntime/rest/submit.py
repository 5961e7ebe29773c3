"""POST /v1/jobs: from a body to a job."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from pydantic import TypeAdapter

from pytest_qruntime import programs
from pytest_qruntime.model.request import Failure, JobRequest
from pytest_qruntime.rest.answers import json_answer
from pytest_qruntime.rest.call import Call, body_of
from pytest_qruntime.rest.http import Response
from pytest_qruntime.rest.wire import jobs, requests

_CREATE: Final = body_of(TypeAdapter(requests.CreateJob))


def create(call: Call, _: str) -> Response:
    """Accept a job, or refuse it with no job made (SUB). Bad input is accepted and makes the job fail."""
    body = _CREATE(call)
    prepared = _prepared(call, body)
    request = _as_scripted(call, job_request(body, len(call.request.body), _failure(prepared)))
    job = call.world.submit(request, instance=call.instance)
    if prepared is not None:
        call.service.results.expect(job, prepared)
    if "remote_storage" in body and body["remote_storage"] is not None:
        call.service.remote_storage[job.id] = body["remote_storage"]
    created: jobs.CreatedJob = {"id": job.id, "backend": job.backend.name}
    if job.workload is not None:
        created["session_id"] = job.workload.id
    if job.request.private:
        created["private"] = True
    return json_answer(created)


def job_request(body: requests.CreateJob, size: int, failure: Failure | None) -> JobRequest:
    """What the model is asked for: the params are read for their size, and kept as they are."""
    program, params = body["program_id"], body.get("params") or {}
    work = programs.inspect(program, params)
    return JobRequest(
        program=program,
        backend=body["backend"],
        workload=body.get("session_id"),
        cost_s=body.get("cost"),
        tags=tuple(body.get("tags") or ()),
        private=body.get("private") or False,
        log_level=body.get("log_level"),
        runtime=body.get("runtime") or "",
        circuits=work.circuits,
        shots=work.shots,
        executions=work.executions,
        payload=params,
        payload_bytes=size,
        failure=failure,
    )


def _prepared(call: Call, body: requests.CreateJob) -> programs.Job | programs.Problem | None:
    """The input, read and checked; None for params that lie in a storage, which cannot be looked at."""
    params = body.get("params")
    if params is None and body.get("remote_storage") is not None:
        return None
    backend = call.world.backends.get(body["backend"])
    target = None if backend is None else programs.Target(backend.qubits)  # its width; gates are not checked yet
    return programs.prepare(body["program_id"], params or {}, target)


def _as_scripted(call: Call, request: JobRequest) -> JobRequest:
    """What the fake cannot compute does not fail if a script says what becomes of it, as the failure would advise."""
    failure = request.failure
    if failure is None or failure.code != programs.Code.NOT_SIMULATED or call.world.scripted(request) is None:
        return request
    return replace(request, failure=None)


def _failure(prepared: programs.Job | programs.Problem | None) -> Failure | None:
    """How the job will fail because of its input."""
    if not isinstance(prepared, programs.Problem):
        return None
    return Failure(code=prepared.code, reason=prepared.reason, solution=prepared.solution, blame="user", at="classical")
