"""MXT: the maximum execution time of a job."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_qruntime.contracts.contract import Chapter, Outcome, broken, seconds
from pytest_qruntime.contracts.facts import Facts
from pytest_qruntime.contracts.subjects import TOO_LONG_CODE, JobFacts
from pytest_qruntime.model.trace import JOB_CANCELLED

MXT = Chapter("MXT", "Maximum execution time of a job")


def _limit_us(facts: Facts, job: JobFacts) -> int | None:
    return None if job.cost_us is None else min(job.cost_us, facts.service_timeout_us)


def _too_long(facts: Facts) -> Iterator[JobFacts]:
    """The jobs that ran too long."""
    return (job for job in facts.cancelled if job.code == TOO_LONG_CODE)


@MXT.rule(
    "01",
    "A job's time on the QPU is limited: by its own maximum execution time, and by three hours.",
    exercise="Run a job whose QPU time is longer than its max_execution_time.",
    sources="dMAX live",
    confidence="D",
    knobs=("service_timeout",),
)
def qpu_time_is_limited(facts: Facts) -> Iterator[Outcome]:
    """MXT-01"""
    for job in facts.long:
        limit_us = _limit_us(facts, job)
        if limit_us is None or job.on_qpu is None or job.end is None:
            continue
        took_us = job.end.at_us - job.on_qpu.at_us
        if took_us > limit_us:
            yield broken(job.end, f"at most {seconds(limit_us)}", f"{seconds(took_us)}", number=job.end_no)
        elif job.code == TOO_LONG_CODE:
            yield True


@MXT.rule(
    "02",
    "The limit counts the time on the QPU alone, not preparation or waiting.",
    exercise="Run a job that prepares for longer than its max_execution_time.",
    sources="dMAX dMON",
    confidence="D",
    knobs=("service_timeout", "cost_limit_running"),
)
def only_qpu_time_counts(facts: Facts) -> Iterator[Outcome]:
    """MXT-02"""
    for job in facts.long:
        limit_us = _limit_us(facts, job)
        if limit_us is None or job.end is None or job.running is None:
            continue
        if job.code == TOO_LONG_CODE and facts.policy.cost_limit_s is None:
            took_us = 0 if job.on_qpu is None else job.end.at_us - job.on_qpu.at_us
            seen = f"after {seconds(took_us)}"
            if took_us < limit_us:
                yield broken(job.end, f"after {seconds(limit_us)} on the QPU", seen, number=job.end_no)
        if job.end.at_us - job.running.at_us > limit_us and job.on_qpu is not None:
            yield True


@MXT.rule(
    "03",
    "A job that reaches its limit is cancelled with the code 1305, Ran too long.",
    exercise="Run a job whose QPU time is longer than its max_execution_time.",
    sources="dMAX c51 issues",
    confidence="DV",
    knobs=("ran_too_long",),
)
def ran_too_long_is_cancelled(facts: Facts) -> Iterator[Outcome]:
    """MXT-03"""
    for job in facts.long:
        limit_us = _limit_us(facts, job)
        if limit_us is None or job.end is None or job.on_qpu is None:
            continue
        took_us = job.end.at_us - job.on_qpu.at_us
        rightly = job.end.kind == JOB_CANCELLED and job.end.data.get("reason") == "Ran too long"
        if job.code == TOO_LONG_CODE:
            yield rightly or broken(job.end, "cancelled: Ran too long", f"it {job.outcome}", number=job.end_no)
        elif took_us > limit_us:
            yield broken(job.end, "cancelled with code 1305", f"it {job.outcome}", number=job.end_no)


@MXT.rule(
    "05",
    "The limit of a job and the max TTL of its session do not know of each other: either may end first.",
    exercise="Let a session run into its max TTL while a job runs that reaches its own limit later.",
    sources="dMAX",
    confidence="D",
)
def it_goes_on_after_the_end(facts: Facts) -> Iterator[Outcome]:
    """MXT-05"""
    for job in _too_long(facts):
        ended, limit_us = None if job.workload is None else job.workload.ended, _limit_us(facts, job)
        if ended is None or job.end is None or job.on_qpu is None or limit_us is None or job.running_no > ended.no:
            continue
        if ended.no < job.end_no and facts.policy.cost_limit_s is None:
            took_us = job.end.at_us - job.on_qpu.at_us
            expected, seen = f"after {seconds(limit_us)} on the QPU", f"after {seconds(took_us)}"
            yield took_us >= limit_us or broken(job.end, expected, seen, number=job.end_no)
