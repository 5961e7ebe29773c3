"""Observables of an estimator's PUB: a Pauli string, an object from strings to coefficients, or nested lists of those.

A string has one letter per qubit, the last letter for qubit 0. The letters are those of `ObservablesArray` in
qiskit.primitives: Paulis, and the projectors 0, 1 (Z), +, - (X), r, l (Y).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from pytest_qruntime.programs.arrays import Shape, flatten, real
from pytest_qruntime.programs.problems import Code, Invalid, short

PAULIS = "IXYZ"
PROJECTORS = "01+-rl"
_LARGEST_BOUND = 1e150
"""Larger coefficients cannot be squared, which a standard error needs (ours)."""
_LETTERS = frozenset(PAULIS + PROJECTORS)


class Observable(NamedTuple):
    """One observable: its terms, in the order given."""

    terms: tuple[tuple[str, float], ...]

    @property
    def bound(self) -> float:
        """What no expectation value of it can exceed: the sum of the coefficients' sizes."""
        return sum(abs(coefficient) for _, coefficient in self.terms)


def observables(value: object, qubits: int, where: str) -> tuple[Shape, list[Observable]]:
    """The shape of the observables array and its elements in C order.

    Raises:
        Invalid: not an observable, a letter that is none, or not as many letters as the circuit has `qubits`.
    """
    return flatten(value, lambda leaf: _observable(leaf, qubits, where), f"{where}: observables")


def _observable(value: object, qubits: int, where: str) -> Observable:
    if isinstance(value, str):
        terms = [(_label(value, qubits, where), 1.0)]
    elif isinstance(value, Mapping) and "__type__" not in value:
        terms = [
            (_label(label, qubits, where), real(coefficient, f"{where}: coefficient of {short(label)}"))
            for label, coefficient in value.items()
        ]
    else:
        raise Invalid(
            Code.PUB_NOT_VALID,
            f"{where}: {short(value)} is not an observable",
            'Give a Pauli string such as "ZZ", an object such as {"ZZ": 1.0, "XX": 0.5}, or nested lists of those; '
            "a list is always an axis of the array, so [pauli, coefficient] pairs do not work.",
        )
    found = Observable(tuple(terms))
    if not 0 < found.bound < _LARGEST_BOUND:
        raise Invalid(
            Code.PUB_NOT_VALID,
            f"{where}: the observable {short(value)} is empty, or its coefficients are too large",
            "Give it at least one term with a coefficient that is not zero, and none above 1e150 in all.",
        )
    return found


def _label(label: object, qubits: int, where: str) -> str:
    letters = str(label)
    for position, letter in enumerate(letters):
        if letter not in _LETTERS:
            raise Invalid(
                Code.PUB_NOT_VALID,
                f"{where}: {short(letter)}, letter {position} of the observable {short(letters)}, is no Pauli",
                f"Use the letters {PAULIS}, or the projectors {' '.join(PROJECTORS)}.",
            )
    if len(letters) != qubits:
        raise Invalid(
            Code.QUBITS_MISMATCH,
            f"{where}: the number of qubits of the circuit ({qubits}) does not match the number of qubits of the "
            f"observable ({len(letters)}): {short(letters)}",
            "Write one letter per qubit of the circuit as submitted: a transpiled circuit spans the qubits of the "
            "device, so apply its layout to the observable.",
        )
    return letters
