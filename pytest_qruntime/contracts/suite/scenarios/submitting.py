"""Scenarios about submitting jobs."""

from __future__ import annotations

from pytest_qruntime.contracts.suite.play import Play
from pytest_qruntime.contracts.suite.scenario import Scenarios

SUBMITTING = Scenarios()


@SUBMITTING.scenario("SUB-01 SUB-02 SUB-13 INV-01 JOB-04 USG-01 USG-06 INV-02", lanes=1)
def submitted_and_closed(s: Play) -> None:
    """Jobs of one instant; after the end there is no other."""
    session = s.session()
    for _ in range(3):
        s.run(session)
    s.ended()
    s.close(session)
    s.look()
    s.run(session)
    s.wait(1).run(session)


@SUBMITTING.scenario("SUB-14", lanes=1)
def jobs_that_do_not_fit(s: Play) -> None:
    """One is allowed to take longer than its session."""
    session = s.session(60)
    s.run(session, cost=3_600)
    s.run(session)
    s.ended()
    s.close(session)


@SUBMITTING.scenario("SUB-15")
def a_job_for_another_backend(s: Play) -> None:
    """A session has one backend, and its jobs no other."""
    other = s.other_backend()
    session = s.session()
    s.run(session, backend=other)
    s.run(session)
    s.ended()
    s.close(session)


@SUBMITTING.scenario("PLN-10 JCN-02 JCN-07 JOB-02")
def finished_jobs(s: Play) -> None:
    """One has too many tags, one a tag that is too long; one is deleted, one cannot be cancelled any more."""
    job = s.run()
    s.delete_job(job)
    s.ended()
    s.tag(job, *"abcdefghi")
    s.tag(job, "a" * 87)
    s.tag(job, "a")
    s.cancel_job(job)
    s.look()
    s.delete_job(job)
    s.tag(job, "b")
    s.delete_job(job)


@SUBMITTING.scenario("SUB-08 ITT-05 USG-02 USG-04 ITT-02", takes_s=75, lanes=1)
def submitted_to_what_is_inactive(s: Play) -> None:
    """It becomes active again."""
    session = s.session()
    s.ended(s.run(session, 10))
    s.wait(70).look()
    s.ended(s.run(session, 10))
    s.wait(1)
    s.close(session)
