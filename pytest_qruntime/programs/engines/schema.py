"""The engine `schema`: seeded bits and numbers of the right shape; gates are not looked at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from pytest_qruntime.programs.engines.walk import measured

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Schema:
    """Fair coins for every bit that the circuit ever measures into; all others are 0."""

    def sample(
        self, circuit: Any, values: NDArray[np.float64], shots: int, rng: np.random.Generator
    ) -> dict[str, NDArray[np.bool_]]:
        """See `Sampling.sample`."""
        written = set(measured(circuit))
        found = {}
        for register in circuit.cregs:
            size = (len(values), shots, -(-len(register) // 8))
            drawn = np.frombuffer(rng.bytes(int(np.prod(size))), np.uint8).reshape(size)
            bits = np.unpackbits(drawn, axis=-1, count=len(register), bitorder="little").view(np.bool_)
            bits[..., [bit not in written for bit in register]] = False
            found[register.name] = bits
        return found

    def expectations(
        self, circuit: Any, values: NDArray[np.float64], labels: Sequence[str], rng: np.random.Generator
    ) -> NDArray[np.float64]:
        """See `Sampling.expectations`: numbers between -1 and 1, and 1 for the identity."""
        drawn = rng.uniform(-1.0, 1.0, (len(values), len(labels)))
        drawn[:, [not label.strip("I") for label in labels]] = 1.0
        return drawn
