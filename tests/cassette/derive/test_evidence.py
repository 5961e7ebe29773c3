"""Single events: which answers show them, at which instant, and what is not there because nobody could see it."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_qruntime.cassette.derive import derive
from pytest_qruntime.cassette.errors import CassetteError
from pytest_qruntime.cassette.tape import Exchange, Provenance, Tape
from pytest_qruntime.model import Event, Policy
from tests.cassette.derive.test_any_lifecycle import recorded
from tests.cassette.replay.tapes import BEGAN, said, tape
from tests.cassette.replay.test_any_lifecycle import Action

SESSION, JOB = "7a962dce-4208-4e8e-8aac-d363aad5bd27", "d0c914666f2ba4a6583d"
OPENED = {"id": SESSION, "mode": "dedicated", "max_ttl": 600, "state": "open", "accepting_jobs": True}


def at(second: float) -> str:
    return BEGAN.replace("00:00.000000", f"{int(second // 60):02}:{second % 60:09.6f}")


def open_at(at_s: float, **fields: Any) -> Exchange:
    return said(at_s, "POST /sessions", {**OPENED, **fields}, sent={"mode": "dedicated", "backend": "ibm_fez"})


def look(at_s: float, **fields: Any) -> Exchange:
    return said(at_s, f"GET /sessions/{SESSION}", {**OPENED, **fields})


def submit(at_s: float, **fields: Any) -> Exchange:
    sent = {"program_id": "sampler", "backend": "ibm_fez", "session_id": SESSION}
    return said(at_s, "POST /jobs", {"id": JOB, "backend": "ibm_fez", "session_id": SESSION, **fields}, sent=sent)


def job(at_s: float, status: str, **fields: Any) -> Exchange:
    return said(at_s, f"GET /jobs/{JOB}", {"id": JOB, "state": {"status": status}, **fields})


def close(at_s: float, *, accepting: bool = False) -> Exchange:
    return said(at_s, f"PATCH /sessions/{SESSION}", None, 204, sent={"accepting_jobs": accepting})


def cancel(at_s: float) -> Exchange:
    return said(at_s, f"DELETE /sessions/{SESSION}/close", None, 204)


def told(*exchanges: Exchange, clock: str = "virtual") -> list[tuple[float, str, dict[str, object]]]:
    """Second, kind and data of each event; not whether it may have been earlier."""
    trace = derive(Tape(Provenance("unknown", BEGAN, clock, None, {}, None), exchanges))
    return [(event.at_us / 1e6, event.kind, _data(event)) for event in trace]


def _data(event: Event) -> dict[str, object]:
    return {key: value for key, value in event.data.items() if key != "late"}


def kinds(*exchanges: Exchange) -> list[tuple[float, str]]:
    return [(at_s, kind) for at_s, kind, _ in told(*exchanges)]


def test_an_opening_says_the_mode_the_limit_and_the_backend() -> None:
    [event] = derive(tape(open_at(3, created_at=at(3.25))))

    assert event[:5] == (3_250_000, "workload.opened", "ibm_fez", SESSION, None)
    assert event.data == {"mode": "dedicated", "max_ttl_s": 600, "exchange": 0}


def test_what_was_there_before_the_recording_began_has_a_negative_instant() -> None:
    before = "2026-03-01T08:59:30Z"

    assert told(look(5, created_at=before)) == [
        (-30, "workload.opened", {"mode": "dedicated", "max_ttl_s": 600, "exchange": 0})
    ]


def test_a_status_is_seen_when_somebody_looks_and_known_better_when_the_metrics_tell() -> None:
    seen = (submit(1), job(10, "Running"), job(20, "Completed", usage={"seconds": 2.5}))
    times = {"created": at(1), "running": at(7), "finished": at(18)}
    metrics = said(30, f"GET /jobs/{JOB}/metrics", {"timestamps": times})

    ended = {"charged_us": 2_500_000, "exchange": 2}
    queued = (1.0, "job.queued", {"program": "sampler", "exchange": 0})
    assert told(*seen) == [queued, (10, "job.running", {"exchange": 1}), (20, "job.completed", ended)]
    assert told(*seen, metrics) == [queued, (7, "job.running", {"exchange": 1}), (18, "job.completed", ended)]


def test_what_was_seen_may_have_happened_before() -> None:
    times = {"created": at(1), "running": at(7), "finished": at(18)}
    metrics = said(30, f"GET /jobs/{JOB}/metrics", {"timestamps": times})
    story = (open_at(0), submit(1), job(20, "Completed"), cancel(25))

    seen, known = derive(tape(*story)), derive(tape(*story, metrics))
    assert [event.kind for event in seen if "late" in event.data] == ["job.completed"]
    assert [event.kind for event in known if "late" in event.data] == []
    assert (seen.complete, seen.slack_us) == (False, 2_000_000)


def test_a_job_that_nobody_saw_running_has_no_beginning() -> None:
    assert kinds(submit(1), job(20, "Completed")) == [(1, "job.queued"), (20, "job.completed")]


def test_only_a_completed_job_has_results() -> None:
    results = said(9, f"GET /jobs/{JOB}/results", {"results": []})

    assert kinds(submit(1), results) == [(1, "job.queued"), (9, "job.completed")]


def test_why_a_job_failed_is_told() -> None:
    state = {"status": "Failed", "reason": "too hot", "reason_code": 1234}
    failed = said(9, "GET /jobs", {"jobs": [{"id": JOB, "state": state}]})

    assert told(submit(1), failed)[-1] == (
        9,
        "job.failed",
        {"reason": "too hot", "reason_code": 1234, "exchange": 1},
    )


def test_a_job_that_ran_too_long_is_cancelled_in_every_form() -> None:
    assert kinds(submit(1), job(9, "Cancelled - Ran too long"))[-1] == (9, "job.cancelled")


def test_a_job_is_cancelled_by_the_request_unless_it_was_seen_to_go_on() -> None:
    asked = said(5, f"POST /jobs/{JOB}/cancel", None, 204)

    assert kinds(submit(1), asked)[-1] == (5, "job.cancelled")
    assert kinds(submit(1), asked, job(9, "Cancelled"))[-1] == (5, "job.cancelled")
    assert kinds(submit(1), asked, job(9, "Running"), job(12, "Completed"))[-1] == (12, "job.completed")
    assert kinds(submit(1), asked, job(9, "Running"), job(12, "Cancelled"))[-1] == (12, "job.cancelled")


def test_an_answer_without_a_session_is_a_job_of_none() -> None:
    plain = said(1, "POST /jobs", {"id": JOB, "backend": "ibm_fez"}, sent={"session_id": SESSION})

    [event] = derive(tape(plain))
    assert (event.workload, event.backend) == (None, "ibm_fez")


# -- sessions ----------------------------------------------------------------------------------------------------------


def test_a_close_that_leaves_nothing_to_do_is_the_end_and_one_that_does_is_draining() -> None:
    closed = {"state": "closed", "accepting_jobs": False, "state_reason": "session_closed"}

    assert kinds(open_at(0), close(5), look(9, closed_at=at(5), **closed))[1:] == [(5, "workload.closed")]
    assert told(open_at(0), close(5), look(9, closed_at=at(8), **closed))[1:] == [
        (5, "workload.draining", {"exchange": 1}),
        (8, "workload.closed", {"reason": "session_closed", "exchange": 2}),
    ]


def test_a_real_clock_may_differ_a_little_from_that_of_the_service() -> None:
    closed = {"state": "closed", "accepting_jobs": False, "closed_at": at(4.5)}

    found = told(open_at(0), close(5), look(9, **closed), clock="real")
    assert [(at_s, kind) for at_s, kind, _ in found] == [(0, "workload.opened"), (4.5, "workload.closed")]
    assert [kind for _, kind, _ in told(open_at(0), close(5), look(9, **closed))] == [
        "workload.opened",
        "workload.closed",
        "request.ignored",
    ]


def test_closing_twice_is_ignored_and_reopening_is_seen() -> None:
    assert [kind for _, kind in kinds(open_at(0), submit(1), close(2), close(3), close(4, accepting=True))] == [
        "workload.opened",
        "job.queued",
        "workload.draining",
        "request.ignored",
        "workload.reopened",
    ]


def test_a_reopening_that_nobody_heeded_is_ignored() -> None:
    story = (open_at(0), submit(1), close(2), close(4, accepting=True), look(5, accepting_jobs=False))

    assert told(*story)[-1] == (4, "request.ignored", {"operation": "reopen", "exchange": 3})


def test_a_cancel_closes_at_once_as_documented_unless_the_service_goes_on() -> None:
    assert told(open_at(0), cancel(5))[-1] == (5, "workload.closed", {"exchange": 1})
    assert kinds(open_at(0), cancel(5), look(9, state="active"))[1:] == []


def test_a_cancel_that_waits_for_running_jobs_is_draining() -> None:
    waiting = {"state": "pending_closed", "state_reason": "session_cancelled", "accepting_jobs": False}

    assert told(open_at(0), cancel(5), look(9, **waiting))[-1] == (
        5,
        "workload.draining",
        {"reason": "session_cancelled", "exchange": 1},
    )


def test_states_come_from_the_timestamps_and_the_reason_is_that_of_the_latest() -> None:
    stamps = [
        {"status": status, "timestamp": at(second)}
        for status, second in (("open", 0), ("active", 3), ("inactive", 63), ("active", 70), ("inactive", 140))
    ]
    seen = look(150, state="inactive", state_reason="idle", timestamps=stamps)

    assert told(open_at(0), seen)[1:] == [
        (3, "workload.activated", {"exchange": 1}),
        (63, "workload.inactivated", {"exchange": 1}),
        (70, "workload.activated", {"exchange": 1}),
        (140, "workload.inactivated", {"reason": "idle", "exchange": 1}),
    ]


def test_an_older_service_tells_the_first_and_the_latest_activation() -> None:
    assert kinds(open_at(0), look(90, state="active", started_at=at(3), activated_at=at(70)))[1:] == [
        (3, "workload.activated"),
        (70, "workload.activated"),
    ]


def test_usage_is_settled_when_the_last_job_of_a_closed_session_was_seen_to_end() -> None:
    closed = {"state": "closed", "accepting_jobs": False, "closed_at": at(5), "elapsed_time": 7.5}
    story = (open_at(0), submit(1), cancel(5), look(8, **closed))

    assert "workload.settled" not in [kind for _, kind in kinds(*story)]
    assert told(*story, job(9, "Completed"), look(10, **closed))[-1] == (
        9,
        "workload.settled",
        {"usage_us": 7_500_000, "exchange": 5},
    )
    assert "workload.settled" not in [kind for _, kind in kinds(*story[1:], job(9, "Completed"), look(10, **closed))]


def test_a_session_without_a_backend_has_that_of_its_first_job() -> None:
    opened = said(0, "POST /sessions", OPENED, sent={"mode": "dedicated"})

    events = derive(tape(opened, submit(4), close(5)))
    assert [event.backend for event in events] == [None, "ibm_fez", "ibm_fez"]


def test_the_list_of_workloads_shows_sessions_and_plain_jobs() -> None:
    rows = [
        {"id": SESSION, "mode": "session", "created": at(1), "ended": at(8), "accepting_jobs": False},
        {"id": JOB, "mode": "job", "created": at(2), "ended": at(6), "status": "canceled", "usage_seconds": 0.0},
    ]

    assert told(said(9, "GET /workloads", {"workloads": rows})) == [
        (1, "workload.opened", {"mode": "dedicated", "exchange": 0}),
        (2, "job.queued", {"exchange": 0}),
        (6, "job.cancelled", {"charged_us": 0, "exchange": 0}),
        (8, "workload.closed", {"exchange": 0}),
    ]


# -- other requests ----------------------------------------------------------------------------------------------------


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


def error(status: int, code: object, message: str) -> dict[str, Any]:
    return {"answer": {"errors": [{"code": code, "message": message}], "trace": "t"}, "status": status}


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

    found = told(open_at(0), submit(1), close(2), said(4, "POST /jobs", **refused), said(8, "POST /jobs", **refused))
    assert [data.get("refusal") for _, kind, data in found if kind == "request.rejected"] == [None, None]
    found = told(
        open_at(0), submit(1), close(2), said(4, "POST /jobs", **refused), said(8, "POST /jobs", **refused), closed
    )
    assert [data.get("refusal") for _, kind, data in found if kind == "request.rejected"] == [
        "workload_not_accepting",
        "workload_closed",
    ]


# -- what cannot be read -----------------------------------------------------------------------------------------------


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
