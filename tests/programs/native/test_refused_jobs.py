"""Why jobs of the real client fail: circuits that the backend cannot run, PUBs and payloads that cannot be."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter

from pytest_qruntime import programs
from pytest_qruntime.programs import Code, Problem, Target
from tests.programs.native.client import estimator_params, over_the_wire, sampler_params

HERON = Target(
    3,
    frozenset(("cz", "id", "rz", "sx", "x", "ecr")),
    {"cz": frozenset(((0, 1), (1, 0), (1, 2), (2, 1))), "ecr": frozenset(((1, 0),))},
)


def problem_of(program: str, params: Any, target: Target | None = None) -> Problem:
    found = programs.verify(program, params, target)
    assert found is not None
    assert found.solution
    json.dumps(found)
    return found


def refuses(program: str, params: Any, code: Code, message: str, target: Target | None = None) -> None:
    found = problem_of(program, params, target)
    assert found.code == code, found
    assert message in found.reason


def swept() -> QuantumCircuit:
    circuit = QuantumCircuit(2, 1)
    circuit.rx(Parameter("a"), 0)
    circuit.rx(Parameter("b"), 1)
    circuit.measure(0, 0)
    return circuit


def built(build: Callable[[QuantumCircuit], object]) -> QuantumCircuit:
    circuit = QuantumCircuit(3, 1)
    build(circuit)
    return circuit


def in_an_if(circuit: QuantumCircuit) -> None:
    circuit.measure(0, 0)
    with circuit.if_test((circuit.clbits[0], 1)) as otherwise:
        circuit.x(2)
    with otherwise:
        circuit.cz(2, 0)


def harmless(circuit: QuantumCircuit) -> None:
    circuit.sx(0)
    circuit.cz(2, 1)
    circuit.ecr(1, 0)
    circuit.delay(100, 0)
    circuit.reset(1)
    circuit.barrier()
    circuit.measure(0, 0)
    with circuit.if_test((circuit.clbits[0], 1)):
        circuit.x(2)


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda circuit: circuit.h(0), "pub 0: the circuit does not match the target: the instruction 'h' is not supp"),
        (lambda circuit: circuit.cz(0, 2), "the instruction cz on qubits (0, 2) is not supported by the target system"),
        (lambda circuit: circuit.ecr(0, 1), "the instruction ecr on qubits (0, 1)"),
        (in_an_if, "the instruction cz on qubits (2, 0)"),
        (
            lambda circuit: circuit.rzz(0.5, 0, 1),
            "'rzz' is not supported by the target system, whose gates are cz, ecr",
        ),
    ],
)
def test_a_circuit_that_is_not_in_the_backends_instruction_set(build: Any, message: str) -> None:
    refuses("sampler", sampler_params(built(build)), Code.NOT_ISA, message, HERON)


def test_a_circuit_that_is_in_the_backends_instruction_set() -> None:
    assert programs.verify("sampler", sampler_params(built(harmless)), HERON) is None


def test_a_circuit_wider_than_the_backend() -> None:
    params = estimator_params((QuantumCircuit(4), "ZZZZ"))
    refuses("estimator", params, Code.NOT_ISA, "has 4 qubits but the target system has 3", HERON)
    refuses("estimator", params, Code.NOT_ISA, "has 4 qubits but the target system has 3", Target(3))
    assert programs.verify("estimator", params, Target(4)) is None


def test_gates_are_not_looked_at_without_a_target_that_knows_them() -> None:
    assert programs.verify("sampler", sampler_params(built(lambda circuit: circuit.h(0))), Target(3)) is None
    on_all = HERON._replace(couplings=None)
    assert programs.verify("sampler", sampler_params(built(lambda circuit: circuit.cz(0, 2))), on_all) is None


def test_control_flow_in_an_estimators_circuit() -> None:
    params = estimator_params((built(in_an_if), "ZZZ"))
    refuses("estimator", params, Code.DYNAMIC_IN_ESTIMATOR, "pub 0: the circuit has control flow (if_else)")


def with_pub(program: str, *parts: Any) -> dict[str, Any]:
    return {"pubs": [over_the_wire(list(parts))], "version": 2}


@pytest.mark.parametrize(
    ("parts", "code", "message"),
    [
        ((swept(), [0.1]), Code.PUB_NOT_VALID, "shape (1,) do not match the number of parameters (2: a, b)"),
        ((swept(), np.zeros((3, 3))), Code.PUB_NOT_VALID, "shape (3, 3)"),
        ((swept(),), Code.PUB_NOT_VALID, "shape (0,)"),
        ((swept(), 0.5), Code.PUB_NOT_VALID, "shape ()"),
        ((swept(), np.array([0.1, np.nan])), Code.PUB_NOT_VALID, "a parameter value is not finite"),
        ((swept(), np.array([0.1, 1j])), Code.PAYLOAD_NOT_VALID, "its type is complex128, which is not real"),
        ((swept(), ["a", "b"]), Code.PAYLOAD_NOT_VALID, "which is not real"),
        ((swept(), [[1], [1, 2]]), Code.PAYLOAD_NOT_VALID, "the array of parameter values cannot be read"),
        ((swept(), {"a": 1}), Code.PAYLOAD_NOT_VALID, "pub 0: {'a': 1} is not an encoded ndarray"),
        ((swept(), [0, 0], 0), Code.SHOTS_NOT_ALLOWED, "pub 0: shots is 0; expected an integer of at least 1"),
        ((swept(), [0, 0], 1.5), Code.SHOTS_NOT_ALLOWED, "shots is 1.5"),
        ((swept(), [0, 0], 10, 10), Code.PUB_NOT_VALID, "expected [circuit, parameter values, shots]"),
        ((swept(), np.zeros((200, 2)), 50_001), Code.OVER_LIMITS, "10000200 executions"),
    ],
)
def test_pubs_of_a_sampler_that_cannot_be(parts: Any, code: Code, message: str) -> None:
    refuses("sampler", with_pub("sampler", *parts), code, message)


def test_randomizations_count_where_they_make_more_shots() -> None:
    """They only split the shots that a PUB asks for itself."""
    plain = QuantumCircuit(1, 1)
    twirling = {"enable_gates": True, "num_randomizations": 1000, "shots_per_randomization": 20_000}
    params = sampler_params((plain, None, 100), twirling=twirling)
    assert not isinstance(programs.prepare("sampler", params), Problem)
    params["pubs"][0][2] = None
    refuses("sampler", params, Code.OVER_LIMITS, "the job asks for 20000000 executions")


def test_results_that_no_memory_holds() -> None:
    wide = QuantumCircuit(1, 127)
    refuses("sampler", sampler_params((wide, None, 9_000_000)), Code.OVER_LIMITS, "1143000000 bits of results")


@pytest.mark.parametrize(
    ("parts", "code", "message"),
    [
        ((swept(), "ZZZ", [0, 0]), Code.QUBITS_MISMATCH, "number of qubits of the circuit (2) does not match"),
        ((swept(), {"ZQ": 1.0}, [0, 0]), Code.PUB_NOT_VALID, "is no Pauli"),
        ((swept(), {"Z0": 1.0}, [0, 0]), Code.PUB_NOT_VALID, "the observable 'Z0' has other letters than IXYZ"),
        ((swept(), {"ZZ": [1]}, [0, 0]), Code.PUB_NOT_VALID, "coefficient of 'ZZ': [1] is not a finite number"),
        ((swept(), {}, [0, 0]), Code.PUB_NOT_VALID, "is empty"),
        (
            (swept(), ["ZZ"] * 3, np.zeros((2, 2))),
            Code.PUB_NOT_VALID,
            "of shape (3,) and the parameter values of shape (2,)",
        ),
        ((swept(), "ZZ", [0, 0], 0), Code.SHOTS_NOT_ALLOWED, "pub 0: precision is 0; expected a number above 0"),
        ((swept(), "ZZ", [0, 0], "fine"), Code.SHOTS_NOT_ALLOWED, "precision is 'fine'"),
        ((swept(),), Code.PUB_NOT_VALID, "expected [circuit, observables, parameter values, precision]"),
        ((swept(), [["ZZ"]] * 4000, np.zeros((4000, 2))), Code.OVER_LIMITS, "make more than 10000000 results"),
    ],
)
def test_pubs_of_an_estimator_that_cannot_be(parts: Any, code: Code, message: str) -> None:
    refuses("estimator", with_pub("estimator", *parts), code, message)


def packed(content: bytes) -> str:
    return base64.b64encode(zlib.compress(content)).decode()


GOOD = over_the_wire(swept())["__value__"]
NEWER = bytearray(zlib.decompress(base64.b64decode(GOOD)))
NEWER[6] = 99


@pytest.mark.parametrize(
    ("circuit", "message"),
    [
        ({"__type__": "QuantumCircuit", "__value__": "eJwL9Az29gQABfsBrg=="}, "the circuit cannot be read"),
        ({"__type__": "QuantumCircuit", "__value__": "no base64"}, "the circuit cannot be read"),
        ({"__type__": "QuantumCircuit", "__value__": ""}, "it is cut off"),
        (
            {"__type__": "QuantumCircuit", "__value__": GOOD[: len(GOOD) // 8 * 4]},
            "the circuit cannot be read: it is cut off",
        ),
        ({"__type__": "QuantumCircuit", "__value__": packed(b"QISKIT")}, "the circuit cannot be read"),
        ({"__type__": "QuantumCircuit", "__value__": packed(bytes(NEWER))}, "the circuit cannot be read"),
        ({"__type__": "QuantumCircuit", "__value__": 5}, "is not an encoded QuantumCircuit"),
        ({"__type__": "QuantumCircuit"}, "is not an encoded QuantumCircuit"),
        ({"__type__": "set", "__value__": []}, "is not an encoded QuantumCircuit"),
    ],
)
def test_circuits_that_cannot_be_read(circuit: Any, message: str) -> None:
    refuses("sampler", {"pubs": [[circuit, []]]}, Code.PAYLOAD_NOT_VALID, message)


@pytest.mark.parametrize("content", [b"", b"\x93NUMPY", b"\x93NUMPY\x01\x00\x04\x00{}{}", b"\x80\x04N."])
def test_arrays_that_cannot_be_read(content: bytes) -> None:
    array = {"__type__": "ndarray", "__value__": packed(content)}
    params = {"pubs": [[{"__type__": "QuantumCircuit", "__value__": GOOD}, array]]}
    refuses("sampler", params, Code.PAYLOAD_NOT_VALID, "pub 0: the array of parameter values cannot be read")


def test_a_few_bytes_that_stand_for_gigabytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pytest_qruntime.programs.native.codec.MAX_BYTES", 10_000)
    zeros = {"__type__": "QuantumCircuit", "__value__": packed(bytes(100_000))}
    refuses("sampler", {"pubs": [[zeros]]}, Code.PAYLOAD_NOT_VALID, "larger than 10000 bytes")


def test_one_bad_pub_fails_the_job() -> None:
    params = sampler_params(built(harmless), built(lambda circuit: circuit.h(0)))
    refuses("sampler", params, Code.NOT_ISA, "pub 1: ", HERON)
