"""Stories about jobs, lanes and usage."""

from __future__ import annotations

from pytest_qruntime.model import Failure
from pytest_qruntime.mutants.stage import Stage, Stories, user_error

RUNNING = Stories(Stage)


@RUNNING.story(lanes=2)
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


@RUNNING.story(lanes=2, contention=False)
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


@RUNNING.story(lanes=1)
def a_plain_job_is_cancelled_in_the_queue(s: Stage) -> None:
    """It never runs."""
    s.foreign(20)
    queued = s.run(None, 10)
    s.run(None, 10)
    s.at(5).cancel_job(queued)
    s.at(100)


@RUNNING.story(lanes=2)
def jobs_that_run_too_long(s: Stage) -> None:
    """One on the QPU, one that only prepares for long."""
    s.run(None, 60, 50, cost_s=20)
    s.run(None, 100, 5, cost_s=20)
    s.at(300)


@RUNNING.story(lanes=2)
def more_jobs_than_lanes(s: Stage) -> None:
    """Plain ones."""
    for seconds in (10, 20, 15, 30, 10):
        s.run(None, seconds)
    s.at(300)


@RUNNING.story(lanes=3)
def a_session_uses_all_lanes(s: Stage) -> None:
    """Others and a calibration wait."""
    session = s.session()
    for seconds in (30, 40, 20, 25, 10):
        s.run(session, seconds)
    s.world.calibrate("fake_backend", seconds=5)
    s.run(None, 10)
    s.at(5).foreign(10)
    s.at(400)


@RUNNING.story(lanes=3)
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


@RUNNING.story(lanes=1)
def a_session_with_a_gap(s: Stage) -> None:
    """Two jobs with a pause, then the interactive TTL, then the end."""
    session = s.session()
    s.run(session, 20)
    s.at(40).run(session, 20)
    s.at(300).close(session)
    s.at(400)


@RUNNING.story(lanes=1)
def a_batch_with_a_gap(s: Stage) -> None:
    """It costs its jobs alone."""
    batch = s.batch()
    s.run(batch, 20)
    s.at(40).run(batch, 20)
    s.at(300).close(batch)
    s.at(400)


@RUNNING.story(lanes=1, cost_limit_s=50)
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
