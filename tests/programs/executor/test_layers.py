"""The layers that the deprecated noise learner finds in a circuit."""

from __future__ import annotations

import pytest
from qiskit import QuantumCircuit

from pytest_qruntime.programs.executor.layers import unique_layers


def ladder() -> QuantumCircuit:
    circuit = QuantumCircuit(5)
    circuit.cx(0, 1)
    circuit.cx(2, 3)
    circuit.sx(1)
    circuit.cx(1, 2)
    return circuit


@pytest.mark.parametrize(
    ("strategy", "qubits"),
    [
        ("active", [(0, 1, 2, 3), (1, 2)]),
        ("active-accum", [(0, 1, 2, 3), (0, 1, 2, 3)]),
        ("active-circuit", [(0, 1, 2, 3), (0, 1, 2, 3)]),
        ("all", [(0, 1, 2, 3, 4), (0, 1, 2, 3, 4)]),
    ],
)
def test_the_strategy_says_which_qubits_belong_to_a_layer(strategy: str, qubits: list[tuple[int, ...]]) -> None:
    assert [layer.qubits for layer in unique_layers([ladder()], strategy)] == qubits


def test_qubits_accumulate_from_layer_to_layer() -> None:
    circuit = QuantumCircuit(4)
    circuit.cx(0, 1)
    circuit.barrier()
    circuit.cx(2, 3)
    found = [layer.qubits for layer in unique_layers([circuit], "active-accum")]
    assert found == [(0, 1), (0, 1, 2, 3)]
    assert [layer.qubits for layer in unique_layers([circuit], "active-circuit")] == [(0, 1, 2, 3)] * 2


def test_gates_that_can_act_at_once_are_one_layer_unless_a_barrier_parts_them() -> None:
    apart = QuantumCircuit(4)
    apart.cx(0, 1)
    apart.barrier()
    apart.cx(2, 3)
    assert [len(layer.gates) for layer in unique_layers([ladder()], "active")] == [2, 1]
    assert [len(layer.gates) for layer in unique_layers([apart], "active")] == [1, 1]


def test_a_barrier_holds_back_only_its_own_qubits() -> None:
    circuit = QuantumCircuit(4)
    circuit.barrier(0, 1)
    circuit.cx(0, 1)
    circuit.cx(2, 3)
    assert [len(layer.gates) for layer in unique_layers([circuit], "active")] == [2]


def test_a_layer_counts_in_every_circuit_and_angles_make_a_difference() -> None:
    circuits = []
    for angle in (0.1, 0.2, 0.2):
        circuit = QuantumCircuit(2)
        circuit.rzz(angle, 0, 1)
        circuits.append(circuit)
    assert [next(iter(layer.gates)).params for layer in unique_layers(circuits, "active")] == [(0.2,), (0.1,)]


def test_single_qubit_gates_and_measurements_are_in_no_layer() -> None:
    circuit = QuantumCircuit(2, 2)
    circuit.sx(0)
    circuit.measure([0, 1], [0, 1])
    assert unique_layers([circuit], "all") == []
