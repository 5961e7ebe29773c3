"""Sessions and batches: which answers show their states, and what requests did to them."""

from __future__ import annotations

from tests.cassette.derive.telling import (
    JOB,
    OPENED,
    SESSION,
    at,
    cancel,
    close,
    happenings,
    job,
    kinds,
    look,
    open_at,
    submit,
    told,
)
from tests.cassette.replay.tapes import said, tape


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
    assert told(open_at(0), cancel(5))[-1] == (5, "workload.closed", {"asked": "cancel", "exchange": 1})
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
    metrics = said(12, f"GET /jobs/{JOB}/metrics", {"timestamps": {"created": at(1), "finished": at(7)}})
    assert told(*story, job(11, "Completed"), metrics)[-1] == (
        7,
        "workload.settled",
        {"usage_us": 7_500_000, "exchange": 3},
    )
    assert "workload.settled" not in [kind for _, kind in kinds(*story[1:], job(9, "Completed"), look(10, **closed))]


def test_a_session_without_a_backend_has_that_of_its_first_job() -> None:
    opened = said(0, "POST /sessions", OPENED, sent={"mode": "dedicated"})

    events = happenings(tape(opened, submit(4), close(5)))
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


def test_of_one_instant_nothing_stands_before_what_it_is_about_was_made() -> None:
    """Though nobody saw the job run that activated the session, and all of it took no time."""
    closed = {"state": "closed", "accepting_jobs": False, "closed_at": at(0)}
    story = (open_at(0), submit(0), look(9, started_at=at(0), **closed), job(9, "Completed"))
    metrics = said(9, f"GET /jobs/{JOB}/metrics", {"timestamps": {"created": at(0), "finished": at(0)}})

    assert [kind for _, kind in kinds(*story[:-1])] == [
        "workload.opened",
        "job.queued",
        "workload.activated",
        "workload.closed",
    ]
    assert [kind for at_s, kind in kinds(*story, metrics) if kind.startswith("job.")] == ["job.queued", "job.completed"]
