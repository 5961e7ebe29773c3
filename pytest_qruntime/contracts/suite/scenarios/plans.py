"""Scenarios about plans and limits."""

from __future__ import annotations

from typing import Final

from pytest_qruntime.contracts.suite.play import Play
from pytest_qruntime.contracts.suite.scenario import Scenarios
from pytest_qruntime.model import PLANS as KNOWN

PLANS = Scenarios()
_PREMIUM: Final = KNOWN["premium"]
_LIMITS: Final = "an instance with limits of its own, which nobody can ask a service for"


@PLANS.scenario("PLN-01 PLN-06", takes_s=1_000, lanes=1, plan="open")
def the_open_plan_is_used_up(s: Play) -> None:
    """It has ten minutes."""
    jobs = [s.run(None, 400) for _ in range(3)]
    s.ask("GET", "/v1/instances/usage")
    s.ended(*jobs[:2])
    s.run(None, 10)
    s.ask("GET", "/v1/instances/usage")


@PLANS.scenario("PLN-04", fake_only=_LIMITS, lanes=1, plan=_PREMIUM.but(usage_limit_s=20))
def an_allocation_is_used_up(s: Play) -> None:
    """What waits goes on waiting."""
    s.run(None, 30)
    s.run(None, 10)
    s.wait(200).look()


@PLANS.scenario("PLN-07", fake_only=_LIMITS, plan=_PREMIUM.but(submits_per_minute=2))
def more_submits_than_a_minute_has(s: Play) -> None:
    """Two of four are refused; a minute later there is one more."""
    for _ in range(4):
        s.run()
    s.ended().at(61).run()
    s.ended()


@PLANS.scenario("PLN-08", fake_only=_LIMITS, plan=_PREMIUM.but(pending_limit=2))
def more_jobs_than_may_be_pending(s: Play) -> None:
    """Two at a time."""
    for _ in range(4):
        s.run(None, 20)
    s.ended()
    s.run()
    s.ended()


@PLANS.scenario("PLN-05", takes_s=100, lanes=1, policy={"cost_limit_s": 50})
def the_cost_limit(s: Play) -> None:
    """A session crosses it while a job runs and others wait."""
    session, batch = s.session(), s.batch()
    s.started(s.run(session, 100))
    s.run(session, 10)
    s.run(batch, 10)
    s.run(None, 10)
    s.wait(60).run(batch, 10)
    s.session()
    s.ended()
