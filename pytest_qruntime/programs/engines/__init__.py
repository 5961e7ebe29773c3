"""Engines: what measures a job's circuits. Nothing heavy is imported before an engine is asked for.

========== =====================================================================================================
ideal      exact, in numpy: whatever a circuit's width, as long as no more than 12 of its qubits are entangled
aer        qiskit-aer without noise (extra ``aer``)
aer-noisy  qiskit-aer with the noise that the backend's own documents describe (extra ``aer``)
schema     seeded bits and numbers of the right shape, as a dry run of the service gives; never fails, costs least
========== =====================================================================================================

What an engine cannot do, `schema` does in its place, and the answer says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from pytest_qruntime.model.errors import ConfigurationError
from pytest_qruntime.programs.problems import Code, Invalid

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pytest_qruntime.programs.circuit import Target

ENGINES = ("ideal", "aer", "aer-noisy", "schema")
DEFAULT = "ideal"

_LONGEST_REASON = 200


class CannotSimulate(Exception):  # noqa: N818 - never leaves this room: it makes `Sampling` turn to `schema`
    """Why an engine cannot do a circuit."""


class Sampled(NamedTuple):
    """What was measured.

    Attributes:
        bits: per classical register, in the circuit's order, an array of shape (sets, shots, width); bit j is the
            register's j-th.
        engine: the engine that measured.
        because: why that is not the one that was asked for; None if it is.
    """

    bits: dict[str, NDArray[np.bool_]]
    engine: str
    because: str | None = None


class Expected(NamedTuple):
    """Expectation values without any noise of counting shots.

    Attributes:
        values: shape (sets, labels).
        engine: the engine that computed them.
        because: why that is not the one that was asked for; None if it is.
    """

    values: NDArray[np.float64]
    engine: str
    because: str | None = None


class Engine(Protocol):
    """One way to do circuits. Both methods raise `CannotSimulate`; arguments are those of `Sampling`."""

    def sample(
        self, circuit: Any, values: NDArray[np.float64], shots: int, rng: np.random.Generator
    ) -> dict[str, NDArray[np.bool_]]:
        """The bits of every register."""

    def expectations(
        self, circuit: Any, values: NDArray[np.float64], labels: Sequence[str], rng: np.random.Generator
    ) -> NDArray[np.float64]:
        """The expectation values, of shape (sets, labels)."""


class Sampling:
    """The engine that was asked for, with `schema` to stand in for it."""

    def __init__(self, name: str, engine: Engine, substitute: Engine) -> None:
        self.name = name
        self._engine = engine
        self._substitute = substitute

    def sample(self, circuit: Any, values: NDArray[np.float64], shots: int, rng: np.random.Generator) -> Sampled:
        """Run a circuit `shots` times for each parameter set.

        Args:
            circuit: a `qiskit.QuantumCircuit`; it is not changed here, nor may it be later.
            values: shape (sets, parameters), in the order of ``circuit.parameters``; (1, 0) for a circuit without.
            shots: how often, at least 1.
            rng: where every random number comes from.
        """
        try:
            return Sampled(self._engine.sample(circuit, values, shots, rng), self.name)
        except CannotSimulate as reason:
            return Sampled(self._substitute.sample(circuit, values, shots, rng), "schema", _cut(str(reason)))

    def expectations(
        self, circuit: Any, values: NDArray[np.float64], labels: Sequence[str], rng: np.random.Generator
    ) -> Expected:
        """Expectation values of Pauli strings in the circuit's final state; its final measurements are left out.

        Args:
            circuit: as for `sample`.
            values: as for `sample`.
            labels: strings of I, X, Y and Z, one letter per qubit of the circuit, the last letter for qubit 0.
            rng: as for `sample`; an exact engine does not use it.
        """
        try:
            return Expected(self._engine.expectations(circuit, values, labels, rng), self.name)
        except CannotSimulate as reason:
            return Expected(self._substitute.expectations(circuit, values, labels, rng), "schema", _cut(str(reason)))


def _cut(reason: str) -> str:
    """On one line, and short: what other libraries say may be long."""
    line = " ".join(reason.split())
    return line if len(line) <= _LONGEST_REASON else f"{line[: _LONGEST_REASON - 4]} ..."


def sampling(name: str, target: Target | None = None) -> Sampling:
    """The engine of this name.

    Args:
        name: one of `ENGINES`.
        target: the backend that the circuits are for; `aer-noisy` takes its noise from it.

    Raises:
        ConfigurationError: there is no such engine.
        Invalid: qiskit-aer is asked for and not installed (`Code.NOT_SIMULATED`).
    """
    from pytest_qruntime.programs.engines.schema import Schema

    if name not in ENGINES:
        raise ConfigurationError(f"engine is {name!r}; expected one of {', '.join(ENGINES)}. Use one of these.")
    schema = Schema()
    if name == "schema":
        return Sampling(name, schema, schema)
    if name == "ideal":
        from pytest_qruntime.programs.engines.ideal import Ideal

        return Sampling(name, Ideal(), schema)
    if find_spec("qiskit_aer") is None:
        raise Invalid(
            Code.NOT_SIMULATED,
            f"the engine {name} needs qiskit-aer, which is not installed",
            "Run pip install 'pytest-qruntime[aer]', or choose the engine ideal or schema.",
        )
    from pytest_qruntime.programs.engines.aer import Aer

    return Sampling(name, Aer(target, noisy=name == "aer-noisy"), schema)
