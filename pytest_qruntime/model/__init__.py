"""The service as a pure discrete-event model: standard library only, no wall clock, no ambient randomness, no HTTP."""

from pytest_qruntime.model.durations import Durations, estimate
from pytest_qruntime.model.errors import (
    ClockError,
    ConfigurationError,
    NothingPendingError,
    QRuntimeError,
    Refusal,
    RefusedError,
)
from pytest_qruntime.model.events import Deadline
from pytest_qruntime.model.plan import PLANS, Plan
from pytest_qruntime.model.policy import Policy
from pytest_qruntime.model.request import Failure, JobRequest, JobScript
from pytest_qruntime.model.trace import Event, Trace
from pytest_qruntime.model.world import World

__all__ = [
    "PLANS",
    "ClockError",
    "ConfigurationError",
    "Deadline",
    "Durations",
    "Event",
    "Failure",
    "JobRequest",
    "JobScript",
    "NothingPendingError",
    "Plan",
    "Policy",
    "QRuntimeError",
    "Refusal",
    "RefusedError",
    "Trace",
    "World",
    "estimate",
]
