from __future__ import annotations

from typing import Any

import pytest

from pytest_qruntime.model import Policy
from tests.rest.face import SAMPLER, Face


def test_a_new_session_is_answered_whole(face: Face) -> None:
    answer = face.ask("POST", "/v1/sessions", {"mode": "dedicated", "backend": "fake_backend"})

    assert answer.status == 200
    session = answer.json
    assert session == {
        "id": session["id"],
        "backend_name": "fake_backend",
        "mode": "dedicated",
        "state": "open",
        "state_reason": "session_created",
        "accepting_jobs": True,
        "max_ttl": 28800,
        "active_ttl": 28800,
        "interactive_ttl": 60,
        "created_at": "2026-01-15T12:00:00.000000Z",
        "started_at": None,
        "activated_at": None,
        "closed_at": None,
        "last_job_started": None,
        "last_job_completed": None,
        "elapsed_time": None,
        "user_id": face.world.instance.user_id,
        "timestamps": [{"status": "open", "timestamp": "2026-01-15T12:00:00.000000Z"}],
    }


def test_a_session_that_ran_shows_when(face: Face) -> None:
    session_id = face.open()
    face.at(10).submit(session_id=session_id)

    face.at(200)

    session = face.session(session_id)
    assert session["started_at"] == session["activated_at"] == "2026-01-15T12:00:10.000000Z"
    assert session["last_job_completed"] == "2026-01-15T12:00:40.000000Z"
    assert session["elapsed_time"] == 90.0
    assert [entry["status"] for entry in session["timestamps"]] == ["open", "active", "inactive"]


def test_closing_lets_running_jobs_finish(face: Face) -> None:
    session_id = face.open()
    job_id = face.submit(session_id=session_id)

    answer = face.at(5).ask("PATCH", f"/v1/sessions/{session_id}", {"accepting_jobs": False})

    assert (answer.status, answer.body) == (204, b"")
    assert face.session(session_id)["state"] == "active"
    assert face.at(30).session(session_id)["state"] == "closed"
    assert face.job(job_id)["status"] == "Completed"


def test_cancelling_fails_queued_jobs_and_lets_running_ones_finish(face: Face) -> None:
    face.backend.lanes = 1
    session_id = face.open()
    running, queued = face.submit(session_id=session_id), face.submit(session_id=session_id)

    answer = face.at(5).ask("DELETE", f"/v1/sessions/{session_id}/close")

    assert (answer.status, answer.body) == (204, b"")
    assert face.session(session_id)["state"] == "closed"
    assert face.job(running)["status"] == "Running"
    assert face.job(queued)["state"] == {
        "status": "Failed",
        "reason": "Job is part of a session that's been closed",
        "reason_code": 4001,
        "reason_solution": "Keep the session open until all of its jobs have run.",
    }


def test_submitting_to_a_closed_session_is_refused_with_code_1217(face: Face) -> None:
    session_id = face.open()
    face.ask("PATCH", f"/v1/sessions/{session_id}", {"accepting_jobs": False})

    answer = face.ask("POST", "/v1/jobs", {**SAMPLER, "session_id": session_id})

    assert answer.status == 400
    assert b'"code":1217' in answer.body
    assert face.ask("GET", "/v1/jobs").json["count"] == 0


def test_submitting_to_a_draining_session_is_refused(face: Face) -> None:
    session_id = face.open()
    face.submit(session_id=session_id)
    face.ask("PATCH", f"/v1/sessions/{session_id}", {"accepting_jobs": False})

    answer = face.ask("POST", "/v1/jobs", {**SAMPLER, "session_id": session_id})

    assert (answer.status, answer.code) == (400, 1217)


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_an_unknown_session_is_not_found(face: Face, method: str) -> None:
    path = "/v1/sessions/no-such-session" + ("/close" if method == "DELETE" else "")

    answer = face.ask(method, path, {"accepting_jobs": False} if method == "PATCH" else None)

    assert (answer.status, answer.code) == (404, "not_found")
    assert "no-such-session" in answer.error["message"]


def test_the_open_plan_may_not_open_sessions() -> None:
    answer = Face(plan="open").ask("POST", "/v1/sessions", {"mode": "dedicated", "backend": "fake_backend"})

    assert (answer.status, answer.code) == (400, 1352)
    assert answer.error["message"] == "You are not authorized to run a session when using the open plan."


def test_the_open_plan_may_open_batches() -> None:
    batch = Face(plan="open").ask("POST", "/v1/sessions", {"mode": "batch", "backend": "fake_backend"}).json

    assert (batch["mode"], batch["max_ttl"], batch["interactive_ttl"]) == ("batch", 600, 1)


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"mode": "session"}, 400),
        ({"mode": None}, 400),
        ({"max_ttl": 28801}, 400),
        ({"max_ttl": 0}, 400),
        ({"max_ttl": -1}, 400),
        ({"max_ttl": "3600"}, 400),
        ({"max_ttl": 60.0}, 400),
        ({"max_ttl": True}, 400),
        ({"max_ttl": 2**31}, 400),
        ({"backend": "no_such_backend"}, 404),
        ({"backend": None}, 400),
        ({"backend": 7}, 400),
    ],
)
def test_a_session_that_cannot_be_is_refused_and_none_exists(
    face: Face, fields: dict[str, object], status: int
) -> None:
    answer = face.ask("POST", "/v1/sessions", {"mode": "dedicated", "backend": "fake_backend", **fields})

    assert answer.status == status
    assert face.world.workloads == {}


def test_fields_that_the_service_does_not_know_are_ignored(face: Face) -> None:
    session_id = face.open("batch", instance="hub1/group1/project1", another={"nested": [1]})

    assert face.session(session_id)["mode"] == "batch"


def test_backend_name_stands_in_for_backend(face: Face) -> None:
    answer = face.ask("POST", "/v1/sessions", {"mode": "batch", "backend_name": "fake_backend"})

    assert answer.json["backend_name"] == "fake_backend"


def test_a_session_without_a_backend_has_none_to_show() -> None:
    answer = Face(policy=Policy(backend_required=False)).ask("POST", "/v1/sessions", {"mode": "batch"})

    assert (answer.status, answer.json["backend_name"]) == (200, None)


def test_backend_name_can_be_hidden_while_the_session_is_open() -> None:
    face = Face(policy=Policy(backend_name_when_open="null"))
    session_id = face.open()

    assert face.session(session_id)["backend_name"] is None
    face.submit(session_id=session_id)
    assert face.session(session_id)["backend_name"] == "fake_backend"


def test_custom_ttls_count_only_where_they_are_allowed(face: Face) -> None:
    channel_partner = Face(policy=Policy(allow_custom_ttl=True))
    fields: dict[str, Any] = {"interactive_ttl": 5, "active_ttl": 300, "max_ttl": 600}

    ignored = face.session(face.open(**fields))
    honoured = channel_partner.session(channel_partner.open(**fields))
    refused = channel_partner.ask(
        "POST", "/v1/sessions", {"mode": "batch", "backend": "fake_backend", "interactive_ttl": 700, "max_ttl": 600}
    )

    assert (ignored["interactive_ttl"], ignored["active_ttl"]) == (60, 600)
    assert (honoured["interactive_ttl"], honoured["active_ttl"]) == (5, 300)
    assert refused.status == 400


def test_active_ttl_can_be_the_time_that_remains() -> None:
    face = Face(policy=Policy(active_ttl_report="remaining"))
    session_id = face.open(max_ttl=600)
    face.submit(session_id=session_id)

    assert face.at(20).session(session_id)["active_ttl"] == 580


def test_a_cancelled_session_can_show_that_jobs_still_run() -> None:
    face = Face(policy=Policy(closing_state="pending_closed"))
    session_id = face.open()
    face.submit(session_id=session_id)

    face.ask("DELETE", f"/v1/sessions/{session_id}/close")

    assert face.session(session_id)["state"] == "pending_closed"
    assert face.at(30).session(session_id)["state"] == "closed"


@pytest.mark.parametrize(("knob", "status"), [(204, 204), (404, 404), (409, 409)])
def test_cancelling_a_closed_session_answers_as_the_policy_says(knob: int, status: int) -> None:
    face = Face(policy=Policy(cancel_closed=knob))  # type: ignore[arg-type]
    session_id = face.open()
    face.ask("DELETE", f"/v1/sessions/{session_id}/close")

    assert face.ask("DELETE", f"/v1/sessions/{session_id}/close").status == status
    assert face.ask("PATCH", f"/v1/sessions/{session_id}", {"accepting_jobs": False}).status == 204


def test_reading_never_moves_anything(face: Face) -> None:
    session_id = face.open()
    before = (face.world.now_us, len(face.world.trace), face.session(session_id))

    for _ in range(3):
        face.session(session_id)

    assert (face.world.now_us, len(face.world.trace), face.session(session_id)) == before


def test_nothing_is_opened_once_the_cost_limit_is_reached() -> None:
    face = Face(policy=Policy(cost_limit_s=10))
    face.submit()

    answer = face.at(30).ask("POST", "/v1/sessions", {"mode": "batch", "backend": "fake_backend"})

    assert (answer.status, answer.error["message"]) == (409, "Usage exceeds instance limit")
