"""Jobs: which answers show what became of them, and when; what nobody could see is not there."""

from __future__ import annotations

from pytest_qruntime.cassette.derive import derive
from pytest_qruntime.cassette.tape import Exchange
from tests.cassette.derive.telling import (
    JOB,
    SESSION,
    at,
    cancel,
    error,
    happenings,
    job,
    kinds,
    look,
    open_at,
    submit,
    told,
)
from tests.cassette.replay.tapes import said, tape


def test_an_opening_says_the_mode_the_limit_and_the_backend() -> None:
    [event] = happenings(tape(open_at(3, created_at=at(3.25))))

    assert event[:5] == (3_250_000, "workload.opened", "ibm_fez", SESSION, None)
    assert event.data == {"mode": "dedicated", "max_ttl_s": 600, "exchange": 0}


def test_limits_are_told_as_far_as_they_are_those_that_act() -> None:
    limits = {"active_ttl": 500, "interactive_ttl": 60}
    later = look(9, active_ttl=300, interactive_ttl=60)
    batch = {"id": "b", "mode": "batch", "max_ttl": 600, "active_ttl": 600, "interactive_ttl": 1}

    def opening(*exchanges: Exchange) -> dict[str, object]:
        return {key: value for key, value in told(*exchanges)[0][2].items() if key.endswith("ttl_s")}

    assert opening(open_at(0, **limits), later) == {"max_ttl_s": 600, "active_ttl_s": 500, "interactive_ttl_s": 60}
    assert opening(look(9, created_at=at(3), active_ttl=300, interactive_ttl=60)) == {
        "max_ttl_s": 600,
        "interactive_ttl_s": 60,
    }
    assert opening(said(0, "POST /sessions", batch, sent={})) == {"max_ttl_s": 600, "active_ttl_s": 600}


def test_a_job_tells_what_it_may_cost() -> None:
    assert told(submit(1), job(2, "Queued", cost=300))[0][2] == {"program": "sampler", "cost_s": 300, "exchange": 0}


def test_metrics_without_an_end_show_that_a_request_to_cancel_had_no_effect_yet() -> None:
    going = said(9, f"GET /jobs/{JOB}/metrics", {"timestamps": {"created": at(1), "running": at(3), "finished": None}})
    asked = said(5, f"POST /jobs/{JOB}/cancel", None, 204)

    assert kinds(submit(1), asked, going) == [(1, "job.queued"), (3, "job.running")]


def test_a_refused_request_names_a_backend_that_is_known_from_wherever() -> None:
    refused = said(9, "POST /jobs", sent={"backend": "ibm_fez"}, **error(400, 3458, "You have reached the limit"))
    seen = {
        "session": look(1, backend_name="ibm_fez"),
        "job": job(1, "Queued", backend="ibm_fez"),
        "list": said(1, "GET /backends", {"devices": [{"name": "ibm_fez"}]}),
        "opening": open_at(1),
        "nothing": look(1),
    }

    found = {name: derive(tape(one, refused)).where(kind="request.rejected")[0].backend for name, one in seen.items()}
    assert found == {"session": "ibm_fez", "job": "ibm_fez", "list": "ibm_fez", "opening": "ibm_fez", "nothing": None}


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

    [event] = happenings(tape(plain))
    assert (event.workload, event.backend) == (None, "ibm_fez")
