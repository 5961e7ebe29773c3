"""How much is measured."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path


@dataclass(frozen=True)
class Options:
    """What the command line says.

    Attributes:
        runs: rounds of whatever the ratios are made of.
        quick: smaller sizes too, to try the benchmarks out; the figures are then worth nothing.
        folder: a temporary folder.
    """

    runs: int
    quick: bool
    folder: Path

    def size(self, full: int, quick: int) -> int:
        """One of two sizes."""
        return quick if self.quick else full


def installed(*modules: str) -> bool:
    """Whether all of these can be imported."""
    return all(find_spec(module) is not None for module in modules)
