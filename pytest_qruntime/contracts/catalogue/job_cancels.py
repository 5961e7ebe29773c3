"""JCN: cancelling and deleting jobs."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_qruntime.contracts.contract import Chapter, Outcome, broken
from pytest_qruntime.contracts.facts import Facts
from pytest_qruntime.contracts.shared import answered_wrongly

JCN = Chapter("JCN", "Cancelling and deleting jobs")


@JCN.rule(
    "01",
    "A cancelled job never runs, and is not resumed.",
    exercise="Cancel a queued job.",
    sources="dMON c51",
    confidence="D",
    partial="yes",
)
def what_is_cancelled_does_not_run(facts: Facts) -> Iterator[Outcome]:
    """JCN-01"""
    for job in facts.cancelled:
        if facts.complete:
            later = [one for one in job.odd or () if one[1].kind in ("job.running", "job.on_qpu")]
            yield not later or broken(later[0][1], "it stays cancelled", "it runs", number=later[0][0])
        elif job.running is not None and facts.sure(job.running, job.end) and job.end is not None:
            before = job.running.at_us <= job.end.at_us + facts.slack_us
            yield before or broken(job.running, "it stays cancelled", "it runs", number=job.running_no)


@JCN.rule(
    "02",
    "Cancelling a job that has ended is refused, and changes nothing.",
    exercise="Cancel a completed job.",
    sources="c51 it oa25",
    confidence="CV",
)
def an_end_cannot_be_cancelled(facts: Facts) -> Iterator[Outcome]:
    """JCN-02"""
    for refusal in facts.refusals("job_terminal"):
        over = refusal.job_over
        yield over or broken(refusal.event, "it is cancelled", "it is refused as ended", number=refusal.no)
    for job in facts.odd_jobs:
        for number, event in job.odd or ():
            if event.kind == "job.cancelled":
                yield broken(event, "it is refused", f"it is cancelled after it was {job.status}", number=number)


@JCN.rule(
    "03",
    "Cancelling a job that does not exist is refused.",
    exercise="Cancel a job of an id of no job.",
    sources="c51",
    confidence="V",
)
def an_unknown_job_is_not_cancelled(facts: Facts) -> Iterator[Outcome]:
    """JCN-03"""
    for refusal in facts.refusals("job_unknown"):
        if refusal.operation == "cancel job":
            yield True
    for job in facts.cancelled:
        if not job.known and job.end is not None:
            yield broken(job.end, "it is refused", "it is cancelled", number=job.end_no)


@JCN.rule(
    "06",
    "Cancelling a job does not touch the other jobs of its session or batch.",
    exercise="Cancel one of two queued jobs of a session.",
    sources="ours dFAQ",
    confidence="U",
)
def siblings_go_on(facts: Facts) -> Iterator[Outcome]:
    """JCN-06"""
    cancelled = set()
    for job in facts.cancelled:
        workload = job.workload
        if workload is None or job.end is None or job.code is not None or not job.left_others:
            continue
        if workload.ended is None or workload.ended.no > job.end_no:
            cancelled.add((workload, job.end.at_us))
            yield True
    for job in facts.lost:
        workload = job.workload
        if workload is None or job.end is None or (workload, job.end.at_us) not in cancelled:
            continue
        if workload.ended is None or workload.ended.no > job.end_no:
            yield broken(job.end, "it goes on: another job was cancelled", f"it {job.outcome}", number=job.end_no)


@JCN.rule(
    "07",
    "Only a job that has ended is deleted, and then it is gone.",
    exercise="Delete a running job, then a completed one, and ask for it.",
    sources="oa25 it",
    confidence="D",
    knobs=("delete_nonterminal",),
    partial="yes",
)
def only_what_has_ended_is_deleted(facts: Facts) -> Iterator[Outcome]:
    """JCN-07"""
    if facts.complete:
        yield from _deletions(facts)
    yield from _gone(facts)


def _gone(facts: Facts) -> Iterator[Outcome]:
    """What was answered about deleted jobs."""
    deleted: set[str | None] = set()
    about = ("delete job", "read job", "results", "metrics") if facts.answered("delete job") else ()
    for answer in facts.answered(*about):
        name = answer.event.job
        if answer.operation == "delete job" and answer.accepted:
            deleted.add(name)
        elif name in deleted and (answer.accepted or answer.status in (404, 410)):  # others are about the request
            yield answer.status == 404 or answered_wrongly(answer, "status 404: it was deleted")


def _deletions(facts: Facts) -> Iterator[Outcome]:
    """What was deleted, and what was not."""
    rejects = facts.policy.delete_nonterminal == "reject"
    for job in facts.deleted:
        if job.deleted is not None:
            yield job.end is not None or broken(job.deleted, "it is refused", f"it is deleted while {job.status}")
        for number, event in job.odd or ():
            if event.kind in ("job.deleted", "job.tagged"):
                yield broken(event, "it is gone", event.kind, number=number)
    for refusal in facts.refusals("job_not_terminal"):
        rightly = rejects and not refusal.job_over
        yield rightly or broken(refusal.event, "it is deleted", "it is refused", number=refusal.no)
