"""References and states in recordings of a few exchanges, written by hand."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_qruntime.cassette.lint import references, times
from pytest_qruntime.cassette.lint.findings import Finding, Findings
from pytest_qruntime.cassette.lint.told import read
from pytest_qruntime.cassette.tape import Exchange
from tests.cassette.replay.tapes import said, tape


def found(*exchanges: Exchange) -> list[Finding]:
    """What is wrong with ids and instants."""
    story, findings = tape(*exchanges), Findings("it.yaml")
    reads = list(read(story.exchanges))
    references.check(reads, findings)
    times.check(story, reads, findings)
    return list(findings.all())


@pytest.mark.parametrize(
    ("exchange", "problem", "place"),
    [
        (said(1, "GET /sessions/s", {"id": "s"}), "the session s is used", "request"),
        (said(1, "POST /jobs/j/cancel", None, 204), "the job j is used", "request"),
        (said(1, "GET /jobs?session_id=s", {"jobs": []}), "the session s is used", "request"),
        (
            said(1, "POST /jobs", {"id": "j", "session_id": "s"}, sent={"session_id": "s"}),
            "the session s is used",
            "request body, $.session_id",
        ),
    ],
    ids=["session", "job", "list", "submit"],
)
def test_an_id_that_nobody_gave_is_a_warning_wherever_it_stands(exchange: Exchange, problem: str, place: str) -> None:
    [finding] = found(exchange)

    assert (finding.check, finding.severity, finding.place) == ("reference-unknown", "warning", place)
    assert finding.problem.startswith(problem)


@pytest.mark.parametrize(
    "given",
    [
        said(0, "GET /jobs", {"jobs": [{"id": "j", "session_id": "s"}]}),
        said(0, "GET /workloads", {"workloads": [{"id": "s", "mode": "session"}, {"id": "j", "mode": "job"}]}),
    ],
    ids=["jobs", "workloads"],
)
def test_lists_give_ids_too(given: Exchange) -> None:
    assert found(given, said(1, "GET /sessions/s", {"id": "s"}), said(1, "GET /jobs/j", {"id": "j"})) == []


def test_a_list_of_one_session_holds_no_job_of_another() -> None:
    story = said(0, "GET /jobs", {"jobs": [{"id": "i", "session_id": "s"}]})
    listed = said(1, "GET /jobs?session_id=s", {"jobs": [{"id": "j", "session_id": "t"}]})

    [finding] = found(story, listed)
    assert (finding.check, finding.problem) == (
        "reference-mismatch",
        "the answer is about the session t, the request about s",
    )


def row(status: str, **fields: Any) -> Exchange:
    return said(1, "GET /workloads", {"workloads": [{"id": "w", "status": status, **fields}]})


def test_a_plain_job_in_a_list_does_not_go_on_after_its_end() -> None:
    [finding] = found(row("failed", mode="job"), row("in_progress", mode="job"))

    assert (finding.check, finding.place) == ("state-order", "response body, $.workloads[0]")


def test_a_session_in_a_list_says_its_state_in_other_words() -> None:
    assert found(row("completed", mode="session"), row("pending", mode="session")) == []


def test_a_job_that_ran_too_long_is_over() -> None:
    def look(status: str) -> Exchange:
        return said(1, "GET /jobs", {"jobs": [{"id": "j", "state": {"status": status}}]})

    assert [one.check for one in found(look("Cancelled - Ran too long"), look("Running"))] == ["state-order"]


def test_an_instant_that_two_documents_tell_is_one() -> None:
    job = said(5, "GET /jobs", {"jobs": [{"id": "j", "created": "2026-03-01T09:00:01Z"}]})
    same, other = (
        said(6, "GET /jobs/j/metrics", {"timestamps": {"created": f"2026-03-01T09:00:0{second}Z"}}) for second in (1, 4)
    )

    assert found(job, same) == []
    assert [one.check for one in found(job, other)] == ["time-changed"]


def test_a_job_is_not_older_than_its_session() -> None:
    session = said(5, "GET /sessions/s", {"id": "s", "created_at": "2026-03-01T09:00:03Z"})
    job = said(6, "GET /jobs", {"jobs": [{"id": "j", "session_id": "s", "created": "2026-03-01T09:00:00Z"}]})

    assert [one.check for one in found(session, job)] == ["reference-unknown", "time-order"]
