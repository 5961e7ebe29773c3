"""The documents that estimator jobs return."""

from __future__ import annotations

import math
from random import Random
from typing import Any

import pytest

from pytest_qruntime import programs

PLAIN = 'include "stdgates.inc"; qubit[2] q; h q;'
SWEPT = 'include "stdgates.inc"; input angle t; qubit[2] q; rx(t) q[0];'


def run(pubs: list[Any], seed: int = 1, **params: Any) -> dict[str, Any]:
    return programs.run("estimator", {"pubs": pubs, **params}, Random(seed), started="", finished="")


def data(*pub: Any, **params: Any) -> dict[str, Any]:
    found: dict[str, Any] = run([list(pub)], **params)["results"][0]["data"]
    return found


def metadata(*pub: Any, **params: Any) -> dict[str, Any]:
    found: dict[str, Any] = run([list(pub)], **params)["results"][0]["metadata"]
    return found


def test_the_document_is_that_of_the_documentation_and_marked_as_synthetic() -> None:
    document = run([[PLAIN, ["ZZ", "XX"]]])
    (pub,) = document["results"]
    assert set(pub["data"]) == {"evs", "stds", "ensemble_standard_error"}
    assert pub["metadata"] == {
        "shots": 4096,
        "target_precision": 0.015625,
        "circuit_metadata": {},
        "resilience": {},
        "num_randomizations": 32,
    }
    assert document["metadata"] == {
        "dynamical_decoupling": {
            "enable": False,
            "sequence_type": "XX",
            "extra_slack_distribution": "middle",
            "scheduling_method": "alap",
        },
        "twirling": {
            "enable_gates": False,
            "enable_measure": True,
            "num_randomizations": "auto",
            "shots_per_randomization": "auto",
            "interleave_randomizations": True,
            "strategy": "active-accum",
        },
        "resilience": {"measure_mitigation": True, "zne_mitigation": False, "pec_mitigation": False},
        "version": 2,
        "pytest_qruntime": {"synthetic": True},
    }


@pytest.mark.parametrize(
    ("observables", "values", "shape"),
    [
        ("ZZ", 0.5, ()),
        ("ZZ", [1, 2, 3, 4, 5], (5,)),
        (["II", "XX", "YY", "ZZ", "XY"], [1, 2, 3, 4, 5], (5,)),
        ([["II"], ["XX"], ["YY"], ["ZZ"]], [[1, 2, 3, 4, 5, 6]], (4, 6)),
        ([[["XI"], ["IX"], ["XX"]], [["ZI"], ["IZ"], ["ZZ"]]], [[1, 2, 3, 4, 5, 6]] * 3, (2, 3, 6)),
        (["ZZ", "XX"], None, (2,)),
        ([], 0.5, (0,)),
    ],
)
def test_values_have_the_broadcast_shape(observables: Any, values: Any, shape: tuple[int, ...]) -> None:
    found = data(PLAIN if values is None else SWEPT, observables, values)

    def shape_of(value: Any) -> tuple[int, ...]:
        return (len(value), *(shape_of(value[0]) if value else ())) if isinstance(value, list) else ()

    assert {key: shape_of(value) for key, value in found.items()} == dict.fromkeys(found, shape)


def test_each_value_belongs_to_the_observable_that_broadcasts_to_it() -> None:
    evs = data(SWEPT, [[{"II": 1}], [{"II": 2}]], [0.1, 0.2, 0.3])["evs"]
    assert evs == [[1, 1, 1], [2, 2, 2]]


def test_an_identity_has_exactly_its_coefficient_and_no_error() -> None:
    assert data(PLAIN, {"II": -2.5}) == {"evs": -2.5, "stds": 0.0, "ensemble_standard_error": 0.0}


def test_the_identity_part_of_an_observable_is_exact() -> None:
    evs = data(PLAIN, [{"II": 100, "ZZ": 0.5}] * 50)["evs"]
    assert all(99.5 < value < 100.5 for value in evs)
    assert len(set(evs)) == 50


@pytest.mark.parametrize("seed", range(5))
def test_no_value_exceeds_the_sum_of_the_coefficients(seed: int) -> None:
    observable = {"ZZ": 1.0, "XX": -0.5, "II": 0.25}
    evs = data(PLAIN, [observable] * 200, seed=seed)["evs"]
    assert max(map(abs, evs)) <= 1.75
    assert min(evs) < -0.5
    assert max(evs) > 0.7


def test_projectors_are_not_negative() -> None:
    assert all(0 < value < 1 for value in data(PLAIN, ["01"] * 100)["evs"])


@pytest.mark.parametrize("precision", [0.5, 0.1, 0.015625, 0.001])
def test_errors_fit_the_precision(precision: float) -> None:
    observable = {"ZZ": 3.0, "XX": 4.0}
    found = data(PLAIN, [observable] * 100, None, precision)
    assert all(0 < std <= 5 * precision for std in found["stds"])
    assert max(found["stds"]) > precision / 2
    for std, error in zip(found["stds"], found["ensemble_standard_error"], strict=True):
        assert 0.9 * std <= error <= 1.1 * std


@pytest.mark.parametrize(
    ("pub", "params", "precision"),
    [
        (None, {}, 0.015625),
        (None, {"options": {"default_precision": 0.05}}, 0.05),
        (None, {"options": {"default_precision": 0.05, "default_shots": 10_000}}, 0.01),
        (None, {"precision": 0.02, "options": {"default_shots": 10_000}}, 0.02),
        (0.03, {"precision": 0.02, "options": {"default_precision": 0.05}}, 0.03),
    ],
)
def test_the_nearest_precision_wins(pub: float | None, params: dict[str, Any], precision: float) -> None:
    assert metadata(PLAIN, "ZZ", None, pub, **params)["target_precision"] == pytest.approx(precision)


@pytest.mark.parametrize(
    ("precision", "twirling", "number", "shots"),
    [
        (0.015625, {}, 32, 4096),
        (0.01, {}, 32, 10016),
        (0.1, {}, 2, 128),
        (1, {}, 1, 64),
        (0.1, {"num_randomizations": 10}, 10, 100),
        (0.1, {"num_randomizations": 32}, 32, 128),
        (0.1, {"shots_per_randomization": 30}, 4, 120),
        (0.1, {"num_randomizations": 3, "shots_per_randomization": 7}, 3, 21),
        (0.01, {"num_randomizations": "auto", "shots_per_randomization": "auto"}, 32, 10016),
    ],
)
def test_shots_are_split_over_randomizations(precision: float, twirling: Any, number: int, shots: int) -> None:
    found = metadata(PLAIN, "ZZ", None, precision, options={"twirling": twirling})
    assert (found["num_randomizations"], found["shots"]) == (number, shots)


@pytest.mark.parametrize(
    ("level", "gates", "measure", "zne"), [(0, False, False, False), (1, False, True, False), (2, True, True, True)]
)
def test_the_resilience_level_sets_the_defaults(level: int, gates: bool, measure: bool, zne: bool) -> None:
    found = run([[PLAIN, "ZZ"]], resilience_level=level)["metadata"]
    assert (found["twirling"]["enable_gates"], found["twirling"]["enable_measure"]) == (gates, measure)
    assert (found["resilience"]["measure_mitigation"], found["resilience"]["zne_mitigation"]) == (measure, zne)


def test_the_seed_decides_and_nothing_else() -> None:
    assert run([[PLAIN, ["ZZ", "XX"]]], seed=3) == run([[PLAIN, ["ZZ", "XX"]]], seed=3)
    assert run([[PLAIN, ["ZZ", "XX"]]], seed=3) != run([[PLAIN, ["ZZ", "XX"]]], seed=4)


def test_every_number_is_finite() -> None:
    found = data(PLAIN, [{"ZZ": 1e149, "XX": -1e149}, {"ZZ": 1e-300}])
    assert all(math.isfinite(value) for values in found.values() for value in values)
