"""PLN: plans and limits."""

from __future__ import annotations

import sys
from collections import defaultdict, deque
from collections.abc import Iterator
from typing import Final

from pytest_qruntime.contracts.contract import Chapter, Outcome, broken, seconds
from pytest_qruntime.contracts.facts import Facts
from pytest_qruntime.contracts.subjects import TOO_LONG_CODE, JobFacts, WorkloadFacts
from pytest_qruntime.model.durations import SECOND_US
from pytest_qruntime.model.plan import MAX_TAG_CHARACTERS, MAX_TAGS, USAGE_WINDOW_S, Plan
from pytest_qruntime.model.trace import JOB_CANCELLED, Event

PLN = Chapter("PLN", "Plans and limits")
_MINUTE_US: Final = 60_000_000


def _used_up(facts: Facts) -> Iterator[tuple[Plan, list[tuple[int, int]], list[JobFacts]]]:
    """Each instance with a usage limit, the charges of its jobs in their order, and its jobs.

    Of the 28 days in which usage counts none has passed, and the instance has no sessions, which cost while they last.
    """
    if facts.last_us - facts.first_us >= USAGE_WINDOW_S * SECOND_US:
        return
    with_sessions = {session.instance for session in facts.sessions}
    for name, plan in facts.terms.plans.items():
        if plan.usage_limit_s is None or name in facts.limited_instances or name in with_sessions:
            continue
        jobs = [job for job in facts.jobs if job.instance == name]
        ends = sorted((job.end_no, int(job.charged_us or 0)) for job in jobs if job.end is not None)
        yield plan, ends, jobs


def _used(ends: list[tuple[int, int]], numbers: list[int]) -> Iterator[int]:
    """What had been charged when each of these events happened, in their order."""
    used_us = place = 0
    for number in numbers:
        while place < len(ends) and ends[place][0] < number:
            used_us += ends[place][1]
            place += 1
        yield used_us


@PLN.rule(
    "01",
    "The Open plan takes no job once its usage is used up.",
    exercise="Use up the ten minutes of the Open plan, and submit a job.",
    sources="dSES dMAX live",
    confidence="D",
)
def the_open_plan_is_used_up(facts: Facts) -> Iterator[Outcome]:
    """PLN-01"""
    for _ in facts.refusals("quota_exhausted"):
        yield True
    for plan, ends, jobs in _used_up(facts):
        submitted = [job for job in jobs if job.queued is not None] if plan.refuses_over_limit else []
        limit_us = (plan.usage_limit_s or 0) * SECOND_US
        for job, used_us in zip(submitted, _used(ends, [job.queued_no for job in submitted]), strict=True):
            if used_us >= limit_us and job.queued is not None:
                seen = f"it is accepted after {seconds(used_us)}"
                yield broken(job.queued, f"refused after {seconds(limit_us)}", seen, number=job.queued_no)


@PLN.rule(
    "04",
    "The plain jobs of an instance that has used up its allocation stay queued.",
    exercise="Use up the allocation of an instance while another of its jobs waits.",
    sources="dINS",
    confidence="D",
)
def a_limited_instance_waits(facts: Facts) -> Iterator[Outcome]:
    """PLN-04"""
    for plan, ends, jobs in _used_up(facts):
        limit_us = (plan.usage_limit_s or 0) * SECOND_US
        plain = sorted((job for job in jobs if job.workload is None), key=_left_no)
        for job, used_us in zip(plain, _used(ends, [_left_no(job) for job in plain]), strict=True):
            if used_us >= limit_us and job.running is not None:
                seen = f"it starts after {seconds(used_us)}"
                yield broken(job.running, f"queued after {seconds(limit_us)}", seen, number=job.running_no)
            elif used_us >= limit_us:
                yield True


def _left_no(job: JobFacts) -> int:
    """When a job was not queued any more; after everything else if it still is."""
    return job.running_no if job.running is not None else job.end_no if job.end is not None else sys.maxsize


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
