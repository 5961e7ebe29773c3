"""Scenarios about closing: no more jobs, and those that were submitted run to their end."""

from __future__ import annotations

from pytest_qruntime.contracts.suite.play import Play
from pytest_qruntime.contracts.suite.scenario import Scenarios

CLOSING = Scenarios()


@CLOSING.scenario("CLS-01 CLS-03 CLS-10 SUB-03 INV-02 INV-09 USG-01", lanes=1)
def closed_while_a_job_runs(s: Play) -> None:
    """And another waits; it is closed twice, and asked for more."""
    session = s.session()
    first, second = s.run(session, 30), s.run(session, 20)
    s.started(first)
    s.close(session)
    s.look()
    s.close(session)
    s.run(session)
    s.ended(first, second).look()
    s.run(session)
    s.reopen(session)
    s.cancel(session)
    s.run(session)


@CLOSING.scenario("CLS-01 CLS-03 SUB-03 USG-05", lanes=3)
def a_batch_closed_while_its_jobs_run(s: Play) -> None:
    """And one waits."""
    batch = s.batch()
    jobs = [s.run(batch, seconds) for seconds in (30, 40, 50, 20)]
    s.started(jobs[0])
    s.close(batch)
    s.run(batch)
    s.ended()


@CLOSING.scenario("CLS-07 CLS-01", lanes=1)
def closed_before_it_started(s: Play) -> None:
    """Its jobs run, and then it is closed."""
    s.started(s.run(None, 50))
    session = s.session()
    s.run(session, 10)
    s.run(session, 10)
    s.wait(2)
    s.close(session)
    s.look().ended()


@CLOSING.scenario("CLS-08 INV-09", takes_s=5)
def closed_while_idle(s: Play) -> None:
    """Within the interactive TTL it is closed at once."""
    session = s.session()
    s.ended(s.run(session, 10))
    s.wait(5)
    s.close(session)


@CLOSING.scenario("CLS-09 USG-02", takes_s=75)
def closed_while_inactive(s: Play) -> None:
    """After the interactive TTL it is closed at once, too."""
    session, batch = s.session(), s.batch()
    s.ended(s.run(session, 10))
    s.wait(75)
    s.close(session)
    s.ended(s.run(batch, 10))
    s.wait(75)
    s.close(batch)
    s.run(batch)


@CLOSING.scenario("CLS-13", lanes=1)
def reopened_while_draining(s: Play) -> None:
    """It takes jobs again."""
    session = s.session()
    s.started(s.run(session, 50))
    s.close(session)
    s.look().wait(2)
    s.reopen(session)
    s.look()
    s.run(session, 10)
    s.ended()
    s.close(session)
