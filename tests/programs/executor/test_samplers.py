"""The client's executor-based sampler gets what its circuits say."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from qiskit import ClassicalRegister, QuantumCircuit, QuantumRegister
from qiskit.circuit import Parameter
from qiskit_ibm_runtime.executor_sampler import SamplerV2

from tests.programs.executor.clientside import MANILA, answered, bell, hadamard, raw_answer


def measured_bell() -> QuantumCircuit:
    circuit = bell()
    circuit.add_register(ClassicalRegister(2, "meas"))
    circuit.measure([0, 1], [0, 1])
    return circuit


def sampler(device: Any, *, twirl: bool = False, **execution: Any) -> SamplerV2:
    primitive = SamplerV2(device)
    primitive.options.twirling.enable_gates = twirl
    primitive.options.twirling.enable_measure = twirl
    for name, value in execution.items():
        setattr(primitive.options.execution, name, value)
    return primitive


@pytest.mark.parametrize("twirl", [False, True])
def test_a_bell_pair_is_correlated_with_and_without_twirling(manila: Any, twirl: bool) -> None:
    sampler(manila, twirl=twirl).run([measured_bell()], shots=4096)
    counts = answered(manila, target=MANILA)[0].data.meas.get_counts()
    assert set(counts) == {"00", "11"}
    assert counts["00"] + counts["11"] == 4096
    assert abs(counts["00"] - 2048) < 200


def test_twirled_measurements_are_flipped_in_the_raw_bits(manila: Any) -> None:
    circuit = QuantumCircuit(5, 1)
    circuit.measure(0, 0)
    sampler(manila, twirl=True).run([circuit], shots=64 * 40)
    raw = raw_answer(manila)[0]
    flips = raw["measurement_flips.c"]
    assert set(np.unique(flips)) == {False, True}
    assert raw["c"].shape == (flips.shape[0], 2560 // flips.shape[0], 1)
    assert np.array_equal(raw["c"], np.broadcast_to(flips, raw["c"].shape))
    assert answered(manila)[0].data.c.get_counts() == {"0": 2560}


@pytest.mark.parametrize("twirl", [False, True])
def test_every_parameter_set_has_its_own_distribution(manila: Any, twirl: bool) -> None:
    angle, phase = Parameter("b"), Parameter("a")
    circuit = QuantumCircuit(5, 1)
    hadamard(circuit, 0)
    circuit.rz(angle, 0)
    circuit.rz(phase, 0)
    hadamard(circuit, 0)
    circuit.measure(0, 0)
    angles = np.array([[0.0, math.pi / 3, math.pi / 2], [math.pi, 2.0, 1.0]])
    sampler(manila, twirl=twirl).run([(circuit, {"b": angles, "a": np.zeros((2, 3))})], shots=4096)
    bits = answered(manila, target=MANILA)[0].data.c
    assert bits.shape == (2, 3)
    ones = bits.to_bool_array().mean(axis=(-1, -2))
    assert ones == pytest.approx(np.sin(angles / 2) ** 2, abs=0.04)
    assert ones[0, 0] == 0.0
    assert ones[1, 0] == 1.0


def test_values_go_to_the_parameters_that_they_were_given_for(manila: Any) -> None:
    first, second = Parameter("z"), Parameter("a")
    circuit = QuantumCircuit(5, 2)
    for qubit, angle in ((0, first), (1, second)):
        hadamard(circuit, qubit)
        circuit.rz(angle, qubit)
        hadamard(circuit, qubit)
    circuit.measure([0, 1], [0, 1])
    sampler(manila).run([(circuit, {"z": [math.pi], "a": [0.0]})], shots=100)
    assert answered(manila)[0].data.c.get_counts() == {"01": 100}


def test_each_register_has_its_bits_and_the_first_is_bit_0(manila: Any) -> None:
    wide, narrow = ClassicalRegister(3, "wide"), ClassicalRegister(1, "narrow")
    circuit = QuantumCircuit(QuantumRegister(5, "q"), wide, narrow)
    circuit.x(0)
    circuit.measure([0, 1], wide[:2])
    circuit.measure(0, narrow[0])
    sampler(manila).run([circuit], shots=10)
    data = answered(manila)[0].data
    assert data.wide.get_counts() == {"001": 10}
    assert data.narrow.get_counts() == {"1": 10}


def test_several_pubs_keep_their_order_and_their_metadata(manila: Any) -> None:
    one = QuantumCircuit(5, 1, metadata={"name": "one"})
    one.x(0)
    one.measure(0, 0)
    zero = QuantumCircuit(5, 1)
    zero.measure(0, 0)
    sampler(manila).run([one, zero], shots=7)
    result = answered(manila)
    assert [pub.data.c.get_counts() for pub in result] == [{"1": 7}, {"0": 7}]
    assert result[0].metadata["circuit_metadata"] == {"name": "one"}


def test_points_in_the_plane_show_the_bits(manila: Any) -> None:
    circuit = QuantumCircuit(5, 2)
    circuit.x(0)
    circuit.measure([0, 1], [0, 1])
    sampler(manila, meas_type="kerneled").run([circuit], shots=500)
    points = answered(manila)[0].data.c
    assert points.shape == (500, 2)
    assert points.dtype == np.complex128
    assert points.mean(axis=0) == pytest.approx([1, -1], abs=0.1)
    assert 0.2 < points[:, 0].std() < 0.6
    sampler(manila, meas_type="avg_kerneled").run([circuit], shots=500)
    assert answered(manila)[0].data.c == pytest.approx([1, -1], abs=0.1)


def test_the_same_seed_gives_the_same_answer_and_another_seed_another(manila: Any) -> None:
    sampler(manila, twirl=True).run([measured_bell()], shots=512)
    first, again, other = (answered(manila, seed=seed)[0].data.meas.array.tolist() for seed in (3, 3, 4))
    assert first == again != other


def test_bits_without_physics_have_the_right_shape(manila: Any) -> None:
    sampler(manila).run([measured_bell()], shots=4096)
    counts = answered(manila, engine="schema")[0].data.meas.get_counts()
    assert set(counts) == {"00", "01", "10", "11"}
    assert sum(counts.values()) == 4096
