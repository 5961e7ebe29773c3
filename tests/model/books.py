"""The books that the monitor of the invariants keeps: what the events say of each job and each workload."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class JobBook:
    """What the events say of one job."""

    id: str
    workload: WorkloadBook | None
    status: str = "Queued"
    running_us: int | None = None
    on_qpu_us: int | None = None
    finished_us: int | None = None


@dataclass
class WorkloadBook:
    """What the events say of one workload."""

    id: str
    mode: str
    opened_us: int
    max_ttl_us: int
    active_ttl_us: int
    ittl_us: int
    state: str = "open"
    accepting: bool = True
    started_us: int | None = None
    active_since_us: int = 0
    active_us: int = 0
    closed_us: int | None = None
    ended_us: int | None = None
    window_since_us: int | None = None
    usage_us: int = 0
    last_end_us: int = 0
    lazy: bool = False
    cancelled: bool = False
    queued: set[str] = field(default_factory=set)
    running: set[str] = field(default_factory=set)
    jobs: list[JobBook] = field(default_factory=list)

    final_usage_us: int = 0

    @property
    def dry(self) -> bool:
        return not self.queued and not self.running
