"""Stories that exercise every contract: short lives of sessions, batches and jobs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from pytest_qruntime.contracts.mutants.stage import Stage, Story, user_error
from pytest_qruntime.model import PLANS, Failure

STORIES: Final[list[Story]] = []
_LIMITED: Final = PLANS["premium"].but(submits_per_minute=2, pending_limit=None)
_FEW: Final = PLANS["premium"].but(pending_limit=2)


def story(**stage: Any) -> Callable[[Callable[[Stage], None]], Callable[[Stage], None]]:
    """Register a story; `stage` says how the stage is set."""

    def register(tell: Callable[[Stage], None]) -> Callable[[Stage], None]:
        STORIES.append(Story(tell.__name__.replace("_", " "), stage, tell))
        return tell

    return register


# -- opening and submitting --------------------------------------------------------------------------------------------


@story()
def opened_and_never_used(s: Stage) -> None:
    """The session closes by itself, the batch stays."""
    s.session()
    s.batch()
    s.at(4_000)


@story()
def opened_and_closed(s: Stage) -> None:
    """An unused session and an unused batch."""
    session, batch = s.session(), s.batch()
    s.at(5).close(session)
    s.close(batch)
    s.at(6).reopen(session)
    s.at(7).run(session, 10)
    s.close(session)
    s.at(100)


@story(lanes=1)
def a_session_that_waits_in_line(s: Stage) -> None:
    """Behind a running job and a waiting one."""
    s.foreign(30)
    s.run(None, 20)
    session = s.session(100)
    s.run(session, 40)
    s.run(session, 40)
    s.run(session, 40)
    s.at(60).run(None, 10)
    s.at(155).run(session, 5)
    s.at(400)


@story(lanes=1)
def a_batch_that_waits_in_line(s: Stage) -> None:
    """Behind a running job and a waiting one, for longer than its max TTL, and longer than half an hour."""
    s.foreign(2_500)
    s.run(None, 20)
    batch, session = s.batch(100), s.session()
    for _ in range(4):
        s.run(batch, 40)
    s.run(session, 10)
    s.at(4_000)


@story(lanes=3)
def a_session_waits_for_the_lanes(s: Stage) -> None:
    """Although one is free."""
    s.foreign(40)
    s.at(1)
    session = s.session()
    s.run(session, 10)
    s.at(5).foreign(10)
    s.at(45).run(session, 20)
    s.run(session, 20)
    s.at(46).foreign(5)
    s.at(300)


@story(plan="open", lanes=1)
def the_open_plan(s: Stage) -> None:
    """It has batches, and no sessions."""
    session, batch = s.session(), s.batch()
    s.run(session, 10)
    s.run(batch, 10)
    s.at(1_000)


@story()
def wrong_requests(s: Stage) -> None:
    """Each is refused."""
    session, world = s.session(), s.world
    world.add_backend("other")
    s.session(max_time=100_000)
    s.open("dedicated", backend=None)
    s.open("session")
    s.run("nobody", 10)
    s.run(session, 10, backend="other")
    short = s.session(max_time=60)
    s.run(short, 10, cost_s=600)
    s.ask(lambda: world.set_accepting("nobody", False))
    s.ask(lambda: world.set_accepting("nobody", True))
    s.ask(lambda: world.cancel_workload("nobody"))
    s.ask(lambda: world.cancel_job("nobody"))
    job = s.run(None, 10)
    s.tag(job, *"abcdefghi")
    s.tag(job, "a" * 87)
    s.at(20).cancel_job(job)
    s.delete_job(job)
    s.tag(job, "a")
    s.delete_job(job)
    s.at(100)


@story(plan=_LIMITED)
def more_submits_than_a_minute_has(s: Stage) -> None:
    """Two a minute."""
    for _ in range(4):
        s.run(None, 5)
    s.at(61).run(None, 5)
    s.at(100)


@story(plan=_FEW)
def more_jobs_than_may_be_pending(s: Stage) -> None:
    """Two at a time."""
    for _ in range(4):
        s.run(None, 20)
    s.at(100).run(None, 5)
    s.at(200)


# -- closing and cancelling --------------------------------------------------------------------------------------------


@story(lanes=1)
def closed_while_a_job_runs(s: Stage) -> None:
    """And another waits; it is closed twice, and asked for more."""
    session = s.session()
    s.run(session, 30)
    s.run(session, 40)
    s.at(10).close(session)
    s.at(15).close(session)
    s.run(session, 10)
    s.at(100).run(session, 10)
    s.at(110).close(session)
    s.at(120).reopen(session)
    s.cancel(session)
    s.run(session, 10)
    s.at(300)


@story(lanes=3)
def a_batch_closed_while_its_jobs_run(s: Stage) -> None:
    """And one waits."""
    batch = s.batch()
    for seconds in (30, 40, 50, 20):
        s.run(batch, seconds)
    s.at(10).close(batch)
    s.run(batch, 10)
    s.at(300)


@story(lanes=1)
def closed_before_it_started(s: Stage) -> None:
    """Its jobs run, and then it is closed."""
    s.foreign(50)
    session = s.session()
    s.run(session, 10)
    s.run(session, 10)
    s.at(10).close(session)
    s.at(300)


@story()
def closed_while_idle(s: Stage) -> None:
    """Within the interactive TTL, and after it."""
    first, second = s.session(), s.batch()
    s.run(first, 10)
    s.at(30).close(first)
    s.run(second, 10)
    s.at(150).close(second)
    s.at(160).run(second, 10)
    s.at(200)


@story()
def reopened_while_draining(s: Stage) -> None:
    """It takes jobs again."""
    session = s.session()
    s.run(session, 50)
    s.at(10).close(session)
    s.at(20).reopen(session)
    s.run(session, 10)
    s.at(80).close(session)
    s.at(300)


@story(lanes=1)
def cancelled_while_a_job_runs(s: Stage) -> None:
    """And others wait, of the session and of others; it is cancelled twice."""
    session, other = s.session(), s.batch()
    s.run(session, 100, 80)
    s.run(session, 20)
    s.run(session, 20)
    s.run(None, 10)
    s.run(other, 10)
    s.at(20).cancel(session)
    s.at(21).run(session, 10)
    s.cancel(session)
    s.at(90).close(session)
    s.at(300)


@story(lanes=1)
def cancelled_before_it_started(s: Stage) -> None:
    """Its jobs never run."""
    s.foreign(50)
    session, batch = s.session(), s.batch()
    s.run(session, 10)
    s.run(batch, 10)
    s.at(10).cancel(session)
    s.cancel(batch)
    s.at(300)


@story(lanes=3)
def a_batch_is_cancelled(s: Stage) -> None:
    """While its jobs run and wait."""
    batch = s.batch()
    for _ in range(5):
        s.run(batch, 40)
    s.at(20).cancel(batch)
    s.run(batch, 10)
    s.at(300)


@story(lanes=3)
def closed_while_others_wait(s: Stage) -> None:
    """A session, then a batch, then a plain job."""
    session, batch = s.session(), s.batch()
    s.run(session, 50)
    for _ in range(5):
        s.run(batch, 20)
    s.run(None, 10)
    s.at(10).close(session)
    s.at(20).foreign(10)
    s.at(300).close(batch)
    s.at(400)


# -- TTLs --------------------------------------------------------------------------------------------------------------


@story(lanes=1)
def max_ttl_with_a_running_and_a_queued_job(s: Stage) -> None:
    """After its first job had waited for a while."""
    s.foreign(50)
    session = s.session(100)
    for seconds in (60, 60, 30):
        s.run(session, seconds)
    s.at(151).run(session, 10)
    s.at(400).run(session, 10)
    s.at(500)


@story(lanes=1)
def max_ttl_after_being_inactive(s: Stage) -> None:
    """Twice active, then inactive until the end."""
    session = s.session(300)
    s.run(session, 10)
    s.at(150).run(session, 10)
    s.at(400).run(session, 10)
    s.at(600)


@story(lanes=1)
def a_long_job_at_max_ttl(s: Stage) -> None:
    """It reaches its own limit later."""
    session = s.session(50)
    s.run(session, 120, 100, cost_s=40)
    s.run(session, 10)
    s.at(400)


@story(lanes=1)
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


@story(lanes=1)
def within_the_interactive_ttl(s: Stage) -> None:
    """The next job goes before others'; the last comes exactly at the deadline."""
    session = s.session()
    s.run(session, 20)
    s.at(25).foreign(30)
    s.at(79).run(session, 20)
    s.at(159).run(session, 10)
    s.at(500)


@story(lanes=1)
def a_batch_within_its_interactive_ttl(s: Stage) -> None:
    """Others hold the only lane for long; then its next job is first."""
    batch = s.batch()
    s.run(batch, 20)
    s.foreign(100)
    s.foreign(10)
    s.at(40).run(batch, 10)
    s.at(500)


@story(lanes=2)
def two_jobs_at_once_then_idle(s: Stage) -> None:
    """The interactive TTL counts from the longer one's end."""
    session = s.session()
    s.run(session, 10)
    s.run(session, 50)
    s.at(20).run(session, 5)
    s.at(300)


@story(lanes=2)
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


@story(allow_custom_ttl=True)
def ttls_of_ones_own(s: Stage) -> None:
    """The active time is used up while a job runs and another waits."""
    session = s.session(500, interactive_ttl_s=5, active_ttl_s=50)
    for seconds in (80, 80, 10):
        s.run(session, seconds)
    s.at(300).run(session, 10)
    s.at(900)


@story(lanes=1)
def a_short_session(s: Stage) -> None:
    """Shorter than the interactive TTL."""
    session = s.session(20)
    s.run(session, 5)
    s.at(100)


# -- jobs, lanes and usage ---------------------------------------------------------------------------------------------


@story(lanes=2)
def jobs_that_end_otherwise(s: Stage) -> None:
    """Failed, cancelled while queued and while running, deleted."""
    session = s.session()
    failing = s.run(session, 20, 10, failure=user_error())
    s.run(session, 40, 30)
    queued = s.run(session, 20)
    s.run(session, 20)
    s.at(15).cancel_job(queued)
    s.at(25).cancel_job(failing)
    running = s.run(session, 60, 50)
    s.at(110).cancel_job(running)
    s.at(120).delete_job(failing)
    s.tag(failing, "gone")
    s.cancel_job(failing)
    s.close(session)
    s.at(300)


@story(lanes=2, contention=False)
def plain_jobs_that_end_otherwise(s: Stage) -> None:
    """Failed for the user and for the system, cancelled on the QPU, deleted while running."""
    s.run(None, 20, 10, failure=user_error())
    s.run(None, 20, 10, failure=Failure(code=9707, reason="Temporary Internal Error", blame="system"))
    running, deleted = s.run(None, 30, 20), s.run(None, 30, 20)
    s.at(25).delete_job(deleted)
    s.at(40).cancel_job(running)
    s.at(41).cancel_job(running)
    s.at(45).tag(deleted, "a")
    s.at(200)


@story(lanes=1)
def a_plain_job_is_cancelled_in_the_queue(s: Stage) -> None:
    """It never runs."""
    s.foreign(20)
    queued = s.run(None, 10)
    s.run(None, 10)
    s.at(5).cancel_job(queued)
    s.at(100)


@story(lanes=2)
def jobs_that_run_too_long(s: Stage) -> None:
    """One on the QPU, one that only prepares for long."""
    s.run(None, 60, 50, cost_s=20)
    s.run(None, 100, 5, cost_s=20)
    s.at(300)


@story(lanes=2)
def more_jobs_than_lanes(s: Stage) -> None:
    """Plain ones."""
    for seconds in (10, 20, 15, 30, 10):
        s.run(None, seconds)
    s.at(300)


@story(lanes=3)
def a_session_uses_all_lanes(s: Stage) -> None:
    """Others and a calibration wait."""
    session = s.session()
    for seconds in (30, 40, 20, 25, 10):
        s.run(session, seconds)
    s.world.calibrate("fake_backend", seconds=5)
    s.run(None, 10)
    s.at(5).foreign(10)
    s.at(400)


@story(lanes=3)
def a_batch_and_others(s: Stage) -> None:
    """It fills the lanes, refills them, and leaves the last to others."""
    s.foreign(20)
    batch = s.batch()
    for seconds in (10, 20, 30, 40, 15):
        s.run(batch, seconds)
    s.run(None, 10)
    s.at(5).foreign(10)
    s.world.calibrate("fake_backend", seconds=5)
    s.at(100).run(batch, 60)
    s.at(105).run(None, 10)
    s.at(400).close(batch)
    s.at(500)


@story(lanes=1)
def a_session_with_a_gap(s: Stage) -> None:
    """Two jobs with a pause, then the interactive TTL, then the end."""
    session = s.session()
    s.run(session, 20)
    s.at(40).run(session, 20)
    s.at(300).close(session)
    s.at(400)


@story(lanes=1)
def a_batch_with_a_gap(s: Stage) -> None:
    """It costs its jobs alone."""
    batch = s.batch()
    s.run(batch, 20)
    s.at(40).run(batch, 20)
    s.at(300).close(batch)
    s.at(400)


@story(lanes=1, cost_limit_s=50)
def the_cost_limit(s: Stage) -> None:
    """A session crosses it while a job runs and others wait."""
    session, batch = s.session(), s.batch()
    s.run(session, 100)
    s.run(session, 10)
    s.run(batch, 10)
    s.run(None, 10)
    s.at(60).run(batch, 10)
    s.session()
    s.at(300)
