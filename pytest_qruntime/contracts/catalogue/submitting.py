"""SUB: submitting jobs to a session or batch."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_qruntime.contracts.contract import Chapter, Outcome, broken, seconds
from pytest_qruntime.contracts.facts import Facts
from pytest_qruntime.contracts.shared import answered_wrongly
from pytest_qruntime.contracts.subjects import JobFacts, Moment, WorkloadFacts

SUB = Chapter("SUB", "Submitting")

_CLOSED_OR_CLOSING = ("workload_closed", "workload_not_accepting")


@SUB.rule(
    "01",
    "A session or batch that takes jobs takes a job.",
    exercise="Submit a job to an open session.",
    sources="s0 oa25",
    confidence="S",
)
def who_takes_jobs_takes_them(facts: Facts) -> Iterator[Outcome]:
    """SUB-01"""
    for workload in facts.workloads:
        for job in workload.jobs:
            if job.accepted:
                yield True
        for refusal in workload.refused:
            if refusal.why in _CLOSED_OR_CLOSING and refusal.accepting and refusal.state == "open":
                yield broken(refusal.event, "the job is accepted", f"it is refused: {refusal.why}", number=refusal.no)


@SUB.rule(
    "02",
    "A closed session or batch takes no jobs: a submit is refused.",
    exercise="Submit a job after the session was closed.",
    sources="s1 s4 issues",
    confidence="S",
    partial="yes",
)
def a_closed_one_takes_no_jobs(facts: Facts) -> Iterator[Outcome]:
    """SUB-02"""
    for workload in facts.workloads:
        if workload.ended is not None:
            yield from _no_jobs_after(facts, workload.ended, workload.jobs)
        for refusal in workload.refused:
            if refusal.operation == "submit" and refusal.state in ("closed", "pending_closed"):
                yield True


def _no_jobs_after(facts: Facts, end: Moment, jobs: list[JobFacts]) -> Iterator[Outcome]:
    for job in reversed(jobs):
        if job.queued is None or job.queued_no < end.no:
            break
        if facts.follows(job.queued, job.queued_no, end):
            yield broken(job.queued, "it is refused", f"it is accepted after {end.event.kind}", number=job.queued_no)


@SUB.rule(
    "03",
    "A session or batch that was closed and still runs its jobs takes no more: a submit is refused.",
    exercise="Close a session while a job runs, then submit another.",
    sources="s1 oa25",
    confidence="S",
    partial="yes",
)
def a_draining_one_takes_no_jobs(facts: Facts) -> Iterator[Outcome]:
    """SUB-03"""
    for workload in facts.workloads:
        if not workload.drainings or facts.may_be_open_again(workload):
            continue
        for refusal in workload.refused:
            if refusal.operation == "submit" and not refusal.accepting and refusal.state not in ("closed",):
                yield True
        for job in workload.jobs if facts.complete or not workload.reopenings else ():
            if job.queued is None or job.accepted or job.queued_in == "closed":
                continue
            if facts.follows(job.queued, job.queued_no, workload.drainings[0]):
                yield broken(job.queued, "it is refused", "it is accepted while draining", number=job.queued_no)


@SUB.rule(
    "08",
    "An inactive session or batch takes jobs, until its max TTL.",
    exercise="Submit a job after the interactive TTL has passed.",
    sources="s2",
    confidence="S",
)
def an_inactive_one_takes_jobs(facts: Facts) -> Iterator[Outcome]:
    """SUB-08"""
    for workload in facts.workloads:
        if not workload.inactivations:
            continue
        for job in workload.jobs:
            if job.queued_in == "inactive" and job.accepted:
                yield True
        for refusal in workload.refused:
            if refusal.why in _CLOSED_OR_CLOSING and refusal.accepting and refusal.state == "inactive":
                yield broken(refusal.event, "the job is accepted", f"it is refused: {refusal.why}", number=refusal.no)


@SUB.rule(
    "09",
    "A job that is submitted within the interactive TTL goes before every other user's queued job.",
    exercise="Let a job of a session end, submit the next within a minute while others wait.",
    sources="s1 s2",
    confidence="S",
)
def within_the_window_it_goes_first(facts: Facts) -> Iterator[Outcome]:
    """SUB-09"""
    for job in facts.ran:
        if job.workload is not None and job.others_waited and job.queued_in == "active" and job.found_idle:
            yield True
        over = job.passed_over
        if over is not None and job.running is not None and over.found_idle and over.queued_in == "active":
            yield broken(
                job.running, f"job {over.id} of {over.workload} starts first", "it does", number=job.running_no
            )


@SUB.rule(
    "10",
    "After its max TTL a session or batch takes no jobs: a submit is refused.",
    exercise="Submit a job after the max TTL.",
    sources="dFAQ",
    confidence="D",
    knobs=("max_ttl_from",),
    partial="yes",
)
def no_jobs_after_max_ttl(facts: Facts) -> Iterator[Outcome]:
    """SUB-10"""
    for workload in facts.workloads:
        deadline_us = facts.deadline_us(workload)
        if deadline_us is not None:
            yield from submits_after_max_ttl(facts, workload, deadline_us)


def submits_after_max_ttl(facts: Facts, workload: WorkloadFacts, deadline_us: int) -> Iterator[Outcome]:
    """What became of each submit to a session or batch whose max TTL had ended."""
    for refusal in workload.refused:
        if refusal.operation == "submit" and refusal.event.at_us >= deadline_us + facts.slack_us:
            yield True
    for job in reversed(workload.jobs):
        if job.queued is None or job.queued.at_us < deadline_us + (0 if facts.complete else facts.slack_us):
            break
        expected = f"it is refused: the max TTL ended at {seconds(deadline_us)}"
        yield broken(job.queued, expected, "it is accepted", number=job.queued_no)


@SUB.rule(
    "13",
    "Each accepted job is in its session or batch exactly once.",
    exercise="Submit several jobs to a session at the same instant.",
    sources="s1 s3",
    confidence="S",
    partial="yes",
)
def each_job_once(facts: Facts) -> Iterator[Outcome]:
    """SUB-13"""
    for answer in facts.answered("list jobs"):
        ids = [row.get("id") for row in answer.rows("jobs")] if "session_id" in answer.query else []
        if len(ids) > 1:
            yield len(ids) == len(set(map(str, ids))) or answered_wrongly(answer, "each job once", "a job twice")
    for workload in facts.workloads if facts.complete else ():
        if len(workload.jobs) > 1:
            yield True
    for job in facts.odd_jobs if facts.complete else ():
        for number, event in job.odd or ():
            if event.kind == "job.queued":
                yield broken(event, "an id of its own", f"the id of a job that is {job.status}", number=number)


@SUB.rule(
    "14",
    "A job whose maximum execution time is longer than the max TTL of its session or batch is refused.",
    exercise="Submit a job with a max_execution_time of an hour to a session of a minute.",
    sources="issues",
    confidence="I",
)
def not_longer_than_max_ttl(facts: Facts) -> Iterator[Outcome]:
    """SUB-14"""
    for _ in facts.refusals("cost_over_max_ttl"):
        yield True
    for workload in facts.workloads:
        plan = facts.terms.plans.get(workload.instance or "")
        if plan is None or workload.max_ttl_us is None:
            continue
        for job in workload.jobs:
            given = job.cost_us is not None and job.cost_us != plan.max_job_s * 1_000_000
            if given and job.queued is not None and (job.cost_us or 0) > workload.max_ttl_us:
                seen = f"a job of at most {seconds(job.cost_us or 0)} is accepted"
                yield broken(job.queued, "it is refused", seen, number=job.queued_no)


@SUB.rule(
    "15",
    "A job for another backend than that of its session or batch is refused.",
    exercise="Submit a job to a session with the name of another backend.",
    sources="ours c51",
    confidence="U",
)
def on_its_own_backend(facts: Facts) -> Iterator[Outcome]:
    """SUB-15"""
    for _ in facts.refusals("backend_mismatch"):
        yield True
    for workload in facts.workloads:
        for job in workload.jobs:
            if job.queued is not None and job.backend is not workload.backend and workload.backend is not None:
                seen = f"it is accepted on {job.queued.backend}"
                yield broken(job.queued, f"it is refused: not {workload.backend.name}", seen, number=job.queued_no)


@SUB.rule(
    "16",
    "A job for a session or batch that does not exist is refused.",
    exercise="Submit a job with the id of no session.",
    sources="ours c51",
    confidence="U",
)
def a_session_must_exist(facts: Facts) -> Iterator[Outcome]:
    """SUB-16"""
    for refusal in facts.refusals("workload_unknown"):
        if refusal.operation == "submit":
            yield True
    for workload in facts.workloads:
        if workload.opened is None:
            for job in workload.jobs:
                if job.queued is not None:
                    yield broken(job.queued, "it is refused", "it is accepted", number=job.queued_no)
