"""The six payloads of the documentation's page on execution modes over REST, and the examples of its primitives."""

from __future__ import annotations

import json
from random import Random
from typing import Any

import pytest

from pytest_qruntime import programs

BELL = """
OPENQASM 3;
include "stdgates.inc";
qreg q[2];
creg c[2];
x q[0];
cx q[0], q[1];
c[0] = measure q[0];
c[1] = measure q[1];
"""
ANSATZ = """
OPENQASM 3.0;
include "stdgates.inc";
input float[64] phi;
input float[64] theta;
bit[2] meas;
qubit[2] q;
rx(theta) q[0];
ry(phi) q[1];
cx q[0], q[1];
barrier q[0], q[1];
meas[0] = measure q[0];
meas[1] = measure q[1];
"""
ONE_PARAMETER = ANSATZ.replace("input float[64] phi;", "").replace("phi", "theta")
OPTIONS = {"transpilation": {"optimization_level": 1}, "twirling": {"enable_gates": True, "enable_measure": True}}


def result_of(program: str, pubs: list[Any], **params: Any) -> Any:
    """The result, after a trip through JSON in both directions."""
    sent = json.loads(json.dumps({"pubs": pubs, **params}))
    document = programs.run(
        program, sent, Random(7), started="2026-01-15T12:00:00.000000Z", finished="2026-01-15T12:00:02.500000Z"
    )
    return json.loads(json.dumps(document, allow_nan=False))


def shape(value: Any) -> tuple[int, ...]:
    return (len(value), *(shape(value[0]) if value else ())) if isinstance(value, list) else ()


def test_an_estimator_job_with_one_circuit_and_four_observables() -> None:
    (pub,) = result_of("estimator", [[BELL, ["ZZ", "XX", "IZ", {"YY": 0.5}]]], options=OPTIONS)["results"]
    assert shape(pub["data"]["evs"]) == (4,)


def test_an_estimator_job_with_four_observables_for_each_of_two_parameter_sets() -> None:
    observables = [["ZZ"], ["XX"], ["IZ"], ["ZI"]]
    (pub,) = result_of("estimator", [[ONE_PARAMETER, observables, [[0.1], [0.2]]]], options=OPTIONS)["results"]
    assert shape(pub["data"]["evs"]) == (4, 2)
    (pub,) = result_of("estimator", [[ANSATZ, observables, [[0.1, 0.2], [0.3, 0.4]]]], options=OPTIONS)["results"]
    assert shape(pub["data"]["evs"]) == (4, 2)


def test_an_estimator_job_with_two_circuits_and_one_observable_each() -> None:
    first, second = result_of("estimator", [[BELL, "ZZ"], [BELL, {"XX": 1.5}]], options=OPTIONS)["results"]
    assert isinstance(first["data"]["evs"], float)
    assert isinstance(second["data"]["evs"], float)


def test_a_sampler_job_with_one_circuit_and_no_parameters() -> None:
    (pub,) = result_of("sampler", [[BELL]], options=OPTIONS)["results"]
    assert shape(pub["data"]["c"]["samples"]) == (4096,)
    assert pub["data"]["c"]["num_bits"] == 2


def test_a_sampler_job_with_three_parameter_sets() -> None:
    (pub,) = result_of("sampler", [[ANSATZ, [[0, 1], [2, 3], [4, 5]]]], options=OPTIONS)["results"]
    assert shape(pub["data"]["meas"]["samples"]) == (3, 4096)


def test_a_sampler_job_with_two_circuits_one_of_them_with_its_own_shots() -> None:
    first, second = result_of("sampler", [[ONE_PARAMETER, [0.5]], [BELL, None, 100]], options=OPTIONS)["results"]
    assert shape(first["data"]["meas"]["samples"]) == (4096,)
    assert shape(second["data"]["c"]["samples"]) == (100,)


@pytest.mark.parametrize("values", [{"theta": 1.57, "phi": 3.14}, {"theta,phi": [1.57, 3.14]}, [1, 2]])
def test_parameter_values_of_the_documented_sampler_example(values: Any) -> None:
    (pub,) = result_of("sampler", [[ANSATZ, values, 500]])["results"]
    assert shape(pub["data"]["meas"]["samples"]) == (500,)


def test_the_documented_estimator_example() -> None:
    five = 'OPENQASM 3; include "stdgates.inc"; qubit[5] q; x q;'
    document = result_of("estimator", [[five, {"IIZII": 1, "XIZZZ": 2.3}, None]], version=2, precision=0.01)
    (pub,) = document["results"]
    assert abs(pub["data"]["evs"]) <= 3.3
    assert pub["metadata"] == {
        "shots": 10016,
        "target_precision": 0.01,
        "circuit_metadata": {},
        "resilience": {},
        "num_randomizations": 32,
    }


def test_the_documented_options_of_error_mitigation_are_accepted() -> None:
    options = {
        "resilience": {
            "measure_mitigation": True,
            "zne_mitigation": True,
            "zne": {"extrapolator": ["exponential", "linear"], "noise_factors": [1, 3, 5]},
        },
        "dynamical_decoupling": {"enable": True, "sequence_type": "XpXm"},
    }
    metadata = result_of("estimator", [[BELL, "ZZ"]], options=options)["metadata"]
    assert metadata["resilience"]["zne"]["noise_factors"] == [1, 3, 5]
    assert metadata["dynamical_decoupling"]["sequence_type"] == "XpXm"


def test_s4_shape_of_three_by_two() -> None:
    values = [[[0.1, 0.2], [0.3, 0.4]]] * 3
    (pub,) = result_of("sampler", [[ANSATZ, values, 10]])["results"]
    assert shape(pub["data"]["meas"]["samples"]) == (3, 2, 10)
    (pub,) = result_of("estimator", [[ANSATZ, "ZZ", values]])["results"]
    assert shape(pub["data"]["evs"]) == shape(pub["data"]["stds"]) == (3, 2)
