"""AUT: what closes by itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pytest_qruntime.contracts.contract import Chapter, Outcome, broken, seconds
from pytest_qruntime.contracts.facts import Facts
from pytest_qruntime.contracts.subjects import NEVER, JobFacts, WorkloadFacts
from pytest_qruntime.model.states import CLOSED_AFTER_LAST_JOB, CLOSED_UNUSED

AUT = Chapter("AUT", "What closes by itself")


def _due_us(facts: Facts, workload: WorkloadFacts) -> int | None:
    unused_s = facts.policy.unused_autoclose.get(str(workload.mode))
    return None if workload.opened is None or unused_s is None else workload.opened.at_us + unused_s * 1_000_000


def _unused(facts: Facts, workloads: Sequence[WorkloadFacts]) -> Iterator[Outcome]:
    for workload in workloads:
        closed, due_us = workload.closed, _due_us(facts, workload)
        if closed is not None and closed.reason == CLOSED_UNUSED:
            expected = "it stays" if due_us is None else f"it is closed at {seconds(due_us)}"
            rightly = due_us is not None and facts.same(closed.at_us, due_us)
            yield rightly or broken(closed.event, expected, "it is closed now", number=closed.no)
            if workload.settled is not None:
                usage_us = workload.settled.data.get("usage_us")
                yield usage_us == 0 or broken(workload.settled, "usage 0", f"usage of {usage_us} us")
        elif workload.jobs and due_us is not None:
            yield from _came_late(facts, workload.jobs[0], due_us)
        elif workload.opened is None or workload.jobs or workload.refused:
            continue
        elif due_us is None:
            late_us = workload.opened.at_us + 1_800_000_000
            if (closed is None and facts.passed(late_us)) or (closed is not None and closed.at_us > late_us):
                yield True
        elif closed is None and facts.passed(due_us):
            yield facts.overdue(workload, due_us, "it is closed: it was never used")
        elif closed is not None and closed.at_us > due_us + facts.slack_us:
            yield broken(closed.event, f"it is closed at {seconds(due_us)}", "it is closed now", number=closed.no)


def _came_late(facts: Facts, job: JobFacts, due_us: int) -> Iterator[Outcome]:
    """A first job that was accepted after it should have been closed as unused."""
    if job.queued is not None and job.queued.at_us > due_us + facts.slack_us:
        expected = f"it is refused: unused until {seconds(due_us)}, its session or batch is closed"
        yield broken(job.queued, expected, "it is accepted", number=job.queued_no)


@AUT.rule(
    "01",
    "A session that gets no job for 30 minutes is closed, and costs nothing.",
    exercise="Open a session, submit nothing, and let half an hour pass.",
    sources="dSES",
    confidence="D",
    knobs=("unused_autoclose",),
    partial="whole",
)
def an_unused_session_is_closed(facts: Facts) -> Iterator[Outcome]:
    """AUT-01"""
    return _unused(facts, facts.sessions)


@AUT.rule(
    "02",
    "The first submit ends that for good, however long its job waits.",
    exercise="Submit a job to a session, and let it wait for more than half an hour.",
    sources="ours dSES",
    confidence="U",
    knobs=("unused_autoclose",),
    partial="whole",
)
def a_used_one_is_not(facts: Facts) -> Iterator[Outcome]:
    """AUT-02"""
    for workload in facts.workloads:
        closed, due_us = workload.closed, _due_us(facts, workload)
        if not workload.jobs or due_us is None:
            continue
        first = workload.jobs[0]
        if closed is not None and closed.reason == CLOSED_UNUSED:
            if NEVER < first.queued_no < closed.no:
                yield broken(closed.event, "it stays: it was used", "it is closed as unused", number=closed.no)
        elif _waited_beyond(facts, first, due_us):
            outlived = closed.at_us > due_us + facts.slack_us if closed is not None else facts.passed(due_us)
            if outlived:
                yield True


def _waited_beyond(facts: Facts, job: JobFacts, due_us: int) -> bool:
    """Whether a job came before an instant, and had not begun to run at it."""
    if job.queued is None or job.queued.at_us + facts.slack_us >= due_us:
        return False
    left = job.running or job.end
    return left is None or left.at_us > due_us + facts.slack_us


@AUT.rule(
    "03",
    "A batch that gets no job stays open.",
    exercise="Open a batch, submit nothing, and let half an hour pass.",
    sources="ours dBAT",
    confidence="U",
    knobs=("unused_autoclose",),
)
def an_unused_batch_stays(facts: Facts) -> Iterator[Outcome]:
    """AUT-03"""
    return _unused(facts, facts.batches)


@AUT.rule(
    "04",
    "A batch whose last job has ended stays until it is closed or its max TTL ends.",
    exercise="Let the last job of a batch end, and the interactive TTL pass.",
    sources="issues s4 dMAX",
    confidence="D",
    knobs=("batch_autoend",),
)
def a_batch_does_not_end_with_its_last_job(facts: Facts) -> Iterator[Outcome]:
    """AUT-04"""
    after_s = facts.policy.batch_autoend
    for batch in facts.batches:
        closed = batch.closed
        if closed is not None and closed.reason == CLOSED_AFTER_LAST_JOB:
            due_us = (
                None if after_s is None or closed.idle_since_us is None else closed.idle_since_us + after_s * 1_000_000
            )
            expected = "it stays" if due_us is None else f"it is closed at {seconds(due_us)}"
            yield closed.at_us == due_us or broken(closed.event, expected, "it is closed now", number=closed.no)
        elif after_s is None and batch.inactivations:
            yield True
