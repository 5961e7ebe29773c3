"""A job: what was asked for, what became of it, when, and what it cost (JOB-01 to JOB-05)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from pytest_qruntime.model.durations import SECOND_US, Durations
from pytest_qruntime.model.policy import DEDICATED
from pytest_qruntime.model.request import Failure, JobRequest

if TYPE_CHECKING:
    from pytest_qruntime.model.backend import Backend
    from pytest_qruntime.model.events import Timer
    from pytest_qruntime.model.instance import Instance
    from pytest_qruntime.model.workload import Workload

JobStatus = Literal["Queued", "Running", "Completed", "Cancelled", "Failed"]

QUEUED: Final = "Queued"
RUNNING: Final = "Running"
COMPLETED: Final = "Completed"
CANCELLED: Final = "Cancelled"
FAILED: Final = "Failed"
FINAL: Final = (COMPLETED, CANCELLED, FAILED)

RAN_TOO_LONG_CODE: Final = 1305
SESSION_CLOSED_CODE: Final = 4001


class Job:
    """One job. Read its fields; only the backend that runs it changes them.

    Queued becomes Running, Cancelled or Failed; Running becomes Completed, Cancelled or Failed; those three are final
    (JOB-02). `Running` begins with the classical phase (JOB-03), `on_qpu_us` is when the QPU took it.
    """

    __slots__ = (
        "_judged",
        "backend",
        "charged_us",
        "cost_s",
        "created_us",
        "durations",
        "failure",
        "finished_us",
        "id",
        "in_session",
        "instance",
        "on_qpu_us",
        "place",
        "ran_too_long",
        "reason",
        "reason_code",
        "reason_solution",
        "request",
        "results_read",
        "running_us",
        "status",
        "tags",
        "timer",
        "workload",
    )

    def __init__(
        self,
        job_id: str,
        request: JobRequest,
        backend: Backend,
        instance: Instance,
        workload: Workload | None,
        *,
        cost_s: int,
        created_us: int,
        durations: Durations,
        failure: Failure | None,
    ) -> None:
        self.id = job_id
        self.request = request
        self.backend = backend
        self.instance = instance
        self.workload = workload
        self.in_session = workload is not None and workload.mode == DEDICATED
        self.cost_s = cost_s
        self.created_us = created_us
        self.durations = durations
        self.failure = failure
        self.tags = request.tags
        self.status: JobStatus = QUEUED
        self.running_us: int | None = None
        self.on_qpu_us: int | None = None
        self.finished_us: int | None = None
        self.charged_us = 0
        self.ran_too_long = False
        self.reason: str | None = None
        self.reason_code: int | None = None
        self.reason_solution: str | None = None
        self.results_read = 0
        self.place = 0
        self.timer: Timer | None = None
        self._judged = request.verdict is None

    @property
    def final(self) -> bool:
        """Whether the job has ended."""
        return self.status in FINAL

    def judge(self) -> Failure | None:
        """How it fails, or None, once its classical phase is over: only then is its input looked at, and only once."""
        if not self._judged:
            self._judged = True
            assert self.request.verdict is not None
            self.failure = self.request.verdict() or self.failure
        return self.failure

    def limit_us(self, service_timeout_s: int) -> int:
        """The QPU time after which the job is stopped: the least of its own and the service's limits (MXT-01, X-16)."""
        own = self.request.service_timeout_s
        return min(self.cost_s, service_timeout_s, own if own is not None else service_timeout_s) * SECOND_US

    def __repr__(self) -> str:
        return f"<Job {self.id} {self.status}>"
