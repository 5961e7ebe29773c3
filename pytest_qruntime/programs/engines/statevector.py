"""Exact states of a few connected wires, for all parameter sets at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from pytest_qruntime.programs.engines.matrices import COPY, Bindings, matrix
from pytest_qruntime.programs.engines.wires import Condition, Step

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Complex = NDArray[np.complex128]


def state(wires: Sequence[int], steps: Sequence[Step], bindings: Bindings) -> Complex:
    """The final state of wires that all begin in 0.

    Returns:
        Shape (sets, 2^n), or (1, 2^n) if no parameter matters; bit k of an entry's number belongs to wires[k].
    """
    register = _Register(wires)
    for step in steps:
        register.apply(COPY if step.gate is None else matrix(step.gate, bindings), step)
    return register.finished(wires)


class _Register:
    """A state as a tensor whose axes are in whatever order the last gate left them.

    Gates on one wire wait until a larger gate comes, and are applied as one with it.
    """

    def __init__(self, wires: Sequence[int]) -> None:
        self._axes = list(wires)
        self._state: Complex = np.zeros((1, 1 << len(wires)), complex)
        self._state[0, 0] = 1
        self._waiting: dict[int, Complex] = {}

    def apply(self, gate: Complex, step: Step) -> None:
        if step.conditions:
            for condition in step.conditions:
                self._flush(condition.wires)
            self._flush(step.wires)
            self._multiply(gate, step.wires, step.conditions)
        elif len(step.wires) == 1:
            (wire,) = step.wires
            before = self._waiting.get(wire)
            self._waiting[wire] = gate if before is None else gate @ before
        else:
            self._multiply(self._with_waiting(gate, step.wires), step.wires)

    def _with_waiting(self, gate: Complex, wires: Sequence[int]) -> Complex:
        factors = [self._waiting.pop(wire, None) for wire in wires]
        if all(factor is None for factor in factors):
            return gate
        product: Complex = np.ones((1, 1, 1), complex)
        for factor in factors:
            product = _kron(_IDENTITY if factor is None else factor, product)
        return gate @ product

    def _flush(self, wires: Sequence[int]) -> None:
        for wire in wires:
            if wire in self._waiting:
                self._multiply(self._waiting.pop(wire), (wire,))

    def _multiply(self, gate: Complex, wires: Sequence[int], conditions: Sequence[Condition] = ()) -> None:
        """Apply a gate to wires, and only where the conditions hold."""
        deciding = list(dict.fromkeys(wire for condition in conditions for wire in condition.wires))
        tensor = self._to_the_end([*reversed(deciding), *reversed(wires)])
        shaped = tensor.reshape(len(tensor), -1, 1 << len(deciding), 1 << len(wires))
        transposed = gate.transpose(0, 2, 1)[:, None]
        if conditions:
            chosen = [number for number in range(1 << len(deciding)) if _hold(conditions, deciding, number)]
            result = np.repeat(shaped, len(gate), axis=0) if len(shaped) == 1 else shaped.copy()
            result[:, :, chosen] = shaped[:, :, chosen] @ transposed
        else:
            result = shaped @ transposed
        self._state = result.reshape(len(result), -1)

    def _to_the_end(self, wires: Sequence[int]) -> Complex:
        """The state with these wires' axes last, in this order."""
        rest = [wire for wire in self._axes if wire not in wires]
        order = [*rest, *wires]
        tensor = self._state
        if order != self._axes:
            positions = [1 + self._axes.index(wire) for wire in order]
            tensor = tensor.reshape(-1, *[2] * len(order)).transpose(0, *positions)
            self._axes = order
        return tensor.reshape(-1, 1 << len(order))

    def finished(self, wires: Sequence[int]) -> Complex:
        self._flush(wires)
        return self._to_the_end(list(reversed(wires)))


_IDENTITY: Complex = np.eye(2, dtype=complex)[None]


def _kron(high: Complex, low: Complex) -> Complex:
    """The product of operators on two groups of wires, of which `low` has the lower bits."""
    size = high.shape[1] * low.shape[1]
    return (high[:, :, None, :, None] * low[:, None, :, None, :]).reshape(-1, size, size)


def _hold(conditions: Sequence[Condition], deciding: Sequence[int], number: int) -> bool:
    """Whether all conditions hold where the deciding wires, the first one lowest, read as this number."""
    value = {wire: number >> position & 1 for position, wire in enumerate(deciding)}
    return all(
        sum(value[wire] << position for position, wire in enumerate(condition.wires)) in condition.allowed
        for condition in conditions
    )
