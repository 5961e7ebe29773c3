"""What is worked out of a circuit once."""

from __future__ import annotations

import gc
import weakref
from typing import Any

import pytest

from pytest_qruntime.programs.remembered import CIRCUITS, once_per_circuit


class Circuit:
    """Equal to every other one, as circuits with the same gates are."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Circuit)

    __hash__ = None  # type: ignore[assignment]


def counted() -> tuple[Any, list[Circuit]]:
    """A remembering function, and the circuits that it really looked at."""
    seen: list[Circuit] = []

    @once_per_circuit
    def number(circuit: Circuit) -> int:
        seen.append(circuit)
        return len(seen)

    return number, seen


def test_a_circuit_is_looked_at_once() -> None:
    number, seen = counted()
    circuit = Circuit()
    assert [number(circuit) for _ in range(3)] == [1, 1, 1]
    assert len(seen) == 1


def test_circuits_that_are_equal_are_told_apart() -> None:
    number, _ = counted()
    circuits = [Circuit(), Circuit()]
    assert [number(circuit) for circuit in circuits * 2] == [1, 2, 1, 2]


def test_only_the_latest_are_remembered_and_the_others_are_let_go() -> None:
    kept = once_per_circuit(id)
    first = Circuit()
    gone = weakref.ref(first)
    kept(first)
    del first
    for _ in range(CIRCUITS):
        kept(Circuit())
    gc.collect()
    assert gone() is None


def test_a_failure_is_not_remembered() -> None:
    attempts: list[None] = []

    @once_per_circuit
    def moody(_: Circuit) -> int:
        attempts.append(None)
        if len(attempts) == 1:
            raise ValueError("not today")
        return 5

    circuit = Circuit()
    with pytest.raises(ValueError, match="not today"):
        moody(circuit)
    assert moody(circuit) == 5
