from __future__ import annotations

from typing import Any

import pytest

from pytest_qruntime.model import Failure, JobScript, Plan, Policy
from tests.rest.face import BELL, SAMPLER, Face


def test_a_new_job_is_answered_with_its_id_backend_and_session(face: Face) -> None:
    session_id = face.open()

    in_session = face.ask("POST", "/v1/jobs", {**SAMPLER, "session_id": session_id}).json
    plain = face.ask("POST", "/v1/jobs", SAMPLER).json

    assert in_session == {"id": in_session["id"], "backend": "fake_backend", "session_id": session_id}
    assert plain == {"id": plain["id"], "backend": "fake_backend"}


def test_a_job_is_shown_with_everything_that_was_asked(face: Face) -> None:
    job_id = face.submit(cost=120, tags=["a", "b"], runtime="image:1", log_level="WARNING")

    assert face.job(job_id) == {
        "id": job_id,
        "backend": "fake_backend",
        "state": {"status": "Running", "reason": None},
        "status": "Running",
        "program": {"id": "sampler"},
        "created": "2026-01-15T12:00:00.000000Z",
        "runtime": "image:1",
        "cost": 120,
        "tags": ["a", "b"],
        "user_id": face.world.instance.user_id,
        "usage": {"seconds": 0.0},
        "private": False,
        "estimated_running_time_seconds": 30.0,
        "params": {"pubs": [[BELL]]},
    }


def test_params_can_be_left_out(face: Face) -> None:
    job_id = face.submit()

    assert "params" not in face.ask("GET", f"/v1/jobs/{job_id}", query="exclude_params=true").json
    assert "params" in face.ask("GET", f"/v1/jobs/{job_id}", query="exclude_params=False").json


def test_a_job_without_cost_has_the_maximum_of_the_plan(face: Face) -> None:
    assert face.job(face.submit())["cost"] == 10_800


def test_a_completed_job_shows_its_usage(face: Face) -> None:
    job_id = face.submit()

    job = face.at(30).job(job_id)

    assert (job["status"], job["state"]["status"], job["usage"]) == ("Completed", "Completed", {"seconds": 10.0})


def test_cancelling_a_job_ends_it_without_a_reason(face: Face) -> None:
    job_id = face.submit()

    answer = face.ask("POST", f"/v1/jobs/{job_id}/cancel")

    assert (answer.status, answer.body) == (204, b"")
    assert face.job(job_id)["state"] == {"status": "Cancelled", "reason": None}


def test_cancelling_a_job_that_has_ended_is_a_conflict(face: Face) -> None:
    job_id = face.submit()

    answer = face.at(30).ask("POST", f"/v1/jobs/{job_id}/cancel")

    assert answer.status == 409
    assert face.job(job_id)["status"] == "Completed"


def test_a_deleted_job_is_not_found_any_more(face: Face) -> None:
    job_id = face.submit()
    face.at(30).ask("GET", f"/v1/jobs/{job_id}/results")

    assert face.ask("DELETE", f"/v1/jobs/{job_id}").status == 204

    answer = face.ask("GET", f"/v1/jobs/{job_id}")
    assert answer.status == 404
    assert answer.error["message"] == f"Job not found. Job ID: {job_id}"


def test_a_job_that_runs_cannot_be_deleted_unless_the_policy_says_so(face: Face) -> None:
    lenient = Face(policy=Policy(delete_nonterminal="allow"))

    assert face.ask("DELETE", f"/v1/jobs/{face.submit()}").status == 400
    assert lenient.ask("DELETE", f"/v1/jobs/{lenient.submit()}").status == 204


@pytest.mark.parametrize(
    ("method", "tail"),
    [
        ("GET", ""),
        ("DELETE", ""),
        ("POST", "/cancel"),
        ("GET", "/results"),
        ("GET", "/interim_results"),
        ("GET", "/metrics"),
        ("GET", "/logs"),
        ("GET", "/transpiled_circuits"),
        ("PUT", "/tags"),
    ],
)
def test_an_unknown_job_is_not_found(face: Face, method: str, tail: str) -> None:
    answer = face.ask(method, f"/v1/jobs/nojob{tail}", {"tags": []} if method == "PUT" else None)

    assert (answer.status, answer.code) == (404, 1291)


def test_a_job_of_another_instance_is_not_found(face: Face) -> None:
    job_id = face.submit()
    other = face.world.add_instance("other")

    answer = face.ask("GET", f"/v1/jobs/{job_id}", headers={"service-crn": face.service.crn(other)})

    assert answer.status == 404


def test_tags_are_replaced(face: Face) -> None:
    job_id = face.submit(tags=["old"])

    answer = face.ask("PUT", f"/v1/jobs/{job_id}/tags", {"tags": ["new", "newer"]})

    assert (answer.status, answer.body) == (204, b"")
    assert face.job(job_id)["tags"] == ["new", "newer"]


@pytest.mark.parametrize(
    ("tags", "code"), [([str(number) for number in range(9)], 1204), (["x" * 87], 1205), (["\U0001f600" * 87], 1205)]
)
def test_too_many_or_too_long_tags_are_refused(face: Face, tags: list[str], code: int) -> None:
    job_id = face.submit(tags=["\U0001f600" * 86])

    on_put = face.ask("PUT", f"/v1/jobs/{job_id}/tags", {"tags": tags})
    on_submit = face.ask("POST", "/v1/jobs", {**SAMPLER, "tags": tags})

    assert (on_put.status, on_put.code) == (on_submit.status, on_submit.code) == (400, code)


def test_a_scripted_failure_is_shown_with_reason_code_and_solution(face: Face) -> None:
    face.world.script(JobScript(failure=Failure(code=9707, reason="Temporary Internal Error", solution="Try again.")))

    job_id = face.submit()

    assert face.at(30).job(job_id)["state"] == {
        "status": "Failed",
        "reason": "Temporary Internal Error",
        "reason_code": 9707,
        "reason_solution": "Try again.",
    }


@pytest.mark.parametrize(
    ("knob", "state"),
    [
        ("coded", {"status": "Cancelled", "reason": "Ran too long", "reason_code": 1305}),
        ("uncoded", {"status": "Cancelled", "reason": "Ran too long"}),
        ("status_string", {"status": "Cancelled - Ran too long", "reason": "Ran too long"}),
    ],
)
def test_a_job_that_ran_too_long_is_shown_as_the_policy_says(knob: Any, state: dict[str, Any]) -> None:
    face = Face(policy=Policy(ran_too_long=knob))
    job_id = face.submit(cost=5)

    job = face.at(60).job(job_id)

    assert (job["status"], job["state"]) == ("Cancelled - Ran too long", state)
    assert job["usage"] == {"seconds": 5.0}


def test_a_circuit_that_cannot_be_read_is_accepted_and_the_job_fails(face: Face) -> None:
    job_id = face.submit(params={"pubs": [["OPENQASM 3.0; this is not a program"]]})

    assert face.job(job_id)["status"] == "Running"
    state = face.at(30).job(job_id)["state"]
    assert (state["status"], state["reason_code"]) == ("Failed", 1506)
    assert face.job(job_id)["usage"] == {"seconds": 0.0}


@pytest.mark.parametrize(
    "fields",
    [
        {"program_id": ""},
        {"program_id": None},
        {"backend": None},
        {"params": []},
        {"params": "text"},
        {"tags": "tag"},
        {"tags": [1]},
        {"cost": 1.5},
        {"cost": "300"},
        {"cost": 0},
        {"cost": True},
        {"log_level": "loud"},
        {"private": 1},
        {"session_id": 5},
        {"remote_storage": {}},
    ],
)
def test_a_job_with_fields_of_the_wrong_type_is_refused_and_none_exists(face: Face, fields: dict[str, Any]) -> None:
    answer = face.ask("POST", "/v1/jobs", {**SAMPLER, **fields})

    assert (answer.status, answer.code) == (400, "bad_request")
    assert face.world.jobs == {}


def test_the_message_of_a_bad_body_names_every_field(face: Face) -> None:
    message = face.ask("POST", "/v1/jobs", {"program_id": 1, "cost": "x"}).error["message"]

    assert all(field in message for field in ("program_id: ", "backend: ", "cost: "))


def test_a_job_for_another_backend_than_its_session_is_refused(face: Face) -> None:
    face.world.add_backend("another")
    session_id = face.open()

    answer = face.ask("POST", "/v1/jobs", {**SAMPLER, "backend": "another", "session_id": session_id})

    assert answer.status == 400
    assert answer.error["message"] == "The session runs on backend fake_backend, the job asks for backend another."


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [({"backend": "nowhere"}, 404, "not_found"), ({"session_id": "nosession"}, 404, "not_found")],
)
def test_a_job_for_something_unknown_is_not_found(face: Face, fields: Any, status: int, code: str) -> None:
    answer = face.ask("POST", "/v1/jobs", {**SAMPLER, **fields})

    assert (answer.status, answer.code) == (status, code)


def test_a_job_that_costs_more_than_its_session_lasts_is_refused(face: Face) -> None:
    session_id = face.open(max_ttl=100)

    answer = face.ask("POST", "/v1/jobs", {**SAMPLER, "session_id": session_id, "cost": 101})

    assert answer.status == 400
    assert "(101)" in answer.error["message"]
    assert "(100)" in answer.error["message"]


def test_a_body_over_the_limit_of_the_policy_is_too_large() -> None:
    face = Face(policy=Policy(max_payload_bytes=100))

    answer = face.ask("POST", "/v1/jobs", SAMPLER)

    assert answer.status == 413
    assert "at most 100" in answer.error["message"]


def test_limits_of_the_plan_are_answered_with_their_codes() -> None:
    slow = Face(plan=Plan.named("open").but(submits_per_minute=1))
    narrow = Face(plan=Plan.named("open").but(pending_limit=1))
    spent = Face(plan=Plan.named("open").but(usage_limit_s=10))
    for face in (slow, narrow):
        face.submit()
    spent.submit()
    spent.at(30)

    answers = [face.ask("POST", "/v1/jobs", SAMPLER) for face in (slow, narrow, spent)]

    assert [(answer.status, answer.code) for answer in answers] == [(429, 1202), (400, 3458), (409, 4317)]
    assert "retry-after" not in answers[0].headers
    assert "limit of 1 pending jobs" in answers[1].error["message"]


def test_a_job_of_too_many_executions_is_accepted_and_fails(face: Face) -> None:
    """PLN-12, in the way that was measured."""
    job_id = face.submit(params={"pubs": [[BELL, None, 10_000_001]]})

    state = face.at(30).job(job_id)["state"]

    assert (state["status"], state["reason_code"]) == ("Failed", 1520)


def test_a_job_whose_params_lie_in_a_storage_shows_where(face: Face) -> None:
    place = {"region": "us-east", "region_type": "regional", "bucket_crn": "crn:v1:...", "object_name": "in.json"}
    storage = {**place, "job_params": place, "results": place}
    answer = face.ask(
        "POST", "/v1/jobs", {"program_id": "sampler", "backend": "fake_backend", "remote_storage": storage}
    )

    job = face.at(30).job(answer.json["id"])

    assert (job["status"], job["params"], job["remote_storage"]) == ("Completed", {}, storage)


def test_transpiled_circuits_are_somewhere_once_a_job_was_on_the_qpu(face: Face) -> None:
    job_id = face.submit()
    early = face.ask("GET", f"/v1/jobs/{job_id}/transpiled_circuits")

    late = face.at(30).ask("GET", f"/v1/jobs/{job_id}/transpiled_circuits")

    assert early.status == 404
    assert late.json["url"].startswith("https://storage.invalid/")


def test_ids_are_the_same_for_the_same_seed() -> None:
    first, second, third = Face(seed=1), Face(seed=1), Face(seed=2)

    assert (first.open(), first.submit()) == (second.open(), second.submit()) != (third.open(), third.submit())


def test_a_circuit_that_is_wider_than_the_backend_makes_the_job_fail(face: Face) -> None:
    face.world.add_backend("narrow", qubits=1)
    job_id = face.submit(backend="narrow")

    state = face.at(30).job(job_id)["state"]

    assert (state["status"], state["reason_code"]) == ("Failed", 1517)
    assert "2 qubits" in state["reason"]


def test_an_unknown_program_is_not_found(face: Face) -> None:
    answer = face.ask("POST", "/v1/jobs", {**SAMPLER, "program_id": "samplr"})

    assert (answer.status, answer.error["message"]) == (404, "Program not found. Program ID: samplr")
    assert answer.error["solution"].startswith("Use one of: sampler, estimator, executor, noise-learner")
    assert face.world.jobs == {}


def test_a_job_may_name_its_calibration(face: Face) -> None:
    assert face.ask("POST", "/v1/jobs", {**SAMPLER, "calibration_id": "cal-1"}).status == 200
    assert face.ask("POST", "/v1/jobs", {**SAMPLER, "calibration_id": 5}).status == 400
