"""The circuits of the official models; those in QPY are decoded once while the same text is sent again and again."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from pytest_qruntime.programs.remembered import CIRCUITS


def circuit(model: Any) -> Any:
    """The `qiskit.QuantumCircuit` of a `QpyModel`, which must not be changed. Raises what qiskit raises."""
    return _circuit(_Encoded(model))


def circuits(model: Any) -> Sequence[Any]:
    """The circuits of a `QpyDataModel`, or of OpenQASM, which must not be changed. Raises what qiskit raises."""
    return _circuits(_Encoded(model)) if hasattr(model, "b64_data") else model.to_python()


class _Encoded:
    """What a model says, without what it has decoded for others."""

    __slots__ = ("_fields", "_kind")

    def __init__(self, model: Any) -> None:
        self._kind, self._fields = type(model), tuple(model)

    def __hash__(self) -> int:
        return hash(self._fields)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Encoded) and (other._kind, other._fields) == (self._kind, self._fields)

    def model(self) -> Any:
        """A model of its own."""
        return self._kind.model_construct(**dict(self._fields))


@lru_cache(maxsize=CIRCUITS)
def _circuit(encoded: _Encoded) -> Any:
    return encoded.model().to_quantum_circuit()


@lru_cache(maxsize=CIRCUITS)
def _circuits(encoded: _Encoded) -> tuple[Any, ...]:
    return tuple(encoded.model().to_python())
