"""What a job computes, without Qiskit and numpy: synthetic results of the right shape, and the failures of wrong input.

Three questions, asked in the order of a job's life: `inspect` at submit (how much work is it), `verify` when the job
begins (will it fail), `run` when it ends (the result). All are pure functions of the job's input and, for `run`, of the
random numbers that it is given.
"""

from __future__ import annotations

from random import Random
from typing import Any

from pytest_qruntime.model.errors import QRuntimeError
from pytest_qruntime.programs import estimator, sampler
from pytest_qruntime.programs.circuit import Circuit, Register, Target
from pytest_qruntime.programs.problems import Code, Invalid, Problem, short
from pytest_qruntime.programs.pubs import estimator_pubs, pub_list, sampler_pubs
from pytest_qruntime.programs.qasm import read
from pytest_qruntime.programs.target import check_target
from pytest_qruntime.programs.work import Work, inspect

__all__ = [
    "PROGRAMS",
    "Circuit",
    "Code",
    "Problem",
    "ProgramError",
    "Register",
    "Target",
    "Work",
    "inspect",
    "read",
    "run",
    "verify",
]

PROGRAMS = ("sampler", "estimator")
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
    try:
        _read(program_id, params, target)
    except Invalid as invalid:
        return invalid.problem
    except RecursionError:
        return Problem(
            int(Code.QASM_SYNTAX),
            "QASM parsing failed: an expression of the program is too long or nested too deeply",
            "Split the expression into several statements.",
        )
    return None


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
    problem = verify(program_id, params)
    if problem is not None:
        raise ProgramError(problem)
    if program_id == "sampler":
        return sampler.result(sampler_pubs(params), rng, started, finished)
    return estimator.result(estimator_pubs(params), pub_list(params)[0], rng)


def _read(program_id: str, params: object, target: Target | None) -> None:
    if program_id not in PROGRAMS:
        raise Invalid(
            Code.NOT_SIMULATED,
            f"the program {short(program_id)} is not simulated",
            f"This fake computes the results of {' and '.join(PROGRAMS)} jobs; script the outcome of others.",
        )
    pubs = sampler_pubs(params) if program_id == "sampler" else estimator_pubs(params)
    if target is not None:
        check_target((pub.circuit for pub in pubs), target)
