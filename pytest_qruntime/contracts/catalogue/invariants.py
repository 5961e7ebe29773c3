"""INV: what holds for any trace, whatever was done."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_qruntime.contracts.catalogue.usage import session_usage_us
from pytest_qruntime.contracts.contract import Chapter, Outcome, broken, seconds
from pytest_qruntime.contracts.facts import Facts
from pytest_qruntime.contracts.shared import said_after_closing, said_wrongly
from pytest_qruntime.contracts.subjects import LOST_CODE
from pytest_qruntime.model.states import CLOSED, INACTIVATED

INV = Chapter("INV", "Invariants of any trace")


@INV.rule(
    "01",
    "No job enters a session or batch that does not take jobs.",
    exercise="Submit jobs to a session.",
    sources="s1 s4",
    confidence="S",
)
def nobody_enters_what_takes_none(facts: Facts) -> Iterator[Outcome]:
    """INV-01"""
    for workload in facts.workloads:
        for job in workload.jobs:
            if job.queued is not None:
                seen = f"it enters while {job.queued_in}"
                yield job.accepted or broken(job.queued, "it is refused", seen, number=job.queued_no)


@INV.rule(
    "02",
    "No queued job of a closed session or batch begins to run.",
    exercise="Run jobs in a session and close it.",
    sources="s1 s4",
    confidence="S",
    partial="yes",
)
def nobody_starts_in_what_is_closed(facts: Facts) -> Iterator[Outcome]:
    """INV-02"""
    for workload in facts.workloads:
        ended = workload.ended
        if ended is None:
            continue
        for job in workload.jobs:
            if job.running is not None and facts.sure(job.running, ended.event):
                late = job.running_no > ended.no
                if facts.complete or not facts.same(job.running.at_us, ended.at_us):
                    yield not late or broken(job.running, "it never runs", "it begins to run", number=job.running_no)


@INV.rule(
    "03",
    "No running job fails because its session or batch ends.",
    exercise="Close a session while a job runs, and let the job end.",
    sources="s1 oa25 dMAX",
    confidence="S",
    partial="yes",
)
def nobody_is_taken_from_the_lane(facts: Facts) -> Iterator[Outcome]:
    """INV-03"""
    for workload in facts.workloads:
        ended = workload.ended
        if ended is None:
            continue
        for job in facts.ran_at(workload, ended):
            if job.end is not None:
                kept = job.code != LOST_CODE
                yield kept or broken(job.end, "it runs to its end", f"it {job.outcome}", number=job.end_no)


@INV.rule(
    "04",
    "Closed is the end: nothing of a closed session or batch changes any more.",
    exercise="Close a session, and let time pass.",
    sources="s1 live",
    confidence="S",
    partial="yes",
)
def closed_is_the_end(facts: Facts) -> Iterator[Outcome]:
    """INV-04"""
    for said in said_after_closing(facts):
        yield said.fields["state"] == CLOSED or said_wrongly(said, "it is closed, as before", "state")
    for workload in facts.workloads if facts.complete else ():
        if workload.closed is not None:
            yield True
        for number, event in workload.later:
            yield broken(event, "nothing changes", event.kind, number=number)


@INV.rule(
    "05",
    "No job of others starts in an active window of a session.",
    exercise="Run a job in a session.",
    sources="s2 s3",
    confidence="S",
)
def nobody_else_in_a_window(facts: Facts) -> Iterator[Outcome]:
    """INV-05"""
    for job in facts.ran:
        window = job.in_window_of
        if window is not None and job.running is not None:
            seen = "a job of others starts"
            yield window is job.workload or broken(job.running, f"only {window.id}", seen, number=job.running_no)


@INV.rule(
    "06",
    "Not more jobs run than there are lanes, and one of them is on the QPU.",
    exercise="Run a job.",
    sources="dFAQ s3",
    confidence="S",
)
def lanes_and_qpu(facts: Facts) -> Iterator[Outcome]:
    """INV-06"""
    lanes, contention = facts.terms.lanes, facts.terms.contention
    for job in facts.ran:
        name = "" if job.backend is None else job.backend.name
        most = lanes.get(name)
        if job.running is None or most is None:
            continue
        if job.lanes > most:
            yield broken(job.running, f"at most {most}", f"{job.lanes} run", number=job.running_no)
        elif job.on_qpu is not None and job.on_qpus > 1 and contention.get(name):
            yield broken(job.on_qpu, "one on the QPU", f"{job.on_qpus} are")
        else:
            yield True


@INV.rule(
    "07",
    "A session or batch is closed at the latest when its max TTL ends.",
    exercise="Run a job in a session and close it.",
    sources="s2 s4",
    confidence="S",
    knobs=("max_ttl_from",),
    partial="yes",
)
def closed_by_max_ttl(facts: Facts) -> Iterator[Outcome]:
    """INV-07"""
    for workload in facts.workloads:
        deadline_us, ended = facts.deadline_us(workload), workload.ended
        if deadline_us is None:
            continue
        expected = f"it is closed by {seconds(deadline_us)}"
        if ended is not None and facts.sure(ended.event):
            in_time = ended.at_us <= deadline_us + facts.slack_us
            yield in_time or broken(ended.event, expected, "it is closed now", number=ended.no)
        elif ended is None and facts.passed(deadline_us):
            yield facts.overdue(workload, deadline_us, expected)


@INV.rule(
    "08",
    "A session or batch becomes inactive one interactive TTL after its last job, or when its active TTL is used up.",
    exercise="Run a job in a session and wait for a minute.",
    sources="s2",
    confidence="S",
)
def inactive_for_a_reason(facts: Facts) -> Iterator[Outcome]:
    """INV-08"""
    for workload in facts.workloads:
        for moment in workload.inactivations:
            idle_us, ittl_us = moment.idle_since_us, workload.ittl_us
            if moment.reason == INACTIVATED and ittl_us is not None:
                on_time = idle_us is not None and moment.at_us == idle_us + ittl_us
            else:
                on_time = moment.active_us == workload.active_ttl_us
            yield on_time or broken(moment.event, "one of these", f"neither, idle since {idle_us}", number=moment.no)


@INV.rule(
    "09",
    "A session costs at least the time of its longest job, and at most the time from its first start to its last end.",
    exercise="Run a job in a session and close it.",
    sources="s3 dFAQ",
    confidence="S",
    knobs=("session_usage",),
    partial="whole",
)
def between_the_longest_job_and_the_span(facts: Facts) -> Iterator[Outcome]:
    """INV-09"""
    for session in facts.sessions:
        if session.settled is None or session.started is None or session_usage_us(facts, session) is None:
            continue
        usage_us = session.settled.data.get("usage_us")
        spans = [job.end.at_us - job.running.at_us for job in session.jobs if job.running and job.end]
        closed_us = session.closed.at_us if session.closed is not None else 0
        span_us = max(session.last_run_us or 0, closed_us) - session.started.at_us
        longest_us = max(spans, default=0)
        off_us = facts.slack_us
        within = isinstance(usage_us, int) and longest_us - off_us <= usage_us <= span_us + off_us
        expected = f"between {seconds(longest_us)} and {seconds(span_us)}"
        yield within or broken(session.settled, expected, f"usage of {usage_us} us")


@INV.rule(
    "13",
    "No accepted job waits beyond the max TTL of its session or batch.",
    exercise="Let a session with a queued job run into its max TTL.",
    sources="s2 s4",
    confidence="S",
    knobs=("max_ttl_from",),
)
def nobody_waits_for_ever(facts: Facts) -> Iterator[Outcome]:
    """INV-13"""
    for workload in facts.workloads:
        deadline_us = facts.deadline_us(workload)
        if deadline_us is None or not facts.passed(deadline_us):
            continue
        for job in workload.jobs:
            left_us = job.running.at_us if job.running is not None else None if job.end is None else job.end.at_us
            if job.queued is not None:
                in_time = left_us is not None and left_us <= deadline_us
                seen = "it still waits" if left_us is None else f"it waits until {seconds(left_us)}"
                yield in_time or broken(
                    job.queued, f"it runs or ends by {seconds(deadline_us)}", seen, number=job.queued_no
                )
