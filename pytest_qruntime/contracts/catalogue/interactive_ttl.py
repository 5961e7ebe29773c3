"""ITT: the interactive TTL."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pytest_qruntime.contracts.catalogue.opening import waits_in_line
from pytest_qruntime.contracts.contract import Chapter, Outcome, broken, seconds
from pytest_qruntime.contracts.facts import Facts
from pytest_qruntime.contracts.subjects import JobFacts, Moment, WorkloadFacts
from pytest_qruntime.model.policy import BATCH_ITTL_S
from pytest_qruntime.model.states import INACTIVATED

ITT = Chapter("ITT", "Interactive TTL")
_SECOND_US: Final = 1_000_000


def _expiries(facts: Facts) -> Iterator[tuple[WorkloadFacts, Moment]]:
    """Each time that a session or batch became inactive for its interactive TTL, if that is known."""
    for workload in facts.workloads:
        for moment in workload.inactivations:
            if moment.reason == INACTIVATED and workload.ittl_us is not None:
                yield workload, moment


def _due_us(workload: WorkloadFacts, moment: Moment) -> int | None:
    """When the interactive TTL ended, by the books; None if something was queued or running."""
    if workload.ittl_us is None or moment.idle_since_us is None:
        return None
    return moment.idle_since_us + workload.ittl_us


def _on_time(facts: Facts, workload: WorkloadFacts, moment: Moment) -> Outcome:
    due_us = _due_us(workload, moment)
    since = "something runs or waits" if moment.idle_since_us is None else f"idle since {seconds(moment.idle_since_us)}"
    expected = "it stays active" if due_us is None else f"it is inactive at {seconds(due_us)}"
    on_time = due_us is not None and facts.same(moment.at_us, due_us)
    return on_time or broken(moment.event, expected, f"it is inactive now, {since}", number=moment.no)


@ITT.rule(
    "01",
    "The interactive TTL begins anew whenever a job ends.",
    exercise="Run two jobs in a session, one after the other, and wait for the interactive TTL.",
    sources="s2",
    confidence="S",
    partial="whole",
)
def it_begins_anew_with_each_end(facts: Facts) -> Iterator[Outcome]:
    """ITT-01"""
    for workload, moment in _expiries(facts):
        ends = {job.end.at_us for job in workload.jobs if job.end is not None and job.end_no < moment.no}
        if len(ends) > 1:
            yield _on_time(facts, workload, moment)


@ITT.rule(
    "02",
    "A session or batch with no job running or queued for the interactive TTL becomes inactive.",
    exercise="Run a job in a session and wait for a minute.",
    sources="s1 s2 live",
    confidence="SL",
    partial="whole",
)
def idle_for_the_ttl_is_inactive(facts: Facts) -> Iterator[Outcome]:
    """ITT-02"""
    for workload, moment in _expiries(facts):
        yield _on_time(facts, workload, moment)
    for workload in facts.workloads:
        idle_us, ittl_us = workload.idle_since_us, workload.ittl_us
        if (
            workload.state == "active"
            and workload.accepting
            and idle_us is not None
            and ittl_us is not None
            and facts.passed(idle_us + ittl_us)
        ):
            yield facts.overdue(workload, idle_us + ittl_us, "it becomes inactive")


@ITT.rule(
    "03",
    "When a session becomes inactive, the jobs of others start in that instant.",
    exercise="Let another user's job wait while a session is idle for its interactive TTL.",
    sources="s2",
    confidence="S",
)
def others_start_at_once(facts: Facts) -> Iterator[Outcome]:
    """ITT-03"""
    starts = {(job.backend, job.running.at_us) for job in facts.ran if job.running is not None}
    for session in facts.sessions:
        backend = session.backend
        for moment in session.inactivations:
            head = moment.head
            if head is None or backend is None or backend.interrupted or moment.running:
                continue
            if facts.unlimited(head.instance) and facts.passed(moment.at_us):
                started = (backend, moment.at_us) in starts
                yield started or broken(moment.event, f"job {head.id} or another starts", "none does", number=moment.no)


@ITT.rule(
    "04",
    "A job that comes within the interactive TTL keeps a session or batch active.",
    exercise="Submit the next job of a session within a minute of the last one's end.",
    sources="s2",
    confidence="S",
    partial="whole",
)
def a_job_in_time_keeps_it_active(facts: Facts) -> Iterator[Outcome]:
    """ITT-04"""
    for workload in facts.workloads:
        for job in workload.jobs:
            if job.queued_in == "active" and job.found_idle and job.queued_no > _first_end(workload):
                yield True
        for moment in workload.inactivations:
            if moment.reason == INACTIVATED and (moment.queued or moment.running):
                seen = f"it is inactive with {moment.queued} jobs queued and {moment.running} running"
                yield broken(moment.event, "it stays active", seen, number=moment.no)


def _first_end(workload: WorkloadFacts) -> int:
    return workload.started.no if workload.started is not None else 0


@ITT.rule(
    "05",
    "When a job of an inactive session or batch starts, it is active again.",
    exercise="Submit a job to an inactive session, and let it run.",
    sources="s2 oa25",
    confidence="S",
    partial="whole",
)
def a_job_makes_it_active_again(facts: Facts) -> Iterator[Outcome]:
    """ITT-05"""
    for workload in facts.workloads:
        if workload.inactivations:
            for job in workload.jobs:
                if job.running is not None and job.running_no > workload.inactivations[0].no:
                    at_us = job.running.at_us
                    active = job.started_from == "active" or any(
                        not facts.complete and facts.same(one.at_us, at_us) for one in workload.activations
                    )
                    seen = f"it is {job.started_from}"
                    yield active or broken(job.running, "it is active", seen, number=job.running_no)


@ITT.rule(
    "06",
    "A job of an inactive session or batch waits in the normal queue: nobody earlier is overtaken.",
    exercise="Submit a job to an inactive session while another user's job waits.",
    sources="s2",
    confidence="S",
    knobs=("queue_order", "session_activation", "batch_exclusion"),
)
def no_priority_when_inactive(facts: Facts) -> Iterator[Outcome]:
    """ITT-06"""
    for workload in facts.workloads:
        for moment in workload.activations[1:]:
            yield from waits_in_line(facts, workload, moment)


def _standard_us(facts: Facts, workload: WorkloadFacts) -> int | None:
    """The interactive TTL that a workload has whose user did not set it."""
    plan, limit_us = facts.terms.plans.get(workload.instance or ""), workload.active_ttl_us
    if plan is None or limit_us is None:
        return None
    ttl_s = BATCH_ITTL_S[facts.policy.batch_ittl][0] if workload.is_batch else plan.session_ittl_s
    return min(ttl_s * _SECOND_US, limit_us)


@ITT.rule(
    "07",
    "Users cannot set the interactive TTL.",
    exercise="Open a session.",
    sources="s1 s4 dFAQ",
    confidence="S",
    knobs=("allow_custom_ttl", "batch_ittl"),
)
def users_cannot_set_it(facts: Facts) -> Iterator[Outcome]:
    """ITT-07"""
    if facts.policy.allow_custom_ttl:
        return
    for workload in facts.workloads:
        standard_us = _standard_us(facts, workload)
        if standard_us is not None and workload.opened is not None and workload.ittl_us is not None:
            seen = f"it is {seconds(workload.ittl_us)}"
            yield workload.ittl_us == standard_us or broken(workload.opened, f"{seconds(standard_us)}", seen)


@ITT.rule(
    "08",
    "The interactive TTL is a minute, for sessions as the plan says.",
    exercise="Run a job in a session or batch and wait for a minute.",
    sources="dSES s4",
    confidence="S",
    knobs=("allow_custom_ttl", "batch_ittl"),
    partial="whole",
)
def it_is_a_minute(facts: Facts) -> Iterator[Outcome]:
    """ITT-08"""
    if facts.policy.allow_custom_ttl:
        return
    for workload, moment in _expiries(facts):
        standard_us = _standard_us(facts, workload)
        if standard_us is not None and moment.idle_since_us is not None:
            idle_us = moment.at_us - moment.idle_since_us
            expected = f"after {seconds(standard_us)}"
            seen = f"after {seconds(idle_us)}"
            yield facts.same(idle_us, standard_us) or broken(moment.event, expected, seen, number=moment.no)


@ITT.rule(
    "09",
    "While another job of a session or batch runs it is not idle: the interactive TTL counts from the last end.",
    exercise="Run two jobs of different length in a batch at once, and wait for the interactive TTL.",
    sources="ours s2",
    confidence="U",
    partial="whole",
)
def idle_means_none_runs(facts: Facts) -> Iterator[Outcome]:
    """ITT-09"""
    for workload, moment in _expiries(facts):
        before = [job for job in workload.jobs if job.running is not None and job.end_no < moment.no]
        if len(before) > 1 and _overlap(before):
            yield _on_time(facts, workload, moment)


def _overlap(jobs: list[JobFacts]) -> bool:
    """Whether two of them ran at once, of which one ended earlier."""
    previous_us, ends = -1, sorted((job.end.at_us, job.running.at_us) for job in jobs if job.end and job.running)
    for end_us, start_us in ends:
        if start_us < previous_us < end_us:
            return True
        previous_us = end_us
    return False


@ITT.rule(
    "10",
    "A batch whose job is ready and finds no free lane is not idle.",
    exercise="Submit a job to an active batch while others hold every lane for longer than a minute.",
    sources="ours s2",
    confidence="U",
)
def waiting_for_a_lane_is_not_idle(facts: Facts) -> Iterator[Outcome]:
    """ITT-10"""
    for batch in facts.batches:
        for moment in batch.inactivations:
            if moment.reason == INACTIVATED and moment.queued and not moment.running:
                seen = f"it is inactive with {moment.queued} jobs queued"
                yield broken(moment.event, "it stays active", seen, number=moment.no)
        for job in batch.jobs:
            if (
                job.queued_in == "active"
                and job.found_idle
                and job.queued is not None
                and job.running is not None
                and batch.ittl_us is not None
                and job.running.at_us - job.queued.at_us > batch.ittl_us
            ):
                yield True


@ITT.rule(
    "11",
    "A job that is submitted exactly when the interactive TTL ends is too late for it.",
    exercise="Submit a job exactly a minute after the last one's end.",
    sources="ours",
    confidence="U",
)
def at_the_deadline_is_too_late(facts: Facts) -> Iterator[Outcome]:
    """ITT-11"""
    for workload in facts.workloads:
        last = workload.inactivations[-1] if workload.inactivations else None
        for job in workload.jobs:
            queued, since_us, ittl_us = job.queued, job.idle_since_us, workload.ittl_us
            if queued is None or since_us is None or ittl_us is None or queued.at_us != since_us + ittl_us:
                continue
            if job.queued_in == "inactive" and last is not None:
                yield True
            elif job.queued_in == "active" and job.accepted:
                yield broken(queued, "it is inactive first", "it is still active", number=job.queued_no)


@ITT.rule(
    "12",
    "The interactive TTL does not run before the first job has ended, nor while a session or batch is being closed.",
    exercise="Run a job of more than a minute in a session.",
    sources="s1 s2",
    confidence="S",
    partial="whole",
)
def not_before_the_first_end(facts: Facts) -> Iterator[Outcome]:
    """ITT-12"""
    for workload in facts.workloads:
        first = next((job for job in workload.jobs if job.running is not None and job.end is not None), None)
        ittl_us = workload.ittl_us
        if (
            first is not None
            and first.end is not None
            and first.running is not None
            and ittl_us is not None
            and first.end.at_us - first.running.at_us > ittl_us
        ):
            yield True
        for moment in workload.inactivations:
            if moment.reason == INACTIVATED and (moment.idle_since_us is None or not moment.accepting):
                yield broken(moment.event, "it stays active", "it is inactive", number=moment.no)
