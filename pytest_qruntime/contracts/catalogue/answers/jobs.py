"""JOB and JCN: what is said of jobs, of their results, and of lists of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pytest_qruntime.contracts.answers import AnswerFacts, job_status
from pytest_qruntime.contracts.catalogue.job_states import JOB
from pytest_qruntime.contracts.contract import Outcome
from pytest_qruntime.contracts.facts import Facts
from pytest_qruntime.contracts.shared import answered_wrongly, said_wrongly
from pytest_qruntime.model.job import CANCELLED, COMPLETED, FAILED, QUEUED, RUNNING
from pytest_qruntime.model.trace import JOB_CANCELLED, JOB_FAILED

_STATUSES: Final = (QUEUED, RUNNING, COMPLETED, CANCELLED, FAILED)
_TOO_LONG: Final = "Cancelled - Ran too long"
_PENDING: Final = (QUEUED, RUNNING)


@JOB.rule(
    "01",
    "A job is Queued, Running, Completed, Cancelled or Failed; one that ran too long may say so beside it.",
    exercise="Run a job, and read it.",
    sources="oa25 c51",
    confidence="D",
    knobs=("ran_too_long",),
    partial="yes",
)
def five_statuses(facts: Facts) -> Iterator[Outcome]:
    """JOB-01"""
    in_state = (*_STATUSES, _TOO_LONG) if facts.policy.ran_too_long == "status_string" else _STATUSES
    for said in facts.said.jobs:
        status, beside = said.status, said.fields.get("status")
        yield status in in_state or said_wrongly(said, f"one of {', '.join(in_state)}", "state")
        if beside is not None:
            yield beside in (*_STATUSES, _TOO_LONG) or said_wrongly(said, f"one of {', '.join(_STATUSES)}", "status")


@JOB.rule(
    "06",
    "Results of a job that was cancelled are answered with 204 and nothing, those of a failed one with success too.",
    exercise="Cancel a job and let another fail, and ask for their results.",
    sources="live c51",
    confidence="LV",
    partial="yes",
)
def results_of_what_did_not_complete(facts: Facts) -> Iterator[Outcome]:
    """JOB-06"""
    for answer in facts.answered("results"):
        job = answer.job
        if job is None or job.end is None or job.end_no > answer.no or job.deleted is not None:
            continue
        if job.end.kind == JOB_CANCELLED:
            rightly = answer.status == 204 and answer.empty
            yield rightly or answered_wrongly(answer, "status 204, and nothing")
        elif job.end.kind == JOB_FAILED:
            yield answer.accepted or answered_wrongly(answer, "status 204, or the reason")


@JOB.rule(
    "08",
    "A list of pending jobs has queued and running ones, one of the others the jobs that ended; `count` is how many "
    "there are on all pages.",
    exercise="List the jobs with pending=true and with pending=false.",
    sources="oa25 c51",
    confidence="DC",
    partial="yes",
)
def lists_of_jobs(facts: Facts) -> Iterator[Outcome]:
    """JOB-08"""
    for answer in facts.answered("list jobs"):
        if not answer.accepted:
            continue
        rows, pending = answer.rows("jobs"), (answer.query.get("pending") or ("",))[-1].lower()
        yield _is_counted(answer, len(rows)) or answered_wrongly(
            answer, f"the number of all jobs, {len(rows)} of them here", f"count is {answer.said('count')!r}"
        )
        if pending in ("true", "false"):
            words = [str(job_status(row)).partition(" - ")[0] for row in rows]
            odd = [word for word in words if (word in _PENDING) != (pending == "true")]
            yield not odd or answered_wrongly(answer, f"jobs with pending={pending}", f"a job that is {odd[0]}")


def _is_counted(answer: AnswerFacts, rows: int) -> bool:
    count, offset, limit = (answer.said(name) for name in ("count", "offset", "limit"))
    if not isinstance(count, int) or count < rows:
        return False
    if not isinstance(offset, int) or not isinstance(limit, int):
        return True
    return rows == max(min(limit, count - offset), 0)


@JOB.rule(
    "09",
    "A private job does not show its params, and its results can be read once.",
    exercise="Run a private job, read it, and read its results twice.",
    sources="oa25 live",
    confidence="D",
    partial="yes",
)
def private_jobs(facts: Facts) -> Iterator[Outcome]:
    """JOB-09"""
    for said in facts.said.private_jobs:
        if "params" in said.fields:
            yield not said.fields["params"] or said_wrongly(said, "no params: it is private", "params")
    private = facts.said.private
    given: set[str | None] = set()
    for answer in facts.answered("results") if private else ():
        if answer.event.job not in private:
            continue
        if answer.event.job in given:
            yield answer.refused or answered_wrongly(answer, "it is refused: they were read", "the results, again")
        if answer.status == 200:
            given.add(answer.event.job)
