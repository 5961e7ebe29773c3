"""ORD: lanes, the QPU, and who runs next."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_qruntime.contracts.contract import Chapter, Outcome, broken
from pytest_qruntime.contracts.facts import Facts
from pytest_qruntime.contracts.shared import said_wrongly
from pytest_qruntime.model.job import QUEUED, RUNNING
from pytest_qruntime.model.trace import JOB_QUEUED, JOB_RUNNING

ORD = Chapter("ORD", "Order, lanes and exclusivity")


@ORD.rule(
    "01",
    "A backend runs no more jobs at once than it has lanes.",
    exercise="Submit more jobs than the backend has lanes.",
    sources="dFAQ",
    confidence="D",
)
def no_more_jobs_than_lanes(facts: Facts) -> Iterator[Outcome]:
    """ORD-01"""
    lanes = facts.terms.lanes
    for job in facts.ran:
        largest = lanes.get(job.backend.name) if job.backend is not None else None
        if largest is not None and job.lanes >= largest and job.running is not None:
            seen = f"{job.lanes} jobs run"
            yield job.lanes == largest or broken(job.running, f"at most {largest}", seen, number=job.running_no)


@ORD.rule(
    "02",
    "One job at a time uses the QPU.",
    exercise="Run two jobs at once.",
    sources="s3 dMON",
    confidence="S",
)
def one_job_on_the_qpu(facts: Facts) -> Iterator[Outcome]:
    """ORD-02"""
    contention = facts.terms.contention
    for job in facts.ran:
        if (
            job.on_qpu is not None
            and job.backend is not None
            and contention.get(job.backend.name)
            and (job.lanes > 1 or job.on_qpus > 1)
        ):
            yield job.on_qpus == 1 or broken(job.on_qpu, "nobody else is on the QPU", f"{job.on_qpus} are")


@ORD.rule(
    "03",
    "While a session is active, and until its jobs have ended, no job of others starts, and no calibration.",
    exercise="Let another user's job wait while a session is active.",
    sources="s2 s3 dFAQ",
    confidence="S",
)
def a_session_is_alone(facts: Facts) -> Iterator[Outcome]:
    """ORD-03"""
    for job in facts.ran:
        window = job.in_window_of
        if window is not None and job.running is not None and window is not job.workload:
            seen = "a job of others starts"
            yield broken(job.running, f"only jobs of {window.id} start", seen, number=job.running_no)
        elif window is not None and job.others_waited:
            yield True


@ORD.rule(
    "04",
    "Several jobs of a session run at once, as far as there are lanes.",
    exercise="Submit a second job to a session while its first runs, on a backend with several lanes.",
    sources="dFAQ s3",
    confidence="D",
)
def jobs_of_a_session_run_together(facts: Facts) -> Iterator[Outcome]:
    """ORD-04"""
    for session in facts.sessions:
        backend = session.backend
        if backend is None or backend.interrupted:
            continue
        lanes = facts.terms.lanes.get(backend.name, 0)
        for job in session.jobs:
            if not job.found_window or job.queued is None or job.queued_in != "active" or job.found_queued:
                continue
            if 0 < job.found_running < lanes and job.found_running + 1 <= lanes:
                began = job.running is not None and job.running.at_us == job.queued.at_us
                ended = job.end is not None and job.end.at_us == job.queued.at_us
                if facts.passed(job.queued.at_us) and not ended and not job.found_crowd:
                    seen = f"it waits, with {job.found_running} of {lanes} lanes busy"
                    yield began or broken(job.queued, "it starts at once", seen, number=job.queued_no)


@ORD.rule(
    "05",
    "The jobs of an active batch take the lanes that become free before anybody else's.",
    exercise="Let plain jobs wait while a batch with several queued jobs is processed.",
    sources="dFAQ",
    confidence="D",
)
def a_batch_refills_its_lanes(facts: Facts) -> Iterator[Outcome]:
    """ORD-05"""
    for job in facts.ran:
        over, workload = job.passed_over, job.workload
        if over is not None and over.workload is not None and over.workload.is_batch and job.running is not None:
            seen = "another user's job starts"
            yield broken(job.running, f"job {over.id} of the batch starts", seen, number=job.running_no)
        elif workload is not None and workload.is_batch and job.others_waited and job.started_from == "active":
            yield True


@ORD.rule(
    "06",
    "When a lane is free and no job of the batch is left, the next in line starts: a batch is not alone.",
    exercise="Submit a plain job while a batch runs its last job, with a lane free.",
    sources="dFAQ s2 s3",
    confidence="S",
)
def a_batch_is_not_alone(facts: Facts) -> Iterator[Outcome]:
    """ORD-06"""
    for job in facts.jobs:
        if not job.found_free or not job.found_running or job.queued is None or job.backend is None:
            continue
        if job.backend.interrupted or not facts.unlimited(job.instance) or not facts.passed(job.queued.at_us):
            continue
        began = job.running is not None and job.running.at_us == job.queued.at_us
        ended = job.end is not None and job.end.at_us == job.queued.at_us
        if not ended:
            yield began or broken(job.queued, "it starts at once", "it waits, with a lane free", number=job.queued_no)


@ORD.rule(
    "07",
    "While the jobs of a batch are processed, no session and no other batch starts a job.",
    exercise="Run two batches at once.",
    sources="s3",
    confidence="S",
    knobs=("batch_exclusion",),
)
def batches_are_processed_one_by_one(facts: Facts) -> Iterator[Outcome]:
    """ORD-07"""
    if facts.policy.batch_exclusion != "workloads":
        return
    for job in facts.ran:
        if job.workload is not None and job.running is not None:
            if job.beside is not None:
                seen = "it starts a job"
                yield broken(job.running, f"it waits for the jobs of {job.beside.id}", seen, number=job.running_no)
            elif job.workloads_waited:
                yield True


@ORD.rule(
    "08",
    "The jobs of a batch start in the order of submission.",
    exercise="Submit several jobs to a batch.",
    sources="ours s2",
    confidence="U",
    knobs=("batch_order",),
)
def a_batch_keeps_its_order(facts: Facts) -> Iterator[Outcome]:
    """ORD-08"""
    if facts.policy.batch_order == "fifo":
        for job in facts.ran:
            if job.workload is not None and job.workload.is_batch and job.running is not None:
                yield job.first_in_line or broken(
                    job.running, "the first in line", "a later one", number=job.running_no
                )


@ORD.rule(
    "09",
    "The jobs of a session start in the order of submission.",
    exercise="Submit several jobs to a session.",
    sources="ours",
    confidence="U",
)
def a_session_keeps_its_order(facts: Facts) -> Iterator[Outcome]:
    """ORD-09"""
    for job in facts.ran:
        if job.workload is not None and job.workload.is_session and job.running is not None and job.had_company:
            yield job.first_in_line or broken(job.running, "the first in line", "a later one", number=job.running_no)


@ORD.rule(
    "10",
    "A calibration may run between the jobs of a batch, and never while a session is active.",
    exercise="Let a calibration come due while a session is active.",
    sources="s2 dFAQ",
    confidence="S",
)
def no_calibration_in_a_session(facts: Facts) -> Iterator[Outcome]:
    """ORD-10"""
    for job in facts.ran:
        if job.program == "calibration" and job.workload is None and job.running is not None:
            window = job.in_window_of
            yield window is None or broken(job.running, f"it waits for {window.id}", "it starts", number=job.running_no)


@ORD.rule(
    "11",
    "The plain jobs of an instance start in the order of submission.",
    exercise="Submit several plain jobs.",
    sources="dFSS",
    confidence="D",
)
def an_instance_keeps_its_order(facts: Facts) -> Iterator[Outcome]:
    """ORD-11"""
    for job in facts.ran:
        if job.workload is None and job.running is not None and job.program != "calibration":
            first = job.overtaken
            if first is not None:
                yield broken(job.running, f"job {first.id} starts first", "it overtakes", number=job.running_no)
            elif job.had_company:
                yield True


@ORD.rule(
    "12",
    "No job is interrupted for another one: what runs goes on, whoever has priority.",
    exercise="Submit a job to an active session while another job runs.",
    sources="ours s1 s2",
    confidence="U",
    partial="yes",
)
def nobody_is_interrupted(facts: Facts) -> Iterator[Outcome]:
    """ORD-12"""
    if any(job.found_running and job.queued_in == "active" for job in facts.jobs):
        yield True
    for job in facts.odd_jobs:
        for number, event in job.odd or ():
            if event.kind in (JOB_QUEUED, JOB_RUNNING) and job.running is not None and job.ended_after(number):
                if not facts.complete and facts.same(event.at_us, job.running.at_us):
                    continue  # it was told in another order than it happened
                yield broken(event, "it runs on", f"{event.kind} once more", number=number)
    ran: set[str] = set()
    for said in facts.said.jobs:
        if said.status == RUNNING:
            ran.add(said.id)
        elif said.id in ran:
            yield said.status != QUEUED or said_wrongly(said, "it runs on", "state")
