"""Stories about closing and cancelling."""

from __future__ import annotations

from pytest_qruntime.mutants.stage import Stage, Stories

CLOSING = Stories(Stage)


@CLOSING.story(lanes=1)
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


@CLOSING.story(lanes=3)
def a_batch_closed_while_its_jobs_run(s: Stage) -> None:
    """And one waits."""
    batch = s.batch()
    for seconds in (30, 40, 50, 20):
        s.run(batch, seconds)
    s.at(10).close(batch)
    s.run(batch, 10)
    s.at(300)


@CLOSING.story(lanes=1)
def closed_before_it_started(s: Stage) -> None:
    """Its jobs run, and then it is closed."""
    s.foreign(50)
    session = s.session()
    s.run(session, 10)
    s.run(session, 10)
    s.at(10).close(session)
    s.at(300)


@CLOSING.story()
def closed_while_idle(s: Stage) -> None:
    """Within the interactive TTL, and after it."""
    first, second = s.session(), s.batch()
    s.run(first, 10)
    s.at(30).close(first)
    s.run(second, 10)
    s.at(150).close(second)
    s.at(160).run(second, 10)
    s.at(200)


@CLOSING.story()
def reopened_while_draining(s: Stage) -> None:
    """It takes jobs again."""
    session = s.session()
    s.run(session, 50)
    s.at(10).close(session)
    s.at(20).reopen(session)
    s.run(session, 10)
    s.at(80).close(session)
    s.at(300)


@CLOSING.story(lanes=1)
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


@CLOSING.story(lanes=1)
def cancelled_before_it_started(s: Stage) -> None:
    """Its jobs never run."""
    s.foreign(50)
    session, batch = s.session(), s.batch()
    s.run(session, 10)
    s.run(batch, 10)
    s.at(10).cancel(session)
    s.cancel(batch)
    s.at(300)


@CLOSING.story(lanes=3)
def a_batch_is_cancelled(s: Stage) -> None:
    """While its jobs run and wait."""
    batch = s.batch()
    for _ in range(5):
        s.run(batch, 40)
    s.at(20).cancel(batch)
    s.run(batch, 10)
    s.at(300)


@CLOSING.story(lanes=3)
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
