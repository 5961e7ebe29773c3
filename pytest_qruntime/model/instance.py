"""A service instance: who is charged, on which plan, with what left."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pytest_qruntime.model.durations import SECOND_US
from pytest_qruntime.model.plan import Plan
from pytest_qruntime.model.usage import Meter

if TYPE_CHECKING:
    from collections import deque

    from pytest_qruntime.model.job import Job
    from pytest_qruntime.model.workload import Workload


DEFAULT_REGION: Final = "us-east"


class Instance:
    """An instance with its plan, its region, its workloads, its jobs (all, and those not final) and its usage.

    `usage_limit_s` starts as the plan's and can be set for the instance alone; None means no limit.
    """

    __slots__ = (
        "cost_limit_reached",
        "jobs",
        "meter",
        "name",
        "pending",
        "plan",
        "region",
        "submit_times",
        "usage_limit_s",
        "user_id",
        "workloads",
    )

    def __init__(self, name: str, plan: Plan, user_id: str, region: str = DEFAULT_REGION) -> None:
        self.name = name
        self.plan = plan
        self.region = region
        self.user_id = user_id
        self.usage_limit_s = plan.usage_limit_s
        self.cost_limit_reached = False
        self.workloads: dict[str, Workload] = {}
        self.jobs: dict[str, Job] = {}
        self.pending: dict[str, Job] = {}
        self.meter = Meter()
        self.submit_times: deque[int] | None = None

    def usage_us(self, now_us: int) -> int:
        """Usage in the last 28 days, in microseconds (USG-11)."""
        return self.meter.recent_us(now_us)

    def limited(self, now_us: int) -> bool:
        """Whether the usage limit is used up: pending work then stays queued, active workloads go on (PLN-04)."""
        return self.usage_limit_s is not None and self.usage_us(now_us) >= self.usage_limit_s * SECOND_US

    def share_used(self, now_us: int) -> float:
        """The part of its allocation that the instance has used, for the fair-share order (ORD-11)."""
        return self.usage_us(now_us) / ((self.usage_limit_s or 1) * SECOND_US)
