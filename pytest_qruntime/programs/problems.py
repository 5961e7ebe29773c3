"""Why a job that the service accepted fails with its input: one table of codes, each with its evidence."""

from __future__ import annotations

import reprlib
from enum import IntEnum
from typing import NamedTuple


class Code(IntEnum):
    """The reason codes that a job's input can cause.

    Every code but the last is one of the service's error registry (quantum.cloud.ibm.com/docs/errors). "Measured" means
    that jobs on real hardware ended with it, as the public record of a third party's runs of August and September 2026
    says; "ours" means that the registry has the number but nothing public shows which number this situation gets.
    """

    QUBITS_MISMATCH = 1501
    """The observable is not as long as the circuit is wide. Measured, text included."""
    QASM_SYNTAX = 1506
    """The text is not OpenQASM 3. Measured, but the service answers the same text now 1506 and now 1603; a fake must
    be steady, so it takes 1506 where the parser stops and 1603 where the loader would."""
    NOT_ISA = 1517
    """An instruction that the backend's target does not have. Measured. Only checked when a `Target` is given."""
    OVER_LIMITS = 1520
    """More executions than a job may have. Registry; the 10 million are those of the job limits page (PLN-12)."""
    DYNAMIC_IN_ESTIMATOR = 1522
    """Control flow in an estimator's circuit. Registry."""
    QASM_LOAD = 1603
    """The text parses and cannot be loaded: an undefined gate, one qubit twice. Measured (see 1506)."""
    PUB_NOT_VALID = 3211
    """The parts of a PUB do not fit together. Seen in issues 1979 and 2183 of qiskit-ibm-runtime as the wrapper of
    whatever the program objects to; that it also wraps these objections is ours."""
    SHOTS_NOT_ALLOWED = 3218
    """A number of shots, or a precision, that cannot be. Registry; ours for jobs."""
    PAYLOAD_NOT_VALID = 3220
    """`params` is not the input of the program. Registry; ours for jobs."""
    NOT_SIMULATED = 9900
    """Nothing is wrong with the job: this fake cannot compute it. No code of the service."""


class Problem(NamedTuple):
    """What a job is going to fail with: the fields `reason_code`, `reason` and `reason_solution` of its state."""

    code: int
    reason: str
    solution: str


class Invalid(Exception):  # noqa: N818 - never leaves the package: it only carries a problem out of nested calls
    """An input that cannot be used, on its way to the one place that turns it into a `Problem`."""

    def __init__(self, code: Code, reason: str, solution: str) -> None:
        super().__init__(reason)
        self.problem = Problem(int(code), reason, solution)


_REPR = reprlib.Repr()
_REPR.maxstring = _REPR.maxother = _REPR.maxlong = 60
_REPR.maxlevel = 3


def short(value: object) -> str:
    """A value for a message: its repr, cut, and never deeper than three levels."""
    try:
        return _REPR.repr(value)
    except ValueError:  # Python refuses to write out integers of more than 4300 digits
        return f"a {type(value).__name__} with a number of thousands of digits"
