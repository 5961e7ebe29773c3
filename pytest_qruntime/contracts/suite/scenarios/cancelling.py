"""Scenarios about cancelling: what runs goes on, what waits fails."""

from __future__ import annotations

from pytest_qruntime.contracts.suite.play import NOBODY, Play
from pytest_qruntime.contracts.suite.scenario import Scenarios

CANCELLING = Scenarios()


@CANCELLING.scenario("CAN-01 CAN-02 CAN-03 CAN-04 CAN-05 CAN-07 CAN-09 USG-10 INV-02 INV-03", takes_s=5, lanes=1)
def cancelled_while_a_job_runs(s: Play) -> None:
    """And others wait, of the session and of others; it is cancelled twice, then closed."""
    session, other = s.session(), s.batch()
    running = s.run(session, 60)
    s.run(session, 20)
    s.run(session, 20)
    s.started(running)
    s.run(None, 10)
    s.run(other, 10)
    s.wait(5)
    s.cancel(session)
    s.look()
    s.run(session)
    s.wait(1).cancel(session)
    s.close(session)
    s.ended()
    s.close(other)


@CANCELLING.scenario("CAN-06 CAN-02 USG-09 USG-10", takes_s=2, lanes=1)
def cancelled_before_it_started(s: Play) -> None:
    """Its jobs never run."""
    s.started(s.run(None, 50))
    session, batch = s.session(), s.batch()
    s.run(session, 10)
    s.run(batch, 10)
    s.wait(2)
    s.cancel(session)
    s.cancel(batch)
    s.look().ended()


@CANCELLING.scenario("CAN-02 CAN-03 CAN-04 USG-05", takes_s=5, lanes=3)
def a_batch_is_cancelled(s: Play) -> None:
    """While its jobs run and wait."""
    batch = s.batch()
    jobs = [s.run(batch, 40) for _ in range(5)]
    s.started(jobs[0]).wait(5)
    s.cancel(batch)
    s.run(batch)
    s.look().ended()


@CANCELLING.scenario("CAN-08 CAN-07")
def cancelled_without_a_job(s: Play) -> None:
    """An unused session, twice; and one that nobody opened."""
    session = s.session()
    s.cancel(session)
    s.look()
    s.cancel(session)
    s.cancel(NOBODY)
