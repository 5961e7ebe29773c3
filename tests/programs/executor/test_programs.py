"""Quantum programs as such: shapes, what comes back beside the bits, chunks, versions."""

from __future__ import annotations

import base64
import math
import zlib
from datetime import datetime, timedelta, timezone
from typing import Any

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter
from qiskit.quantum_info import PauliLindbladMap
from qiskit_ibm_runtime import Executor, QuantumProgram
from qiskit_ibm_runtime.options_models import ExecutorOptions
from qiskit_ibm_runtime.quantum_program.params_converters import QUANTUM_PROGRAM_PARAMS_CONVERTERS as CONVERTERS
from samplomatic import ChangeBasis, InjectNoise, Twirl, build

from tests.programs.executor.clientside import FINISHED, MANILA, STARTED, answered, bell, decoded, document

VERSIONS = ("v0.1", "v0.2", "v1.0", "v1.1", "v2.0")


def turned() -> QuantumCircuit:
    """Qubit 0 turned by an angle, measured."""
    circuit = QuantumCircuit(5, 1)
    circuit.sx(0)
    circuit.rz(Parameter("t"), 0)
    circuit.sx(0)
    circuit.measure(0, 0)
    return circuit


def boxed() -> tuple[QuantumCircuit, Any]:
    """A circuit whose measurement is twirled and in a basis that is chosen later, as template and samplex."""
    circuit = QuantumCircuit(1, 1)
    with circuit.box([Twirl()]):
        circuit.rx(Parameter("t"), 0)
    with circuit.box([Twirl(), ChangeBasis(ref="basis")]):
        circuit.measure(0, 0)
    template, samplex = build(circuit)
    return template, samplex


def test_a_circuit_is_run_for_every_element_of_its_arguments(manila: Any) -> None:
    angles = np.linspace(0, math.pi, 6).reshape(2, 3, 1)
    program = QuantumProgram(shots=2000)
    program.append_circuit_item(turned(), circuit_arguments=angles)
    Executor(manila).run(program)
    bits = answered(manila, target=MANILA)[0]["c"]
    assert bits.shape == (2, 3, 2000, 1)
    assert bits.dtype == np.bool_
    assert bits.mean(axis=(-1, -2)) == pytest.approx(np.cos(angles[..., 0] / 2) ** 2, abs=0.06)


def test_a_shape_beyond_the_arguments_repeats_them_independently() -> None:
    program = QuantumProgram(shots=64)
    program.append_circuit_item(turned(), circuit_arguments=np.array([[math.pi / 2], [math.pi]]))
    params = encoded(program, "v2.0")
    params["quantum_program"]["items"][0]["shape"] = [3, 2]
    bits = decoded("executor", document("executor", params))[0]["c"]
    assert bits.shape == (3, 2, 64, 1)
    assert not bits[:, 1].any()
    assert not np.array_equal(bits[0, 0], bits[1, 0])


def test_randomizations_and_arguments_share_one_array(manila: Any) -> None:
    template, samplex = boxed()
    program = QuantumProgram(shots=100)
    arguments = {"parameter_values": np.array([[[0.0]], [[math.pi]]]), "basis_changes": {"basis": np.array([[1], [2]])}}
    program.append_samplex_item(template, samplex, samplex_arguments=arguments, shape=(4, 2, 2))
    Executor(manila).run(program)
    item = answered(manila)[0]
    flips, bits = item["measurement_flips.c"], item["c"]
    assert flips.shape == (4, 2, 2, 1, 1)
    assert bits.shape == (4, 2, 2, 100, 1)
    undone = (bits ^ flips).mean(axis=(-1, -2))
    assert np.array_equal(undone[:, :, 0], [[0, 1]] * 4)
    assert undone[:, :, 1] == pytest.approx(np.full((4, 2), 0.5), abs=0.25)
    assert len(np.unique(flips.reshape(4, -1), axis=0)) > 1


@pytest.mark.parametrize("shape", [(0,), (4, 0)])
def test_shapes_without_elements(shape: tuple[int, ...], manila: Any) -> None:
    template, samplex = boxed()
    program = QuantumProgram(shots=100)
    arguments = {"parameter_values": np.array([0.5]), "basis_changes": {"basis": np.array([1])}}
    program.append_samplex_item(template, samplex, samplex_arguments=arguments, shape=shape)
    program.append_circuit_item(turned(), circuit_arguments=np.zeros((*shape, 1)))
    Executor(manila).run(program)
    drawn, given = answered(manila)
    assert drawn["c"].shape == given["c"].shape == (*shape, 100, 1)
    assert drawn["measurement_flips.c"].shape == (*shape, 1, 1)


def test_what_is_in_a_box_is_run(manila: Any) -> None:
    circuit = QuantumCircuit(5, 2)
    with circuit.box():
        circuit.x(1)
        circuit.cx(1, 0)
    circuit.measure([0, 1], [0, 1])
    circuit.x(2)
    program = QuantumProgram(shots=5)
    program.append_circuit_item(circuit)
    Executor(manila).run(program)
    assert answered(manila, target=MANILA)[0]["c"].tolist() == [[True, True]] * 5


def test_signs_of_injected_noise_come_back(manila: Any) -> None:
    circuit = QuantumCircuit(2, 2)
    with circuit.box([Twirl(), InjectNoise(ref="noise", modifier_ref="scale")]):
        circuit.cx(0, 1)
    with circuit.box([Twirl()]):
        circuit.measure([0, 1], [0, 1])
    template, samplex = build(circuit)
    program = QuantumProgram(shots=8, noise_maps={"noise": PauliLindbladMap.from_list([("XI", 0.2), ("IX", 0.2)])})
    program.append_samplex_item(template, samplex, samplex_arguments={"noise_scales": {"scale": -1.0}}, shape=(200,))
    Executor(manila).run(program)
    item = answered(manila)[0]
    assert item["pauli_signs"].shape == (200, 1)
    assert 0 < item["pauli_signs"].mean() < 1
    assert (item["c"] ^ item["measurement_flips.c"]).any()


def encoded(program: QuantumProgram, version: str, **options: Any) -> dict[str, Any]:
    """The params of a job in a version, as the client of its time wrote them."""
    params: dict[str, Any] = CONVERTERS[version].encoder(program, ExecutorOptions(**options)).model_dump(mode="json")
    assert params["schema_version"] == version
    return params


@pytest.mark.parametrize("version", VERSIONS)
def test_every_version_is_answered_in_itself(version: str) -> None:
    template, samplex = boxed()
    given: dict[str, Any] = {"list": [1, 2.5, None, "text", True], "array": np.arange(3.0)}
    program = QuantumProgram(shots=50, passthrough_data=given)
    program.append_circuit_item(turned(), circuit_arguments=np.array([[0.0], [math.pi]]))
    arguments = {"parameter_values": np.array([math.pi]), "basis_changes": {"basis": np.array([1], np.uint8)}}
    program.append_samplex_item(template, samplex, samplex_arguments=arguments, shape=(6,))
    program._semantic_role = "somebody's own"
    answer = document("executor", encoded(program, version))
    result = decoded("executor", answer)
    assert answer["schema_version"] == version
    assert [item["c"].shape for item in result] == [(2, 50, 1), (6, 50, 1)]
    assert [bool(item.all()) for item in result[0]["c"]] == [True, False]
    assert (result[1]["c"] ^ result[1]["measurement_flips.c"]).all()
    assert [part.size for span in result.metadata.chunk_timing for part in span.parts] == [2, 6]
    if version == "v0.1":
        assert "passthrough_data" not in answer
    else:
        assert result.passthrough_data["list"] == given["list"]
        assert np.array_equal(result.passthrough_data["array"], given["array"])
    assert answer.get("semantic_role") == (None if version < "v1" else "somebody's own")


def test_bits_are_packed_from_the_lowest_on() -> None:
    circuit = QuantumCircuit(5, 3)
    circuit.x(1)
    circuit.measure([0, 1, 2], [0, 1, 2])
    program = QuantumProgram(shots=3)
    program.append_circuit_item(circuit)
    newer, older = (document("executor", encoded(program, version)) for version in ("v2.0", "v1.1"))
    packed = bytes([0b10010010, 0b0])
    assert base64.b64decode(older["data"][0]["results"]["c"]["data"]) == packed
    assert zlib.decompress(base64.b64decode(newer["data"][0]["results"]["c"]["data"])) == packed
    assert newer["data"][0]["results"]["c"]["shape"] == [3, 3]


def test_chunks_share_the_time_of_the_job_by_what_they_hold() -> None:
    program = QuantumProgram(shots=5)
    program.append_circuit_item(bell(), chunk_size=1)
    program.append_circuit_item(turned(), circuit_arguments=np.zeros((3, 1)), chunk_size=2)
    metadata = document("executor", encoded(program, "v2.0"))["metadata"]
    start, stop = moment(STARTED), moment(FINISHED)
    assert [(moment(span["start"]), moment(span["stop"])) for span in metadata["chunk_timing"]] == [
        (start, start + timedelta(seconds=1)),
        (start + timedelta(seconds=1), start + timedelta(seconds=3)),
        (start + timedelta(seconds=3), stop),
    ]
    assert [span["parts"] for span in metadata["chunk_timing"]] == [
        [{"idx_item": 0, "size": 1, "permutation": [], "element_range": [0, 1, 1]}],
        [{"idx_item": 1, "size": 2, "permutation": [0], "element_range": [0, 2, 1]}],
        [{"idx_item": 1, "size": 1, "permutation": [0], "element_range": [2, 3, 1]}],
    ]


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text.removesuffix("Z")).replace(tzinfo=timezone.utc)
