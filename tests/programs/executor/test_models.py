"""Payloads made of the official models themselves, and payloads that these refuse."""

from __future__ import annotations

import base64
import sys
import zlib
from typing import Any

import numpy as np
import pytest
from ibm_quantum_schemas.common import (
    CompressedQpyDataModel,
    F64CompressedTensorModel,
    F64TensorModel,
    OpenQasm3DataModel,
    QpyDataV13ToV17Model,
    QpyModelV13ToV16,
    SamplexModel,
)
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter
from qiskit.exceptions import MissingOptionalLibraryError
from samplomatic import Twirl, build

from pytest_qruntime.programs.circuit import Target
from pytest_qruntime.programs.problems import Code
from tests.programs.executor.clientside import MANILA, decoded, document, problem


def one_of_two() -> QuantumCircuit:
    circuit = QuantumCircuit(2, 2)
    circuit.x(0)
    circuit.measure([0, 1], [0, 1])
    return circuit


def sent(models: Any, program: Any) -> dict[str, Any]:
    params: dict[str, Any] = models.ParamsModel(quantum_program=program, options={}).model_dump(mode="json")
    return params


def version_0_1() -> dict[str, Any]:
    from ibm_quantum_schemas.executor.version_0_1 import models

    item = models.CircuitItemModel(
        circuit=QpyModelV13ToV16.from_quantum_circuit(one_of_two(), qpy_version=16),
        circuit_arguments=F64TensorModel.from_numpy(np.zeros((3, 0))),
        chunk_size="auto",
    )
    program = models.QuantumProgramModel(shots=10, items=[item])
    return sent(models, program)


def version_1_0() -> dict[str, Any]:
    from ibm_quantum_schemas.executor.version_1_0 import models

    item = models.CircuitItemModel(circuit_arguments=F64TensorModel.from_numpy(np.zeros(0)), shape=[3])
    circuits = QpyDataV13ToV17Model.from_python([one_of_two()], qpy_version=17)
    program = models.QuantumProgramModel(shots=10, circuits=circuits, items=[item], semantic_role="mine")
    return sent(models, program)


def circuit_item(arguments: Any, shape: list[int]) -> dict[str, Any]:
    values = F64CompressedTensorModel.from_numpy(arguments)
    return {"item_type": "circuit", "circuit_arguments": values, "shape": shape}


def version_2_0(circuits: Any = None, items: list[Any] | None = None, **program: Any) -> dict[str, Any]:
    from ibm_quantum_schemas.executor.version_2_0 import models

    whole = models.QuantumProgramModel(
        **{"shots": 10, **program},
        circuits=circuits or CompressedQpyDataModel.from_python([one_of_two()]),
        items=items
        or [
            {
                "item_type": "circuit",
                "circuit_arguments": F64CompressedTensorModel.from_numpy(np.zeros(0)),
                "shape": [3],
            }
        ],
    )
    return sent(models, whole)


@pytest.mark.parametrize("params", [version_0_1(), version_1_0(), version_2_0()], ids=["v0.1", "v1.0", "v2.0"])
def test_what_the_models_write_is_read_and_what_is_answered_they_accept(params: dict[str, Any]) -> None:
    result = decoded("executor", document("executor", params, target=MANILA))
    assert np.array_equal(result[0]["c"], np.broadcast_to([True, False], (3, 10, 2)))


def test_circuits_can_be_openqasm() -> None:
    params = version_2_0(OpenQasm3DataModel.from_python([one_of_two()]))
    assert decoded("executor", document("executor", params))[0]["c"][0, 0].tolist() == [True, False]


def test_without_the_reader_of_openqasm_the_job_is_not_simulated(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_: Any, **__: Any) -> None:
        raise MissingOptionalLibraryError("qiskit_qasm3_import", "loads")

    params = version_2_0(OpenQasm3DataModel.from_python([one_of_two()]))
    monkeypatch.setattr("qiskit.qasm3.loads", missing)
    found = problem("executor", params)
    assert found.code == Code.NOT_SIMULATED
    assert "qiskit_qasm3_import" in found.reason


def changed(path: str, value: Any) -> dict[str, Any]:
    """A good payload with one value replaced; `...` removes it."""
    params = version_2_0()
    *steps, last = path.split(".")
    place: Any = params
    for step in steps:
        place = place[int(step) if step.isdigit() else step]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return params


@pytest.mark.parametrize(
    ("path", "value", "complaint"),
    [
        ("schema_version", "v9.9", "params.schema_version is 'v9.9'; expected v0.1, v0.2, v1.0, v1.1 or v2.0"),
        ("quantum_program.shots", 0, "params.quantum_program.shots is 0: Input should be greater than or equal to 1"),
        ("quantum_program.items", ..., "params.quantum_program.items: Field required"),
        (
            "quantum_program.items.0.item_type",
            "x",
            "Input tag 'x' found using 'item_type' does not match",
        ),
        (
            "quantum_program.items.0.shape",
            [-1],
            "params.quantum_program.items[0].shape is [-1], which the shape of the",
        ),
        ("quantum_program.items.0.chunk_size", 0, "params.quantum_program.items[0].circuit.chunk_size"),
        ("quantum_program.circuits.b64_data", "AAAA", "params cannot be read: Error -"),
        ("quantum_program.circuits.num_programs", 2, "num_programs=2, but the encoded QPY has 1 elements (and "),
        ("options", 3, "params.options is 3: Input should be a valid dictionary"),
    ],
)
def test_what_the_models_refuse_is_refused_in_their_words(path: str, value: Any, complaint: str) -> None:
    found = problem("executor", changed(path, value))
    assert found.code == Code.PAYLOAD_NOT_VALID
    assert complaint in found.reason
    assert found.solution


def test_a_schema_version_is_expected() -> None:
    assert problem("executor", {}).reason == ("params.schema_version is None; expected v0.1, v0.2, v1.0, v1.1 or v2.0")


def test_circuits_that_qiskit_cannot_load_are_refused() -> None:
    params = version_2_0()
    circuits = params["quantum_program"]["circuits"]
    whole = zlib.decompress(base64.b64decode(circuits["b64_data"]))
    circuits["b64_data"] = base64.b64encode(zlib.compress(whole[:60])).decode()
    found = problem("executor", params)
    assert found.code == Code.PAYLOAD_NOT_VALID
    assert found.reason.startswith("params.quantum_program.circuits cannot be read: ")


def test_a_circuit_with_other_parameters_than_values_is_refused() -> None:
    circuit = QuantumCircuit(1)
    circuit.rz(Parameter("t"), 0)
    found = problem("executor", version_2_0(CompressedQpyDataModel.from_python([circuit])))
    assert found.code == Code.PAYLOAD_NOT_VALID
    assert "has the shape (0,), but the circuit has 1 parameters" in found.reason


def test_a_value_that_is_no_number_is_refused() -> None:
    circuit = QuantumCircuit(1)
    circuit.rz(Parameter("t"), 0)
    items = [
        {
            "item_type": "circuit",
            "circuit_arguments": F64CompressedTensorModel.from_numpy(np.array([np.nan])),
            "shape": [],
        }
    ]
    found = problem("executor", version_2_0(CompressedQpyDataModel.from_python([circuit]), items))
    assert found.reason.endswith("circuit_arguments has a value that is no finite number")


def samplex_item(**changes: Any) -> tuple[Any, list[Any]]:
    circuit = QuantumCircuit(1, 1)
    with circuit.box([Twirl()]):
        circuit.rx(Parameter("t"), 0)
        circuit.measure(0, 0)
    template, samplex = build(circuit)
    values = F64CompressedTensorModel.from_numpy(np.array([0.5]))
    item = {"item_type": "samplex", "samplex": SamplexModel.from_samplex(samplex), "shape": [4]}
    return template, [{**item, "samplex_arguments": {"parameter_values": values}, **changes}]


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"samplex_arguments": {}}, "samplex_arguments cannot be read: missing are"),
        ({"samplex_arguments": {"other": 1}}, "samplex_arguments cannot be read: "),
        ({"samplex": {"ssv": 4, "samplex_json": '{"ssv":"4"}'}}, "samplex cannot be read: "),
    ],
)
def test_a_samplex_without_what_it_needs_is_refused(changes: dict[str, Any], complaint: str) -> None:
    template, items = samplex_item(**changes)
    found = problem("executor", version_2_0(CompressedQpyDataModel.from_python([template]), items))
    assert found.code == Code.PAYLOAD_NOT_VALID
    assert complaint in found.reason


def test_a_samplex_for_another_circuit_is_refused() -> None:
    _, items = samplex_item()
    found = problem("executor", version_2_0(items=items))
    assert "the samplex gives 3 parameter values, but the circuit has 0 parameters" in found.reason


def test_a_circuit_that_the_backend_cannot_run_is_refused() -> None:
    circuit = QuantumCircuit(2)
    circuit.h(0)
    params = version_2_0(CompressedQpyDataModel.from_python([circuit]))
    found = problem("executor", params, MANILA)
    assert found.code == Code.NOT_ISA
    assert found.reason.startswith("item 0: ")
    assert problem("executor", version_2_0(), Target(1)).code == Code.NOT_ISA


def test_more_executions_than_a_job_may_have_are_refused() -> None:
    params = version_2_0(shots=3_400_000)
    found = problem("executor", params)
    assert found.code == Code.OVER_LIMITS
    assert "the job asks for 10200000 executions" in found.reason


def test_more_bits_than_a_result_may_have_are_refused() -> None:
    """Each takes a byte while it is computed."""
    circuit = QuantumCircuit(2, 400)
    circuits = CompressedQpyDataModel.from_python([circuit])
    assert problem("executor", version_2_0(circuits, shots=900_000)).code == Code.OVER_LIMITS


def test_both_levels_at_once_are_not_simulated() -> None:
    assert problem("executor", version_2_0(meas_level="both")).code == Code.NOT_SIMULATED


@pytest.mark.parametrize("missing", ["ibm_quantum_schemas.executor.version_2_0", "ibm_quantum_schemas"])
def test_without_the_official_models_the_job_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    params = version_2_0()
    for name in [name for name in sys.modules if name == missing or name.startswith(f"{missing}.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, missing, None)
    found = problem("executor", params)
    assert found.code == Code.NOT_SIMULATED
    assert "pip install --upgrade ibm-quantum-schemas" in found.solution
