"""The engine `ideal` draws bits with the exact probabilities."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit import ClassicalRegister, QuantumCircuit
from qiskit.circuit import Parameter, ParameterVector
from qiskit.circuit.library import UnitaryGate
from qiskit.circuit.random import random_circuit
from qiskit.quantum_info import Statevector, random_unitary

from pytest_qruntime.programs.engines import sampling

NO_VALUES = np.zeros((1, 0))


def sampled(circuit: QuantumCircuit, values: Any = NO_VALUES, shots: int = 1000, seed: int = 1) -> Any:
    """The bits, from an engine that must not have been replaced."""
    found = sampling("ideal").sample(circuit, np.asarray(values, float), shots, np.random.default_rng(seed))
    assert (found.engine, found.because) == ("ideal", None)
    return found.bits


def numbers(bits: Any) -> Any:
    return bits @ (1 << np.arange(bits.shape[-1]))


def frequencies(circuit: QuantumCircuit, shots: int = 20_000) -> Any:
    (bits,) = sampled(circuit, shots=shots).values()
    return np.bincount(numbers(bits[0]), minlength=1 << bits.shape[-1]) / shots


@settings(max_examples=40)
@given(seed=st.integers(0, 10**6), width=st.integers(1, 6))
def test_frequencies_are_those_of_the_exact_state(seed: int, width: int) -> None:
    circuit = random_circuit(width, 4, max_operands=min(width, 4), seed=seed)
    expected = Statevector(circuit).probabilities()
    circuit.measure_all()

    found = frequencies(circuit)

    assert np.abs(found - expected).max() < 0.025
    assert found[expected < 1e-12].sum() == 0


def test_parts_of_a_circuit_are_independent_and_entangled_qubits_are_not() -> None:
    circuit = QuantumCircuit(5)
    circuit.h([0, 1])
    circuit.cx(0, 3)
    circuit.cx(1, 4)
    circuit.measure_all()
    bits = sampled(circuit, shots=4000)["meas"][0]

    assert (bits[:, 0] == bits[:, 3]).all()
    assert (bits[:, 1] == bits[:, 4]).all()
    assert not bits[:, 2].any()
    assert 0.45 < (bits[:, 0] == bits[:, 1]).mean() < 0.55


def test_bits_go_where_they_are_measured_into() -> None:
    circuit = QuantumCircuit(3)
    circuit.add_register(first := ClassicalRegister(2, "first"), second := ClassicalRegister(3, "second"))
    circuit.x(0)
    circuit.measure(0, second[2])
    circuit.measure(0, first[0])
    circuit.measure(1, first[1])
    bits = sampled(circuit, shots=2)

    assert list(bits) == ["first", "second"]
    assert bits["first"].tolist() == [[[True, False]] * 2]
    assert bits["second"].tolist() == [[[False, False, True]] * 2]


def test_registers_that_share_a_bit_both_show_it() -> None:
    circuit = QuantumCircuit(1, 1)
    circuit.add_register(ClassicalRegister(name="alias", bits=[circuit.clbits[0]]))
    circuit.x(0)
    circuit.measure(0, 0)
    bits = sampled(circuit, shots=1)
    assert bits["c"].tolist() == bits["alias"].tolist() == [[[True]]]


def test_the_last_measurement_into_a_bit_counts() -> None:
    circuit = QuantumCircuit(2, 1)
    circuit.x(0)
    circuit.measure(0, 0)
    circuit.measure(1, 0)
    assert not sampled(circuit)["c"].any()


def expressions() -> tuple[QuantumCircuit, Any]:
    """A circuit whose angles are numbers, parameters, and linear and other functions of them."""
    a, b, c = Parameter("a"), Parameter("b"), Parameter("c")
    circuit = QuantumCircuit(4)
    circuit.ry(a, 0)
    circuit.rx(2 * b - a / 3 + 0.5, 1)
    circuit.ry(a * b, 2)
    circuit.u((c + 1).sin(), c**2, -b, 3)
    circuit.rzz(c, 0, 1)
    circuit.crx(b, 2, 3)
    circuit.cp(a, 1, 2)
    circuit.rxx(b.exp() / 9, 0, 3)
    circuit.measure_all()
    return circuit, np.random.default_rng(5).uniform(-2, 2, (6, 3))


def test_parameter_sets_are_those_of_circuits_with_the_values_put_in() -> None:
    circuit, values = expressions()
    bits = sampled(circuit, values, shots=20_000)["meas"]
    for index, row in enumerate(values):
        bound = circuit.assign_parameters(row).remove_final_measurements(inplace=False)
        found = np.bincount(numbers(bits[index]), minlength=16) / 20_000
        assert np.abs(found - Statevector(bound).probabilities()).max() < 0.025


def test_parameters_stand_in_the_order_of_the_circuit() -> None:
    vector, alone = ParameterVector("v", 12), Parameter("u")
    circuit = QuantumCircuit(13)
    for qubit, parameter in enumerate([*reversed(vector), alone]):
        circuit.rx(parameter, qubit)
    circuit.measure_all()
    values = np.zeros((1, 13))
    values[0, list(circuit.parameters).index(vector[11])] = math.pi
    assert sampled(circuit, values)["meas"].mean(axis=(0, 1)).tolist() == [1] + [0] * 12


def test_gates_of_ones_own_are_taken_apart() -> None:
    theta = Parameter("theta")
    inner = QuantumCircuit(4, name="inner")
    inner.ry(theta, 0)
    inner.mcx([0, 1, 2], 3)
    circuit = QuantumCircuit(4)
    circuit.x([1, 2])
    circuit.append(inner.to_gate(), [0, 1, 2, 3])
    circuit.append(UnitaryGate(random_unitary(4, seed=1)), [0, 3])
    circuit.append(inner.to_gate().inverse(), [0, 1, 2, 3])
    circuit.initialize([0.6, 0.8], 1)
    expected = Statevector(circuit.assign_parameters([1.1]).decompose(["circuit*", "inner*"])).probabilities()
    circuit.measure_all()
    bits = sampled(circuit, [[1.1]], shots=20_000)["meas"][0]
    assert np.abs(np.bincount(numbers(bits), minlength=16) / 20_000 - expected).max() < 0.025


def test_a_wide_circuit_with_small_parts_is_exact() -> None:
    circuit = QuantumCircuit(127)
    for qubit in range(0, 126, 2):
        circuit.h(qubit)
        circuit.cx(qubit, qubit + 1)
    circuit.measure_all()
    bits = sampled(circuit, shots=200)["meas"][0]
    assert (bits[:, 0:126:2] == bits[:, 1:126:2]).all()
    assert not bits[:, 126].any()


def test_twelve_connected_qubits_are_simulated_and_thirteen_are_not() -> None:
    def chain(width: int) -> QuantumCircuit:
        circuit = QuantumCircuit(20)
        circuit.h(0)
        for qubit in range(width - 1):
            circuit.cx(qubit, qubit + 1)
        circuit.measure_all()
        return circuit

    assert set(numbers(sampled(chain(12))["meas"][0]).tolist()) == {0, 4095}
    found = sampling("ideal").sample(chain(13), NO_VALUES, 100, np.random.default_rng(1))
    assert found.engine == "schema"
    assert found.because is not None
    assert "13 qubits are connected by gates" in found.because
    assert found.bits["meas"].shape == (1, 100, 20)


def test_a_large_part_that_nobody_measures_does_not_matter() -> None:
    circuit = QuantumCircuit(20, 1)
    for qubit in range(18):
        circuit.cx(qubit, qubit + 1)
    circuit.x(19)
    circuit.measure(19, 0)
    assert sampled(circuit)["c"].all()


def test_many_parameter_sets_do_not_depend_on_how_they_are_batched(monkeypatch: pytest.MonkeyPatch) -> None:
    circuit, values = expressions()
    whole = sampled(circuit, values, shots=2000)["meas"]
    monkeypatch.setattr("pytest_qruntime.programs.engines.ideal._AMPLITUDES", 32)
    parts = sampled(circuit, values, shots=2000)["meas"]
    assert np.abs(whole.mean(axis=1) - parts.mean(axis=1)).max() < 0.06


@pytest.mark.parametrize("sets", [0, 1, 3])
def test_sets_of_a_circuit_without_parameters_are_drawn_each(sets: int) -> None:
    circuit = QuantumCircuit(1)
    circuit.h(0)
    circuit.measure_all()
    bits = sampled(circuit, np.zeros((sets, 0)), shots=100)["meas"]
    assert bits.shape == (sets, 100, 1)
    assert len({row.tobytes() for row in bits}) == sets


def test_the_circuit_is_not_changed_and_the_seed_decides() -> None:
    circuit, values = expressions()
    before = circuit.copy()
    first, again, other = (sampled(circuit, values, seed=seed)["meas"] for seed in (1, 1, 2))
    assert circuit == before
    assert (first == again).all()
    assert (first != other).any()
