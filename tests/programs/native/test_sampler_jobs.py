"""What SamplerV2 jobs return, as the client sees it."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from qiskit import ClassicalRegister, QuantumCircuit, QuantumRegister
from qiskit.circuit import Parameter
from qiskit.primitives import PrimitiveResult
from qiskit.primitives.containers import BitArray, SamplerPubResult

from tests.programs.native.client import document, result_of, sampler_params

THETA, PHI = Parameter("theta"), Parameter("phi")


def bell() -> QuantumCircuit:
    circuit = QuantumCircuit(2)
    circuit.h(0)
    circuit.cx(0, 1)
    circuit.measure_all()
    return circuit


def rotated() -> QuantumCircuit:
    circuit = QuantumCircuit(2)
    circuit.rx(THETA, 0)
    circuit.rx(PHI, 1)
    circuit.measure_all()
    return circuit


def test_a_bell_pair_is_what_the_client_decodes() -> None:
    result = result_of("sampler", sampler_params(bell(), shots=1000))

    assert isinstance(result, PrimitiveResult)
    assert isinstance(result[0], SamplerPubResult)
    assert isinstance(result[0].data.meas, BitArray)
    counts = result[0].data.meas.get_counts()
    assert set(counts) == {"00", "11"}
    assert abs(counts["00"] - 500) < 80
    assert result[0].metadata == {"circuit_metadata": {}}
    assert result.metadata["version"] == 2
    assert result.metadata["pytest_qruntime"] == {"pubs": [{"engine": "ideal", "asked": "ideal", "because": None}]}


@pytest.mark.parametrize("width", [1, 2, 7, 8, 9, 16, 17, 64, 127])
def test_every_bit_of_a_register_is_where_the_client_looks_for_it(width: int) -> None:
    number = int("100111010" * 15, 2) & ((1 << width) - 1)
    circuit = QuantumCircuit(width)
    for qubit in range(width):
        if number >> qubit & 1:
            circuit.x(qubit)
    circuit.measure_all()

    data = result_of("sampler", sampler_params(circuit, shots=3))[0].data.meas

    assert (data.num_bits, data.num_shots) == (width, 3)
    assert data.get_int_counts() == {number: 3}


def test_registers_keep_their_names_and_order_and_hold_their_own_bits() -> None:
    qubits = QuantumRegister(3)
    circuit = QuantumCircuit(qubits, ClassicalRegister(2, "zeta"), ClassicalRegister(1, "alpha"), [])
    circuit.x(0)
    circuit.measure(0, circuit.cregs[0][1])
    circuit.measure(2, circuit.cregs[1][0])

    data = result_of("sampler", sampler_params(circuit, shots=5))[0].data

    assert list(data) == ["zeta", "alpha"]
    assert data.zeta.get_counts() == {"10": 5}
    assert data.alpha.get_counts() == {"0": 5}


def test_a_circuit_without_registers_has_an_empty_result() -> None:
    data = result_of("sampler", sampler_params(QuantumCircuit(1), shots=5))[0].data
    assert (list(data), data.shape) == ([], ())


@pytest.mark.parametrize("shape", [(), (1,), (3,), (3, 2), (2, 1, 3), (0,)])
def test_parameter_sets_of_any_shape_keep_it(shape: tuple[int, ...]) -> None:
    values = np.random.default_rng(1).random((*shape, 2)) * math.pi
    data = result_of("sampler", sampler_params((rotated(), values), shots=4000))[0].data

    assert data.shape == data.meas.shape == shape
    ones = [[np.mean(data.meas[index].slice_bits([bit]).array) for bit in (1, 0)] for index in np.ndindex(shape)]
    expected = np.sin(values.reshape(-1, 2) / 2) ** 2  # phi stands before theta among the circuit's parameters
    assert np.allclose(np.reshape(ones, (-1, 2)), expected, atol=0.04)


def test_pubs_of_a_job_have_their_own_shots_circuits_and_metadata() -> None:
    named = bell()
    named.metadata = {"name": "second", "nested": {"list": [1, 2.5, None]}}

    result = result_of("sampler", sampler_params((rotated(), [[0, math.pi]], 10), (named, None, 20), bell()))

    assert [pub.data.meas.num_shots for pub in result] == [10, 20, 4096]
    assert result[0].data.meas.get_counts() == {"01": 10}
    assert result[1].metadata["circuit_metadata"] == named.metadata


@pytest.mark.parametrize(
    ("options", "shots"), [({}, 4096), ({"default_shots": 50}, 50), ({"default_shots": None}, 4096)]
)
def test_shots_that_no_pub_names_are_those_of_the_options(options: dict[str, Any], shots: int) -> None:
    assert result_of("sampler", sampler_params(bell(), **options))[0].data.meas.num_shots == shots


def test_a_wide_circuit_costs_no_more_than_its_entangled_qubits() -> None:
    circuit = QuantumCircuit(127, 3)
    circuit.h(40)
    circuit.cx(40, 41)
    circuit.x(126)
    circuit.measure([40, 41, 126], [0, 1, 2])

    result = result_of("sampler", sampler_params(circuit, shots=100))

    assert set(result[0].data.c.get_counts()) == {"100", "111"}
    assert result.metadata["pytest_qruntime"]["pubs"][0]["engine"] == "ideal"


def test_a_circuit_that_is_too_entangled_gets_seeded_bits_and_says_so() -> None:
    circuit = QuantumCircuit(13)
    circuit.h(0)
    for qubit in range(12):
        circuit.cx(qubit, qubit + 1)
    circuit.measure_all()

    result = result_of("sampler", sampler_params(circuit, bell(), shots=50))

    first, second = result.metadata["pytest_qruntime"]["pubs"]
    assert (first["engine"], first["asked"]) == ("schema", "ideal")
    assert "13 qubits are connected by gates" in first["because"]
    assert second == {"engine": "ideal", "asked": "ideal", "because": None}
    assert len(result[0].data.meas.get_counts()) > 2


def test_the_seed_decides_and_nothing_else() -> None:
    params = sampler_params((rotated(), [[0.4, 1.2], [0.6, 2.0]]), bell(), shots=64)
    assert document("sampler", params, seed=3) == document("sampler", params, seed=3)
    assert document("sampler", params, seed=3) != document("sampler", params, seed=4)


def test_the_first_pub_does_not_depend_on_those_after_it() -> None:
    alone = result_of("sampler", sampler_params(bell(), shots=64))[0].data.meas
    among = result_of("sampler", sampler_params(bell(), rotated().assign_parameters([0.1, 0.2]), shots=64))[0].data.meas
    assert alone == among


@pytest.mark.parametrize("support", [True, False, None])
def test_encoded_circuits_are_answered_in_the_clients_encoding(support: bool | None) -> None:
    params = {**sampler_params(bell(), shots=5), "support_qiskit": support}
    assert document("sampler", params)["__type__"] == "PrimitiveResult"


@pytest.mark.parametrize(("meas_type", "shape"), [("kerneled", (2, 500, 2)), ("avg_kerneled", (2, 2))])
def test_points_of_the_iq_plane_lie_in_two_clouds(meas_type: str, shape: tuple[int, ...]) -> None:
    pub = (rotated(), [[0, 0], [0, math.pi]])
    data = result_of("sampler", sampler_params(pub, shots=500, execution={"meas_type": meas_type}))[0].data

    assert (data.meas.shape, data.meas.dtype, data.shape) == (shape, complex, (2,))
    means = data.meas.reshape(2, -1, 2).mean(axis=1)
    assert np.allclose(means, [[-1, -1], [1, -1]], atol=0.1)
