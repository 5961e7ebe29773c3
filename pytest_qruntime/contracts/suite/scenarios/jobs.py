"""Scenarios about jobs that end otherwise, and about what all that costs."""

from __future__ import annotations

from pytest_qruntime.contracts.suite.play import Play
from pytest_qruntime.contracts.suite.scenario import Scenarios

JOBS = Scenarios()


@JOBS.scenario("JCN-01 JCN-06 USG-10 USG-08 USG-07 JOB-05 JOB-02", takes_s=5, lanes=1)
def cancelled_jobs_of_a_session(s: Play) -> None:
    """One while it waits, one while it runs; the others run."""
    session = s.session()
    running, waiting, other = s.run(session, 40), s.run(session, 20), s.run(session, 10)
    s.started(running)
    s.cancel_job(waiting)
    s.look().wait(5)
    s.cancel_job(running)
    s.ended(running, waiting, other).look()
    s.cancel_job(waiting)
    s.close(session)


@JOBS.scenario("JCN-01 USG-10", takes_s=1, lanes=1)
def a_plain_job_is_cancelled_in_the_queue(s: Play) -> None:
    """It never runs."""
    s.started(s.run(None, 20))
    waiting = s.run(None, 10)
    s.run(None, 10)
    s.wait(1).cancel_job(waiting)
    s.ended()


@JOBS.scenario("JOB-05 USG-08", lanes=1)
def a_job_fails(s: Play) -> None:
    """It has no circuit that anybody could read; the session costs no less for it."""
    session = s.session()
    s.run(session, params=s.nonsense())
    s.run(session, 10)
    s.ended().look()
    s.close(session)
    s.run(None, params=s.nonsense())
    s.ended()


@JOBS.scenario("JOB-03 JOB-04 USG-06")
def a_plain_job(s: Play) -> None:
    """It waits, runs, and is over."""
    job = s.run()
    s.look().started(job).look().ended()
    s.result(job)


@JOBS.scenario("MXT-01 MXT-02 MXT-03 USG-07", takes_s=60, lanes=2)
def jobs_that_run_too_long(s: Play) -> None:
    """One takes too long on the QPU; another waits for it, which does not count."""
    s.run(None, 60, cost=20)
    s.run(None, 10, cost=15)
    s.ended()


@JOBS.scenario("USG-03 USG-05 USG-01", takes_s=20, lanes=1)
def a_pause_between_two_jobs(s: Play) -> None:
    """It is charged in a session, and not in a batch."""
    for open_one in (s.session, s.batch):
        one = open_one()
        s.ended(s.run(one, 10))
        s.wait(20).run(one, 10)
        s.ended()
        s.close(one)
