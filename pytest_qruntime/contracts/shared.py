"""Small questions that several rules about answers ask."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pytest_qruntime.contracts.answers import AnswerFacts, Said
from pytest_qruntime.contracts.contract import Break, Outcome, broken
from pytest_qruntime.contracts.facts import Facts
from pytest_qruntime.contracts.subjects import JobFacts, WorkloadFacts
from pytest_qruntime.model import Plan
from pytest_qruntime.model.trace import JOB_COMPLETED
from pytest_qruntime.model.world import OTHERS

OPEN_PLAN_CODE: Final = 1352
"""What refuses a session on the Open plan."""


def answered_wrongly(answer: AnswerFacts, expected: str, seen: str | None = None) -> Break:
    """A break that an answer shows; without words, by its status."""
    return broken(answer.event, expected, f"status {answer.status}" if seen is None else seen, number=answer.no)


def said_wrongly(said: Said, expected: str, name: str) -> Break:
    """A break that a field of an answer shows."""
    return broken(said.answer.event, expected, f"{name} is {said.fields.get(name)!r}", number=said.answer.no)


def word(value: object) -> str:
    """A text; anything else is written as text, so that it can be looked up."""
    return value if isinstance(value, str) else f"{value!r:.50}"


def asked_before(facts: Facts, said: Said) -> list[AnswerFacts]:
    """The requests to close, reopen and cancel it of which it is certain that they came before.

    On a real clock threads ask at the same time, and an answer may be older than it looks.
    """
    if not facts.slack_us:
        return list(said.asked)
    at_us = said.answer.event.at_us - facts.slack_us
    return [one for one in said.asked if one.event.at_us < at_us]


def only_plan(facts: Facts) -> Plan | None:
    """The plan of the only instance; None if there are several, or nobody says."""
    plans = [plan for name, plan in facts.terms.plans.items() if name != OTHERS]
    return plans[0] if len(plans) == 1 else None


def opened(facts: Facts) -> Iterator[tuple[AnswerFacts, list[Said]]]:
    """Each request that opened a session or batch, and what was said of it since."""
    for name, opening in facts.said.opened.items():
        yield opening, facts.said.of_session.get(name, [])


def has_results(facts: Facts, job: JobFacts, answer: AnswerFacts) -> bool:
    """Whether a job had completed, for certain, when its results were asked for, and they are anybody's to read."""
    if job.end is None or job.end.kind != JOB_COMPLETED or job.end_no > answer.no or answer.status >= 500:
        return False
    return job.deleted is None and job.id in facts.said.submitted and job.id not in facts.said.private


def results_after(facts: Facts, workload: WorkloadFacts) -> Iterator[Outcome]:
    """The results of the jobs that ran when a session or batch ended."""
    end = workload.ended
    for answer in facts.answered("results") if end is not None else ():
        job = answer.job
        if job is None or job.workload is not workload or end is None or not has_results(facts, job, answer):
            continue
        if facts.outlived(job, end):
            yield answer.status == 200 or answered_wrongly(answer, "the results")
