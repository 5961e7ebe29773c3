"""How much work a job of the real client is, without decoding a circuit."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector

from pytest_qruntime.programs import Work, inspect
from tests.programs.native.client import estimator_params, over_the_wire, sampler_params


def swept(parameters: int) -> QuantumCircuit:
    circuit = QuantumCircuit(1, 1)
    for parameter in ParameterVector("p", parameters):
        circuit.rx(parameter, 0)
    return circuit


@pytest.mark.parametrize("filled", [np.zeros, np.random.default_rng(1).random])
@pytest.mark.parametrize("shape", [(), (1,), (3, 2), (5000,), (2,) * 8])
@pytest.mark.parametrize("parameters", [0, 1, 7])
def test_parameter_sets_are_counted_from_the_header_of_the_array(
    filled: Any, shape: tuple[int, ...], parameters: int
) -> None:
    params = sampler_params((swept(parameters), filled((*shape, parameters)), 10))
    assert inspect("sampler", params) == Work(1, 10 * int(np.prod(shape)))


@pytest.mark.parametrize(("switches", "executions"), [({}, 110), ({"enable_gates": True}, 310)])
def test_randomizations_order_the_shots_of_pubs_that_do_not(switches: dict[str, bool], executions: int) -> None:
    sizes = {"num_randomizations": 20, "shots_per_randomization": 15}
    pubs = (swept(0), None), (swept(0), None, 10)
    assert inspect("sampler", sampler_params(*pubs, default_shots=100, twirling={**sizes, **switches})).executions == (
        executions
    )
    params = estimator_params((swept(0), "Z", None, 0.1), twirling={**sizes, **switches})
    assert inspect("estimator", params).executions == 300
    params["options"]["twirling"]["num_randomizations"] = "auto"
    assert inspect("estimator", params).executions == 100


def test_pubs_and_their_defaults_are_added_up() -> None:
    params = sampler_params((swept(1), np.zeros((3, 1)), 10), (swept(0), None), default_shots=7)
    assert inspect("sampler", params) == Work(2, 37)
    params = estimator_params((swept(1), "Z", np.zeros((3, 1)), 0.1), (swept(0), "Z"), default_precision=0.5)
    assert inspect("estimator", params) == Work(2, 304)


def test_an_array_of_lists_is_counted_too() -> None:
    array = {"__type__": "ndarray", "__value__": [[1, 2], [3, 4], [5, 6]]}
    assert inspect("sampler", {"pubs": [[{"__type__": "QuantumCircuit"}, array, 10]]}) == Work(1, 30)


@pytest.mark.parametrize("value", [5, None, "", "no base64", "AAAA", "eJwL9Az29gQABfsBrg==", "é"])
def test_what_is_no_array_counts_as_one_set(value: Any) -> None:
    array = {"__type__": "ndarray", "__value__": value}
    assert inspect("sampler", {"pubs": [[{"__type__": "QuantumCircuit"}, array, 10]]}) == Work(1, 10)


def test_no_circuit_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    params = sampler_params((swept(2), np.zeros((4, 2)), 10))
    monkeypatch.setitem(sys.modules, "qiskit", None)
    monkeypatch.setitem(sys.modules, "numpy", None)
    assert inspect("sampler", params) == Work(1, 40)


def test_encoded_work_is_that_of_the_same_lists() -> None:
    values = [[[1, 2]] * 3] * 2
    encoded = over_the_wire({"pubs": [[swept(2), np.array(values), 10]]})
    text = {"pubs": [["input float a;\ninput float b;\n", values, 10]]}
    assert inspect("sampler", encoded) == inspect("sampler", text)
