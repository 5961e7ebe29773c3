"""Stories about the TTLs."""

from __future__ import annotations

from pytest_qruntime.mutants.stage import Stage, Stories

TIMING = Stories(Stage)


@TIMING.story(lanes=1)
def max_ttl_with_a_running_and_a_queued_job(s: Stage) -> None:
    """After its first job had waited for a while."""
    s.foreign(50)
    session = s.session(100)
    for seconds in (60, 60, 30):
        s.run(session, seconds)
    s.at(151).run(session, 10)
    s.at(400).run(session, 10)
    s.at(500)


@TIMING.story(lanes=1)
def max_ttl_after_being_inactive(s: Stage) -> None:
    """Twice active, then inactive until the end."""
    session = s.session(300)
    s.run(session, 10)
    s.at(150).run(session, 10)
    s.at(400).run(session, 10)
    s.at(600)


@TIMING.story(lanes=1)
def a_long_job_at_max_ttl(s: Stage) -> None:
    """It reaches its own limit later."""
    session = s.session(50)
    s.run(session, 120, 100, cost_s=40)
    s.run(session, 10)
    s.at(400)


@TIMING.story(lanes=1)
def inactive_and_back_through_the_queue(s: Stage) -> None:
    """Another user's job comes first."""
    session = s.session()
    s.run(session, 20)
    s.at(30).foreign(30)
    s.run(None, 15)
    s.at(90).run(session, 20)
    s.at(91).run(None, 10)
    s.at(300).close(session)
    s.at(400)


@TIMING.story(lanes=1)
def within_the_interactive_ttl(s: Stage) -> None:
    """The next job goes before others'; the last comes exactly at the deadline."""
    session = s.session()
    s.run(session, 20)
    s.at(25).foreign(30)
    s.at(79).run(session, 20)
    s.at(159).run(session, 10)
    s.at(500)


@TIMING.story(lanes=1)
def a_batch_within_its_interactive_ttl(s: Stage) -> None:
    """Others hold the only lane for long; then its next job is first."""
    batch = s.batch()
    s.run(batch, 20)
    s.foreign(100)
    s.foreign(10)
    s.at(40).run(batch, 10)
    s.at(500)


@TIMING.story(lanes=2)
def two_jobs_at_once_then_idle(s: Stage) -> None:
    """The interactive TTL counts from the longer one's end."""
    session = s.session()
    s.run(session, 10)
    s.run(session, 50)
    s.at(20).run(session, 5)
    s.at(300)


@TIMING.story(lanes=2)
def a_batch_of_long_jobs(s: Stage) -> None:
    """Longer than the interactive TTL; while it is processed nobody else of its kind starts."""
    batch, other = s.batch(), s.batch()
    session = s.session()
    for _ in range(3):
        s.run(batch, 100, 20)
    s.run(other, 30)
    s.run(session, 30)
    s.run(None, 10)
    s.at(800)


@TIMING.story(allow_custom_ttl=True)
def ttls_of_ones_own(s: Stage) -> None:
    """The active time is used up while a job runs and another waits."""
    session = s.session(500, interactive_ttl_s=5, active_ttl_s=50)
    for seconds in (80, 80, 10):
        s.run(session, seconds)
    s.at(300).run(session, 10)
    s.at(900)


@TIMING.story(lanes=1)
def a_short_session(s: Stage) -> None:
    """Shorter than the interactive TTL."""
    session = s.session(20)
    s.run(session, 5)
    s.at(100)


@TIMING.story(lanes=1)
def the_max_ttl_of_what_is_being_closed(s: Stage) -> None:
    """Its queued jobs fail, the running one finishes."""
    session = s.session(100)
    for _ in range(3):
        s.run(session, 60)
    s.at(10).close(session)
    s.at(300)
