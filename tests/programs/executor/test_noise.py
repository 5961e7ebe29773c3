"""Synthetic noise models: which generators there are, and how large their rates."""

from __future__ import annotations

import numpy as np
import pytest

from pytest_qruntime.programs.circuit import Target
from pytest_qruntime.programs.executor import noise

ROW = Target(4, None, {"cx": frozenset(((0, 1), (1, 2), (2, 3))), "sx": frozenset(((0,), (1,)))})


def pairs(model: noise.NoiseModel) -> set[tuple[int, ...]]:
    return {generator.places for generator in model.generators if len(generator.places) == 2}


@pytest.mark.parametrize(
    ("target", "expected"), [(None, {(0, 2)}), (ROW, {(0, 1), (0, 2)})], ids=["without a backend", "with one"]
)
def test_neighbours_and_qubits_that_share_a_gate_have_noise_in_common(
    target: Target | None, expected: set[tuple[int, int]]
) -> None:
    model = noise.of_gates([1, 2, 0, 5], [(0, 1)], target, np.random.default_rng(1))
    assert pairs(model) == expected
    assert [generator for generator in model.generators if generator.places == (3,)] == [
        ("X", (3,)),
        ("Y", (3,)),
        ("Z", (3,)),
    ]


def test_a_gate_is_noisier_than_a_pair_that_idles() -> None:
    rng = np.random.default_rng(1)
    models = [noise.of_gates([0, 1, 2], [(0, 1)], ROW, rng) for _ in range(50)]
    places = [generator.places for generator in models[0].generators]
    means = {
        pair: np.mean([model.rates[[at == pair for at in places]].mean() for model in models]) for pair in set(places)
    }
    assert means[0, 1] > 3 * means[1, 2] > 0


def test_rates_are_never_negative_and_some_are_zero() -> None:
    model = noise.of_gates(range(4), [(0, 1)], ROW, np.random.default_rng(1))
    assert model.rates.min() == 0.0
    assert model.rates.max() < 0.01
    assert np.all(model.deviations > 0)
    readout = noise.of_measurements(range(100), np.random.default_rng(1))
    assert 0.001 < readout.rates.min() < readout.rates.max() < 0.1
