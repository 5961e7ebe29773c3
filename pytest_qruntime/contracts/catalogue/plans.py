"""PLN: plans and limits."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator
from typing import Final

from pytest_qruntime.contracts.contract import Chapter, Outcome, broken
from pytest_qruntime.contracts.facts import Facts
from pytest_qruntime.contracts.subjects import TOO_LONG_CODE, JobFacts, WorkloadFacts
from pytest_qruntime.model.plan import MAX_TAG_CHARACTERS, MAX_TAGS
from pytest_qruntime.model.trace import JOB_CANCELLED, Event

PLN = Chapter("PLN", "Plans and limits")
_MINUTE_US: Final = 60_000_000


@PLN.rule(
    "05",
    "When the cost limit is reached, every session and batch of the instance ends at once, and queued jobs with them.",
    exercise="Let a session run into the cost limit of its instance.",
    sources="dMAX dCOST s2",
    confidence="D",
    knobs=("cost_limit_s", "cost_limit_running"),
)
def the_cost_limit_ends_everything(facts: Facts) -> Iterator[Outcome]:
    """PLN-05"""
    for number, limit in facts.limits:
        mine = limit.data.get("instance")
        yield True
        for workload in facts.workloads:
            if workload.instance == mine:
                yield from _workload_ends(workload, number, limit)
        for job in facts.jobs:
            if job.instance == mine:
                yield from _job_ends(facts, job, number, limit)


def _workload_ends(workload: WorkloadFacts, number: int, limit: Event) -> Iterator[Outcome]:
    opened, ended = workload.opened, workload.ended
    if opened is not None and opened.at_us > limit.at_us:
        yield broken(opened, "it is refused", "it is opened")
    elif ended is None or ended.at_us > limit.at_us:
        yield broken(limit, f"{workload.id} is closed", f"it stays {workload.state}", number=number)


def _job_ends(facts: Facts, job: JobFacts, number: int, limit: Event) -> Iterator[Outcome]:
    if job.queued is not None and job.queued_no > number:
        yield broken(job.queued, "it is refused", "it is accepted", number=job.queued_no)
    elif job.ended_after(number) and (job.running is None or job.running_no > number):
        rightly = job.end is not None and job.end.kind == JOB_CANCELLED and job.end.at_us == limit.at_us
        yield rightly or broken(limit, f"job {job.id} is cancelled", f"it {job.outcome}", number=number)
    elif job.ended_after(number):
        stopped = job.end is not None and job.end.at_us == limit.at_us and job.code == TOO_LONG_CODE
        stop = facts.policy.cost_limit_running == "stop_ran_too_long"
        if job.end is not None and (stop or job.end.at_us == limit.at_us):
            yield stopped or not stop or broken(limit, f"job {job.id} is stopped", f"it {job.outcome}", number=number)


@PLN.rule(
    "07",
    "An instance accepts so many submits in a minute as its plan says, and no more.",
    exercise="Submit six jobs at once on a plan with five submits a minute.",
    sources="oa25 live",
    confidence="D",
)
def submits_per_minute(facts: Facts) -> Iterator[Outcome]:
    """PLN-07"""
    for refusal in facts.refusals("rate_limited"):
        if refusal.operation == "submit":
            yield True
    recent: defaultdict[str | None, deque[int]] = defaultdict(deque)
    limits = {name: plan.submits_per_minute for name, plan in facts.terms.plans.items() if plan.submits_per_minute}
    for job in facts.jobs if limits else ():
        limit = limits.get(job.instance or "")
        if limit is None or job.queued is None:
            continue
        times = recent[job.instance]
        times.append(job.queued.at_us)
        while times[0] <= job.queued.at_us - _MINUTE_US:
            times.popleft()
        if len(times) > limit:
            yield broken(job.queued, f"at most {limit} a minute", f"{len(times)} are accepted", number=job.queued_no)


@PLN.rule(
    "08",
    "An instance has no more jobs pending than its plan allows.",
    exercise="Submit four jobs on a plan that allows three to be pending.",
    sources="issues",
    confidence="I",
)
def pending_jobs(facts: Facts) -> Iterator[Outcome]:
    """PLN-08"""
    for _ in facts.refusals("too_many_pending"):
        yield True
    limits = {name: plan.pending_limit for name, plan in facts.terms.plans.items() if plan.pending_limit}
    for name, limit in limits.items():
        jobs = [job for job in facts.jobs if job.instance == name and job.queued is not None]
        ends = sorted(job.end_no for job in jobs if job.end is not None)
        over = 0
        for place, job in enumerate(jobs, start=1):
            while over < len(ends) and ends[over] < job.queued_no:
                over += 1
            if place - over > limit and job.queued is not None:
                yield broken(job.queued, f"at most {limit}", f"{place - over} are pending", number=job.queued_no)


@PLN.rule(
    "10",
    "A job has at most 8 tags of at most 86 characters.",
    exercise="Give a job nine tags.",
    sources="live c51",
    confidence="L",
)
def tags_are_limited(facts: Facts) -> Iterator[Outcome]:
    """PLN-10"""
    for _ in facts.refusals("too_many_tags", "tag_too_long"):
        yield True
    for event in facts.tagged:
        tags = event.data.get("tags")
        if isinstance(tags, tuple) and (len(tags) > MAX_TAGS or any(len(tag) > MAX_TAG_CHARACTERS for tag in tags)):
            yield broken(event, "it is refused", f"{len(tags)} tags are accepted")
