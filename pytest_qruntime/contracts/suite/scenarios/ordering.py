"""Scenarios about lanes, the QPU, and who runs next."""

from __future__ import annotations

from pytest_qruntime.contracts.suite.play import Play
from pytest_qruntime.contracts.suite.scenario import Scenarios

ORDERING = Scenarios()


@ORDERING.scenario("ORD-01 ORD-02 ORD-11 INV-06", lanes=2)
def more_jobs_than_lanes(s: Play) -> None:
    """Plain ones, in the order of submission."""
    for seconds in (10, 20, 15, 30, 10):
        s.run(None, seconds)
    s.look().ended()


@ORDERING.scenario("ORD-03 ORD-04 ORD-09 INV-05", lanes=3)
def a_session_uses_all_lanes(s: Play) -> None:
    """Others wait until it is over."""
    session = s.session()
    s.started(s.run(session, 30))
    s.run(session, 40)
    s.run(None, 10)
    for seconds in (20, 25, 10):
        s.run(session, seconds)
    s.wait(5).run(None, 10)
    s.ended(*s.jobs[:2])
    s.close(session)
    s.ended()


@ORDERING.scenario("OPN-07 ORD-05 ORD-06 ORD-08", takes_s=5, lanes=3, qpu_contention=False)
def a_batch_and_others(s: Play) -> None:
    """It fills the lanes, refills them, and leaves the last to others."""
    for seconds in (20, 20, 60):
        s.run(None, seconds)
    batch = s.batch()
    for seconds in (10, 20, 30, 40, 15):
        s.run(batch, seconds)
    for _ in range(3):
        s.run(None, 10)
    s.ended()
    s.started(s.run(batch, 60)).wait(5)
    s.run(None, 10)
    s.ended()
    s.close(batch)


@ORDERING.scenario("ORD-07 ITT-12", lanes=2)
def two_batches_and_a_session(s: Play) -> None:
    """While one is processed no other starts a job; plain jobs may."""
    batch, other, session = s.batch(), s.batch(), s.session()
    for _ in range(3):
        s.run(batch, 100)
    s.run(other, 30)
    s.run(session, 30)
    s.run(None, 10)
    s.ended(*s.jobs[:4])
    s.close(session)
    s.close(other)
    s.close(batch)
    s.ended()


@ORDERING.scenario("ORD-10", fake_only="a calibration, which nobody can ask a service for", lanes=2)
def a_calibration_comes_due(s: Play) -> None:
    """In a session it waits, between the jobs of a batch it may run."""
    for open_one in (s.session, s.batch):
        one = open_one()
        jobs = [s.run(one, 20) for _ in range(3)]
        s.started(jobs[0])
        s.qruntime.calibrate("5s")  # type: ignore[attr-defined]
        s.ended()
        s.close(one)
        s.wait(30)
