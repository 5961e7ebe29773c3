"""SUB, PLN and MXT: what a submit is answered with, and what is said of the job that it made."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from pytest_qruntime.contracts.answers import AnswerFacts
from pytest_qruntime.contracts.catalogue.job_limits import MXT
from pytest_qruntime.contracts.catalogue.plans import PLN
from pytest_qruntime.contracts.catalogue.submitting import SUB
from pytest_qruntime.contracts.contract import Outcome
from pytest_qruntime.contracts.facts import Facts
from pytest_qruntime.contracts.shared import answered_wrongly, only_plan, said_wrongly, word
from pytest_qruntime.model.policy import BATCH

_SEVERAL: Final = 6
"""More jobs than a backend has lanes."""
_TOO_MANY_JOBS: Final = re.compile(
    r"(?i)(?=.*\bjobs?\b)(?=.*\b(?:at most|maximum|too many|limit)\b)(?!.*\b(?:plan|tags?|cost|time)\b)"
)
_OF_A_PLAN: Final = (1202, 3458, 4317)
"""Codes of the limits of plans: per minute, pending, and of usage."""
_TOO_LARGE: Final = 413


@SUB.rule(
    "04",
    "A submit that is refused makes no job: it answers no id, and nothing is listed.",
    exercise="Submit a job to a closed session, and list the jobs of the session.",
    sources="issues",
    confidence="I",
    partial="yes",
)
def a_refused_submit_makes_no_job(facts: Facts) -> Iterator[Outcome]:
    """SUB-04"""
    for answer in facts.answered("submit"):
        if answer.refused:
            yield not answer.says("id") or answered_wrongly(answer, "no id", f"the id {answer.said('id')!r}")
        elif answer.accepted:
            named = isinstance(answer.said("id"), str)
            yield named or answered_wrongly(answer, "an id", f"the id {answer.said('id')!r}")
    made: dict[str, int] = {}
    refused: set[str] = set()
    in_order = facts.terms.alone and not facts.slack_us
    for answer in facts.answered("submit", "list jobs") if in_order else ():
        name = answer.event.workload or ""
        if answer.operation == "submit":
            made[name] = made.get(name, 0) + answer.accepted
            refused |= {name} if answer.refused else set()
        elif name in facts.said.opened and name in refused and isinstance(count := answer.said("count"), int):
            most = made.get(name, 0)
            yield count <= most or answered_wrongly(answer, f"at most the {most} accepted jobs", f"{count} jobs")


class _Taken:
    """What a session or batch had taken before a submit: how many jobs, of which programs."""

    def __init__(self) -> None:
        self.jobs = 0
        self.programs: set[str] = set()


def _took(facts: Facts) -> Iterator[tuple[AnswerFacts, _Taken]]:
    """Each submit to a session or batch, and what it had taken before."""
    taken: defaultdict[str, _Taken] = defaultdict(_Taken)
    for answer in facts.answered("submit"):
        name = answer.event.workload
        if name is not None:
            before = taken[name]
            yield answer, before
            if answer.accepted:
                before.jobs += 1
                before.programs.add(word(answer.sent("program_id")))


@SUB.rule(
    "11",
    "A batch takes any number of jobs; only the limits of the plan hold.",
    exercise="Submit six jobs to a batch.",
    sources="dFAQ",
    confidence="D",
    partial="yes",
)
def any_number_of_jobs(facts: Facts) -> Iterator[Outcome]:
    """SUB-11"""
    for answer, before in _took(facts):
        if answer.workload is None or answer.workload.mode != BATCH:
            continue
        if answer.accepted and before.jobs + 1 >= _SEVERAL:
            yield True
        elif answer.refused and before.jobs and answer.error.get("code") not in _OF_A_PLAN:
            message = str(answer.error.get("message"))
            if _TOO_MANY_JOBS.search(message):
                yield answered_wrongly(answer, "the job is accepted", f"it is refused after {before.jobs}: {message}")


@SUB.rule(
    "12",
    "A session or batch takes jobs of several programs.",
    exercise="Submit a sampler and an estimator job to one session.",
    sources="s1",
    confidence="S",
    partial="yes",
)
def several_programs(facts: Facts) -> Iterator[Outcome]:
    """SUB-12"""
    for answer, before in _took(facts):
        other = bool(before.programs - {word(answer.sent("program_id"))})
        if answer.accepted and other:
            yield True
        elif answer.refused and other and "program" in str(answer.error.get("message")) and answer.status != 404:
            yield answered_wrongly(answer, "the job is accepted", f"it is refused: {answer.error.get('message')}")
    for said in facts.said.job_at_first.values():
        made, program = facts.said.submitted.get(said.id), said.fields.get("program")
        if made is not None and isinstance(program, dict):
            asked = made.sent("program_id")
            yield program.get("id") == asked or said_wrongly(said, f"the program {asked}", "program")


@SUB.rule(
    "17",
    "Listing the jobs of a session that does not exist is answered with an empty list.",
    exercise="List the jobs of a session of an id of no session.",
    sources="issues",
    confidence="I",
    partial="yes",
)
def no_jobs_of_an_unknown_session(facts: Facts) -> Iterator[Outcome]:
    """SUB-17"""
    for answer in facts.answered("list jobs"):
        if "session_id" not in answer.query:
            continue
        if answer.status == 404:
            yield answered_wrongly(answer, "an empty list")
        elif answer.accepted and answer.workload is None and answer.said("count") == 0:
            yield answer.said("jobs") == [] or answered_wrongly(answer, "no jobs", f"{answer.said('jobs')!r}")


@PLN.rule(
    "09",
    "A submit that is larger than the limit is refused for its size, and no other.",
    exercise="Set the limit, and submit a larger job.",
    sources="dMAX issues",
    confidence="I",
    knobs=("max_payload_bytes",),
    partial="yes",
)
def the_size_of_a_submit(facts: Facts) -> Iterator[Outcome]:
    """PLN-09"""
    largest = facts.policy.max_payload_bytes
    for answer in facts.answered("submit"):
        size = answer.size
        if size is None:
            continue
        if answer.status == _TOO_LARGE:
            over = largest is not None and size > largest
            yield over or answered_wrongly(answer, "it is accepted", f"{size} bytes are refused")
        elif largest is not None and answer.accepted:
            yield size <= largest or answered_wrongly(answer, "it is refused", f"{size} bytes are accepted")


@MXT.rule(
    "04",
    "A job without a maximum execution time gets the longest one of its plan, and tells it.",
    exercise="Submit a job without one, and read it.",
    sources="live",
    confidence="L",
    partial="yes",
)
def the_longest_time_of_the_plan(facts: Facts) -> Iterator[Outcome]:
    """MXT-04"""
    plan = only_plan(facts)
    for said in facts.said.job_at_first.values():
        made, told = facts.said.submitted.get(said.id), said.fields.get("cost")
        if made is None or "cost" not in said.fields:
            continue
        asked = made.sent("cost")
        if asked is not None:
            yield told == asked or said_wrongly(said, f"{asked} s, as asked for", "cost")
        elif plan is not None:
            yield told == plan.max_job_s or said_wrongly(said, f"{plan.max_job_s} s, of the plan", "cost")
