"""What a client asks for when it submits a job, and what a test may decide about the jobs to come."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from pytest_qruntime.model.durations import Durations
from pytest_qruntime.model.errors import ConfigurationError, one_of, whole_number


@dataclass(frozen=True, kw_only=True)
class Failure:
    """How a job fails: the code, reason and solution that it carries (JOB-05), whose fault it is, and in which phase.

    A user's fault is charged for what the QPU consumed, a system's fault is not (USG-07). A failure in the classical
    phase ends the job before it reaches the QPU.
    """

    code: int
    reason: str
    solution: str = ""
    blame: Literal["user", "system"] = "user"
    at: Literal["classical", "quantum"] = "quantum"

    def __post_init__(self) -> None:
        whole_number("failure code", self.code, minimum=0)
        one_of("failure blame", self.blame, ("user", "system"))
        one_of("failure at", self.at, ("classical", "quantum"))


@dataclass(frozen=True, kw_only=True, slots=True)
class JobRequest:
    """One job as submitted. The model reads its numbers; `payload` is the caller's and is only kept.

    Attributes:
        workload: id of the session or batch, None in job mode.
        cost_s: the maximum execution time that the caller set, in seconds of QPU time (MXT-01).
        circuits: number of circuits (PUBs); `shots` of each.
        executions: circuit executions in all, if parameter sets multiply them; None: circuits x shots.
        durations: the time it takes; None: scripted, or by the world's durations function.
        failure: how it fails whatever happens.
        verdict: asked once, when the classical phase ends: how the job fails because of its input, or None. What a
            payload is worth is found out by running it; a job that never runs is never looked at.
        service_timeout_s: the service's own limit for this job, if below the policy's (X-16).
    """

    program: str = "sampler"
    backend: str = "fake_backend"
    workload: str | None = None
    cost_s: int | None = None
    tags: tuple[str, ...] = ()
    private: bool = False
    log_level: str | None = None
    runtime: str = ""
    circuits: int = 1
    shots: int = 4096
    executions: int | None = None
    payload: object = None
    payload_bytes: int = 0
    durations: Durations | None = None
    failure: Failure | None = None
    verdict: Callable[[], Failure | None] | None = None
    service_timeout_s: int | None = None

    def __post_init__(self) -> None:
        if self.service_timeout_s is not None:
            whole_number("service_timeout_s", self.service_timeout_s, minimum=1)

    @property
    def total_executions(self) -> int:
        """Circuit executions of the whole job."""
        return self.circuits * self.shots if self.executions is None else self.executions


@dataclass(kw_only=True)
class JobScript:
    """What happens to the next jobs that match: how long they take, how they fail, or that they run too long.

    A filter that is None matches every job. `times` counts down; None: every job from now on.
    """

    times: int | None = 1
    backend: str | None = None
    workload: str | None = None
    program: str | None = None
    tag: str | None = None
    durations: Durations | None = None
    failure: Failure | None = None
    runs_too_long: bool = False

    def __post_init__(self) -> None:
        whole_number("script times", self.times, minimum=1, optional=True)
        if self.durations is None and self.failure is None and not self.runs_too_long:
            raise ConfigurationError("a script must say something: durations, failure or runs_too_long=True")
        if self.failure is not None and self.runs_too_long:
            raise ConfigurationError("a scripted job cannot both fail and run too long; use two scripts")

    def matches(self, request: JobRequest) -> bool:
        """Whether this script speaks of the job that is being submitted."""
        return (
            self.backend in (None, request.backend)
            and self.workload in (None, request.workload)
            and self.program in (None, request.program)
            and (self.tag is None or self.tag in request.tags)
        )

    def use(self) -> None:
        """Count one job."""
        if self.times is not None:
            self.times -= 1
