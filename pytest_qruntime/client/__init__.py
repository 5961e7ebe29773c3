"""Session, Batch and Job over httpx, with Qiskit's names, for tests that do not have qiskit."""

from pytest_qruntime.client.errors import (
    JobCancelledError,
    JobFailedError,
    JobMaxTimeError,
    JobTimeoutError,
    ServiceError,
)
from pytest_qruntime.client.job import Job
from pytest_qruntime.client.patience import Patience, RealPatience
from pytest_qruntime.client.workload import Batch, Session, Workload, run_job

__all__ = [
    "Batch",
    "Job",
    "JobCancelledError",
    "JobFailedError",
    "JobMaxTimeError",
    "JobTimeoutError",
    "Patience",
    "RealPatience",
    "ServiceError",
    "Session",
    "Workload",
    "run_job",
]
