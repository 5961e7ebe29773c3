"""What a job computes: its results, and the failures of wrong input.

Circuits that are OpenQASM 3 text are read here, without Qiskit and numpy, and answered with synthetic results of the
right shape. What is in Qiskit's own encodings is done in rooms that are imported when such a job comes: `native` (the
sampler and the estimator) and `executor` (the executor and the noise learners), on an engine of `engines`.

Three questions, asked in the order of a job's life: `inspect` at submit (how much work is it), `verify` when the job
begins (will it fail), `run` when it ends (the result). All are pure functions of the job's input and, for `run`, of the
random numbers that it is given. `prepare` answers the second one with what the third one needs, so that the input is
read once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from importlib.util import find_spec
from random import Random
from typing import Any, Protocol

from pytest_qruntime.model.errors import QRuntimeError
from pytest_qruntime.programs.circuit import Circuit, Register, Target
from pytest_qruntime.programs.engines import DEFAULT, ENGINES
from pytest_qruntime.programs.estimator import EstimatorJob
from pytest_qruntime.programs.problems import Code, Invalid, Problem, short
from pytest_qruntime.programs.qasm import read
from pytest_qruntime.programs.sampler import SamplerJob
from pytest_qruntime.programs.target import check_target
from pytest_qruntime.programs.work import Work, inspect

__all__ = [
    "ENGINES",
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
    "is_native",
    "prepare",
    "read",
    "run",
    "verify",
]


class Job(Protocol):
    """The input of a job, read and found good."""

    def result(self, rng: Random, started: str, finished: str) -> dict[str, Any]:
        """The result document."""


_TEXT: dict[str, Callable[[object], SamplerJob | EstimatorJob]] = {
    "sampler": SamplerJob.read,
    "estimator": EstimatorJob.read,
}
_ROOMS = {
    "sampler": "native",
    "estimator": "native",
    "executor": "executor",
    "noise-learner": "executor",
    "calibrate": "executor",
}

PROGRAMS = tuple(_ROOMS)
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
        program_id: one of `PROGRAMS`; for another program the problem is that it is not simulated.
        params: the job's `params`.
        target: the backend, to refuse circuits that it could not run as they are; without it any gate will do.
    """
    prepared = prepare(program_id, params, target)
    return prepared if isinstance(prepared, Problem) else None


def prepare(program_id: str, params: object, target: Target | None = None, *, engine: str = DEFAULT) -> Job | Problem:
    """The job of this input, whose `result` is what `run` returns; or why it will fail.

    Args:
        program_id: as for `verify`.
        params: as for `verify`.
        target: as for `verify`.
        engine: what measures circuits that come in Qiskit's own encodings, one of `ENGINES`.

    Raises:
        ConfigurationError: there is no such engine.
    """
    try:
        return _job(program_id, params, target, engine)
    except Invalid as invalid:
        return invalid.problem


def run(
    program_id: str, params: object, rng: Random, *, started: str, finished: str, engine: str = DEFAULT
) -> dict[str, Any]:
    """The result document of a job, marked in its metadata, under `pytest_qruntime`, with how it came about.

    Args:
        program_id: one of `PROGRAMS`.
        params: the job's `params`.
        rng: where every random number comes from; the same state and input give the same document.
        started: when the job began to run, ISO 8601 in UTC; appears in the sampler's execution span.
        finished: when it ended.
        engine: as for `prepare`.

    Raises:
        ProgramError: `verify` has a problem with the input.
        ConfigurationError: there is no such engine.
    """
    prepared = prepare(program_id, params, engine=engine)
    if isinstance(prepared, Problem):
        raise ProgramError(prepared)
    return prepared.result(rng, started, finished)


def _job(program_id: str, params: object, target: Target | None, engine: str) -> Job:
    if not is_native(program_id, params):
        job = _TEXT[program_id](params)
        if target is not None:
            check_target(job.circuits, target)
        return job
    if program_id not in PROGRAMS:
        raise Invalid(
            Code.NOT_SIMULATED,
            f"the program {short(program_id)} is not simulated",
            f"This fake computes the results of {', '.join(PROGRAMS)} jobs; script the outcome of others.",
        )
    if not isinstance(params, Mapping):
        raise Invalid(
            Code.PAYLOAD_NOT_VALID, f"params is {short(params)}; expected an object", "Send the program's input."
        )
    if find_spec("qiskit") is None:
        raise Invalid(
            Code.NOT_SIMULATED,
            "Qiskit is not installed, and the circuits are in Qiskit's own encoding",
            "Run pip install 'pytest-qruntime[qiskit]', send OpenQASM 3 text, or script the outcome of the job.",
        )
    room = import_module(f"pytest_qruntime.programs.{_ROOMS[program_id]}")
    job_of: Callable[..., Job] = room.read
    return job_of(program_id, params, target, engine)


def is_native(program_id: str, params: object) -> bool:
    """Whether this is no job in OpenQASM 3 text: another program, or any PUB's circuit is an encoded object."""
    if program_id not in _TEXT:
        return True
    pubs = params.get("pubs") if isinstance(params, Mapping) else None
    if not isinstance(pubs, (list, tuple)):
        return False
    circuits = (pub[0] if isinstance(pub, (list, tuple)) and pub else pub for pub in pubs)
    return any(isinstance(circuit, Mapping) for circuit in circuits)
