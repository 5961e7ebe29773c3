"""The engine `ideal` on circuits that measure, reset and decide on the way."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit import ClassicalRegister, QuantumCircuit, QuantumRegister
from qiskit.circuit.classical import expr

from pytest_qruntime.programs.engines import Sampled, sampling
from tests.programs.engines.branching import probabilities

SHOTS = 20_000


def run(circuit: QuantumCircuit) -> Sampled:
    return sampling("ideal").sample(circuit, np.zeros((1, 0)), SHOTS, np.random.default_rng(1))


def check(circuit: QuantumCircuit) -> None:
    """The bits of the only register have the probabilities of the reference."""
    found = run(circuit)
    assert (found.engine, found.because) == ("ideal", None)
    (bits,) = found.bits.values()
    frequencies = np.bincount(bits[0] @ (1 << np.arange(bits.shape[-1])), minlength=1 << bits.shape[-1]) / SHOTS
    expected = probabilities(circuit)
    for value, frequency in enumerate(frequencies):
        assert frequency == pytest.approx(expected[value], abs=0.02 if expected[value] > 1e-9 else 1e-9)


def test_a_qubit_that_is_used_after_its_measurement() -> None:
    circuit = QuantumCircuit(1, 3)
    circuit.ry(1.0, 0)
    circuit.measure(0, 0)
    circuit.measure(0, 1)
    circuit.h(0)
    circuit.measure(0, 2)
    check(circuit)


def test_a_measurement_destroys_interference_also_if_its_bit_is_overwritten() -> None:
    circuit = QuantumCircuit(1, 1)
    circuit.h(0)
    circuit.measure(0, 0)
    circuit.h(0)
    circuit.measure(0, 0)
    check(circuit)


def test_a_reset_qubit_forgets_and_its_partner_does_not() -> None:
    circuit = QuantumCircuit(2, 3)
    circuit.reset(0)
    circuit.ry(1.2, 0)
    circuit.cx(0, 1)
    circuit.measure(0, 0)
    circuit.reset(0)
    circuit.ry(0.4, 0)
    circuit.measure(0, 1)
    circuit.measure(1, 2)
    check(circuit)


def test_an_active_reset() -> None:
    circuit = QuantumCircuit(1, 2)
    circuit.ry(1.2, 0)
    circuit.measure(0, 0)
    with circuit.if_test((circuit.clbits[0], 1)):
        circuit.x(0)
    circuit.measure(0, 1)
    check(circuit)


def test_teleportation() -> None:
    circuit = QuantumCircuit(3, 3)
    circuit.u(0.7, 0.3, 0.1, 0)
    circuit.h(1)
    circuit.cx(1, 2)
    circuit.cx(0, 1)
    circuit.h(0)
    circuit.measure([0, 1], [0, 1])
    with circuit.if_test((circuit.clbits[1], 1)):
        circuit.x(2)
    with circuit.if_test((circuit.clbits[0], 1)):
        circuit.z(2)
    circuit.u(-0.7, -0.1, -0.3, 2)
    circuit.measure(2, 2)
    bits = run(circuit).bits["c"][0]
    assert not bits[:, 2].any()
    check(circuit)


@pytest.mark.parametrize("value", range(4))
def test_a_condition_on_a_register_with_an_else(value: int) -> None:
    circuit = QuantumCircuit(QuantumRegister(3), ClassicalRegister(2, "c"))
    circuit.ry(0.9, 0)
    circuit.ry(1.4, 1)
    circuit.measure([0, 1], [0, 1])
    with circuit.if_test((circuit.cregs[0], value)) as otherwise:
        circuit.x(2)
    with otherwise:
        circuit.ry(0.5, 2)
        circuit.cx(2, 0)
    circuit.measure(2, 0)
    circuit.measure(0, 1)
    check(circuit)


def test_conditions_within_conditions() -> None:
    circuit = QuantumCircuit(3, 3)
    circuit.ry(1.1, 0)
    circuit.ry(0.8, 1)
    circuit.measure([0, 1], [0, 1])
    with circuit.if_test((circuit.clbits[0], 1)) as otherwise:
        circuit.ry(0.6, 2)
        with circuit.if_test((circuit.clbits[1], 0)):
            circuit.x(2)
    with otherwise, circuit.if_test((circuit.clbits[1], 1)):
        circuit.h(2)
    circuit.measure(2, 2)
    check(circuit)


def test_conditions_on_bits_that_were_never_written_are_settled() -> None:
    circuit = QuantumCircuit(1, 2)
    with circuit.if_test((circuit.clbits[1], 1)) as otherwise:
        circuit.x(0)
    with otherwise:
        circuit.ry(0.5, 0)
        circuit.measure(0, 0)
        circuit.x(0)
    circuit.measure(0, 1)
    check(circuit)


OPERATIONS = st.one_of(
    st.tuples(st.sampled_from(["ry", "h", "measure", "reset"]), st.integers(0, 2), st.integers(0, 2)),
    st.tuples(st.sampled_from(["cx", "if", "if not", "if register"]), st.integers(0, 2), st.integers(0, 2)),
)


@settings(max_examples=60, deadline=None)
@given(operations=st.lists(OPERATIONS, max_size=9))
def test_any_mixture_of_gates_measurements_resets_and_decisions(operations: list[Any]) -> None:
    circuit = QuantumCircuit(QuantumRegister(3), ClassicalRegister(3, "c"))
    circuit.ry(0.9, [0, 1, 2])
    for name, first, second in operations:
        if name == "ry":
            circuit.ry(0.7 + second, first)
        elif name == "measure":
            circuit.measure(first, second)
        elif name in ("h", "reset"):
            getattr(circuit, name)(first)
        elif name == "cx":
            circuit.cx(first, (first + 1 + second % 2) % 3)
        else:
            what = circuit.cregs[0] if name == "if register" else circuit.clbits[first]
            with circuit.if_test((what, 1 if name == "if" else 0)) as otherwise:
                circuit.ry(1.0, second)
            if name == "if not":
                with otherwise:
                    circuit.cx(second, (second + 1) % 3)
    circuit.measure([0, 1, 2], [0, 1, 2])
    if run(circuit).engine == "ideal":  # else there are too many wires
        check(circuit)


def while_loop(circuit: QuantumCircuit) -> None:
    with circuit.while_loop((circuit.clbits[0], 1)):
        circuit.x(0)


def expression(circuit: QuantumCircuit) -> None:
    with circuit.if_test(expr.logic_not(circuit.clbits[0])):
        circuit.x(0)


def dependent_measurement(circuit: QuantumCircuit) -> None:
    with circuit.if_test((circuit.clbits[0], 1)):
        circuit.measure(1, 1)


def dependent_reset(circuit: QuantumCircuit) -> None:
    with circuit.if_test((circuit.clbits[0], 1)):
        circuit.reset(1)


@pytest.mark.parametrize(
    ("build", "reason"),
    [
        (while_loop, "the instruction while_loop is not simulated"),
        (expression, "the condition of an if is an expression"),
        (dependent_measurement, "a measurement depends on an earlier one"),
        (dependent_reset, "a reset depends on a measurement"),
    ],
)
def test_what_cannot_be_deferred_is_left_to_seeded_bits(build: Any, reason: str) -> None:
    circuit = QuantumCircuit(2, 2)
    circuit.h(0)
    circuit.measure(0, 0)
    build(circuit)
    found = run(circuit)
    assert (found.engine, found.because) == ("schema", reason)
    assert found.bits["c"].shape == (1, SHOTS, 2)
