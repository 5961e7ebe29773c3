"""USG: what is charged."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_qruntime.contracts.contract import Chapter, Outcome, broken, seconds
from pytest_qruntime.contracts.facts import Facts
from pytest_qruntime.contracts.subjects import LOST_CODE, JobFacts, WorkloadFacts
from pytest_qruntime.model.trace import JOB_COMPLETED

USG = Chapter("USG", "Usage")


def session_usage_us(facts: Facts, session: WorkloadFacts) -> int | None:
    """What a session costs by the books; None if it never started."""
    if session.started is None:
        return None
    if facts.policy.session_usage == "span":
        closed_us = session.closed.at_us if session.closed is not None else 0
        return max(session.last_run_us or 0, closed_us) - session.started.at_us
    return session.window_us


def _settled(facts: Facts) -> Iterator[tuple[WorkloadFacts, int, int]]:
    """Each session whose usage is final, with that and with what it is by the books."""
    for session in facts.sessions:
        if session.settled is not None:
            usage_us, books_us = session.settled.data.get("usage_us"), session_usage_us(facts, session)
            if isinstance(usage_us, int) and books_us is not None:
                yield session, usage_us, books_us


def _at_least(facts: Facts, session: WorkloadFacts, usage_us: int, books_us: int, with_what: str) -> Outcome:
    assert session.settled is not None
    expected = f"{seconds(books_us)}, with {with_what}"
    return usage_us >= books_us - facts.slack_us or broken(session.settled, expected, seconds(usage_us))


@USG.rule(
    "01",
    "A session costs the time from its first job's start until it is inactive, closed, or its last job has ended.",
    exercise="Run a job in a session and close it.",
    sources="s3 dFAQ c51",
    confidence="S",
    knobs=("session_usage",),
    partial="whole",
)
def a_session_costs_its_windows(facts: Facts) -> Iterator[Outcome]:
    """USG-01"""
    for session, usage_us, books_us in _settled(facts):
        assert session.settled is not None
        yield facts.same(usage_us, books_us) or broken(session.settled, seconds(books_us), seconds(usage_us))


@USG.rule(
    "02",
    "The interactive TTL after the last job of a session counts.",
    exercise="Let a session become inactive after its last job, and close it.",
    sources="dFAQ",
    confidence="D",
    knobs=("session_usage",),
    partial="whole",
)
def the_tail_counts(facts: Facts) -> Iterator[Outcome]:
    """USG-02"""
    for session, usage_us, books_us in _settled(facts):
        if session.tail_us > facts.slack_us:
            yield _at_least(facts, session, usage_us, books_us, f"{seconds(session.tail_us)} after the last jobs")


@USG.rule(
    "03",
    "The gaps between the jobs of a session and their classical time count.",
    exercise="Run two jobs in a session with a pause of less than a minute between them.",
    sources="s3 dFAQ",
    confidence="S",
    knobs=("session_usage",),
    partial="whole",
)
def the_gaps_count(facts: Facts) -> Iterator[Outcome]:
    """USG-03"""
    for session, usage_us, books_us in _settled(facts):
        if session.gap_us > facts.slack_us:
            yield _at_least(facts, session, usage_us, books_us, f"{seconds(session.gap_us)} between jobs")


@USG.rule(
    "04",
    "The time in which a session is inactive does not count.",
    exercise="Let a session become inactive and active again, and close it.",
    sources="dUSE s3",
    confidence="D",
    knobs=("session_usage",),
    partial="whole",
)
def inactive_time_is_free(facts: Facts) -> Iterator[Outcome]:
    """USG-04"""
    if facts.policy.session_usage != "windows":
        return
    for session, usage_us, books_us in _settled(facts):
        if session.inactive_us > facts.slack_us and session.settled is not None:
            expected = f"{seconds(books_us)}, without {seconds(session.inactive_us)} inactive"
            yield usage_us <= books_us + facts.slack_us or broken(session.settled, expected, seconds(usage_us))


@USG.rule(
    "05",
    "A batch costs the sum of what its jobs cost: waiting, preparing and the interactive TTL do not count.",
    exercise="Run jobs in a batch and close it.",
    sources="s3 dFAQ dUSE",
    confidence="S",
    partial="whole",
)
def a_batch_costs_its_jobs(facts: Facts) -> Iterator[Outcome]:
    """USG-05"""
    for batch in facts.batches:
        if batch.settled is not None and batch.started is not None:
            total_us = sum(job.charged_us or 0 for job in batch.jobs if job.end is not None)
            usage_us = batch.settled.data.get("usage_us")
            seen = f"usage of {usage_us} us"
            rightly = isinstance(usage_us, int) and facts.same(usage_us, total_us)
            yield rightly or broken(batch.settled, f"{seconds(total_us)}", seen)


def _consumed_us(job: JobFacts) -> int:
    return 0 if job.on_qpu is None or job.end is None else job.end.at_us - job.on_qpu.at_us


@USG.rule(
    "06",
    "A job costs the time that it had the QPU.",
    exercise="Run a job.",
    sources="s3 c51",
    confidence="SV",
)
def a_job_costs_its_qpu_time(facts: Facts) -> Iterator[Outcome]:
    """USG-06"""
    for job in facts.ran:
        end, on_qpu = job.end, job.on_qpu
        if end is not None and end.kind == JOB_COMPLETED:
            consumed_us = 0 if on_qpu is None else end.at_us - on_qpu.at_us
            if end.data.get("charged_us") == consumed_us:
                yield True
            else:
                yield broken(end, seconds(consumed_us), f"{job.charged_us} us", number=job.end_no)


@USG.rule(
    "07",
    "A job that was cancelled costs what it consumed, and so does one that failed, or nothing if it was not its fault.",
    exercise="Cancel a job while it is on the QPU.",
    sources="dUSE",
    confidence="D",
)
def a_cancelled_job_costs_what_it_consumed(facts: Facts) -> Iterator[Outcome]:
    """USG-07"""
    for job in (*facts.cancelled, *facts.failed):
        if job.on_qpu is not None and job.end is not None:
            consumed_us = _consumed_us(job)
            free = job.end.kind == "job.failed" and job.charged_us == 0
            expected, seen = f"{seconds(consumed_us)}", f"{job.charged_us} us"
            yield free or job.charged_us == consumed_us or broken(job.end, expected, seen, number=job.end_no)


@USG.rule(
    "08",
    "Jobs that fail or are cancelled do not make a session cheaper.",
    exercise="Let a job of a session fail, and close it.",
    sources="dUSE",
    confidence="D",
    knobs=("session_usage",),
    partial="whole",
)
def failures_do_not_make_it_cheaper(facts: Facts) -> Iterator[Outcome]:
    """USG-08"""
    for session, usage_us, books_us in _settled(facts):
        bad = [job for job in session.jobs if job.running is not None and job.end and job.end.kind != JOB_COMPLETED]
        if bad:
            yield _at_least(facts, session, usage_us, books_us, f"{len(bad)} jobs that did not complete")


@USG.rule(
    "09",
    "A session or batch that never started costs nothing.",
    exercise="Open a session and close it.",
    sources="oa25 s4 live",
    confidence="SL",
    partial="yes",
)
def never_started_costs_nothing(facts: Facts) -> Iterator[Outcome]:
    """USG-09"""
    for workload in facts.workloads:
        settled = workload.settled
        if (
            settled is not None
            and workload.started is None
            and workload.opened is not None
            and (facts.complete or not any(job.running or job.charged_us for job in workload.jobs))
        ):
            usage_us = settled.data.get("usage_us")
            yield usage_us == 0 or broken(settled, "0", f"usage of {usage_us} us")


@USG.rule(
    "10",
    "A job that never ran costs nothing.",
    exercise="Cancel a queued job.",
    sources="live",
    confidence="L",
    partial="yes",
)
def what_never_ran_costs_nothing(facts: Facts) -> Iterator[Outcome]:
    """USG-10"""
    for job in (*facts.cancelled, *facts.failed):
        if (
            job.running is None
            and job.end is not None
            and job.charged_us is not None
            and (facts.complete or job.code == LOST_CODE)
        ):
            seen = f"{job.charged_us} us"
            yield job.charged_us == 0 or broken(job.end, "0", seen, number=job.end_no)
