"""What happened, in words: why something was closed, how long it waited, what still goes on."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest

from pytest_qruntime.model import Trace, states
from pytest_qruntime.report.timeline import Timeline
from pytest_qruntime.report.timeline.sentences import together
from tests.report.timeline.stage import SECOND_US


def made(*events: tuple[int, str, str | None, str | None, Mapping[str, object]]) -> Trace:
    trace = Trace()
    for second, kind, workload, job, data in events:
        trace.record(second * SECOND_US, kind, "fake_backend", workload, job, data)
    return trace


def told(trace: Trace) -> list[str]:
    return [line.text for line in Timeline(trace).told()]


REASONS = {
    states.CLOSED_EARLY: "closed as asked, before any job ran",
    states.CLOSED_BY_USER: "closed as asked",
    states.CANCELLED_BY_USER: "closed by a cancel",
    states.CLOSED_BY_MAX_TTL: "closed by the service: its max TTL is over",
    states.CLOSED_BY_ACTIVE_TTL: "closed by the service: its active TTL is used up",
    states.CLOSED_UNUSED: "closed by the service: nobody submitted a job",
    states.CLOSED_AFTER_LAST_JOB: "closed by the service after its last job",
    states.CLOSED_BY_COST_LIMIT: "closed by the service: the cost limit of the instance is reached",
    "a_new_reason": "closed (a_new_reason)",
}


@pytest.mark.parametrize(("reason", "words"), REASONS.items())
def test_why_a_session_was_closed(reason: str, words: str) -> None:
    opened, closed = "workload.opened", "workload.closed"
    assert (
        told(made((0, opened, "s", None, {}), (1, closed, "s", None, {"reason": reason})))[-1] == f"session 1 {words}"
    )


def test_what_is_alike_is_told_together_unless_that_would_turn_the_order_round() -> None:
    trace = made(
        (0, "workload.opened", "a", None, {"mode": "dedicated"}),
        (0, "job.queued", "a", "1", {}),
        (0, "workload.draining", "a", None, {}),
        (0, "workload.opened", "b", None, {"mode": "dedicated"}),
        (0, "job.queued", "b", "2", {}),
        (0, "job.queued", "b", "3", {}),
        (0, "workload.draining", "b", None, {}),
        (0, "workload.reopened", "b", None, {}),
        (0, "job.queued", "b", "4", {}),
    )
    assert told(trace) == [
        "sessions 1, 2 opened; job 1 submitted to session 1; session 1 closing: no more jobs; "
        "jobs 2, 3 submitted to session 2; session 2 closing: no more jobs; session 2 takes jobs again; "
        "job 4 submitted to session 2"
    ]


def test_an_idle_session_and_its_second_wait_in_the_queue() -> None:
    trace = made(
        (0, "workload.opened", "s", None, {"mode": "dedicated", "interactive_ttl_s": 60}),
        (0, "job.queued", "s", "a", {}),
        (30, "workload.activated", "s", None, {}),
        (30, "job.running", "s", "a", {}),
        (40, "job.completed", "s", "a", {"charged_us": 3_000_000}),
        (100, "workload.inactivated", "s", None, {"reason": states.INACTIVATED}),
        (200, "job.queued", "s", "b", {}),
        (3800, "workload.activated", "s", None, {}),
    )
    assert told(trace) == [
        "session 1 opened; job 1 submitted to session 1",
        "session 1 active after 30s in the queue; job 1 running",
        "job 1 completed, 3s on the QPU",
        "session 1 inactive: no job came within its interactive TTL, 1m",
        "job 2 submitted to session 1",
        "session 1 active after 1h in the queue",
    ]


def test_a_job_of_its_own_waits_in_the_queue() -> None:
    trace = made((0, "job.queued", None, "a", {}), (90, "job.running", None, "a", {}))
    assert told(trace)[-1] == "job 1 running after 1m30s in the queue"


def test_what_a_job_failed_of_has_a_line_of_its_own() -> None:
    trace = made(
        (0, "job.queued", None, "a", {}),
        (0, "job.queued", None, "b", {}),
        (5, "job.failed", None, "a", {"reason_code": 1517, "reason": "bad"}),
        (5, "job.cancelled", None, "b", {"reason_code": 1305, "reason": "Ran too long"}),
    )
    assert told(trace)[1:] == [
        "job 1 FAILED with code 1517: bad",
        "job 2 cancelled with code 1305: Ran too long (its time on the QPU was used up)",
    ]


def test_what_the_client_raised_is_told_and_what_it_returned_is_not() -> None:
    call = {"call": "Job.result", "raised": "Late", "message": "so\nlate"}
    trace = made(
        (0, "client.called", None, "a", {"call": "Session.run", "raised": None}), (1, "client.called", None, "a", call)
    )
    assert told(trace) == ["the client's Job.result() RAISED Late: so late"]


def test_what_still_goes_on_says_so_at_the_right_edge() -> None:
    text = Timeline(
        made(
            (0, "workload.opened", "s", None, {"mode": "dedicated"}),
            (0, "job.queued", "s", "a", {}),
            (0, "job.queued", "s", "b", {}),
            (0, "workload.activated", "s", None, {}),
            (0, "job.running", "s", "a", {}),
            (9, "workload.draining", "s", None, {}),
            (9, "backend.status", None, None, {"status": "offline", "reason": ""}),
        )
    ).text()
    assert re.findall(r"still .*$", text, re.MULTILINE) == [
        "still closing",
        "still running",
        "still queued",
        "still away",
    ]
    assert max(map(len, text.splitlines())) <= 80


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (["job 1"], "job 1"),
        (["job 1", "job 2", "job 4"], "jobs 1, 2, 4"),
        (["job 1", "job 2", "job 3", "job 4"], "jobs 1, 2, 3, 4"),
        ([f"job {number}" for number in (1, *range(3, 301), 302)], "jobs 1, 3 to 300, 302"),
        ([f"session {number}" for number in (9, 1, 2, 3, 4, 5, 8, 7)], "sessions 9, 1 to 5, 8, 7"),
        (["job dnkt7h4u", "job dnkt7h4v"], "jobs dnkt7h4u, dnkt7h4v"),
        (["job 1", "session 2"], "job 1, session 2"),
    ],
)
def test_many_in_a_row_are_told_as_the_first_and_the_last(names: list[str], told: str) -> None:
    assert together(names) == told
