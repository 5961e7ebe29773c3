"""Stories about opening sessions and submitting jobs."""

from __future__ import annotations

from typing import Final

from pytest_qruntime.model import PLANS
from pytest_qruntime.mutants.stage import Stage, Stories

OPENING = Stories(Stage)
_LIMITED: Final = PLANS["premium"].but(submits_per_minute=2)
_ALLOCATED: Final = PLANS["premium"].but(usage_limit_s=20)
_FEW: Final = PLANS["premium"].but(pending_limit=2)


@OPENING.story()
def opened_and_never_used(s: Stage) -> None:
    """The session closes by itself, the batch stays."""
    s.session()
    s.batch()
    s.at(4_000)


@OPENING.story()
def first_used_too_late(s: Stage) -> None:
    """Half an hour has passed, and more."""
    session = s.session()
    s.at(1_900).run(session, 10)
    s.at(2_000)


@OPENING.story()
def opened_and_closed(s: Stage) -> None:
    """An unused session and an unused batch."""
    session, batch = s.session(), s.batch()
    s.at(5).close(session)
    s.close(batch)
    s.at(6).reopen(session)
    s.at(7).run(session, 10)
    s.close(session)
    s.at(100)


@OPENING.story(lanes=1)
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


@OPENING.story(lanes=1)
def a_batch_that_waits_in_line(s: Stage) -> None:
    """Behind a running job and a waiting one, for longer than its max TTL, and longer than half an hour."""
    s.foreign(2_500)
    s.run(None, 20)
    batch, session = s.batch(100), s.session()
    for _ in range(4):
        s.run(batch, 40)
    s.run(session, 10)
    s.at(4_000)


@OPENING.story(lanes=3)
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


@OPENING.story(plan="open", lanes=1)
def the_open_plan(s: Stage) -> None:
    """It has batches, and no sessions."""
    session, batch = s.session(), s.batch()
    s.run(session, 10)
    s.run(batch, 10)
    s.at(1_000)


@OPENING.story()
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


@OPENING.story(plan="open", lanes=1)
def the_open_plan_is_used_up(s: Stage) -> None:
    """It has ten minutes."""
    for _ in range(3):
        s.run(None, 400, 400)
    s.at(900).run(None, 10)
    s.at(2_000)


@OPENING.story(plan=_ALLOCATED, lanes=1)
def an_allocation_is_used_up(s: Stage) -> None:
    """What waits goes on waiting."""
    s.run(None, 30, 30)
    s.run(None, 10)
    s.at(200)


@OPENING.story(plan=_LIMITED)
def more_submits_than_a_minute_has(s: Stage) -> None:
    """Two a minute."""
    for _ in range(4):
        s.run(None, 5)
    s.at(61).run(None, 5)
    s.at(100)


@OPENING.story(plan=_FEW)
def more_jobs_than_may_be_pending(s: Stage) -> None:
    """Two at a time."""
    for _ in range(4):
        s.run(None, 20)
    s.at(100).run(None, 5)
    s.at(200)
