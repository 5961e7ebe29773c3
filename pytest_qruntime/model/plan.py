"""Plans and limits: what an instance may do, and how much of it (PLN-01 to PLN-10)."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any, Final

from pytest_qruntime.model.errors import ConfigurationError, whole_number
from pytest_qruntime.model.policy import BATCH, DEDICATED

USAGE_WINDOW_S: Final = 28 * 24 * 3600
"""Usage counts in a rolling window of 28 days (PLN-01, USG-11)."""

MAX_TAGS: Final = 8
MAX_TAG_CHARACTERS: Final = 86
SESSION_ITTL_S: Final = 60


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The limits of a plan. Times are whole seconds; None means no limit.

    Attributes:
        name: the plan's name, as in `PLANS`.
        modes: workload modes that the plan may open, besides job mode.
        session_max_ttl_s, batch_max_ttl_s: default and largest max TTL by mode (PLN-02, PLN-03, MAX-08).
        session_ittl_s: interactive TTL of sessions; some instances have their own (PLN-03).
        max_job_s: the `cost` that the service stamps on a job that names none (MXT-04).
        usage_limit_s: usage in 28 days after which the instance is limited (PLN-01, PLN-04).
        refuses_over_limit: whether a limited instance refuses submits, as Open does, or keeps them queued.
        pending_limit: jobs that may be queued or running at once (PLN-08).
        submits_per_minute: job submissions in any 60 seconds (PLN-07).
    """

    name: str
    modes: frozenset[str] = frozenset({DEDICATED, BATCH})
    session_max_ttl_s: int = 28_800
    batch_max_ttl_s: int = 28_800
    session_ittl_s: int = SESSION_ITTL_S
    max_job_s: int = 10_800
    usage_limit_s: int | None = None
    refuses_over_limit: bool = False
    pending_limit: int | None = None
    submits_per_minute: int | None = None

    def __post_init__(self) -> None:
        for name in ("session_max_ttl_s", "batch_max_ttl_s", "session_ittl_s", "max_job_s"):
            whole_number(f"plan {self.name}: {name}", getattr(self, name), minimum=1)
        for name in ("usage_limit_s", "pending_limit", "submits_per_minute"):
            whole_number(f"plan {self.name}: {name}", getattr(self, name), minimum=1, optional=True)

    def max_ttl_s(self, mode: str) -> int:
        """The default and largest max TTL of a workload of this mode, in seconds."""
        return self.session_max_ttl_s if mode == DEDICATED else self.batch_max_ttl_s

    def but(self, **changes: Any) -> Plan:
        """This plan with some limits changed. Raises `ConfigurationError` for an unknown limit or value."""
        unknown = sorted(set(changes) - {limit.name for limit in fields(self)})
        if unknown:
            raise ConfigurationError(f"unknown plan limit {', '.join(unknown)}")
        return replace(self, **changes)

    @staticmethod
    def named(plan: str | Plan) -> Plan:
        """The plan of that name. Raises `ConfigurationError` with the known names."""
        if isinstance(plan, Plan):
            return plan
        if plan not in PLANS:
            raise ConfigurationError(f"plan is {plan!r}; expected one of {', '.join(PLANS)} or a Plan")
        return PLANS[plan]


OPEN: Final = Plan(
    name="open",
    modes=frozenset({BATCH}),
    batch_max_ttl_s=600,
    max_job_s=600,
    usage_limit_s=600,
    refuses_over_limit=True,
)
PAYG: Final = Plan(name="payg")
FLEX: Final = Plan(name="flex")
PREMIUM: Final = Plan(name="premium")

PLANS: Final[dict[str, Plan]] = {plan.name: plan for plan in (OPEN, PAYG, FLEX, PREMIUM)}
