"""What becomes of a job that was submitted, as a decision that a test can make beforehand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from pytest_qruntime.model import Durations, Failure, JobRequest, estimate
from pytest_qruntime.model import trace as kinds
from pytest_qruntime.model.durations import SECOND_US
from pytest_qruntime.model.job import RAN_TOO_LONG_CODE, Job
from pytest_qruntime.model.trace import Event
from pytest_qruntime.reproducing.steps import Lasting, Step
from pytest_qruntime.runtime.staging import FAILED

_OURS: Final = estimate(JobRequest())
"""How long a job takes that nobody decides about."""

_USUAL: Final = {"reason": FAILED, "blame": "user"}


def decided(job: Job, service_timeout_s: int) -> Step | None:
    """What has to be decided about a job before it is submitted, so that the same becomes of it; None: nothing.

    Args:
        job: which.
        service_timeout_s: the limit that the service has for every job.
    """
    too_long = job.durations.quantum_us > job.limit_us(service_timeout_s)
    return _decision(job.durations, job.failure, too_long=too_long)


def decided_by(events: Mapping[str, Event]) -> Step | None:
    """The same for a job that is gone, as far as its events tell, by their kinds."""
    begun, on_qpu = events.get(kinds.JOB_RUNNING), events.get(kinds.JOB_ON_QPU)
    end = events.get(kinds.JOB_COMPLETED) or events.get(kinds.JOB_FAILED) or events.get(kinds.JOB_CANCELLED)
    if begun is None or end is None:
        return None
    more_us = SECOND_US if end.kind == kinds.JOB_CANCELLED else 0  # it would have taken longer
    classical_us = (end if on_qpu is None else on_qpu).at_us - begun.at_us
    quantum_us = more_us if on_qpu is None else end.at_us - on_qpu.at_us + more_us
    code = end.data.get("reason_code")
    failure = Failure(code=code, reason=str(end.data["reason"])) if isinstance(code, int) else None
    too_long = code == RAN_TOO_LONG_CODE
    return _decision(
        Durations(classical_us + (more_us if on_qpu is None else 0), quantum_us), failure, too_long=too_long
    )


def _decision(durations: Durations, failure: Failure | None, *, too_long: bool = False) -> Step | None:
    named: dict[str, Any] = {}
    if failure is not None and failure.at == "classical":
        durations = Durations(durations.classical_us, 0)
    if durations != _OURS and not too_long:
        named = {"classical": Lasting(durations.classical_us), "quantum": Lasting(durations.quantum_us)}
    elif durations.classical_us != _OURS.classical_us:
        named = {"classical": Lasting(durations.classical_us)}
    if too_long:
        named["runs_too_long"] = True
    elif failure is not None:
        named.update(code=failure.code, reason=failure.reason, blame=failure.blame)
        named = {name: value for name, value in named.items() if _USUAL.get(name) != value}
    return Step(None, "next_jobs", (), tuple(named.items())) if named else None
