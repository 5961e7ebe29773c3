"""What a measurement looks like below the level of bits: points in the IQ plane."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from pytest_qruntime.programs.executor.tensors import Array

SPREAD = 0.25
"""Standard deviation of the points around their centre, along each axis (ours: the units are arbitrary anyway)."""


def at_level(bits: Mapping[str, Array], level: str, rng: np.random.Generator) -> dict[str, Array]:
    """The registers at a measurement level.

    Args:
        bits: per register booleans `(..., shots, width)`.
        level: "classified" leaves them as they are; "kerneled" makes complex points of them, around -1 for a 0 and +1
            for a 1; "avg_kerneled" averages these over the shots.
        rng: where the spread of the points comes from.
    """
    if level == "classified":
        return dict(bits)
    points = {name: _points(values, rng) for name, values in bits.items()}
    return {name: values.mean(axis=-2) for name, values in points.items()} if level == "avg_kerneled" else points


def _points(bits: Array, rng: np.random.Generator) -> Array:
    noise = rng.normal(0.0, SPREAD, (2, *bits.shape))
    points: Array = 2.0 * bits - 1.0 + noise[0] + 1j * noise[1]
    return points
