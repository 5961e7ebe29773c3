"""What is worked out of a circuit once, while it is sent again and again, as the steps of an optimiser do."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeVar

T = TypeVar("T")

CIRCUITS = 32
"""How many are remembered, the latest ones."""


class _This:
    """One object, whatever it is equal to."""

    __slots__ = ("it",)

    def __init__(self, it: Any) -> None:
        self.it = it

    def __hash__(self) -> int:
        return id(self.it)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _This) and other.it is self.it


def once_per_circuit(function: Callable[[Any], T]) -> Callable[[Any], T]:
    """The function, which takes a circuit that nobody changes, and remembers what came of the latest ones."""
    remembered = lru_cache(maxsize=CIRCUITS)(lambda this: function(this.it))
    return lambda circuit: remembered(_This(circuit))
