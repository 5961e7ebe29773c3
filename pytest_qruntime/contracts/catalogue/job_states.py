"""JOB: the states of a job."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pytest_qruntime.contracts.answers import Said
from pytest_qruntime.contracts.contract import Chapter, Outcome, broken, seconds
from pytest_qruntime.contracts.facts import Facts
from pytest_qruntime.contracts.shared import said_wrongly
from pytest_qruntime.contracts.subjects import TOO_LONG_CODE
from pytest_qruntime.model.job import CANCELLED, COMPLETED, FAILED

JOB = Chapter("JOB", "Jobs")

_TOO_LONG: Final = "Ran too long"
TERMINAL: Final = (COMPLETED, CANCELLED, FAILED)


@JOB.rule(
    "02",
    "A job goes from queued to running to an end, or from queued to an end; an end is final.",
    exercise="Run a job, cancel a queued one.",
    sources="c51 issues",
    confidence="C",
    partial="yes",
)
def an_end_is_final(facts: Facts) -> Iterator[Outcome]:
    """JOB-02"""
    if any(job.end is not None for job in facts.jobs) and facts.complete:
        yield True
    yield from _said_after_an_end(facts)
    for job in facts.odd_jobs if facts.complete else ():
        for number, event in job.odd or ():
            if event.kind.startswith("job.") and event.kind not in ("job.deleted", "job.tagged"):
                yield broken(event, f"nothing more: it is {job.status}", event.kind, number=number)


def _said_after_an_end(facts: Facts) -> Iterator[Outcome]:
    """What answers said of a job after one of them had said that it ended."""
    ends: dict[str, Said] = {}
    for said in facts.said.jobs:
        status, end = str(said.status).partition(" - ")[0], ends.get(said.id)
        if end is None:
            if status in TERMINAL:
                ends[said.id] = said
                yield True
        elif said.answer.event.at_us >= end.answer.event.at_us + facts.slack_us:
            was = str(end.status).partition(" - ")[0]
            yield status == was or said_wrongly(said, f"it is {was}, as before", "state")


@JOB.rule(
    "03",
    "A job is running from the beginning of its classical preparation, not only on the QPU.",
    exercise="Run a job that takes time before the QPU.",
    sources="dMON",
    confidence="D",
)
def running_begins_before_the_qpu(facts: Facts) -> Iterator[Outcome]:
    """JOB-03"""
    for job in facts.ran:
        if job.on_qpu is not None and job.running is not None and job.on_qpu.at_us > job.running.at_us:
            yield True
    for job in facts.odd_jobs:
        for number, event in job.odd or ():
            if event.kind == "job.on_qpu" and job.on_qpu is not event:
                yield broken(event, "it is running", f"it is {job.status} and gets the QPU", number=number)


@JOB.rule(
    "04",
    "A job is created before it runs, and runs before it ends.",
    exercise="Run a job.",
    sources="oa25 live",
    confidence="DL",
    partial="yes",
)
def its_instants_are_in_order(facts: Facts) -> Iterator[Outcome]:
    """JOB-04"""
    for job in facts.jobs:
        queued, running, end = job.queued, job.running, job.end
        if queued is None or end is None or not facts.sure(queued, end):
            continue
        begun_us = running.at_us if running is not None and facts.sure(running) else queued.at_us
        if queued.at_us <= begun_us + facts.slack_us and begun_us <= end.at_us + facts.slack_us:
            yield True
        else:
            seen = f"{seconds(queued.at_us)}, {seconds(begun_us)}, {seconds(end.at_us)}"
            yield broken(end, "in this order", seen, number=job.end_no)


@JOB.rule(
    "05",
    "A job that failed has a reason and a code; one that its user cancelled has neither.",
    exercise="Let a job fail, cancel another.",
    sources="oa25 live",
    confidence="DL",
    partial="yes",
)
def a_failure_has_a_reason(facts: Facts) -> Iterator[Outcome]:
    """JOB-05"""
    yield from _reasons_told(facts)
    for job in facts.failed if facts.complete else ():
        if job.end is not None:
            told = isinstance(job.code, int) and bool(job.end.data.get("reason"))
            seen = f"{job.end.data.get('reason')!r}, {job.code!r}"
            yield told or broken(job.end, "a reason and a code that is a number", seen, number=job.end_no)
    for job in facts.cancelled if facts.complete else ():
        if job.end is not None and job.code != TOO_LONG_CODE:
            bare = job.code is None and job.end.data.get("reason") is None
            yield bare or broken(job.end, "no reason and no code", f"code {job.code!r}", number=job.end_no)


def _reasons_told(facts: Facts) -> Iterator[Outcome]:
    """What answers said of why jobs failed, and of those that their user asked to cancel."""
    asked = {answer.event.job for answer in facts.answered("cancel job") if answer.accepted}
    for said in facts.said.jobs:
        if said.status not in (FAILED, CANCELLED):
            continue
        state = said.fields["state"]
        reason, code = state.get("reason"), state.get("reason_code", state.get("reasonCode"))
        if said.status == FAILED:
            told = isinstance(code, int) and bool(reason)
            yield told or said_wrongly(said, "a reason and a code that is a number", "state")
        elif said.id in asked and code != TOO_LONG_CODE and reason != _TOO_LONG:
            yield (reason is None and code is None) or said_wrongly(said, "no reason and no code", "state")
