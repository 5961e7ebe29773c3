"""What the service says in its listing of workloads, plain jobs among them."""

from __future__ import annotations

from typing import Literal

from typing_extensions import NotRequired, TypedDict

from pytest_qruntime.rest.wire.common import Timestamp, answer

WorkloadMode = Literal["job", "session", "batch"]
WorkloadStatus = Literal["completed", "canceled", "failed", "pending", "in_progress"]


@answer
class WorkloadRow(TypedDict):
    """One workload; `accepting_jobs` is null for a job (STS-06)."""

    id: str
    created: Timestamp
    ended: Timestamp | None
    backend: str
    instance: str
    user_id: str
    accepting_jobs: bool | None
    mode: WorkloadMode
    status: WorkloadStatus
    status_reason: str | None
    tags: list[str]
    usage_seconds: float | None


@answer
class Cursor(TypedDict):
    """The address of a neighbouring page."""

    href: str


@answer
class Workloads(TypedDict):
    """A page of workloads; `total_count` is the total for the filter."""

    workloads: list[WorkloadRow]
    total_count: float
    limit: float
    previous: NotRequired[Cursor]
    next: NotRequired[Cursor]
