"""STS and DET: the words and the fields in which a session or batch is told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final

from pytest_qruntime.contracts.answers import AnswerFacts, Said
from pytest_qruntime.contracts.catalogue.details import DET
from pytest_qruntime.contracts.catalogue.statuses import STS
from pytest_qruntime.contracts.contract import Outcome
from pytest_qruntime.contracts.facts import Facts
from pytest_qruntime.contracts.shared import answered_wrongly, is_another, is_before, said_wrongly, word
from pytest_qruntime.model.states import (
    ACTIVE,
    CLOSED,
    CREATED,
    INACTIVATED,
    INACTIVATED_BY_ACTIVE_TTL,
    INACTIVE,
    OPEN,
    PENDING_CLOSED,
)
from pytest_qruntime.model.trace import JOB_CANCELLED

_FIELDS: Final = (
    *("id", "mode", "state", "accepting_jobs", "max_ttl", "active_ttl", "interactive_ttl", "elapsed_time"),
    *("started_at", "activated_at", "closed_at", "last_job_started", "last_job_completed"),
)
_LISTED: Final = {
    "session": ("pending", "in_progress", "completed", "canceled"),
    "batch": ("pending", "in_progress", "completed", "canceled"),
    "job": ("pending", "in_progress", "completed", "canceled", "failed"),
}
_IN_LIST: Final = {
    OPEN: ("pending",),
    INACTIVE: ("pending",),
    ACTIVE: ("in_progress",),
    PENDING_CLOSED: ("in_progress",),
    CLOSED: ("completed", "canceled"),
}


@STS.rule(
    "05",
    "A session or batch is open, active, inactive or closed.",
    exercise="Read a session.",
    sources="oa25 issues",
    confidence="D",
    knobs=("closing_state",),
    partial="yes",
)
def four_states(facts: Facts) -> Iterator[Outcome]:
    """STS-05"""
    known = [OPEN, ACTIVE, INACTIVE, CLOSED]
    if facts.policy.closing_state == PENDING_CLOSED:
        known.append(PENDING_CLOSED)
    for said in facts.said.sessions:
        yield said.fields["state"] in known or said_wrongly(said, f"one of {', '.join(known)}", "state")


@STS.rule(
    "06",
    "A list of workloads has jobs, sessions and batches; each is pending, in_progress, completed, canceled or, a job, "
    "failed.",
    exercise="List the workloads while a session is active, and after it was closed.",
    sources="oa25",
    confidence="D",
    partial="yes",
)
def words_of_a_list(facts: Facts) -> Iterator[Outcome]:
    """STS-06"""
    before: dict[str, object] = {}
    for answer in facts.answered("list workloads"):
        for row in answer.rows("workloads") if answer.accepted else ():
            name = word(row.get("id"))
            if before.get(name) != row:
                before[name] = row
                known = _LISTED.get(word(row.get("mode")), ())
                yield row.get("status") in known or answered_wrongly(answer, "a known word", _told(row))


@STS.rule(
    "08",
    "In a list of workloads a session or batch is pending while it is open or inactive, in_progress while it is "
    "active, and completed or canceled when it was closed.",
    exercise="Read a session and list the workloads at the same instant, while it is active, and after it was closed.",
    sources="ours oa25",
    confidence="U",
    knobs=("closing_state",),
    partial="yes",
)
def states_in_a_list(facts: Facts) -> Iterator[Outcome]:
    """STS-08"""
    if facts.slack_us or not facts.answered("list workloads"):
        return
    states: dict[str | None, tuple[int, object]] = {}
    for answer in facts.answered("read session", "list workloads"):
        if answer.operation == "read session":
            states[answer.event.workload] = answer.event.at_us, answer.said("state")
            continue
        for row in answer.rows("workloads") if answer.accepted else ():
            at_us, state = states.get(word(row.get("id")), (None, None))
            if at_us == answer.event.at_us and word(state) in _IN_LIST:
                rightly = row.get("status") in _IN_LIST[word(state)]
                yield rightly or answered_wrongly(answer, f"what is {state} in this instant", _told(row))


def _told(row: Mapping[str, Any]) -> str:
    return f"{row.get('mode')!r} that is {row.get('status')!r}"


@STS.rule(
    "07",
    "A session or batch that has not started says that it was created, an inactive one which time was used up.",
    exercise="Read a session before its first job, and after the interactive TTL.",
    sources="live",
    confidence="L",
    partial="yes",
)
def reasons_of_states(facts: Facts) -> Iterator[Outcome]:
    """STS-07"""
    for said in facts.said.sessions:
        state, reason = said.fields["state"], said.fields.get("state_reason")
        if reason is None:
            continue
        if state == OPEN and not said.asked:
            yield reason == CREATED or said_wrongly(said, CREATED, "state_reason")
        elif state == INACTIVE:
            rightly = reason in (INACTIVATED, INACTIVATED_BY_ACTIVE_TTL)
            yield rightly or said_wrongly(said, INACTIVATED, "state_reason")
        elif state == CLOSED:
            yield reason not in (CREATED, INACTIVATED) or said_wrongly(said, "why it was closed", "state_reason")


@DET.rule(
    "02",
    "The fields of a session or batch have these names: " + ", ".join(_FIELDS) + ".",
    exercise="Read a session.",
    sources="oa25 c51 live",
    confidence="D",
    partial="yes",
)
def names_of_fields(facts: Facts) -> Iterator[Outcome]:
    """DET-02"""
    for said in facts.said.sessions:
        if said.answer.operation == "read session":
            missing = [name for name in _FIELDS if name not in said.fields]
            yield not missing or said_wrongly(said, f"a field {missing[0]}", missing[0])


@DET.rule(
    "03",
    "A session or batch has started when it is active or was, and that instant stays; it was activated then or later. "
    "It has an instant of its closing if and only if it is closed. Its last job started and ended as its jobs did.",
    exercise="Run a job in a session, close it, and read it before and after.",
    sources="oa25",
    confidence="D",
    partial="yes",
)
def instants_of_a_session(facts: Facts) -> Iterator[Outcome]:
    """DET-03"""
    for words in facts.said.of_session.values():
        before: Said | None = None
        for said in words:
            wrong = _wrong(said, facts.slack_us) or (None if before is None else _moved(before, said, facts.slack_us))
            yield wrong is None or said_wrongly(said, *wrong)
            before = said
    yield from _as_its_jobs(facts)


def _as_its_jobs(facts: Facts) -> Iterator[Outcome]:
    """The instants of the last job are those that the jobs tell, of a closed session whose jobs have all told them."""
    told: dict[str, dict[str, dict[str, Any]]] = {}
    for answer in facts.answered("metrics") if facts.terms.alone else ():
        times, workload = answer.said("timestamps"), answer.event.workload
        if workload in facts.said.opened and isinstance(times, dict) and isinstance(times.get("finished"), str):
            told.setdefault(workload, {})[answer.event.job or ""] = times
    looks = {one.event.workload: one for one in facts.answered("read session") if one.accepted}
    made = Counter(one.event.workload for one in facts.said.submitted.values())
    for name, times_of in told.items():
        look, jobs = looks.get(name), list(times_of.values())
        if look is None or look.said("state") != CLOSED or len(jobs) < made[name] or not _after_all(facts, look):
            continue
        ran = [times for times in jobs if isinstance(times.get("running"), str)]
        for field, key in (("last_job_started", "running"), ("last_job_completed", "finished")):
            expected = max((times[key] for times in ran), default=None)
            wrong = is_another(look.said(field), expected, facts.slack_us)
            yield not wrong or answered_wrongly(
                look, f"{expected}, as its jobs tell", f"{field} is {look.said(field)!r}"
            )


def _after_all(facts: Facts, look: AnswerFacts) -> bool:
    """Whether all jobs of a session had ended when somebody looked at it, for certain.

    A job that was cancelled in the instant of the look may have been cancelled after it.
    """
    ends = [] if look.workload is None else [job.end for job in look.workload.jobs]
    latest_us = look.event.at_us - facts.slack_us
    return all(
        end is not None
        and facts.sure(end)
        and (end.at_us < latest_us or (end.at_us == latest_us and end.kind != JOB_CANCELLED))
        for end in ends
    )


def _wrong(said: Said, slack_us: int) -> tuple[str, str] | None:
    """What is expected, and of which field, if one of the instants cannot be."""
    told, state = said.fields.get, said.fields["state"]
    started, activated, first = told("started_at"), told("activated_at"), told("last_job_started")
    if "closed_at" in said.fields and (told("closed_at") is not None) != (state == CLOSED):
        return f"an instant if and only if it is closed; it is {state}", "closed_at"
    if state in (ACTIVE, INACTIVE) and started is None:
        return f"an instant: it is {state}", "started_at"
    for name, later in (("activated_at", activated), ("last_job_started", first)):
        if is_before(later, started, slack_us):
            return f"{started} or later", name
    if told("last_job_completed") is not None and first is None:
        return "an instant: a job has ended", "last_job_started"
    return None


def _moved(before: Said, said: Said, slack_us: int) -> tuple[str, str] | None:
    """The same, if an instant is another one than before."""
    for name in ("started_at", "closed_at"):
        was = before.fields.get(name)
        if was is not None and is_another(said.fields.get(name), was, slack_us):
            return f"{was}, as before", name
    return None
