"""MAX: the maximum TTL."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_qruntime.contracts.catalogue.cancelling import going_on, lost_at, lost_for_certain
from pytest_qruntime.contracts.catalogue.submitting import submits_after_max_ttl
from pytest_qruntime.contracts.contract import Chapter, Outcome, broken, seconds
from pytest_qruntime.contracts.facts import Facts
from pytest_qruntime.contracts.shared import results_after
from pytest_qruntime.contracts.subjects import Moment, WorkloadFacts
from pytest_qruntime.model.states import CLOSED_BY_MAX_TTL

MAX = Chapter("MAX", "Maximum TTL")


def expiries(facts: Facts) -> Iterator[tuple[WorkloadFacts, Moment]]:
    """Each session or batch that its max TTL closed, and when."""
    for workload in facts.workloads:
        if workload.closed is not None and workload.closed.reason == CLOSED_BY_MAX_TTL:
            yield workload, workload.closed


@MAX.rule(
    "01",
    "The max TTL counts from the start of the first job, not from the opening or the first submit.",
    exercise="Let the first job of a session wait for a while, and the session run into its max TTL.",
    sources="s2 s4",
    confidence="S",
    knobs=("max_ttl_from",),
    partial="yes",
)
def it_counts_from_the_first_start(facts: Facts) -> Iterator[Outcome]:
    """MAX-01"""
    for workload, closed in expiries(facts):
        deadline_us, opened = facts.deadline_us(workload), workload.opened
        started = workload.started
        if started is not None and started.no > closed.no:
            continue
        if deadline_us is None:
            if facts.complete and started is None:
                yield broken(closed.event, "no max TTL before it started", "it ends at it", number=closed.no)
        elif (
            opened is not None
            and started is not None
            and not facts.same(opened.at_us, started.at_us)
            and facts.sure(closed.event, opened)
        ):
            expected = f"it is closed at {seconds(deadline_us)}"
            rightly = facts.same(closed.at_us, deadline_us)
            yield rightly or broken(closed.event, expected, "it is closed now", number=closed.no)


@MAX.rule(
    "02",
    "The max TTL never pauses, also while the session or batch is inactive.",
    exercise="Let a session be inactive for a while, and run into its max TTL.",
    sources="s2 issues",
    confidence="S",
    knobs=("max_ttl_from",),
    partial="whole",
)
def it_never_pauses(facts: Facts) -> Iterator[Outcome]:
    """MAX-02"""
    for workload in facts.workloads:
        if workload.inactivations:
            yield from _ends_by(facts, workload)


def _reached(facts: Facts, ended: Moment, deadline_us: int) -> bool:
    """Whether a workload lived until its deadline."""
    in_time = ended.reason == CLOSED_BY_MAX_TTL and facts.same(ended.at_us, deadline_us)
    return in_time or ended.at_us >= deadline_us


def _ends_by(facts: Facts, workload: WorkloadFacts) -> Iterator[Outcome]:
    """A workload that lived to its deadline was closed then."""
    deadline_us, ended = facts.deadline_us(workload), workload.ended
    if deadline_us is None:
        return
    expected = f"it is closed at {seconds(deadline_us)}, when its max TTL ends"
    if ended is not None and _reached(facts, ended, deadline_us):
        rightly = facts.same(ended.at_us, deadline_us)
        yield rightly or broken(ended.event, expected, "it is closed now", number=ended.no)
    elif ended is None and facts.passed(deadline_us):
        yield facts.overdue(workload, deadline_us, expected)


@MAX.rule(
    "03",
    "At its max TTL a session or batch is closed, and its queued jobs fail in that instant.",
    exercise="Let a session with a queued job run into its max TTL.",
    sources="s2 s4 dMAX",
    confidence="S",
    knobs=("queued_on_end", "max_ttl_from"),
    partial="yes",
)
def queued_jobs_fail_at_max_ttl(facts: Facts) -> Iterator[Outcome]:
    """MAX-03"""
    for _, closed in expiries(facts):
        yield from lost_at(facts, closed)
    if facts.complete:
        for workload in facts.workloads:
            if workload.jobs:
                yield from _ends_by(facts, workload)


@MAX.rule(
    "04",
    "A job that runs at the max TTL runs to its end, and its results can be read.",
    exercise="Let a session run into its max TTL while a job runs.",
    sources="s4 dMAX dSES",
    confidence="S",
    knobs=("cost_limit_s",),
    partial="yes",
)
def running_jobs_finish_after_max_ttl(facts: Facts) -> Iterator[Outcome]:
    """MAX-04"""
    for workload, closed in expiries(facts):
        yield from going_on(facts, workload, closed)
        yield from results_after(facts, workload)


@MAX.rule(
    "05",
    "An inactive session or batch is closed at its max TTL too.",
    exercise="Let a session be inactive until its max TTL.",
    sources="dMAX",
    confidence="D",
    knobs=("max_ttl_from",),
    partial="whole",
)
def an_inactive_one_ends_too(facts: Facts) -> Iterator[Outcome]:
    """MAX-05"""
    for workload in facts.workloads:
        deadline_us, ended = facts.deadline_us(workload), workload.ended
        if deadline_us is None:
            continue
        if ended is not None and ended.state == "inactive" and _reached(facts, ended, deadline_us):
            expected = f"it is closed at {seconds(deadline_us)}"
            rightly = facts.same(ended.at_us, deadline_us)
            yield rightly or broken(ended.event, expected, "it is closed now", number=ended.no)
        elif ended is None and workload.state == "inactive" and facts.passed(deadline_us):
            yield facts.overdue(workload, deadline_us, "it is closed at its max TTL")


@MAX.rule(
    "06",
    "After its max TTL a session or batch takes no jobs and is never active again.",
    exercise="Submit a job after the max TTL.",
    sources="s2 dFAQ",
    confidence="S",
    knobs=("max_ttl_from",),
    partial="yes",
)
def nothing_after_max_ttl(facts: Facts) -> Iterator[Outcome]:
    """MAX-06"""
    for workload in facts.workloads:
        deadline_us = facts.deadline_us(workload)
        if deadline_us is None:
            continue
        yield from submits_after_max_ttl(facts, workload, deadline_us)
        for moment in reversed(workload.activations):
            if moment.at_us <= deadline_us + facts.slack_us or not facts.sure(moment.event):
                break
            expected = f"its max TTL ended at {seconds(deadline_us)}"
            yield broken(moment.event, expected, "it is active again", number=moment.no)


@MAX.rule(
    "08",
    "A max TTL above that of the plan is refused.",
    exercise="Open a session with a max_time above the plan's.",
    sources="c51 dFAQ oa25",
    confidence="D",
    knobs=("max_ttl_over",),
)
def not_above_the_plan(facts: Facts) -> Iterator[Outcome]:
    """MAX-08"""
    rejects = facts.policy.max_ttl_over == "reject"
    for refusal in facts.refusals("max_ttl_too_large"):
        yield rejects or broken(refusal.event, "it is cut to the plan's", "it is refused", number=refusal.no)
    for workload in facts.workloads:
        plan = facts.terms.plans.get(workload.instance or "")
        if plan is not None and workload.opened is not None and workload.max_ttl_us is not None:
            largest_us = plan.max_ttl_s(str(workload.mode)) * 1_000_000
            if workload.max_ttl_us > largest_us:
                expected = f"at most {seconds(largest_us)}, on the plan {plan.name}"
                yield broken(workload.opened, expected, f"{seconds(workload.max_ttl_us)} are accepted")
            elif not rejects and workload.max_ttl_us == largest_us:
                yield True


@MAX.rule(
    "09",
    "A session or batch that never starts has no max TTL.",
    exercise="Let a batch wait for longer than its max TTL before its first job starts.",
    sources="s2",
    confidence="S",
    knobs=("max_ttl_from",),
    partial="whole",
)
def no_deadline_without_a_start(facts: Facts) -> Iterator[Outcome]:
    """MAX-09"""
    if facts.policy.max_ttl_from != "start":
        return
    for workload in facts.workloads:
        opened, closed = workload.opened, workload.closed
        if opened is None or workload.max_ttl_us is None:
            continue
        unstarted_us = workload.started.at_us if workload.started is not None else facts.last_us
        if closed is not None and workload.started is None:
            unstarted_us = closed.at_us
            if closed.reason == CLOSED_BY_MAX_TTL:
                yield broken(closed.event, "it stays", "its max TTL closes it", number=closed.no)
                continue
        if unstarted_us > opened.at_us + workload.max_ttl_us + facts.slack_us:
            yield True


@MAX.rule(
    "11",
    "A job that still waits at the max TTL fails; it does not run as a plain job later.",
    exercise="Let a session with a queued job run into its max TTL.",
    sources="s2 s4",
    confidence="S",
    partial="yes",
)
def what_waits_does_not_run_later(facts: Facts) -> Iterator[Outcome]:
    """MAX-11"""
    for _, closed in expiries(facts):
        for job in closed.waiting:
            if job.running_no > closed.no and job.running is not None:
                if facts.complete or (
                    facts.sure(job.running, closed.event) and job.running.at_us > closed.at_us + facts.slack_us
                ):
                    yield broken(job.running, "it fails with its session or batch", "it runs", number=job.running_no)
            elif facts.complete and job.end is None:
                if facts.passed(closed.at_us):
                    yield broken(closed.event, f"job {job.id} fails", "it still waits", number=closed.no)
            elif lost_for_certain(facts, job, closed):
                yield True
