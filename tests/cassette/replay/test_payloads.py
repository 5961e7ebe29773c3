"""Circuits and arrays in a body: the same ones are told alike, in whatever process they were encoded."""

from __future__ import annotations

import base64
import io
import json
import struct
import zlib
from typing import Any

import numpy as np
import pytest
from qiskit import QuantumCircuit, qpy
from qiskit.circuit import Parameter, ParameterVector
from qiskit.circuit.classical import expr

from pytest_qruntime.cassette.replay import Deck, UnexpectedRequestError, payloads
from pytest_qruntime.cassette.replay.meaning import readable
from tests.cassette.replay.tapes import JOB, ask, said, tape


def encoded(circuit: QuantumCircuit) -> str:
    file = io.BytesIO()
    qpy.dump(circuit, file)
    return packed(file.getvalue())


def packed(content: bytes, level: int = 9) -> str:
    return base64.b64encode(zlib.compress(content, level)).decode()


def bell() -> QuantumCircuit:
    circuit = QuantumCircuit(2)
    circuit.h(0)
    circuit.cx(0, 1)
    circuit.measure_all()
    return circuit


def many_things() -> QuantumCircuit:
    """A circuit with everything of which Qiskit has a count or a UUID of its own."""
    angle, angles, inner = Parameter("angle"), ParameterVector("angles", 2), QuantumCircuit(2)
    inner.h(0)
    inner.cx(0, 1)
    circuit = QuantumCircuit(3, 2)
    circuit.rx(2 * angle + angles[1], 0)
    circuit.append(inner.to_gate(), [0, 1])
    circuit.append(inner.to_gate().control(1), [0, 1, 2])
    circuit.unitary(np.eye(2), [0])
    circuit.measure(0, 0)
    with circuit.if_test((0, True)):
        circuit.x(1)
    with circuit.switch(circuit.cregs[0]) as case, case(0):
        circuit.y(2)
    circuit.delay(100, 0, unit="dt")
    flag = circuit.add_var("flag", expr.lift(circuit.clbits[0]))
    with circuit.if_test(flag):
        circuit.z(0)
    return circuit


def body(circuit: str, *more: Any) -> dict[str, Any]:
    return {**JOB, "params": {"pubs": [[{"__type__": "QuantumCircuit", "__value__": circuit}, *more]]}}


@pytest.mark.parametrize("make", [bell, many_things])
def test_a_circuit_that_is_built_twice_is_told_alike(make: Any) -> None:
    first, second = encoded(make()), encoded(make())
    assert first != second
    assert payloads.told(first) == payloads.told(second)


def test_a_circuit_is_told_an_instruction_a_line() -> None:
    assert payloads.told(encoded(bell())) == [
        "circuit: 2 qubits, 2 bits meas[2], phase 0.0",
        "h() [0]",
        "cx() 1 [0, 1]",
        "barrier() [0, 1]",
        "measure() [0] [0]",
        "measure() [1] [1]",
    ]


def changed(circuit: QuantumCircuit, what: str) -> QuantumCircuit:
    changes: dict[str, Any] = {
        "a gate": lambda: circuit.x(0),
        "an angle": lambda: circuit.rx(0.1 + 1e-15, 0),
        "the name": lambda: setattr(circuit, "name", "mine"),
        "the phase": lambda: setattr(circuit, "global_phase", 0.1),
        "a matrix": lambda: circuit.unitary(np.array([[0, 1], [1, 0]]), [0]),
        "a block": lambda: circuit.if_else(
            (circuit.clbits[0], True), bell().remove_final_measurements(False), None, [0, 1], []
        ),
    }
    changes[what]()
    return circuit


@pytest.mark.parametrize("what", ["a gate", "an angle", "the name", "the phase", "a matrix", "a block"])
def test_another_circuit_is_told_otherwise(what: str) -> None:
    assert payloads.told(encoded(changed(bell(), what))) != payloads.told(encoded(bell()))


def test_what_a_gate_of_ones_own_is_made_of_counts() -> None:
    def own(angle: float) -> str:
        inner = QuantumCircuit(1, name="mine")
        inner.rz(angle, 0)
        circuit = QuantumCircuit(1)
        circuit.append(inner.to_gate(), [0])
        return encoded(circuit)

    assert payloads.told(own(0.1)) == payloads.told(own(0.1))
    assert payloads.told(own(0.1)) != payloads.told(own(0.2))


def test_a_circuit_in_a_document_in_a_string_is_told_too() -> None:
    nested = [json.dumps({"circuit": encoded(bell())}) for _ in range(2)]
    assert nested[0] != nested[1]
    assert payloads.told(nested[0]) == payloads.told(nested[1])


def test_data_that_was_compressed_otherwise_is_the_same() -> None:
    content = np.arange(500.0).tobytes()
    assert packed(content, 1) != packed(content, 9)
    assert payloads.told(packed(content, 1)) == payloads.told(packed(content, 9))
    assert payloads.told(packed(content[:-8])) != payloads.told(packed(content))


@pytest.mark.parametrize("text", ["eJustSomeText", "eJw=", "eJwLyy/KTQEAB", "", "[eJ", '{"a": "eJ"'])
def test_what_only_looks_like_data_is_left(text: str) -> None:
    assert payloads.told(text) == text


def test_what_is_cut_off_is_left() -> None:
    whole = base64.b64encode(zlib.compress(np.random.default_rng(0).bytes(300)))
    assert payloads.told(whole[:200].decode()) == whole[:200].decode()


def test_old_files_of_circuits_are_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Expressions in them are evaluated."""
    read: list[Any] = []

    def load(file: Any, **_: Any) -> list[QuantumCircuit]:
        read.append(file)
        return [bell()]

    monkeypatch.setattr(qpy, "load", load)
    file = io.BytesIO()
    qpy.dump(bell(), file)
    old = file.getvalue()[:6] + struct.pack("!B", 12) + file.getvalue()[7:] + b"not read before"
    assert str(payloads.told(packed(old))).startswith("data with the SHA-256 ")
    assert read == []


def test_bases_that_are_counted_up_are_told_by_their_order() -> None:
    def names(*numbers: int) -> bytes:
        return json.dumps({f"basis_changes.basis{number}": [f"basis{number}"] for number in numbers}).encode()

    assert (
        readable(names(0, 1))
        == readable(names(9, 10))
        == {"basis_changes.basis0": ["basis0"], "basis_changes.basis1": ["basis1"]}
    )
    assert readable(b'{"a":"basis7"}') == {"a": "basis7"}


def test_a_job_of_another_process_is_the_recorded_one() -> None:
    recording = tape(said(0, "POST /jobs", {"id": "j"}, sent=body(encoded(many_things()))))
    assert ask(Deck(recording), "POST /jobs", body(encoded(many_things())))["id"] == "j"


def test_the_difference_of_two_circuits_is_told_by_instructions() -> None:
    deck = Deck(tape(said(0, "POST /jobs", {"id": "j"}, sent=body(encoded(bell())))))
    with pytest.raises(UnexpectedRequestError) as caught:
        ask(deck, "POST /jobs", body(encoded(changed(bell(), "a gate"))))
    assert '+      "x() [0]"' in str(caught.value)
    assert "eJ" not in str(caught.value)
