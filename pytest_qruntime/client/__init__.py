"""Session, Batch and Job over httpx, with Qiskit's names, for tests that do not have qiskit."""

from pytest_qruntime.client.errors import (
    JobCancelledError,
    JobFailedError,
    JobMaxTimeError,
    JobTimeoutError,
    ServiceError,
)
from pytest_qruntime.client.given import BackendLike, Duration, backend_name
from pytest_qruntime.client.job import Job
from pytest_qruntime.client.patience import AnyEvent, EventPatience, News, NewsOf, Patience, RealPatience
from pytest_qruntime.client.submit import JobOptions, run_job
from pytest_qruntime.client.virtual import Account, VirtualClient
from pytest_qruntime.client.workload import Batch, Session, Workload

__all__ = [
    "Account",
    "AnyEvent",
    "BackendLike",
    "Batch",
    "Duration",
    "EventPatience",
    "Job",
    "JobCancelledError",
    "JobFailedError",
    "JobMaxTimeError",
    "JobOptions",
    "JobTimeoutError",
    "News",
    "NewsOf",
    "Patience",
    "RealPatience",
    "ServiceError",
    "Session",
    "VirtualClient",
    "Workload",
    "backend_name",
    "run_job",
]
