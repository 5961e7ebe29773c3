"""What the service says of sessions and batches."""

from __future__ import annotations

from typing import Literal

from typing_extensions import TypedDict

from pytest_qruntime.rest.wire.common import Timestamp, answer
from pytest_qruntime.rest.wire.requests import Mode

State = Literal["open", "active", "inactive", "closed", "pending_closed"]
"""``pending_closed`` is not in the description; it is sent only with the policy knob `closing_state` (X-12)."""


@answer
class SessionTimestamp(TypedDict):
    """When the session came into a state (DET-04)."""

    status: State
    timestamp: Timestamp


@answer
class Session(TypedDict):
    """A session or a batch (DET-02). `created_at` was seen in a live answer and is not in the description."""

    id: str
    backend_name: str | None
    mode: Mode
    state: State
    state_reason: str
    accepting_jobs: bool
    max_ttl: int
    active_ttl: int
    interactive_ttl: int
    created_at: Timestamp
    started_at: Timestamp | None
    activated_at: Timestamp | None
    closed_at: Timestamp | None
    last_job_started: Timestamp | None
    last_job_completed: Timestamp | None
    elapsed_time: float | None
    user_id: str
    timestamps: list[SessionTimestamp]
