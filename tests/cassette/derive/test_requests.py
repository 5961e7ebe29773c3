"""Refused requests, other requests that change something, and what cannot be read."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_qruntime.cassette.derive import derive
from pytest_qruntime.cassette.errors import CassetteError
from pytest_qruntime.cassette.tape import Exchange, Tape
from pytest_qruntime.model import Policy
from tests.cassette.derive.telling import JOB, SESSION, at, cancel, close, error, look, open_at, submit, told
from tests.cassette.derive.test_any_lifecycle import recorded
from tests.cassette.replay.tapes import said
from tests.cassette.replay.test_any_lifecycle import Action


def test_a_change_of_a_backends_status_is_seen_by_the_second_look() -> None:
    def backends(at_s: float, name: str) -> Exchange:
        status = {"name": name, "reason": name}
        return said(at_s, "GET /backends", {"devices": [{"name": "ibm_fez", "status": status}]})

    assert told(backends(1, "online"), backends(2, "online"), backends(3, "paused")) == [
        (3, "backend.status", {"status": "paused", "reason": "paused", "exchange": 2})
    ]


def test_deleted_and_tagged_jobs_and_new_limits_are_told() -> None:
    story = (
        submit(1),
        said(2, f"PUT /jobs/{JOB}/tags", None, 204, sent={"tags": ["a"]}),
        said(3, "PUT /instances/configuration", None, 204, sent={"instance_limit": 60}),
        said(4, f"DELETE /jobs/{JOB}", None, 204),
    )

    assert told(*story)[1:] == [
        (2, "job.tagged", {"tags": ("a",), "exchange": 1}),
        (3, "instance.usage_limit", {"limit_s": 60, "exchange": 2}),
        (4, "job.deleted", {"exchange": 3}),
    ]


def test_a_refusal_is_known_by_its_status_code_and_text() -> None:
    text = "You are not authorized to run a session when using the open plan."
    story = said(1, "POST /sessions", sent={"mode": "dedicated", "backend": "b"}, **error(400, 1352, text))

    assert told(story) == [
        (
            1,
            "request.rejected",
            {"operation": "open", "status": 400, "code": 1352, "refusal": "open_plan_session", "exchange": 0},
        )
    ]


def test_a_refusal_that_nobody_knows_is_told_by_its_code_alone() -> None:
    story = said(1, f"PATCH /sessions/{SESSION}", sent={"accepting_jobs": False}, **error(418, 9999, "I am a teapot"))

    assert told(story) == [(1, "request.rejected", {"operation": "close", "status": 418, "code": 9999, "exchange": 0})]


@pytest.mark.parametrize("answer", [error(401, 1219, "Token is expired"), error(400, "bad_request", "body: no JSON")])
def test_what_is_refused_for_its_form_or_its_sender_is_no_event_of_a_lifecycle(answer: dict[str, Any]) -> None:
    assert told(said(1, "POST /jobs", sent={"backend": "b"}, **answer)) == []


def test_a_session_that_is_closed_and_one_that_will_be_refuse_in_the_same_words() -> None:
    refused = {"sent": {"session_id": SESSION}, **error(400, 1217, "Session has been closed.")}
    closed = look(9, state="closed", closed_at=at(6), accepting_jobs=False)

    def refusals(*story: Exchange) -> list[object]:
        found = told(open_at(0), submit(1), *story)
        return [data.get("refusal") for _, kind, data in found if kind == "request.rejected"]

    early, then, late = (said(at_s, "POST /jobs", **refused) for at_s in (4, 6, 8))
    assert refusals(close(2), early, late) == [None, None]
    assert refusals(close(2), early, then, late, closed) == ["workload_not_accepting", None, "workload_closed"]
    assert refusals(cancel(2), early, late, closed) == ["workload_closed", "workload_closed"]
    assert refusals(close(2), early, cancel(5), late, closed) == ["workload_not_accepting", "workload_closed"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": 7},
        {"id": SESSION, "created_at": "yesterday", "timestamps": "none", "state": ["closed"], "max_ttl": True},
        {"id": SESSION, "timestamps": [{"status": None, "timestamp": 5}, 3]},
        [],
        b"\xff\xfe",
        b"[" * 100_000,
    ],
)
def test_what_is_not_of_the_expected_type_shows_nothing(wrong: Any) -> None:
    listed = {"jobs": None if isinstance(wrong, bytes) else wrong}
    assert told(said(1, f"GET /sessions/{SESSION}", wrong), said(2, "GET /jobs", listed)) == []


def test_other_hosts_paths_and_failures_show_nothing() -> None:
    story = (
        said(1, "POST https://iam.cloud.ibm.com/identity/token", {"access_token": "t"}),
        said(2, f"GET /jobs/{JOB}", None, 404),
        said(3, "POST /jobs", None, 503, sent={"backend": "b"}),
        said(4, "GET https://[broken/api/v1/jobs", {"jobs": []}),
    )

    assert told(*story) == []


def test_without_provenance_there_is_no_trace() -> None:
    with pytest.raises(CassetteError, match="has no provenance"):
        derive(Tape(None, (open_at(0),)))


def test_the_same_recording_gives_the_same_trace() -> None:
    actions = [Action(0, "open"), Action(0, "submit"), Action(10, "submit"), Action(20, "close")]
    _, tape = recorded(actions, 10, 1, Policy())

    assert derive(tape).to_jsonl() == derive(tape).to_jsonl()
    assert len(derive(tape)) > 5
