"""CAN: cancelling a session or batch, DELETE /sessions/{id}/close."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_qruntime.contracts.contract import Chapter, Outcome, broken, seconds
from pytest_qruntime.contracts.facts import Facts
from pytest_qruntime.contracts.shared import asked_before, results_after, said_wrongly
from pytest_qruntime.contracts.subjects import LOST_CODE, JobFacts, Moment, WorkloadFacts
from pytest_qruntime.model.states import CANCELLED_BY_USER, CLOSED, PENDING_CLOSED
from pytest_qruntime.model.trace import JOB_CANCELLED, JOB_COMPLETED, JOB_FAILED

CAN = Chapter("CAN", "Cancelling")


def cancels(facts: Facts) -> Iterator[tuple[WorkloadFacts, Moment]]:
    """Each session or batch that was cancelled, and when."""
    for workload in facts.workloads:
        ended = workload.ended
        if ended is not None and (ended.reason == CANCELLED_BY_USER or ended.event.data.get("asked") == "cancel"):
            yield workload, ended


@CAN.rule(
    "01",
    "A cancel closes a session or batch at once, whatever its state.",
    exercise="Cancel a session while a job runs.",
    sources="s0 s1 oa25",
    confidence="S",
    knobs=("closing_state",),
    partial="yes",
)
def a_cancel_closes_at_once(facts: Facts) -> Iterator[Outcome]:
    """CAN-01"""
    waits = facts.policy.closing_state == "pending_closed"
    known = facts if facts.complete else facts.whole()
    for workload, end in cancels(known):
        closed = workload.closed is end
        yield closed or waits or broken(end.event, "it is closed", "it waits for its jobs", number=end.no)
    for workload in known.workloads:
        for again in workload.ignored:
            if again.event.data.get("operation") == "cancel" and not _over(facts, workload, again):
                yield broken(again.event, "it is closed", f"it stays {again.state}", number=again.no)
    yield from _said_after_cancel(facts, CLOSED if not waits else PENDING_CLOSED)


def _over(facts: Facts, workload: WorkloadFacts, moment: Moment) -> bool:
    """Whether it was closed at a moment, or may have been."""
    ended = workload.ended
    return moment.state in (CLOSED, PENDING_CLOSED) or (
        not facts.complete and ended is not None and ended.at_us <= moment.at_us + facts.slack_us
    )


def _said_after_cancel(facts: Facts, state: str) -> Iterator[Outcome]:
    """What was said of those that were cancelled; who was ever asked to take jobs again may say that it does."""
    for said in facts.said.sessions:
        asked = {one.operation for one in asked_before(facts, said)} if said.asked else set()
        if "cancel" in asked:
            closed = said.fields["state"] in (CLOSED, state)
            yield closed or said_wrongly(said, "it is closed", "state")
            reopened = any(one.operation == "reopen" for one in said.asked) or not facts.terms.alone
            taking = said.fields.get("accepting_jobs") is not False and not reopened
            yield not taking or said_wrongly(said, "it takes no jobs", "accepting_jobs")


def lost_at(facts: Facts, end: Moment) -> Iterator[Outcome]:
    """The jobs that were queued when a workload ended failed in that instant, or were cancelled, as the policy says."""
    fails = facts.policy.queued_on_end == "failed"
    expected = "it fails" if fails else "it is cancelled"
    for job in end.waiting:
        if job.end is None:
            if facts.passed(end.at_us):
                yield broken(end.event, f"job {job.id}, which was queued, ends", "it does not", number=end.no)
        elif facts.complete or lost_for_certain(facts, job, end):
            rightly = job.end.kind == (JOB_FAILED if fails else JOB_CANCELLED) and job.running is None
            in_time = facts.same(job.end.at_us, end.at_us) or not facts.sure(job.end)
            coded = job.code == (LOST_CODE if fails else None)
            seen = f"it {job.outcome} at {seconds(job.end.at_us)}"
            yield (rightly and in_time and coded) or broken(
                job.end, f"{expected} at {seconds(end.at_us)}, with its session or batch", seen, number=job.end_no
            )


def lost_for_certain(facts: Facts, job: JobFacts, end: Moment) -> bool:
    """In what somebody saw: the job was queued until then. Its code says so, or that it ended in that instant."""
    if job.end is None or job.running is not None:
        return False
    at_once = facts.sure(job.end, end.event) and job.end.at_us == end.at_us and job.end.kind != JOB_COMPLETED
    return (at_once and not _cancelled_by_itself(facts, job)) or job.code == LOST_CODE


def _cancelled_by_itself(facts: Facts, job: JobFacts) -> bool:
    """Whether somebody asked for the end of this one job, which may have been running."""
    if job.end is None or job.end.kind != JOB_CANCELLED:
        return False
    return any(answer.accepted and answer.event.job == job.id for answer in facts.answered("cancel job"))


@CAN.rule(
    "02",
    "The jobs that are queued when a session or batch is cancelled fail in that instant, and never run.",
    exercise="Cancel a session with a queued job.",
    sources="s1",
    confidence="S",
    knobs=("queued_on_end",),
    partial="yes",
)
def queued_jobs_fail_on_cancel(facts: Facts) -> Iterator[Outcome]:
    """CAN-02"""
    for _, end in cancels(facts):
        yield from lost_at(facts, end)


def going_on(facts: Facts, workload: WorkloadFacts, end: Moment) -> Iterator[Outcome]:
    """The jobs that ran when a workload ended went on until they ended by themselves, or by their user."""
    for job in facts.ran_at(workload, end):
        if job.end is not None:
            taken = job.code == LOST_CODE or (job.end.kind == JOB_FAILED and job.end.at_us == end.at_us)
            yield not taken or broken(job.end, "it runs to its end", f"it {job.outcome}", number=job.end_no)


@CAN.rule(
    "03",
    "The jobs that run when a session or batch is cancelled run to their end, and their results can be read.",
    exercise="Cancel a session while a job runs, and let the job end.",
    sources="s1 oa25 issues",
    confidence="S",
    partial="yes",
)
def running_jobs_finish_after_cancel(facts: Facts) -> Iterator[Outcome]:
    """CAN-03"""
    for workload, end in cancels(facts):
        yield from going_on(facts, workload, end)
        yield from results_after(facts, workload)


@CAN.rule(
    "04",
    "After a cancel, a submit is refused.",
    exercise="Submit a job after the session was cancelled.",
    sources="s1",
    confidence="S",
    partial="yes",
)
def no_jobs_after_cancel(facts: Facts) -> Iterator[Outcome]:
    """CAN-04"""
    for workload, end in cancels(facts):
        for refusal in workload.refused:
            if refusal.operation == "submit" and refusal.no > end.no:
                yield True
        for job in workload.jobs:
            if job.queued is not None and facts.follows(job.queued, job.queued_no, end):
                yield broken(job.queued, "it is refused", "it is accepted", number=job.queued_no)


@CAN.rule(
    "05",
    "The usage of a cancelled session runs on until its last running job has ended.",
    exercise="Cancel a session while a job runs, and let the job end.",
    sources="s3 dFAQ",
    confidence="S",
    partial="whole",
)
def usage_runs_on_after_cancel(facts: Facts) -> Iterator[Outcome]:
    """CAN-05"""
    for workload, end in cancels(facts):
        if workload.is_session and end.going and workload.settled is not None:
            last_us = max((job.end.at_us for job in end.going if job.end is not None), default=end.at_us)
            usage_us = workload.settled.data.get("usage_us")
            expected = f"usage until {seconds(last_us)}: at least {seconds(workload.window_us)}"
            enough = isinstance(usage_us, int) and usage_us >= workload.window_us - facts.slack_us
            yield enough or broken(workload.settled, expected, f"usage of {usage_us} us")


@CAN.rule(
    "06",
    "A session or batch that is cancelled before its first job starts never starts, and costs nothing.",
    exercise="Cancel a session whose only job still waits.",
    sources="s1",
    confidence="S",
    partial="whole",
)
def cancelled_before_it_started(facts: Facts) -> Iterator[Outcome]:
    """CAN-06"""
    for workload, end in cancels(facts):
        if end.waiting and (workload.started is None or workload.started.no > end.no):
            start = workload.started
            yield start is None or broken(start.event, "it never starts", "it starts", number=start.no)
            if workload.settled is not None:
                usage_us = workload.settled.data.get("usage_us")
                yield usage_us == 0 or broken(workload.settled, "usage 0", f"usage of {usage_us} us")


@CAN.rule(
    "07",
    "Cancelling what is closed changes nothing.",
    exercise="Cancel a session twice.",
    sources="ours",
    confidence="U",
    knobs=("cancel_closed",),
)
def cancelling_twice_changes_nothing(facts: Facts) -> Iterator[Outcome]:
    """CAN-07"""
    answer = facts.policy.cancel_closed
    for workload in facts.workloads:
        for again in workload.ignored:
            if again.event.data.get("operation") == "cancel":
                yield answer == 204 or broken(again.event, f"it is refused: {answer}", "accepted", number=again.no)
        for number, event in workload.later:
            if event.kind == "workload.closed":
                yield broken(event, "nothing changes", "it is closed once more", number=number)
    for why, code in (("workload_closed_not_found", 404), ("workload_closed_conflict", 409)):
        for refusal in facts.refusals(why):
            yield answer == code or broken(refusal.event, f"{answer}", f"it is refused: {code}", number=refusal.no)


@CAN.rule(
    "08",
    "Cancelling a session or batch that does not exist is refused.",
    exercise="DELETE the id of no session.",
    sources="c51",
    confidence="V",
)
def an_unknown_one_is_not_cancelled(facts: Facts) -> Iterator[Outcome]:
    """CAN-08"""
    for refusal in facts.refusals("workload_unknown"):
        if refusal.operation == "cancel":
            yield True
    for number, event in facts.strangers:
        if event.data.get("operation") == "cancel":
            yield broken(event, "it is refused", "it is accepted", number=number)


@CAN.rule(
    "09",
    "A cancel does not touch the jobs of others.",
    exercise="Cancel a session while a plain job or one of another session waits.",
    sources="ours s2",
    confidence="U",
)
def a_cancel_touches_nobody_else(facts: Facts) -> Iterator[Outcome]:
    """CAN-09"""
    for _, end in cancels(facts):
        if end.others or end.head is not None:
            yield True
    for job in facts.lost:
        if job.end is not None and (job.workload is None or job.workload.ended is None):
            yield broken(job.end, "it goes on", f"it {job.outcome}", number=job.end_no)
