"""POST /v1/jobs: from a body to a job."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from pydantic import TypeAdapter

from pytest_qruntime import programs
from pytest_qruntime.model.request import JobRequest
from pytest_qruntime.rest.answers import json_answer
from pytest_qruntime.rest.call import Call, body_of
from pytest_qruntime.rest.faults import Fault, RestError
from pytest_qruntime.rest.http import Response
from pytest_qruntime.rest.inputs import Input
from pytest_qruntime.rest.wire import jobs, requests

_CREATE: Final = body_of(TypeAdapter(requests.CreateJob))


def create(call: Call, _: str) -> Response:
    """Accept a job, or refuse it with no job made (SUB). Bad input is accepted and makes the job fail."""
    body = _CREATE(call)
    scripted, dry = _is_scripted(call, body), call.service.mocks.meet(body["backend"])
    if body["program_id"] not in programs.PROGRAMS and not scripted:
        raise RestError(Fault.PROGRAM_UNKNOWN, program=body["program_id"], known=", ".join(programs.PROGRAMS))
    given = _input(call, body, engine="schema" if dry else call.service.engine, scripted=scripted)
    request = job_request(body, len(call.request.body), given)
    job = call.world.submit(call.service.mocks.dry(request) if dry else request, instance=call.instance)
    if given is not None:
        call.service.results.expect(job, given)
    if "remote_storage" in body and body["remote_storage"] is not None:
        call.service.remote_storage[job.id] = body["remote_storage"]
    created: jobs.CreatedJob = {"id": job.id, "backend": job.backend.name}
    if job.workload is not None:
        created["session_id"] = job.workload.id
    if job.request.private:
        created["private"] = True
    return json_answer(created)


def job_request(body: requests.CreateJob, size: int, given: Input | None) -> JobRequest:
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
        verdict=None if given is None else given.verdict,
    )


def _input(call: Call, body: requests.CreateJob, *, engine: str, scripted: bool) -> Input | None:
    """The input of the job; None for params that lie in a storage, which cannot be looked at."""
    params: dict[str, Any] | None = body.get("params")
    if params is None and body.get("remote_storage") is not None:
        return None
    backend, service = call.world.backends.get(body["backend"]), call.service
    target = None if backend is None else partial(service.devices.target, backend)
    return Input(body["program_id"], params or {}, target, engine=engine, scripted=scripted)


def _is_scripted(call: Call, body: requests.CreateJob) -> bool:
    """Whether a script speaks of the job that is being submitted."""
    if not call.world.scripts:
        return False
    asked = JobRequest(
        program=body["program_id"],
        backend=body["backend"],
        workload=body.get("session_id"),
        tags=tuple(body.get("tags") or ()),
    )
    return call.world.scripted(asked) is not None
