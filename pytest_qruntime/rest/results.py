"""GET /v1/jobs/{id}/results: computed when they are first asked for, from the world's seed, and kept."""

from __future__ import annotations

from pytest_qruntime import programs
from pytest_qruntime.model.job import COMPLETED, Job
from pytest_qruntime.model.world import World
from pytest_qruntime.rest.answers import NO_CONTENT, json_bytes, to_bytes
from pytest_qruntime.rest.call import Call
from pytest_qruntime.rest.faults import Fault, RestError
from pytest_qruntime.rest.http import Response
from pytest_qruntime.rest.inputs import Input
from pytest_qruntime.rest.timestamps import iso
from pytest_qruntime.rest.wire import results as wire


class Results:
    """The result documents of the jobs of one world, as JSON."""

    def __init__(self, world: World, engine: str) -> None:
        self._world = world
        self._engine = engine
        self._bytes: dict[str, bytes] = {}
        self._inputs: dict[str, Input] = {}

    def expect(self, job: Job, given: Input) -> None:
        """Results of this job may be asked for: they are computed from this input."""
        self._inputs[job.id] = given

    def of(self, job: Job) -> bytes:
        """The results of a completed job; the same however often and in whatever order they are asked for."""
        known = self._bytes.get(job.id)
        if known is None:
            known = self._bytes[job.id] = to_bytes(self._compute(job))
        return known

    def _compute(self, job: Job) -> object:
        """What the program computes; nothing for a job that the test made itself, without params."""
        given = self._inputs.pop(job.id, None) or self._of_the_request(job)
        prepared = given.prepared
        if isinstance(prepared, programs.Problem):
            empty: wire.Results = {
                "results": [],
                "metadata": {"no_results_because": str(programs.ProgramError(prepared))},
            }
            return empty
        start_us = self._world.start_unix_us
        started_us = job.on_qpu_us if job.on_qpu_us is not None else job.created_us
        finished_us = job.finished_us if job.finished_us is not None else started_us
        rng = self._world.random(f"results:{job.id}")
        return prepared.result(rng, iso(start_us + started_us), iso(start_us + finished_us))

    def _of_the_request(self, job: Job) -> Input:
        payload = job.request.payload
        return Input(job.request.program, payload if isinstance(payload, dict) else {}, engine=self._engine)

    def forget(self, job_id: str) -> None:
        """Drop what is kept of a job."""
        self._bytes.pop(job_id, None)
        self._inputs.pop(job_id, None)


def get(call: Call, job_id: str) -> Response:
    """204 with no body unless the job completed (JOB-06); those of a private job once, then 404 (JOB-09)."""
    job = call.world.job(job_id, instance=call.instance)
    if job.status != COMPLETED:
        return NO_CONTENT
    if job.request.private and job.results_read:
        raise RestError(Fault.PRIVATE_RESULTS_READ, job=job_id)
    job.results_read += 1
    return json_bytes(call.service.results.of(job))
