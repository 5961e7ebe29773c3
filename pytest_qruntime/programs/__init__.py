"""What a job computes, without Qiskit and numpy: synthetic results of the right shape, and the failures of wrong input.

Three questions, asked in the order of a job's life: `inspect` at submit (how much work is it), `verify` when the job
begins (will it fail), `run` when it ends (the result). All are pure functions of the job's input and, for `run`, of the
random numbers that it is given. `prepare` answers the second one with what the third one needs, so that the input is
read once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import Any, Protocol

from pytest_qruntime.model.errors import QRuntimeError
from pytest_qruntime.programs.circuit import Circuit, Register, Target
from pytest_qruntime.programs.estimator import EstimatorJob
from pytest_qruntime.programs.problems import Code, Invalid, Problem, short
from pytest_qruntime.programs.qasm import read
from pytest_qruntime.programs.sampler import SamplerJob
from pytest_qruntime.programs.target import check_target
from pytest_qruntime.programs.work import Work, inspect

__all__ = [
    "PROGRAMS",
    "Circuit",
    "Code",
    "Job",
    "Problem",
    "ProgramError",
    "Register",
    "Target",
    "Work",
    "inspect",
    "prepare",
    "read",
    "run",
    "verify",
]


class Job(Protocol):
    """The input of a job, read and found good."""

    @property
    def circuits(self) -> Sequence[Circuit]:
        """One circuit per PUB."""

    def result(self, rng: Random, started: str, finished: str) -> dict[str, Any]:
        """The result document."""


_JOBS: dict[str, Callable[[object], Job]] = {"sampler": SamplerJob.read, "estimator": EstimatorJob.read}

PROGRAMS = tuple(_JOBS)
"""The programs that this package computes."""


class ProgramError(QRuntimeError):
    """`run` was called for an input that `verify` finds a problem in.

    Attributes:
        problem: what `verify` returns for the input.
    """

    def __init__(self, problem: Problem) -> None:
        super().__init__(f"{problem.reason} (reason code {problem.code}). {problem.solution}")
        self.problem = problem


def verify(program_id: str, params: object, target: Target | None = None) -> Problem | None:
    """Why a job will fail although the service accepts it; None if it will not. Never raises, whatever `params` is.

    Args:
        program_id: "sampler" or "estimator"; for another program the problem is that it is not simulated.
        params: the job's `params`.
        target: the backend, to refuse circuits that it could not run as they are; without it any gate will do.
    """
    prepared = prepare(program_id, params, target)
    return prepared if isinstance(prepared, Problem) else None


def prepare(program_id: str, params: object, target: Target | None = None, *, engine: str = "ideal") -> Job | Problem:
    """The job of this input, whose `result` is what `run` returns; or why it will fail. Arguments as for `verify`."""
    try:
        job = _job(program_id, params)
        if target is not None:
            check_target(job.circuits, target)
    except Invalid as invalid:
        return invalid.problem
    return job


def run(program_id: str, params: object, rng: Random, *, started: str, finished: str) -> dict[str, Any]:
    """The result document of a job, as the service's plain JSON shows it, marked in `metadata.pytest_qruntime`.

    Args:
        program_id: "sampler" or "estimator".
        params: the job's `params`.
        rng: where every random number comes from; the same state and input give the same document.
        started: when the job began to run, ISO 8601 in UTC; appears in the sampler's execution span.
        finished: when it ended.

    Raises:
        ProgramError: `verify` has a problem with the input.
    """
    try:
        job = _job(program_id, params)
    except Invalid as invalid:
        raise ProgramError(invalid.problem) from None
    return job.result(rng, started, finished)


def _job(program_id: str, params: object) -> Job:
    if program_id not in PROGRAMS:
        raise Invalid(
            Code.NOT_SIMULATED,
            f"the program {short(program_id)} is not simulated",
            f"This fake computes the results of {' and '.join(PROGRAMS)} jobs; script the outcome of others.",
        )
    return _JOBS[program_id](params)
