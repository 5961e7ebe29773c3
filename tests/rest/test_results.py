from __future__ import annotations

from typing import Any

import pytest

from pytest_qruntime import programs
from pytest_qruntime.model import Durations, Failure, JobRequest, JobScript
from tests.rest.face import BELL, Face


def test_results_of_a_job_that_has_not_ended_are_empty(face: Face) -> None:
    answer = face.ask("GET", f"/v1/jobs/{face.submit()}/results")

    assert (answer.status, answer.body) == (204, b"")


def test_results_of_a_cancelled_or_failed_job_are_empty(face: Face) -> None:
    face.world.script(JobScript(failure=Failure(code=9707, reason="Temporary Internal Error")))
    failed, cancelled = face.submit(), face.submit()
    face.ask("POST", f"/v1/jobs/{cancelled}/cancel")

    answers = [face.at(60).ask("GET", f"/v1/jobs/{job_id}/results") for job_id in (failed, cancelled)]

    assert [(answer.status, answer.body) for answer in answers] == [(204, b""), (204, b"")]


def test_results_of_a_sampler_have_the_registers_of_the_circuit(face: Face) -> None:
    job_id = face.submit(params={"pubs": [[BELL, None, 10]]})

    results = face.at(30).ask("GET", f"/v1/jobs/{job_id}/results").json["results"]

    assert results[0]["data"]["c"]["num_bits"] == 2
    assert len(results[0]["data"]["c"]["samples"]) == 10


def test_results_are_the_same_whenever_and_however_often_they_are_read() -> None:
    def run(*, read_first_job_late: bool) -> list[bytes]:
        face = Face()
        jobs = [face.submit(), face.submit()]
        face.at(60)
        order = reversed(jobs) if read_first_job_late else jobs
        bodies = {job_id: face.ask("GET", f"/v1/jobs/{job_id}/results").body for job_id in order}
        assert face.ask("GET", f"/v1/jobs/{jobs[0]}/results").body == bodies[jobs[0]]
        return [bodies[job_id] for job_id in jobs]

    early, late = run(read_first_job_late=False), run(read_first_job_late=True)

    assert early == late
    assert early[0] != early[1]


def test_a_private_job_hides_its_params_and_its_results_are_read_once(face: Face) -> None:
    created = face.ask(
        "POST",
        "/v1/jobs",
        {"program_id": "sampler", "backend": "fake_backend", "params": {"pubs": [[BELL]]}, "private": True},
    ).json
    path = f"/v1/jobs/{created['id']}/results"

    before = face.ask("GET", path)
    first, second = face.at(30).ask("GET", path), face.ask("GET", path)

    assert created["private"] is True
    assert face.job(created["id"])["params"] == {}
    assert (before.status, first.status, second.status) == (204, 200, 404)


def test_a_job_that_the_test_made_itself_has_no_results_to_show(face: Face) -> None:
    job = face.world.submit(JobRequest())

    answer = face.at(30).ask("GET", f"/v1/jobs/{job.id}/results")

    assert (answer.status, answer.json["results"]) == (200, [])


NOT_COMPUTED = [
    {"program_id": "circuit-runner", "params": {"circuits": []}},
    {"program_id": "qasm3-runner", "params": {}},
]


@pytest.mark.parametrize("fields", NOT_COMPUTED)
def test_a_job_that_the_fake_cannot_compute_completes_if_it_is_scripted(face: Face, fields: dict[str, Any]) -> None:
    """SUB-12: a workload takes the jobs of every program."""
    session_id = face.open()
    face.world.script(JobScript(workload=session_id, durations=Durations.of(0, 3)))

    scripted = face.submit(session_id=session_id, **fields)
    job, results = face.at(200).job(scripted), face.ask("GET", f"/v1/jobs/{scripted}/results")

    assert (job["status"], job["usage"]) == ("Completed", {"seconds": 3.0})
    assert results.json["results"] == []
    assert "(reason code 9900)" in results.json["metadata"]["no_results_because"]


def test_a_job_that_the_fake_cannot_compute_fails_as_it_is_scripted(face: Face) -> None:
    face.world.script(
        JobScript(program="circuit-runner", failure=Failure(code=9707, reason="Temporary Internal Error"))
    )

    job_id = face.submit(program_id="circuit-runner", params={})

    assert face.at(60).job(job_id)["state"]["reason_code"] == 9707


def test_a_script_does_not_mend_a_circuit_that_the_service_would_not_read(face: Face) -> None:
    face.world.script(JobScript(durations=Durations.of(0, 3)))

    job_id = face.submit(params={"pubs": [["nonsense"]]})

    assert face.at(60).job(job_id)["state"]["reason_code"] == 1506


def test_nothing_is_kept_of_the_results_of_a_deleted_job(face: Face) -> None:
    read, unread = face.submit(), face.submit()
    kept = face.service.results
    face.at(60).ask("GET", f"/v1/jobs/{read}/results")
    assert (list(kept._bytes), list(kept._inputs)) == ([read], [unread])

    for job_id in (read, unread):
        face.ask("DELETE", f"/v1/jobs/{job_id}")

    assert (kept._bytes, kept._inputs) == ({}, {})


def test_interim_results_are_empty(face: Face) -> None:
    assert face.ask("GET", f"/v1/jobs/{face.submit()}/interim_results").status == 204


def test_params_are_not_read_before_the_job_runs(face: Face, monkeypatch: pytest.MonkeyPatch) -> None:
    """P16: a submit costs the reading of its JSON, however much is in it."""
    reads: list[str] = []
    prepare = programs.prepare

    def counted(program: str, *args: Any, **kwargs: Any) -> Any:
        reads.append(program)
        return prepare(program, *args, **kwargs)

    monkeypatch.setattr(programs, "prepare", counted)
    ran, cancelled = face.submit(), face.submit()
    after_submit = len(reads)
    face.ask("POST", f"/v1/jobs/{cancelled}/cancel")
    face.at(60).ask("GET", f"/v1/jobs/{ran}/results")

    assert (after_submit, len(reads)) == (0, 1)
