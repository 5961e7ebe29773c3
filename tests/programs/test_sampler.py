"""The documents that sampler jobs return."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from pytest_qruntime import programs

TWO_REGISTERS = 'include "stdgates.inc"; qubit[3] q; bit[3] z; bit[2] a; h q; z[0] = measure q[0]; z[2] = measure q[2];'
SWEPT = 'include "stdgates.inc"; input angle t; qubit[2] q; bit[2] c; rx(t) q[0]; c = measure q;'


def run(pubs: list[Any], seed: int = 1, **params: Any) -> dict[str, Any]:
    return programs.run(
        "sampler",
        {"pubs": pubs, **params},
        Random(seed),
        started="2026-01-15T12:00:00.250000Z",
        finished="2026-01-15T12:00:04.000000Z",
    )


def test_the_document_is_that_of_the_service_and_marked_as_synthetic() -> None:
    document = run([[TWO_REGISTERS, None, 10], [SWEPT, [1, 2, 3], 20]])
    assert [set(pub["data"]) for pub in document["results"]] == [{"z", "a"}, {"c"}]
    assert [pub["metadata"] for pub in document["results"]] == [{"circuit_metadata": {}}] * 2
    assert document["metadata"] == {
        "execution": {
            "execution_spans": [
                [
                    {"date": "2026-01-15T12:00:00.250000"},
                    {"date": "2026-01-15T12:00:04.000000"},
                    {"0": [[10], [0, 1], [0, 10]], "1": [[3, 20], [0, 3], [0, 20]]},
                ]
            ]
        },
        "version": 2,
        "pytest_qruntime": {"synthetic": True},
    }


def test_registers_come_in_the_order_of_declaration() -> None:
    assert list(run([[TWO_REGISTERS]])["results"][0]["data"]) == ["z", "a"]


def test_measured_bits_are_coins_and_the_others_are_0() -> None:
    data = run([[TWO_REGISTERS, None, 4000]])["results"][0]["data"]
    assert set(data["z"]["samples"]) == {"0x0", "0x1", "0x4", "0x5"}
    assert all(900 < data["z"]["samples"].count(sample) < 1100 for sample in set(data["z"]["samples"]))
    assert data["a"] == {"samples": ["0x0"] * 4000, "num_bits": 2}


@pytest.mark.parametrize("width", [1, 2, 7, 8, 9, 16, 20, 33, 63, 64, 65, 127, 156])
def test_samples_of_every_width_use_every_bit(width: int) -> None:
    text = f"qubit[{width}] q; bit[{width}] c; c = measure q;"
    data = run([[text, None, 200]])["results"][0]["data"]["c"]
    values = [int(sample, 16) for sample in data["samples"]]
    assert data["num_bits"] == width
    assert len(values) == 200
    assert max(values) < 1 << width
    assert data["samples"] == [hex(value) for value in values]
    for bit in range(width):
        assert 50 < sum(value >> bit & 1 for value in values) < 150


def test_a_circuit_without_classical_registers_returns_no_data() -> None:
    assert run([["qubit q;"]])["results"][0]["data"] == {}


def test_no_parameter_sets_give_no_samples() -> None:
    assert run([[SWEPT, [], 5]])["results"][0]["data"]["c"]["samples"] == []


@pytest.mark.parametrize(
    ("pub_shots", "params", "shots"),
    [
        (None, {}, 4096),
        (None, {"options": {}}, 4096),
        (None, {"options": {"default_shots": 50}}, 50),
        (None, {"shots": 60, "options": {"default_shots": 50}}, 60),
        (70, {"shots": 60, "options": {"default_shots": 50}}, 70),
        (None, {"shots": None, "options": None, "version": 2}, 4096),
    ],
)
def test_the_nearest_number_of_shots_wins(pub_shots: int | None, params: dict[str, Any], shots: int) -> None:
    samples = run([["bit[1] c;", None, pub_shots]], **params)["results"][0]["data"]["c"]["samples"]
    assert len(samples) == shots


def test_a_bare_text_is_a_pub_of_a_sampler() -> None:
    assert run(["bit[1] c;"])["results"][0]["data"]["c"]["num_bits"] == 1


def test_the_seed_decides_and_nothing_else() -> None:
    assert run([[SWEPT, [1, 2]]], seed=3) == run([[SWEPT, [1, 2]]], seed=3)
    assert run([[SWEPT, [1, 2]]], seed=3) != run([[SWEPT, [1, 2]]], seed=4)
