"""What the service says of jobs."""

from __future__ import annotations

from typing import Any, Literal

from typing_extensions import NotRequired, TypedDict

from pytest_qruntime.rest.wire.common import Timestamp, answer
from pytest_qruntime.rest.wire.requests import RemoteStorage

RanTooLong = Literal["Cancelled - Ran too long"]
Status = Literal["Queued", "Running", "Completed", "Cancelled", "Failed", "Cancelled - Ran too long"]


@answer
class CreatedJob(TypedDict):
    """The answer to POST /v1/jobs."""

    id: str
    backend: str
    session_id: NotRequired[str]
    private: NotRequired[bool]


@answer
class JobState(TypedDict):
    """`status` is one of the five words of the description, except with the policy knob `ran_too_long` (X-14)."""

    status: Status
    reason: str | None
    reason_code: NotRequired[int]
    reason_solution: NotRequired[str]


@answer
class Program(TypedDict):
    """Which program a job runs."""

    id: str


@answer
class Usage(TypedDict):
    """QPU seconds charged so far."""

    seconds: float


@answer
class Job(TypedDict):
    """A job. `estimated_running_time_seconds` is read by the Python client and is not in the description."""

    id: str
    backend: str
    state: JobState
    status: Status
    program: Program
    created: Timestamp
    runtime: str
    cost: int
    tags: list[str]
    user_id: str
    usage: Usage
    private: bool
    estimated_running_time_seconds: float
    session_id: NotRequired[str]
    params: NotRequired[dict[str, Any]]
    remote_storage: NotRequired[RemoteStorage]


@answer
class Jobs(TypedDict):
    """A page of jobs; `count` is the total for the filter (JOB-08)."""

    jobs: list[Job]
    count: int
    offset: int
    limit: int


@answer
class JobTimestamps(TypedDict):
    """When the job was created, began to run and ended (JOB-04)."""

    created: Timestamp
    running: Timestamp | None
    finished: Timestamp | None


@answer
class WholeSeconds(TypedDict):
    """Whole seconds, rounded up."""

    seconds: int


@answer
class MetricsUsage(TypedDict):
    """The keys of 2026-03-15, and with them the older ones for older clients (USG-13, X-13)."""

    qpu_charge_time_seconds: float
    status: Literal["pending", "complete"]
    quantum_seconds: NotRequired[int]
    seconds: NotRequired[int]


@answer
class Metrics(TypedDict):
    """The metrics of a job."""

    timestamps: JobTimestamps
    usage: MetricsUsage
    qiskit_version: str
    estimated_start_time: Timestamp | None
    estimated_completion_time: Timestamp | None
    position_in_queue: int | None
    position_in_provider: int | None
    bss: NotRequired[WholeSeconds]


@answer
class TranspiledCircuits(TypedDict):
    """Where the transpiled circuits could be fetched."""

    url: str


@answer
class Tags(TypedDict):
    """Tags in use."""

    tags: list[str]
