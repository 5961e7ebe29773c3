"""CLS: the graceful close, PATCH accepting_jobs=false."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pytest_qruntime.contracts.catalogue.cancelling import going_on, lost_at
from pytest_qruntime.contracts.contract import Chapter, Outcome, broken, seconds
from pytest_qruntime.contracts.facts import Facts
from pytest_qruntime.contracts.shared import answered_wrongly, said_after_closing, said_wrongly
from pytest_qruntime.contracts.subjects import LOST_CODE, JobFacts, Moment, WorkloadFacts
from pytest_qruntime.model.states import CLOSED, CLOSED_BY_MAX_TTL, CLOSED_BY_USER, CLOSED_EARLY, PENDING_CLOSED

CLS = Chapter("CLS", "Closing")

BY_CLOSE: Final = (CLOSED_BY_USER, CLOSED_EARLY)
"""The reasons of an end that the user's close brought about."""


@CLS.rule(
    "01",
    "A close lets the jobs finish that were submitted: none of them fails for it.",
    exercise="Close a session while a job runs and another is queued, and let both end.",
    sources="s1 s4 dFAQ",
    confidence="S",
    partial="yes",
)
def a_close_lets_jobs_finish(facts: Facts) -> Iterator[Outcome]:
    """CLS-01"""
    for workload in facts.workloads:
        closed = workload.closed
        if closed is not None and closed.reason in BY_CLOSE:
            for job in (*closed.waiting, *closed.going):
                if facts.complete or facts.outlived(job, closed):
                    expected = f"job {job.id} finishes first"
                    yield broken(closed.event, expected, f"it is closed, and the job {job.outcome}", number=closed.no)
        for drain in workload.drainings[:1]:
            for job in (*drain.waiting, *drain.going):
                if job.end is not None and _judged(facts, workload, job, drain):
                    lost = job.code == LOST_CODE
                    yield not lost or broken(job.end, "it finishes", f"it {job.outcome}", number=job.end_no)


def _judged(facts: Facts, workload: WorkloadFacts, job: JobFacts, drain: Moment) -> bool:
    """Whether nothing but the close can have ended a job that was there when it came."""
    if facts.complete:
        return not _lost_later(workload, job.end_no)
    by_close = workload.ended is not None and workload.ended.reason in BY_CLOSE
    return by_close and (job.code == LOST_CODE or facts.outlived(job, drain))


def _lost_later(workload: WorkloadFacts, number: int) -> bool:
    """Whether something else than the close had ended it by then: a cancel, a timer, a limit."""
    ended = workload.ended
    return ended is not None and ended.no < number and ended.reason not in BY_CLOSE


@CLS.rule(
    "03",
    "When the last job of a session or batch ends that is being closed, it is closed in that instant.",
    exercise="Close a session while a job runs, and let the job end.",
    sources="s1 s4 oa25",
    confidence="S",
    partial="whole",
)
def closed_with_its_last_job(facts: Facts) -> Iterator[Outcome]:
    """CLS-03"""
    for workload in facts.workloads:
        drained_us, closed = workload.drained_us, workload.closed
        if drained_us is None:
            continue
        if closed is not None:
            expected = f"it is closed at {seconds(drained_us)}, when its last job ended"
            rightly = facts.same(closed.at_us, drained_us)
            yield rightly or broken(closed.event, expected, "it is closed now", number=closed.no)
        elif facts.passed(drained_us):
            yield facts.overdue(workload, drained_us, "it is closed with its last job")


@CLS.rule(
    "04",
    "The max TTL holds for what is being closed too: then it is closed, queued jobs fail, and running ones finish.",
    exercise="Close a session while jobs run and wait, and let its max TTL end.",
    sources="s1 s4",
    confidence="S",
    knobs=("max_ttl_from", "queued_on_end"),
    partial="whole",
)
def max_ttl_holds_while_draining(facts: Facts) -> Iterator[Outcome]:
    """CLS-04"""
    for workload in facts.workloads:
        deadline_us = facts.deadline_us(workload)
        drain = next((one for one in workload.drainings if one.reason is None), None)
        if deadline_us is None or drain is None or drain.at_us >= deadline_us or workload.accepting:
            continue
        for job in workload.jobs:
            if job.running is not None and job.running.at_us >= deadline_us + facts.slack_us:
                expected = f"it fails with the max TTL at {seconds(deadline_us)}"
                yield broken(job.running, expected, "it runs", number=job.running_no)
        ended = workload.ended
        if ended is not None and ended.reason == CLOSED_BY_MAX_TTL:
            rightly = facts.same(ended.at_us, deadline_us)
            yield rightly or broken(ended.event, f"at {seconds(deadline_us)}", "now", number=ended.no)
            yield from lost_at(facts, ended)
            yield from going_on(facts, workload, ended)
        elif ended is None and facts.passed(deadline_us):
            yield facts.overdue(workload, deadline_us, "it is closed with the max TTL")


@CLS.rule(
    "06",
    "Closing a session or batch that was never used closes it at once, and it costs nothing.",
    exercise="Open a session and close it.",
    sources="live",
    confidence="L",
    knobs=("idle_close",),
    partial="whole",
)
def an_unused_one_closes_at_once(facts: Facts) -> Iterator[Outcome]:
    """CLS-06"""
    for workload in facts.workloads:
        if workload.jobs:
            continue
        yield from _closes_at_once(facts, workload, "open")
        if workload.settled is not None and workload.reason == CLOSED_EARLY:
            usage = workload.settled.data.get("usage_us")
            yield usage == 0 or broken(workload.settled, "usage 0", f"usage {usage} us")


def _closes_at_once(facts: Facts, workload: WorkloadFacts, state: str) -> Iterator[Outcome]:
    """Whether a close of a workload that had nothing to do in that state was its end."""
    closed = workload.closed
    if closed is not None and closed.reason in BY_CLOSE and closed.accepting and closed.state == state:
        yield True
    if state == "active" or facts.policy.idle_close == "immediate":
        for drain in workload.drainings:
            if _nothing_to_do(drain) and drain.state == state and drain.reason is None:
                yield broken(drain.event, "it is closed at once", "it is only draining", number=drain.no)


def _nothing_to_do(moment: Moment) -> bool:
    return not moment.queued and not moment.running


@CLS.rule(
    "07",
    "Closing an open session or batch whose jobs are queued does not end it: they run, and then it is closed.",
    exercise="Close a session whose first job still waits, and let it run.",
    sources="s1 s4",
    confidence="S",
    partial="whole",
)
def a_close_before_the_first_start(facts: Facts) -> Iterator[Outcome]:
    """CLS-07"""
    for workload in facts.workloads:
        closed = workload.closed
        if closed is not None and closed.reason in BY_CLOSE and closed.state == "open" and closed.queued:
            seen = f"it is closed with {closed.queued} jobs queued"
            yield broken(closed.event, "it stays until they have run", seen, number=closed.no)
        for drain in workload.drainings:
            if drain.state == "open" and drain.queued and workload.started is not None:
                yield True


@CLS.rule(
    "08",
    "Closing an active session or batch that runs nothing closes it at once: the interactive TTL is not waited for.",
    exercise="Close a session within the interactive TTL after its last job.",
    sources="s1",
    confidence="S",
    partial="whole",
)
def an_idle_one_closes_at_once(facts: Facts) -> Iterator[Outcome]:
    """CLS-08"""
    for workload in facts.workloads:
        yield from _closes_at_once(facts, workload, "active")


@CLS.rule(
    "09",
    "Closing an inactive session or batch whose jobs have all ended closes it at once.",
    exercise="Close a session after the interactive TTL has passed.",
    sources="ours issues",
    confidence="U",
    knobs=("idle_close",),
    partial="whole",
)
def an_inactive_one_closes_at_once(facts: Facts) -> Iterator[Outcome]:
    """CLS-09"""
    for workload in facts.workloads:
        yield from _closes_at_once(facts, workload, "inactive")


@CLS.rule(
    "10",
    "Closing twice, or closing what is closed, changes nothing.",
    exercise="Close a session twice.",
    sources="it",
    confidence="C",
    partial="yes",
)
def closing_twice_changes_nothing(facts: Facts) -> Iterator[Outcome]:
    """CLS-10"""
    for workload in facts.workloads if facts.complete else ():
        for again in workload.ignored:
            if again.event.data.get("operation") == "close" and not again.accepting:
                yield True
        for drain in workload.drainings:
            if not drain.accepting and drain.reason is None:
                yield broken(drain.event, "nothing changes", "it drains once more", number=drain.no)
        for number, event in workload.later:
            if event.kind in ("workload.closed", "workload.draining"):
                yield broken(event, "nothing changes", f"{event.kind} once more", number=number)
    yield from _answered_again(facts)


def _answered_again(facts: Facts) -> Iterator[Outcome]:
    """What was answered to a close of what had been told to be closed; that its instant stays is DET-03."""
    closed = {said.id: said.answer.no for said in reversed(facts.said.sessions) if said.fields["state"] == CLOSED}
    for answer in facts.answered("close") if closed else ():
        is_one = answer.sent("accepting_jobs") is False  # what says something else is refused for that
        if is_one and closed.get(answer.event.workload or "", answer.no) < answer.no:
            yield answer.accepted or answered_wrongly(answer, "nothing changes", f"status {answer.status}")


@CLS.rule(
    "12",
    "PATCH accepting_jobs=true does not open a closed session or batch again.",
    exercise="Close a session, then PATCH accepting_jobs=true.",
    sources="live",
    confidence="L",
    partial="yes",
)
def what_is_closed_stays_closed(facts: Facts) -> Iterator[Outcome]:
    """CLS-12"""
    for said in said_after_closing(facts):
        if any(one.operation == "reopen" for one in said.asked):
            yield said.fields["state"] == CLOSED or said_wrongly(said, "it stays closed", "state")
    for workload in facts.workloads if facts.complete else ():
        for again in workload.ignored:
            if again.event.data.get("operation") == "reopen" and again.state in ("closed", PENDING_CLOSED):
                yield True
        for reopen in workload.reopenings:
            if reopen.state in ("closed", PENDING_CLOSED):
                yield broken(reopen.event, "it stays closed", "it takes jobs again", number=reopen.no)


@CLS.rule(
    "13",
    "PATCH accepting_jobs=true lets a session or batch take jobs again that was closed and still runs its own.",
    exercise="Close a session while a job runs, then PATCH accepting_jobs=true.",
    sources="ours",
    confidence="U",
    knobs=("reopen_while_draining",),
)
def reopening_while_draining(facts: Facts) -> Iterator[Outcome]:
    """CLS-13"""
    allowed = facts.policy.reopen_while_draining
    for workload in facts.workloads:
        for reopen in workload.reopenings:
            if reopen.state not in ("closed", PENDING_CLOSED) and not reopen.accepting:
                yield allowed or broken(reopen.event, "it is ignored", "it takes jobs again", number=reopen.no)
        for again in workload.ignored:
            if (
                again.event.data.get("operation") == "reopen"
                and not again.accepting
                and again.state not in ("closed", PENDING_CLOSED)
            ):
                yield not allowed or broken(again.event, "it takes jobs again", "it is ignored", number=again.no)


@CLS.rule(
    "14",
    "Closing a session or batch that does not exist is refused.",
    exercise="PATCH the id of no session.",
    sources="c51",
    confidence="V",
)
def an_unknown_one_is_not_closed(facts: Facts) -> Iterator[Outcome]:
    """CLS-14"""
    for refusal in facts.refusals("workload_unknown"):
        if refusal.operation in ("close", "reopen"):
            yield True
    for number, event in facts.strangers:
        if event.data.get("operation") in ("close", "reopen"):
            yield broken(event, "it is refused", "it is accepted", number=number)
