"""ACT: the active TTL."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_qruntime.contracts.contract import Chapter, Outcome, broken, seconds
from pytest_qruntime.contracts.facts import Facts
from pytest_qruntime.contracts.subjects import LOST_CODE, Moment, WorkloadFacts
from pytest_qruntime.model.states import CLOSED_BY_ACTIVE_TTL, INACTIVATED_BY_ACTIVE_TTL

ACT = Chapter("ACT", "Active TTL")


@ACT.rule(
    "01",
    "The active TTL is the max TTL unless it was set.",
    exercise="Open a session.",
    sources="oa25 s4",
    confidence="S",
    knobs=("allow_custom_ttl",),
    partial="whole",
)
def it_is_the_max_ttl(facts: Facts) -> Iterator[Outcome]:
    """ACT-01"""
    if facts.policy.allow_custom_ttl:
        return
    for workload in facts.workloads:
        active_us, max_us = workload.active_ttl_us, workload.max_ttl_us
        if workload.opened is not None and active_us is not None and max_us is not None:
            yield active_us == max_us or broken(workload.opened, seconds(max_us), seconds(active_us))


@ACT.rule(
    "03",
    "The interactive TTL is not longer than the active TTL, and that not longer than the max TTL.",
    exercise="Open a session, with TTLs of your own where the policy allows it.",
    sources="oa25",
    confidence="D",
    partial="yes",
)
def the_ttls_are_in_order(facts: Facts) -> Iterator[Outcome]:
    """ACT-03"""
    for workload in facts.workloads:
        interactive_us, active_us, max_us = workload.ittl_us, workload.active_ttl_us, workload.max_ttl_us
        if workload.opened is None or interactive_us is None or active_us is None or max_us is None:
            continue
        seen = f"{seconds(interactive_us)}, {seconds(active_us)}, {seconds(max_us)}"
        yield interactive_us <= active_us <= max_us or broken(workload.opened, "in this order", seen)


@ACT.rule(
    "04",
    "A session or batch that has used up its active TTL becomes inactive; its jobs are not lost for it.",
    exercise="Set an active TTL of your own, where the policy allows it, and run a longer job.",
    sources="ours",
    confidence="U",
    knobs=("active_ttl_expiry", "allow_custom_ttl"),
)
def used_up_is_inactive(facts: Facts) -> Iterator[Outcome]:
    """ACT-04"""
    for workload in facts.workloads:
        closed = workload.closed
        for moment in workload.inactivations:
            if moment.reason == INACTIVATED_BY_ACTIVE_TTL:
                yield from _is_inactive(workload, moment)
        if closed is not None and closed.reason == CLOSED_BY_ACTIVE_TTL:
            closes = facts.policy.active_ttl_expiry == "close"
            yield closes or broken(closed.event, "it becomes inactive", "it is closed", number=closed.no)
        if facts.policy.active_ttl_expiry != "ignore":
            yield from _not_longer(facts, workload)


def _is_inactive(workload: WorkloadFacts, moment: Moment) -> Iterator[Outcome]:
    limit_us = workload.active_ttl_us or 0
    expected, seen = f"after {seconds(limit_us)} of active time", f"after {seconds(moment.active_us)}"
    yield moment.active_us == limit_us or broken(moment.event, expected, seen, number=moment.no)
    for job in workload.jobs:
        if job.end is not None and job.end.at_us == moment.at_us and job.code == LOST_CODE:
            yield broken(job.end, "it stays queued", f"it {job.outcome}", number=job.end_no)


def _not_longer(facts: Facts, workload: WorkloadFacts) -> Iterator[Outcome]:
    limit_us = workload.active_ttl_us
    if limit_us is None or limit_us >= (workload.max_ttl_us or 0):
        return
    ended = () if workload.ended is None else (workload.ended,)
    for moment in (*workload.inactivations, *ended):
        if moment.active_us > limit_us:
            expected, seen = f"at most {seconds(limit_us)} active", f"{seconds(moment.active_us)}"
            yield broken(moment.event, expected, seen, number=moment.no)
    due_us = workload.active_since_us + limit_us - workload.active_us
    if workload.state == "active" and facts.passed(due_us):
        yield facts.overdue(workload, due_us, "it becomes inactive")
