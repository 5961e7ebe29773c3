"""Circuits of the official models are decoded once."""

from __future__ import annotations

from typing import Any

import pytest
from ibm_quantum_schemas.common import qpy
from qiskit import QuantumCircuit
from qiskit_ibm_runtime import Executor, QuantumProgram

from pytest_qruntime.programs.executor import encoded
from pytest_qruntime.programs.remembered import CIRCUITS
from tests.programs.executor.clientside import MANILA, answered
from tests.programs.executor.test_programs import turned

KINDS = (qpy.QpyDataModel, qpy.CompressedQpyDataModel)


def flipped(number: int) -> QuantumCircuit:
    """As many qubits, all flipped."""
    circuit = QuantumCircuit(number, name=f"flipped {number}")
    circuit.x(range(number))
    return circuit


def received(model: Any) -> Any:
    """The model as it is read from a request."""
    return type(model).model_validate_json(model.model_dump_json())


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> list[None]:
    """One entry for every time that QPY is decoded; nothing is remembered when the test begins."""
    encoded._circuit.cache_clear()
    encoded._circuits.cache_clear()
    found: list[None] = []

    def load(*args: Any, **kwargs: Any) -> Any:
        found.append(None)
        return decode(*args, **kwargs)

    decode = qpy.load
    monkeypatch.setattr(qpy, "load", load)
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_circuits_that_come_again_are_decoded_once(kind: Any, loads: list[None]) -> None:
    first, again = (encoded.circuits(received(kind.from_python([flipped(1), flipped(2)]))) for _ in range(2))
    assert list(first) == [flipped(1), flipped(2)]
    assert all(one is other for one, other in zip(first, again, strict=True))
    assert len(loads) == 1


def test_a_single_circuit_that_comes_again_is_decoded_once(loads: list[None]) -> None:
    model = qpy.QpyModel.from_quantum_circuit(flipped(3))
    first = encoded.circuit(received(model))
    assert first == flipped(3)
    assert encoded.circuit(received(model)) is first
    assert len(loads) == 1


def test_other_circuits_are_told_apart(loads: list[None]) -> None:
    models = [qpy.QpyModel.from_quantum_circuit(flipped(number)) for number in (1, 2)]
    assert [encoded.circuit(model) for model in models * 2] == [flipped(1), flipped(2)] * 2
    lists = [kind.from_python([flipped(number)]) for number in (1, 2) for kind in KINDS]
    assert [encoded.circuits(model)[0] for model in lists] == [flipped(1), flipped(1), flipped(2), flipped(2)]
    assert len(loads) == 6


def test_only_the_latest_are_remembered(loads: list[None]) -> None:
    models = [qpy.QpyModel.from_quantum_circuit(flipped(number)) for number in range(1, CIRCUITS + 2)]
    for model in models:
        encoded.circuit(model)
    encoded.circuit(models[-1])
    assert len(loads) == CIRCUITS + 1
    encoded.circuit(models[0])
    assert len(loads) == CIRCUITS + 2


def test_what_the_model_holds_for_others_is_not_what_is_remembered(loads: list[None]) -> None:
    model = qpy.QpyDataModel.from_python([flipped(1)])
    encoded.circuits(received(model))
    mine = received(model)
    encoded.circuits(mine)
    mine.to_python()[0].x(0)
    model.to_python(use_cached=True)[0].x(0)
    found = encoded.circuits(model)
    assert list(found) == [flipped(1)]
    assert isinstance(found, tuple)


def test_a_job_leaves_its_circuits_as_they_were_and_answers_the_same_again(manila: Any, loads: list[None]) -> None:
    program = QuantumProgram(shots=50)
    program.append_circuit_item(turned(), circuit_arguments=[[0.1], [2.0]])
    Executor(manila).run(program)
    first, again = (answered(manila, target=MANILA) for _ in range(2))
    assert (first[0]["c"] == again[0]["c"]).all()
    assert len(loads) == 1
