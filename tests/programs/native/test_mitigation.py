"""What error mitigation adds to an estimator's result."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from qiskit import QuantumCircuit

from tests.programs.native.client import estimator_params, result_of

OBSERVABLES = [["ZI", "IZ"], ["XI", "XX"], ["YY", "II"]]


def result(level: int | None = None, observables: Any = "ZZ", **options: Any) -> Any:
    circuit = QuantumCircuit(2)
    circuit.ry(0.7, 0)
    circuit.cx(0, 1)
    return result_of("estimator", estimator_params((circuit, observables), level=level, **options))


@pytest.mark.parametrize(("level", "expected"), [(0, [False, False]), (1, [True, False]), (2, [True, True])])
def test_the_resilience_level_is_what_is_not_set(level: int, expected: list[bool]) -> None:
    metadata = result(level).metadata
    resilience, twirling = metadata["resilience"], metadata["twirling"]
    assert [resilience["measure_mitigation"], resilience["zne_mitigation"]] == expected
    assert [twirling["enable_measure"], twirling["enable_gates"]] == expected


def test_options_prevail_over_the_level_and_null_leaves_it_to_the_level() -> None:
    options = {"resilience": {"zne_mitigation": False, "measure_mitigation": None}, "twirling": {"enable_gates": False}}
    metadata = result(2, **options).metadata
    assert metadata["resilience"] == {"measure_mitigation": True, "zne_mitigation": False, "pec_mitigation": False}
    assert metadata["twirling"]["enable_gates"] is False


def test_extrapolation_adds_the_documented_arrays() -> None:
    zne = {"noise_factors": [1, 2, 4, 6], "extrapolator": ["linear", "exponential", "fallback"]}
    found = result(2, OBSERVABLES, resilience={"zne": zne})
    (pub,) = found

    assert found.metadata["resilience"]["zne"] == {**zne, "extrapolated_noise_factors": [0, 1, 2, 4, 6]}
    assert {name: array.shape for name, array in pub.data.items()} == {
        "evs": (3, 2),
        "stds": (3, 2),
        "evs_noise_factors": (3, 2, 4),
        "stds_noise_factors": (3, 2, 4),
        "ensemble_stds_noise_factors": (3, 2, 4),
        "evs_extrapolated": (3, 2, 3, 5),
        "stds_extrapolated": (3, 2, 3, 5),
    }
    assert pub.metadata["resilience"] == {"zne": {"extrapolator": ["linear"] * 6}}
    cosine, sine = np.cos(0.7), np.sin(0.7)
    assert np.allclose(pub.data.evs, [[cosine, cosine], [0, sine], [-sine, 1]], atol=0.06)
    assert np.array_equal(pub.data.evs_extrapolated[..., 0, 0], pub.data.evs)


def test_extrapolation_at_points_of_ones_own_with_one_extrapolator() -> None:
    zne = {"extrapolator": "linear", "extrapolated_noise_factors": [0]}
    (pub,) = result(resilience={"zne_mitigation": True, "zne": zne})
    assert pub.data.evs_extrapolated.shape == (1, 1)
    assert pub.metadata["resilience"] == {"zne": {"extrapolator": "linear"}}
    assert abs(pub.data.evs - 1) < 1e-9


def test_error_cancellation_says_that_there_was_nothing_to_cancel() -> None:
    found = result(resilience={"pec_mitigation": True})
    assert found.metadata["resilience"]["pec_mitigation"] is True
    assert found.metadata["resilience"]["layer_noise_model"] == []
    assert found[0].metadata["resilience"]["layer_noise"]["noise_overhead"] == 1.0
    assert found[0].metadata["num_randomizations"] == 64


def test_dynamical_decoupling_is_repeated() -> None:
    metadata = result(dynamical_decoupling={"enable": True, "sequence_type": "XY4"}).metadata
    assert metadata["dynamical_decoupling"]["enable"] is True
    assert metadata["dynamical_decoupling"]["sequence_type"] == "XY4"
