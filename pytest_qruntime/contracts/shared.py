"""Small questions that several rules about answers ask."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from pytest_qruntime.contracts.answers import AnswerFacts, Said
from pytest_qruntime.contracts.contract import Break, Outcome, broken
from pytest_qruntime.contracts.facts import Facts
from pytest_qruntime.contracts.subjects import JobFacts, WorkloadFacts
from pytest_qruntime.model import Plan
from pytest_qruntime.model.durations import SECOND_US
from pytest_qruntime.model.states import CLOSED
from pytest_qruntime.model.trace import JOB_COMPLETED
from pytest_qruntime.model.world import OTHERS

OPEN_PLAN_CODE: Final = 1352
"""What refuses a session on the Open plan."""

_INSTANT: Final = re.compile(r"(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)?", re.ASCII)


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


def said_after_closing(facts: Facts) -> Iterator[Said]:
    """What answers said of sessions and batches after one of them had said that they are closed, for certain."""
    closed: dict[str, Said] = {}
    for said in facts.said.sessions:
        first = closed.get(said.id)
        if first is None:
            if said.fields["state"] == CLOSED:
                closed[said.id] = said
        elif said.answer.event.at_us >= first.answer.event.at_us + facts.slack_us:
            yield said


def is_before(one: object, other: object, slack_us: int = 0) -> bool:
    """Whether one of two instants, in the words of answers, is before the other; False if either is none."""
    if not isinstance(one, str) or not isinstance(other, str) or one >= other:
        return False
    one_us, other_us = _unix_us(one), _unix_us(other)
    return one_us is None or other_us is None or one_us + slack_us < other_us


def is_another(one: object, other: object, slack_us: int = 0) -> bool:
    """Whether two instants, in the words of answers, cannot be the same."""
    if one == other:
        return False
    if one is None or other is None:
        return True
    one_us, other_us = (_unix_us(f"{instant}") for instant in (one, other))
    return one_us is None or other_us is None or abs(one_us - other_us) > slack_us


def _unix_us(text: str) -> int | None:
    """Microseconds since 1970 of an instant; None if it is written otherwise than instants are."""
    found = _INSTANT.fullmatch(text)
    if found is None:
        return None
    zone = "+00:00" if found[3] in (None, "Z") else found[3]
    try:
        whole = datetime.fromisoformat(found[1] + zone)
    except ValueError:
        return None
    return round(whole.timestamp()) * SECOND_US + int((found[2] or "").ljust(6, "0")[:6])


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
