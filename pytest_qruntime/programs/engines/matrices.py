"""Matrices of gates, for all parameter sets at once: complex, of shape (sets, 2^k, 2^k), or (1, ...) where all agree.

The order is Qiskit's: the gate's first qubit is the lowest bit of a row's number.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from pytest_qruntime.programs.engines import CannotSimulate

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Matrix = NDArray[np.complex128]
    Angle = NDArray[np.float64]

COPY: Matrix = np.array([[[1, 0, 0, 0], [0, 0, 0, 1], [0, 0, 1, 0], [0, 1, 0, 0]]], complex)
"""A controlled not."""


class Bindings:
    """The parameter sets of a circuit: what its expressions come to in each of them.

    Args:
        parameters: of each of the circuit's parameters, its column.
        values: shape (sets, parameters).
    """

    def __init__(self, parameters: Mapping[Any, int], values: NDArray[np.float64]) -> None:
        self._parameters = parameters
        self._values = values

    def __call__(self, angle: Any) -> Angle:
        """The values of a number or a `ParameterExpression`, one per set, or one for all."""
        if not hasattr(angle, "parameters"):
            return np.array([angle], float)
        if angle in self._parameters:
            return self._column(angle)
        used = list(angle.parameters)
        slopes = [angle.gradient(parameter) for parameter in used]
        if any(hasattr(slope, "parameters") for slope in slopes):
            return self._one_by_one(angle, used)
        offset = _number(angle.bind(dict.fromkeys(used, 0.0)))
        return offset + sum(
            (_number(slope) * self._column(parameter) for slope, parameter in zip(slopes, used, strict=True)),
            np.zeros(1),
        )

    def _column(self, parameter: Any) -> Angle:
        return self._values[:, self._parameters[parameter]]

    def _one_by_one(self, angle: Any, used: Sequence[Any]) -> Angle:
        rows = zip(*(self._column(parameter).tolist() for parameter in used), strict=True)
        return np.array([_number(angle.bind(dict(zip(used, row, strict=True)))) for row in rows])


def _number(value: Any) -> float:
    """A value of which no parameter is left."""
    number = complex(value)
    if abs(number.imag) > 1e-9 * max(1.0, abs(number.real)):
        raise CannotSimulate(f"an angle comes to {number}, which is not real")
    return number.real


def matrix(gate: Any, bindings: Bindings) -> Matrix:
    """The matrix of a gate that has one. Raises `CannotSimulate` if an angle is not real."""
    if not gate.params:
        return _constant(gate)
    angles = [bindings(angle) for angle in gate.params] if gate.name in _ROTATIONS else None
    if angles is not None:
        return _ROTATIONS[gate.name](*(angles if len(angles) == 1 else np.broadcast_arrays(*angles)))
    if not any(hasattr(parameter, "parameters") for parameter in gate.params):
        return _exact(gate)
    rows = zip(*np.broadcast_arrays(*(bindings(parameter) for parameter in gate.params)), strict=True)
    return np.concatenate([_exact(_bound(gate, [float(angle) for angle in row])) for row in rows])


def _bound(gate: Any, angles: Sequence[float]) -> Any:
    copy = gate.to_mutable()
    copy.params = list(angles)
    return copy


def _constant(gate: Any) -> Matrix:
    """Gates without parameters: those of Qiskit's library have one matrix per class and control state."""
    kind = _kind(gate)
    if kind.__module__.startswith("qiskit.circuit.library.standard_gates"):
        return _standard(kind, getattr(gate, "ctrl_state", None))
    return _exact(gate)


def _kind(gate: Any) -> Any:
    return getattr(gate, "base_class", type(gate))


@lru_cache(maxsize=128)
def _standard(kind: Any, state: int | None) -> Matrix:
    return _exact(kind() if state is None else kind(ctrl_state=state))


def _exact(gate: Any) -> Matrix:
    return np.asarray(gate.to_matrix(), complex)[None]


def _stack(rows: Sequence[Sequence[Any]]) -> Matrix:
    """A matrix whose entries are numbers or arrays over the sets."""
    size = len(rows)
    sets = max(np.size(entry) for row in rows for entry in row)
    built = np.empty((sets, size, size), complex)
    for index, row in enumerate(rows):
        for other, entry in enumerate(row):
            built[:, index, other] = entry
    return built


def _diagonal(*entries: Any) -> Matrix:
    built = np.zeros((max(np.size(entry) for entry in entries), len(entries), len(entries)), complex)
    for index, entry in enumerate(entries):
        built[:, index, index] = entry
    return built


def _rx(theta: Angle) -> Matrix:
    cosine, sine = np.cos(theta / 2), -1j * np.sin(theta / 2)
    return _stack([[cosine, sine], [sine, cosine]])


def _ry(theta: Angle) -> Matrix:
    cosine, sine = np.cos(theta / 2), np.sin(theta / 2)
    return _stack([[cosine, -sine], [sine, cosine]])


def _rz(theta: Angle) -> Matrix:
    phase = np.exp(0.5j * theta)
    return _diagonal(phase.conj(), phase)


def _p(theta: Angle) -> Matrix:
    return _diagonal(1, np.exp(1j * theta))


def _u(theta: Angle, phi: Angle, lam: Angle) -> Matrix:
    cosine, sine = np.cos(theta / 2), np.sin(theta / 2)
    return _stack([[cosine, -np.exp(1j * lam) * sine], [np.exp(1j * phi) * sine, np.exp(1j * (phi + lam)) * cosine]])


def _rzz(theta: Angle) -> Matrix:
    phase = np.exp(0.5j * theta)
    return _diagonal(phase.conj(), phase, phase, phase.conj())


def _cp(theta: Angle) -> Matrix:
    return _diagonal(1, 1, 1, np.exp(1j * theta))


_ROTATIONS: dict[str, Callable[..., Matrix]] = {
    "rx": _rx,
    "ry": _ry,
    "rz": _rz,
    "p": _p,
    "u1": _p,
    "u": _u,
    "u3": _u,
    "rzz": _rzz,
    "cp": _cp,
}
