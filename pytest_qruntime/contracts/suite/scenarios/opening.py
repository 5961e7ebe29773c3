"""Scenarios about opening sessions and batches, and what closes by itself."""

from __future__ import annotations

from pytest_qruntime.contracts.suite.play import NOBODY, Play
from pytest_qruntime.contracts.suite.scenario import Scenarios

OPENING = Scenarios()


@OPENING.scenario("OPN-01 OPN-02 OPN-03 DET-05 CLS-06 CLS-10 CLS-12 INV-04 ITT-07 ACT-03 USG-09 ACT-01")
def opened_and_closed(s: Play) -> None:
    """An unused session and an unused batch; closed twice, and not to be opened again."""
    session, batch = s.session(), s.batch()
    s.look()
    for one in (session, batch):
        s.close(one)
        s.look()
        s.close(one)
        s.reopen(one)
    s.run(session)


@OPENING.scenario("AUT-01 AUT-03 USG-09", takes_s=1_900)
def never_used(s: Play) -> None:
    """For more than half an hour: the session closes by itself, the batch stays."""
    s.session()
    s.batch()
    s.wait(1_900).look()


@OPENING.scenario("OPN-04 OPN-05 OPN-06 DET-04 MAX-01 MAX-03 MAX-04", takes_s=165, lanes=1)
def waiting_in_line(s: Play) -> None:
    """A session comes after a running job and a waiting one; its max TTL begins when it does."""
    first = s.run(None, 30)
    s.started(first)
    s.run(None, 20)
    session = s.session(100)
    for _ in range(3):
        s.run(session, 40)
    s.run(None, 10)
    s.look().at(155).look()
    s.run(session, 5)
    s.ended()


@OPENING.scenario("AUT-02 MAX-09 INV-07", takes_s=4_000, lanes=1)
def waiting_for_longer_than_everything(s: Play) -> None:
    """A batch and a session wait for longer than a max TTL, and for longer than an unused session stays."""
    s.run(None, 2_500)
    batch, session = s.batch(100), s.session()
    s.run(batch, 40)
    s.run(session, 10)
    s.ended().look()
    s.close(session)
    s.close(batch)


@OPENING.scenario("OPN-08 ORD-03 ORD-09 INV-05", takes_s=60, lanes=3)
def waiting_for_the_lanes(s: Play) -> None:
    """A session waits until others are over, although a lane is free."""
    s.run(None, 30)
    s.wait(1)
    session = s.session()
    s.run(session, 10)
    s.at(5).run(None, 10)
    s.at(35).run(session, 20)
    s.run(session, 10)
    s.run(session, 10)
    s.run(session, 10)
    s.run(session, 10)
    s.ended()
    s.close(session)


@OPENING.scenario("OPN-09 OPN-10 OPN-13", plan="open")
def a_session_on_the_open_plan(s: Play) -> None:
    """It is refused; a batch is not."""
    s.session()
    s.close(s.batch())


@OPENING.scenario("OPN-11 MAX-08 SUB-16 CLS-14 CAN-08 JCN-03")
def what_nobody_can_have(s: Play) -> None:
    """Sessions that cannot be opened, and requests that speak of what is not there."""
    s.session(backend=None)
    s.open(mode="nonsense")
    s.session(10_000_000)
    s.run(NOBODY)
    s.close(NOBODY)
    s.reopen(NOBODY)
    s.cancel(NOBODY)
    s.cancel_job("d0000000000000000000")


@OPENING.scenario("ACT-03 ACT-04", takes_s=300, lanes=1, policy={"allow_custom_ttl": True})
def a_time_to_live_of_ones_own(s: Play) -> None:
    """The active time is used up while a job runs and another waits."""
    session = s.session(500, interactive_ttl=5, active_ttl=50)
    for seconds in (80, 80, 10):
        s.run(session, seconds)
    s.at(250).run(session, 10)
    s.ended().wait(400)
