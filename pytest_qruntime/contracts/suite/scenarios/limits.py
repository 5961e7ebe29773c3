"""Scenarios about the max TTL and the interactive TTL."""

from __future__ import annotations

from pytest_qruntime.contracts.suite.play import Play
from pytest_qruntime.contracts.suite.scenario import Scenarios

LIMITS = Scenarios()


@LIMITS.scenario("MAX-03 MAX-04 MAX-06 MAX-11 SUB-10 INV-03 INV-07 INV-13", takes_s=45, lanes=1)
def max_ttl_with_a_running_and_a_queued_job(s: Play) -> None:
    """The first waited for a while; what runs at the end goes on."""
    session = s.session(30)
    jobs = [s.run(session, seconds) for seconds in (20, 40, 10, 10)]
    s.started(jobs[0]).wait(15).look().wait(16).look()
    s.run(session)
    s.ended().look()
    s.run(session)


@LIMITS.scenario("MAX-02 MAX-05 USG-04 ITT-08", takes_s=310, lanes=1)
def max_ttl_after_being_inactive(s: Play) -> None:
    """Twice active, then inactive until the end."""
    session = s.session(300)
    s.ended(s.run(session, 10))
    s.at(150).run(session, 10)
    s.ended().at(305).look()
    s.run(session)


@LIMITS.scenario("MXT-05 MXT-02 MXT-01 MXT-03", takes_s=120, lanes=2)
def a_long_job_at_max_ttl(s: Play) -> None:
    """It waits for the QPU, and reaches its own limit when its session is over."""
    session = s.session(50)
    s.run(session, 35)
    s.run(session, 100, cost=40)
    s.run(session, 10)
    s.ended()


@LIMITS.scenario("ITT-01 ITT-02 ITT-08 INV-08 USG-02", takes_s=70, lanes=1)
def idle_for_a_minute(s: Play) -> None:
    """A session becomes inactive a minute after its last job."""
    session = s.session()
    s.ended(s.run(session, 10))
    s.ended(s.run(session, 10))
    s.wait(70).look()
    s.close(session)


@LIMITS.scenario("ITT-03 ITT-05 ITT-06 USG-04", takes_s=110, lanes=1)
def inactive_and_back_through_the_queue(s: Play) -> None:
    """A plain job starts when the session is inactive, and the session's next job comes after it."""
    session = s.session()
    s.ended(s.run(session, 20))
    s.run(None, 30)
    s.run(None, 15)
    s.wait(70).run(session, 20)
    s.wait(1).run(None, 10)
    s.ended()
    s.close(session)


@LIMITS.scenario("ITT-04 SUB-09 USG-03 ITT-11", exact=True, lanes=1)
def within_the_interactive_ttl(s: Play) -> None:
    """The next job goes before those of others; the last comes exactly at the deadline."""
    session = s.session()
    s.run(session, 20)
    s.at(25).run(None, 30)
    s.at(79).run(session, 20)
    s.at(159).run(session, 10)
    s.ended().wait(70)
    s.close(session)


@LIMITS.scenario("ITT-04 USG-03 SUB-09", takes_s=30, lanes=1)
def the_next_job_comes_in_time(s: Play) -> None:
    """A pause of less than a minute belongs to the session, and others wait."""
    session = s.session()
    s.ended(s.run(session, 10))
    s.run(None, 10)
    s.wait(30).run(session, 10)
    s.ended()
    s.close(session)


@LIMITS.scenario("ITT-10", takes_s=180, lanes=1)
def a_batch_waits_for_its_lane(s: Play) -> None:
    """Others hold the only one for long; then its next job is first."""
    batch = s.batch()
    s.run(batch, 20)
    s.run(None, 100)
    s.run(None, 10)
    s.at(40).run(batch, 10)
    s.ended().wait(70)
    s.close(batch)


@LIMITS.scenario("ITT-09 AUT-04 ITT-08", takes_s=140, lanes=2)
def idle_after_jobs_of_different_length(s: Play) -> None:
    """The interactive TTL counts from the end of the longer one."""
    for one in (s.batch(), s.session()):
        s.run(one, 10)
        s.run(one, 90)
        s.ended().wait(70).look()
        s.close(one)


@LIMITS.scenario("ITT-12")
def a_job_longer_than_a_minute(s: Play) -> None:
    """It does not make its session inactive."""
    session = s.session()
    s.ended(s.run(session, 90))
    s.close(session)
