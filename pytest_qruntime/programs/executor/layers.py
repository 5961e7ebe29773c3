"""The layers of two-qubit gates in a circuit, as NoiseLearner collects them before it learns their noise."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

Pair = tuple[int, int]


@dataclass(frozen=True)
class Gate:
    """A two-qubit gate where it acts; the operation itself is along for the ride."""

    name: str
    params: tuple[Any, ...]
    qubits: Pair
    operation: Any = field(compare=False)


class Layer(NamedTuple):
    """Gates that act at once, and the qubits whose noise is learned with them, in ascending order."""

    gates: frozenset[Gate]
    qubits: tuple[int, ...]


def unique_layers(circuits: Iterable[Any], strategy: str) -> list[Layer]:
    """The layers of all circuits, each once, the most frequent first; equally frequent ones in order of appearance.

    Args:
        circuits: `qiskit.QuantumCircuit`s.
        strategy: which qubits belong to a layer. "active": those of its gates; "active-accum": those of all gates up to
            the layer; "active-circuit": those of all gates of the circuit; "all": all qubits of the circuit.
    """
    found = Counter(layer for circuit in circuits for layer in _with_qubits(circuit, strategy))
    return [layer for layer, _ in found.most_common()]


def _with_qubits(circuit: Any, strategy: str) -> Iterator[Layer]:
    layers = _gates(circuit)
    every = {qubit for layer in layers for gate in layer for qubit in gate.qubits}
    so_far: set[int] = set()
    for layer in layers:
        active = {qubit for gate in layer for qubit in gate.qubits}
        so_far |= active
        qubits = {"active": active, "active-accum": so_far, "active-circuit": every}.get(strategy)
        yield Layer(layer, tuple(range(circuit.num_qubits)) if qubits is None else tuple(sorted(qubits)))


def _gates(circuit: Any) -> Sequence[frozenset[Gate]]:
    """The two-qubit gates of a circuit, each in the first layer after all that it must follow.

    Barriers, and whatever else holds several qubits together, end the layers of their qubits and are in none.
    """
    layers: dict[int, set[Gate]] = defaultdict(set)
    free = [0] * circuit.num_qubits
    for instruction in circuit.data:
        operation = instruction.operation
        qubits = [circuit.find_bit(qubit).index for qubit in instruction.qubits]
        first = max((free[qubit] for qubit in qubits), default=0)
        learned = len(qubits) == 2 and operation.name != "barrier" and not getattr(operation, "blocks", ())
        if learned:
            pair = (qubits[0], qubits[1])
            layers[first].add(Gate(operation.name, tuple(operation.params), pair, operation))
        if learned or len(qubits) > 1:
            for qubit in qubits:
                free[qubit] = first + learned
    return [frozenset(layers[depth]) for depth in sorted(layers)]
