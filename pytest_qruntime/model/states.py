"""The states of a session or batch, and the reasons that it gives for them."""

from __future__ import annotations

from typing import Final, Literal

WorkloadState = Literal["open", "active", "inactive", "closed", "pending_closed"]

OPEN: Final = "open"
ACTIVE: Final = "active"
INACTIVE: Final = "inactive"
CLOSED: Final = "closed"
PENDING_CLOSED: Final = "pending_closed"

# The reasons of a state. The first three were seen live (STS-07); the others are ours.
CREATED: Final = "session_created"
CLOSED_EARLY: Final = "session_closed_early"
INACTIVATED: Final = "session_inactivated_by_interactive_ttl"
ACTIVATED: Final = "session_activated"
INACTIVATED_BY_ACTIVE_TTL: Final = "session_inactivated_by_active_ttl"
CLOSED_BY_USER: Final = "session_closed"
CANCELLED_BY_USER: Final = "session_cancelled"
CLOSED_BY_MAX_TTL: Final = "session_closed_by_max_ttl"
CLOSED_BY_ACTIVE_TTL: Final = "session_closed_by_active_ttl"
CLOSED_UNUSED: Final = "session_closed_unused"
CLOSED_AFTER_LAST_JOB: Final = "session_closed_after_last_job"
CLOSED_BY_COST_LIMIT: Final = "session_closed_by_cost_limit"
