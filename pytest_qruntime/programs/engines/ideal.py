"""The engine `ideal`: exact states of the connected parts of a circuit, sampled and put together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from pytest_qruntime.programs.engines import CannotSimulate
from pytest_qruntime.programs.engines.groups import Groups
from pytest_qruntime.programs.engines.matrices import Bindings
from pytest_qruntime.programs.engines.paulis import expectation
from pytest_qruntime.programs.engines.statevector import state
from pytest_qruntime.programs.engines.wires import Step, Wires
from pytest_qruntime.programs.remembered import once_per_circuit

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAX_CONNECTED = 12
"""Qubits of the largest part whose state is computed, those for measurements in the middle of it included."""

_AMPLITUDES = 1 << 21
"""Amplitudes held at once: parameter sets are done in batches of this size (32 MiB)."""

_FEW = 8
"""Outcomes up to which comparing all sets with one bound at a time is faster than one search per set."""


class Part(NamedTuple):
    """Wires that gates connect, and the steps on them."""

    wires: tuple[int, ...]
    steps: tuple[Step, ...]

    def batches(self, parameters: Mapping[Any, int], values: NDArray[np.float64]) -> Iterator[tuple[slice, Any]]:
        """The final states: for slices of the parameter sets, an array as `statevector.state` returns it.

        Raises:
            CannotSimulate: the part is too large, or an angle is not real.
        """
        if len(self.wires) > MAX_CONNECTED:
            raise CannotSimulate(
                f"{len(self.wires)} qubits are connected by gates, with those that hold earlier measurements; "
                f"at most {MAX_CONNECTED} are simulated exactly"
            )
        size = max(1, _AMPLITUDES >> len(self.wires))
        for start in range(0, len(values), size):
            batch = slice(start, start + size)
            yield batch, state(self.wires, self.steps, Bindings(parameters, values[batch]))


class Plan(NamedTuple):
    """What there is to do for a circuit, whatever its parameters.

    Attributes:
        wires: the circuit on wires.
        parts: the connected ones.
        places: per wire that is measured, which bits of which registers show it.
        parameters: of each parameter, its column.
    """

    wires: Wires
    parts: list[Part]
    places: dict[int, list[tuple[str, int]]]
    parameters: dict[Any, int]


class Ideal:
    """Exact probabilities and expectation values."""

    def sample(
        self, circuit: Any, values: NDArray[np.float64], shots: int, rng: np.random.Generator
    ) -> dict[str, NDArray[np.bool_]]:
        """See `Sampling.sample`."""
        plan = _plan(circuit)
        places = plan.places
        bits = {register.name: np.zeros((len(values), shots, len(register)), bool) for register in circuit.cregs}
        for part in plan.parts:
            read = [(position, wire) for position, wire in enumerate(part.wires) if wire in places]
            if not read:
                continue
            for batch, amplitudes in part.batches(plan.parameters, values):
                probabilities = _marginal(amplitudes, [position for position, _ in read])
                drawn = _draw(probabilities, len(values[batch]), shots, rng)
                for position, (_, wire) in enumerate(read):
                    column = (drawn >> position & 1).astype(bool)
                    for name, index in places[wire]:
                        bits[name][batch, :, index] = column
        return bits

    def expectations(
        self, circuit: Any, values: NDArray[np.float64], labels: Sequence[str], rng: np.random.Generator
    ) -> NDArray[np.float64]:
        """See `Sampling.expectations`."""
        plan = _plan(circuit)
        products = [_product(label, plan.wires) for label in labels]
        result = np.ones((len(values), len(labels)))
        untouched = set(plan.wires.of_qubit)
        for part in plan.parts:
            untouched.difference_update(part.wires)
            factors: dict[tuple[tuple[int, str], ...], list[int]] = {}
            for column, product in enumerate(products):
                letters = tuple((at, product[wire]) for at, wire in enumerate(part.wires) if wire in product)
                if letters:
                    factors.setdefault(letters, []).append(column)
            if factors:
                for batch, amplitudes in part.batches(plan.parameters, values):
                    for letters, columns in factors.items():
                        result[batch, columns] *= expectation(amplitudes, letters)[:, None]
        for column, product in enumerate(products):
            if any(letter != "Z" for wire, letter in product.items() if wire in untouched):
                result[:, column] = 0.0
        return result


def parts(steps: Sequence[Step]) -> list[Part]:
    """The connected parts of a circuit on wires; wires without steps are in none of them."""
    groups: Groups[int] = Groups()
    for step in steps:
        groups.join(step.touched)
    wires: dict[int, list[int]] = {}
    members: dict[int, list[Step]] = {}
    for wire in sorted(groups):
        wires.setdefault(groups.leader(wire), []).append(wire)
    for step in steps:
        members.setdefault(groups.leader(step.wires[0]), []).append(step)
    return [Part(tuple(wires[leader]), tuple(members[leader])) for leader in wires]


@once_per_circuit
def _plan(circuit: Any) -> Plan:
    """Raises `CannotSimulate`."""
    wires = Wires(circuit)
    columns = {parameter: column for column, parameter in enumerate(circuit.parameters)}
    return Plan(wires, parts(wires.steps), _places(circuit, wires), columns)


def _places(circuit: Any, wires: Wires) -> dict[int, list[tuple[str, int]]]:
    """Per wire that is measured, which bits of which registers show it."""
    places: dict[int, list[tuple[str, int]]] = {}
    for register in circuit.cregs:
        for index, bit in enumerate(register):
            if bit in wires.of_bit:
                places.setdefault(wires.of_bit[bit], []).append((register.name, index))
    return places


def _product(label: str, wires: Wires) -> dict[int, str]:
    """A Pauli string as letters on wires, without the identities."""
    return {wires.of_qubit[qubit]: letter for qubit, letter in enumerate(reversed(label)) if letter != "I"}


def _marginal(amplitudes: NDArray[np.complex128], kept: Sequence[int]) -> NDArray[np.float64]:
    """The probabilities of the kept bits' values: shape (sets, 2^kept), the first one lowest."""
    probabilities = amplitudes.real**2 + amplitudes.imag**2
    number = amplitudes.shape[1].bit_length() - 1
    if len(kept) < number:
        dropped = tuple(number - position for position in range(number) if position not in kept)
        tensor: NDArray[np.float64] = probabilities.reshape(-1, *[2] * number).sum(axis=dropped)
        probabilities = tensor.reshape(len(probabilities), -1)
    return probabilities


def _draw(probabilities: NDArray[np.float64], sets: int, shots: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Numbers drawn with these probabilities, of shape (sets, shots); what has none is never drawn."""
    bounds = np.cumsum(probabilities, axis=1)
    bounds /= bounds[:, -1:]
    points = rng.random((sets, shots))
    if len(bounds) == 1:
        return np.searchsorted(bounds[0], points, side="right")
    if bounds.shape[1] <= _FEW:
        passed = np.zeros((sets, shots), np.int64)
        for column in range(bounds.shape[1] - 1):
            passed += points >= bounds[:, column, None]
        return passed
    return np.stack([np.searchsorted(row, of_set, side="right") for row, of_set in zip(bounds, points, strict=True)])
