"""OPN: opening a session or batch, and its first start."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pytest_qruntime.contracts.contract import Chapter, Outcome, broken, seconds
from pytest_qruntime.contracts.facts import Facts
from pytest_qruntime.contracts.subjects import Moment, WorkloadFacts

OPN = Chapter("OPN", "Opening, and the first start")


def _unused(workloads: Sequence[WorkloadFacts]) -> Iterator[Outcome]:
    for workload in workloads:
        if not workload.jobs:
            early = workload.started
            yield early is None or broken(early.event, "it stays open", "it becomes active", number=early.no)


@OPN.rule(
    "01",
    "A session that was opened and has no job stays open: nothing runs, and it is never active.",
    exercise="Open a session and submit nothing.",
    sources="s0 c51",
    confidence="SV",
)
def a_session_without_jobs_stays_open(facts: Facts) -> Iterator[Outcome]:
    """OPN-01"""
    return _unused(facts.sessions)


@OPN.rule(
    "02",
    "A batch that was opened and has no job stays open, as a session does.",
    exercise="Open a batch and submit nothing.",
    sources="s0 c51",
    confidence="SV",
)
def a_batch_without_jobs_stays_open(facts: Facts) -> Iterator[Outcome]:
    """OPN-02"""
    return _unused(facts.batches)


@OPN.rule(
    "04",
    "A session or batch starts when its first job begins to run, not when it is opened or a job is submitted.",
    exercise="Submit a job to a session while another user's job runs.",
    sources="s1 s2 s4",
    confidence="S",
    partial="yes",
)
def it_starts_with_its_first_job(facts: Facts) -> Iterator[Outcome]:
    """OPN-04"""
    for workload in facts.workloads:
        start = workload.started
        if start is None or not facts.sure(start.event):
            continue
        runs = [job.running for job in workload.jobs if job.running is not None]
        if not facts.complete and (not runs or not facts.sure(*runs)):
            continue
        at_us = min((run.at_us for run in runs), default=None)
        seen = "none ran" if at_us is None else f"the first job began at {seconds(at_us)}"
        if facts.complete or at_us is not None:
            rightly = at_us is not None and facts.same(at_us, start.at_us)
            if not rightly and not facts.complete and len(runs) < len(workload.jobs):
                continue  # nobody saw when the others began
            yield rightly or broken(start.event, "its first job begins", seen, number=start.no)


@OPN.rule(
    "05",
    "The first job of a session or batch waits in the normal queue like a plain job: nobody earlier is overtaken.",
    exercise="Submit a job to a new session while plain jobs wait.",
    sources="s2",
    confidence="S",
    knobs=("queue_order", "session_activation", "batch_exclusion"),
)
def the_first_job_waits_in_line(facts: Facts) -> Iterator[Outcome]:
    """OPN-05"""
    for workload in facts.workloads:
        if workload.started is not None:
            yield from waits_in_line(facts, workload, workload.started)


def waits_in_line(facts: Facts, workload: WorkloadFacts, start: Moment) -> Iterator[Outcome]:
    """When a workload became active, no plain job that was submitted before its jobs was still queued."""
    head, mine = start.head, start.first
    if head is None or mine is None or facts.policy.queue_order != "fifo":
        return
    if facts.unlimited(head.instance):
        yield head.queued_no > mine.queued_no or broken(
            start.event, f"job {head.id}, which came first, starts first", "it overtakes that job", number=start.no
        )


@OPN.rule(
    "06",
    "When its first job begins to run, a session or batch becomes active in that instant.",
    exercise="Run a job in a session.",
    sources="oa25 s1",
    confidence="D",
    partial="whole",
)
def its_first_job_makes_it_active(facts: Facts) -> Iterator[Outcome]:
    """OPN-06"""
    for workload in facts.workloads:
        first = next((job for job in workload.jobs if job.running is not None and workload.opened is not None), None)
        if not facts.complete and workload.started is None:
            continue  # nobody looked at it since
        if first is not None and first.running is not None:
            late = workload.started is None or workload.started.at_us > first.running.at_us + facts.slack_us
            yield not late or broken(
                first.running, "it is active", f"it is {first.started_from}", number=first.running_no
            )


@OPN.rule(
    "07",
    "When the first job of a batch starts, its other jobs fill the free lanes in that instant.",
    exercise="Submit several jobs to a batch on a backend with several lanes, some of them busy.",
    sources="s2 s3 dFAQ",
    confidence="S",
)
def a_batch_fills_the_free_lanes(facts: Facts) -> Iterator[Outcome]:
    """OPN-07"""
    for batch in facts.batches:
        start, backend = batch.started, batch.backend
        if start is None or backend is None or backend.interrupted or backend.name not in facts.terms.lanes:
            continue
        lanes, at_us = facts.terms.lanes[backend.name], start.at_us
        ready = [job for job in batch.jobs if job.queued_no < start.no and job.ended_after(start.no)]
        if len(ready) < 2 or start.others + 1 >= lanes:
            continue
        begun = [job for job in ready if job.running is not None and job.running.at_us == at_us]
        left = len(begun) < len([job for job in ready if job.end is None or job.end.at_us > at_us])
        full = bool(begun) and max(begun, key=lambda job: job.running_no).lanes >= lanes
        seen = f"{len(begun)} of {len(ready)} start, with {start.others} of {lanes} lanes busy"
        yield not left or full or broken(start.event, "its jobs fill the free lanes", seen, number=start.no)


@OPN.rule(
    "08",
    "A session that is next waits until the jobs of others have left the lanes.",
    exercise="Submit a job to a session while another user's job runs, with a free lane.",
    sources="ours s2",
    confidence="U",
    knobs=("session_activation",),
)
def a_session_waits_for_the_lanes(facts: Facts) -> Iterator[Outcome]:
    """OPN-08"""
    if facts.policy.session_activation != "drain":
        return
    for session in facts.sessions:
        for start in session.activations:
            if start.event.at_us > (start.first.queued.at_us if start.first and start.first.queued else start.at_us):
                seen = f"{start.others} jobs of others run"
                yield start.others == 0 or broken(start.event, "the lanes are empty", seen, number=start.no)
            elif start.others:
                yield broken(start.event, "the lanes are empty", f"{start.others} jobs of others run", number=start.no)


@OPN.rule(
    "09",
    "On the Open plan a session is refused, and there is none.",
    exercise="Open a session on the Open plan.",
    sources="s0 s2 live",
    confidence="SL",
    knobs=("open_plan_session",),
    partial="yes",
)
def no_session_on_the_open_plan(facts: Facts) -> Iterator[Outcome]:
    """OPN-09"""
    if facts.policy.open_plan_session != "error":
        return
    plans = facts.terms.plans
    for refusal in facts.refusals("open_plan_session"):
        if facts.complete or refusal.event.data.get("code") == 1352:
            yield True
    for workload in facts.workloads:
        plan = plans.get(workload.instance or "")
        if plan is not None and workload.opened is not None and workload.mode not in plan.modes:
            yield broken(workload.opened, "it is refused", f"it is opened on the plan {plan.name}")


@OPN.rule(
    "11",
    "Opening without a backend is refused.",
    exercise="Open a session without a backend.",
    sources="s1 s4",
    confidence="S",
    knobs=("backend_required",),
)
def a_backend_is_required(facts: Facts) -> Iterator[Outcome]:
    """OPN-11"""
    if facts.policy.backend_required:
        for _ in facts.refusals("backend_required"):
            yield True
        for workload in facts.workloads:
            if workload.opened is not None and workload.opened.backend is None:
                yield broken(workload.opened, "it is refused", "it is opened without a backend")
