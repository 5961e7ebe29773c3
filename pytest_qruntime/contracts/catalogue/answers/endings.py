"""CLS, RST and others: what is said of a session or batch, and of its jobs, when it was closed or cancelled."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pytest_qruntime.contracts.answers import AnswerFacts
from pytest_qruntime.contracts.catalogue.answers.face import RST
from pytest_qruntime.contracts.catalogue.closing import CLS
from pytest_qruntime.contracts.contract import Outcome
from pytest_qruntime.contracts.facts import Facts
from pytest_qruntime.contracts.shared import answered_wrongly, asked_before, has_results, said_wrongly
from pytest_qruntime.contracts.subjects import JobFacts, WorkloadFacts
from pytest_qruntime.model.states import (
    ACTIVE,
    CLOSED,
    CLOSED_BY_ACTIVE_TTL,
    CLOSED_BY_COST_LIMIT,
    CLOSED_BY_MAX_TTL,
    PENDING_CLOSED,
)
from pytest_qruntime.model.trace import JOB_COMPLETED

_BY_A_LIMIT: Final = (CLOSED_BY_MAX_TTL, CLOSED_BY_ACTIVE_TTL, CLOSED_BY_COST_LIMIT)


@CLS.rule(
    "02",
    "A session or batch that was closed and is still active says that it takes no jobs.",
    exercise="Close a session while a job runs, and read it.",
    sources="s1 s4",
    confidence="S",
    partial="yes",
)
def it_says_that_it_takes_no_jobs(facts: Facts) -> Iterator[Outcome]:
    """CLS-02"""
    for said in facts.said.sessions:
        if said.fields["state"] != ACTIVE or not said.asked:
            continue
        asked = [one.operation for one in asked_before(facts, said) if one.operation != "cancel"]
        if asked and asked[-1] == said.asked[-1].operation == "close":
            yield said.fields.get("accepting_jobs") is False or said_wrongly(said, "it takes no jobs", "accepting_jobs")


@CLS.rule(
    "16",
    "The results of the jobs of a session or batch can be read after it was closed.",
    exercise="Run a job in a session, close the session, and read the results.",
    sources="s1 s4 dMON",
    confidence="S",
    partial="yes",
)
def results_outlive_the_session(facts: Facts) -> Iterator[Outcome]:
    """CLS-16"""
    for answer in facts.answered("results"):
        job = answer.job
        if job is None or job.workload is None or job.workload.ended is None or not has_results(facts, job, answer):
            continue
        if job.workload.ended.no < answer.no:
            yield answer.status == 200 or answered_wrongly(answer, "the results")


@RST.rule(
    "01",
    "PATCH closes: what was submitted still runs. DELETE cancels: it ends in that instant.",
    exercise="Close a session while a job runs, cancel another, and read both.",
    sources="dFAQ oa25 c51 s0",
    confidence="D",
    knobs=("closing_state",),
    partial="yes",
)
def patch_closes_and_delete_cancels(facts: Facts) -> Iterator[Outcome]:
    """RST-01"""
    for said in facts.said.sessions:
        asked = asked_before(facts, said) if said.asked else []
        if not asked:
            continue
        request, workload = asked[-1], said.answer.workload
        if any(one.operation == "cancel" for one in asked):
            ended = said.fields["state"] in (CLOSED, PENDING_CLOSED)
            yield ended or said_wrongly(said, "it is closed: it was cancelled", "state")
        elif request.operation == "close" and workload is not None:
            job = _left(facts, workload, said.answer)
            if job is not None:
                at_once = said.fields["state"] == CLOSED and _closed_by(facts, workload, request)
                yield not at_once or said_wrongly(said, f"it goes on: job {job.id} has not ended", "state")


def _closed_by(facts: Facts, workload: WorkloadFacts, request: AnswerFacts) -> bool:
    """Whether a session or batch was closed at the instant of a request, and nothing else was due to close it."""
    ended = workload.ended
    if ended is None or not facts.sure(ended.event) or ended.reason in _BY_A_LIMIT:
        return False
    due_us = facts.deadline_us(workload)
    limited = due_us is not None and abs(due_us - ended.at_us) <= facts.slack_us
    return not limited and abs(ended.at_us - request.event.at_us) <= facts.slack_us


def _left(facts: Facts, workload: WorkloadFacts, answer: AnswerFacts) -> JobFacts | None:
    """A job that ran on after an answer, for certain."""
    for job in reversed(workload.jobs):
        if job.queued_no > answer.no or job.end is None or job.end.kind != JOB_COMPLETED:
            continue
        if facts.sure(job.end) and job.end.at_us > answer.event.at_us + facts.slack_us:
            return job
    return None
