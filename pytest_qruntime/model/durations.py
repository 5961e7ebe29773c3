"""How long a job takes: classical preparation on a lane, then time on the QPU.

The estimate is a plain formula, so that usage figures are never zero and never random:

- classical: 2 s for the job and 0.1 s for each circuit, the order of magnitude of a small primitive job;
- quantum: 2 s of QPU preparation for each circuit (the overhead that is charged per sub-job, USG-07), and 250
  microseconds for each execution of a circuit (the default repetition delay of the hardware).

A job of one circuit with 4096 shots thus takes 2.1 s on its lane and 3.024 s on the QPU.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from pytest_qruntime.model.errors import ConfigurationError

if TYPE_CHECKING:
    from pytest_qruntime.model.request import JobRequest

SECOND_US: Final = 1_000_000

CLASSICAL_PER_JOB_US: Final = 2_000_000
CLASSICAL_PER_CIRCUIT_US: Final = 100_000
QUANTUM_PER_CIRCUIT_US: Final = 2_000_000
QUANTUM_PER_EXECUTION_US: Final = 250


def to_us(seconds: object, what: str) -> int:
    """Whole microseconds for a number of seconds. Raises `ConfigurationError` unless it is finite and not negative."""
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)) or not 0 <= seconds < float("inf"):
        raise ConfigurationError(f"{what} is {seconds!r}; expected a number of seconds, zero or more")
    return round(seconds * SECOND_US)


class Durations(NamedTuple):
    """The time a job needs in microseconds: on a lane before the QPU, then on the QPU (which is what is charged)."""

    classical_us: int
    quantum_us: int

    @classmethod
    def of(cls, classical_s: float, quantum_s: float) -> Durations:
        """Durations given in seconds. Raises `ConfigurationError` for a negative or infinite number."""
        return cls(to_us(classical_s, "classical time"), to_us(quantum_s, "quantum time"))


def usable(durations: Durations) -> Durations:
    """The same durations. Raises `ConfigurationError` unless both are whole microseconds, zero or more."""
    classical_us, quantum_us = durations
    if type(classical_us) is not int or type(quantum_us) is not int or classical_us < 0 or quantum_us < 0:
        raise ConfigurationError(f"a job's durations are {durations!r}; expected whole microseconds, zero or more")
    return durations


def estimate(request: JobRequest) -> Durations:
    """The default durations of a job, from its number of circuits and executions; see the head of this module."""
    circuits = max(request.circuits, 1)
    return Durations(
        CLASSICAL_PER_JOB_US + CLASSICAL_PER_CIRCUIT_US * circuits,
        QUANTUM_PER_CIRCUIT_US * circuits + QUANTUM_PER_EXECUTION_US * max(request.total_executions, 0),
    )
