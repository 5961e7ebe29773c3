"""The engine `ideal` computes expectation values exactly."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter
from qiskit.circuit.random import random_circuit
from qiskit.quantum_info import DensityMatrix, Pauli, Statevector

from pytest_qruntime.programs.engines import sampling

NO_VALUES = np.zeros((1, 0))


def expected(circuit: QuantumCircuit, labels: list[str], values: Any = NO_VALUES) -> Any:
    """The values, from an engine that must not have been replaced."""
    found = sampling("ideal").expectations(circuit, np.asarray(values, float), labels, np.random.default_rng(1))
    assert (found.engine, found.because) == ("ideal", None)
    return found.values


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**6), labels=st.lists(st.text("IXYZ", min_size=5, max_size=5), min_size=1, max_size=6))
def test_values_are_those_of_the_exact_state(seed: int, labels: list[str]) -> None:
    circuit = random_circuit(5, 4, max_operands=3, seed=seed)
    state = Statevector(circuit)
    truth = [state.expectation_value(Pauli(label)).real for label in labels]
    assert np.allclose(expected(circuit, labels), [truth], atol=1e-9)


def test_a_product_over_parts_is_the_product_of_their_values() -> None:
    circuit = QuantumCircuit(40)
    circuit.ry(0.4, 3)
    circuit.cx(3, 30)
    circuit.ry(1.1, 17)
    circuit.x(39)
    letters = {3: "Z", 17: "X", 39: "Z", 0: "Z"}
    label = "".join(letters.get(qubit, "I") for qubit in reversed(range(40)))
    assert np.allclose(expected(circuit, [label]), -np.cos(0.4) * np.sin(1.1))


def test_qubits_without_gates_are_in_zero() -> None:
    assert expected(QuantumCircuit(2), ["II", "ZZ", "IX", "YI", "ZX"]).tolist() == [[1, 1, 0, 0, 0]]


def test_sets_of_parameters_are_rows() -> None:
    circuit = QuantumCircuit(2)
    circuit.rx(Parameter("a"), 0)
    circuit.cx(0, 1)
    angles = np.array([0.0, 0.5, 3.0])
    found = expected(circuit, ["ZZ", "IZ", "XY"], angles[:, None])
    assert np.allclose(found, np.stack([np.ones(3), np.cos(angles), np.sin(angles)], axis=1) * [1, 1, -1])


def test_sets_of_a_circuit_without_parameters_are_equal_rows() -> None:
    assert expected(QuantumCircuit(1), ["Z", "X"], np.zeros((3, 0))).tolist() == [[1, 0]] * 3
    assert expected(QuantumCircuit(1), ["Z", "X"], np.zeros((0, 0))).shape == (0, 2)


def test_final_measurements_are_left_out_and_others_destroy_coherence() -> None:
    circuit = QuantumCircuit(2, 2)
    circuit.h([0, 1])
    circuit.measure(0, 0)
    circuit.rz(0.3, 0)
    circuit.measure([0, 1], [0, 1])
    assert np.allclose(expected(circuit, ["IX", "IY", "XI"]), [[0, 0, 1]])


def test_a_reset_leaves_a_mixed_state() -> None:
    circuit = QuantumCircuit(2)
    circuit.ry(0.8, 0)
    circuit.cx(0, 1)
    circuit.reset(0)
    circuit.h(0)
    state = DensityMatrix(circuit)
    labels = ["XX", "ZI", "XI", "IX"]
    truth = [state.expectation_value(Pauli(label)).real for label in labels]
    assert np.allclose(expected(circuit, labels), [truth])


def test_only_the_parts_that_are_asked_for_must_be_small() -> None:
    circuit = QuantumCircuit(20)
    for qubit in range(18):
        circuit.cx(qubit, qubit + 1)
    circuit.x(19)
    assert expected(circuit, ["Z" + "I" * 19]).tolist() == [[-1]]
    found = sampling("ideal").expectations(circuit, NO_VALUES, ["I" * 19 + "Z"], np.random.default_rng(1))
    assert found.engine == "schema"
    assert "19 qubits are connected by gates" in (found.because or "")
