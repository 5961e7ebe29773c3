"""The items of a quantum program, and the values that their circuits are run with.

An item runs one circuit for every element of its shape. What the elements differ in is either given (a circuit with its
arguments) or drawn: a samplex is a distribution over the parameters of its circuit, which also says, in arrays of its
own, how to undo what it did to the measurements.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, Protocol

import numpy as np

from pytest_qruntime.programs.executor import schemas
from pytest_qruntime.programs.executor.tensors import Array

Shape = tuple[int, ...]

VALUES = "parameter_values"
"""What a samplex calls the parameters of its circuit, among its inputs and its outputs."""

_SOLUTION = "Build the item with the QuantumProgram of qiskit-ibm-runtime, which checks shapes as it goes."


class Item(Protocol):
    """One circuit of a program."""

    @property
    def circuit(self) -> Any:
        """The `qiskit.QuantumCircuit`."""

    @property
    def shape(self) -> Shape:
        """How many times it is run, along every axis."""

    def draw(self, rng: np.random.Generator) -> tuple[Array, dict[str, Array]]:
        """The values of the circuit's parameters, (elements, parameters), and what is returned beside the bits."""


class GivenItem(NamedTuple):
    """A circuit with its arguments, whose last axis is over the circuit's parameters."""

    circuit: Any
    shape: Shape
    arguments: Array

    def draw(self, rng: np.random.Generator) -> tuple[Array, dict[str, Array]]:
        """The arguments, repeated where the shape has more axes than they."""
        parameters = self.circuit.num_parameters
        values = np.broadcast_to(self.arguments, (*self.shape, parameters))
        return values.reshape(math.prod(self.shape), parameters), {}


class DrawnItem(NamedTuple):
    """A circuit with a samplex and its inputs; axes that the inputs do not have are over randomizations."""

    circuit: Any
    shape: Shape
    samplex: Any
    inputs: Any

    def draw(self, rng: np.random.Generator) -> tuple[Array, dict[str, Array]]:
        """All randomizations of one set of inputs are drawn at once."""
        found = {} if math.prod(self.shape) else self._nothing()
        for place, element in self._elements():
            number = math.prod(self.shape[axis] for axis, index in enumerate(place) if isinstance(index, slice))
            drawn = self.samplex.sample(element, num_randomizations=number, rng=rng, max_workers=1)
            for name, array in drawn.items():
                inner = array.shape[1:]
                whole = found.setdefault(name, np.empty((*self.shape, *inner), array.dtype))
                part = whole[place]
                part[...] = array.reshape(part.shape)
        size = math.prod(self.shape)
        values = found.pop(VALUES, np.empty((*self.shape, 0)))
        return values.reshape(size, self.circuit.num_parameters).astype(np.float64), found

    def _nothing(self) -> dict[str, Array]:
        """The arrays of a shape without elements, for which a samplex has nothing to draw."""
        specs = self.samplex.outputs().specs
        return {spec.name: np.empty((*self.shape, *spec.shape[1:]), spec.dtype) for spec in specs}

    def _elements(self) -> Iterator[tuple[tuple[Any, ...], Any]]:
        """Each set of inputs, and where in the result its randomizations are."""
        axes = self.inputs.shape
        missing = (slice(None),) * (len(self.shape) - len(axes))
        for index in np.ndindex(axes) if math.prod(self.shape) else ():
            place = tuple(slice(None) if length == 1 else at for length, at in zip(axes, index, strict=True))
            yield (*missing, *place), self.inputs[index]


def given(circuit: Any, model: Any, where: str) -> GivenItem:
    """The item of a `CircuitItemModel`. Raises `Invalid`."""
    arguments = model.circuit_arguments.to_numpy()
    number = arguments.shape[-1] if arguments.ndim else 0
    if number != circuit.num_parameters:
        raise schemas.invalid(
            f"{where}.circuit_arguments has the shape {arguments.shape}, but the circuit has {circuit.num_parameters} "
            "parameters, and the last axis is over these",
            _SOLUTION,
        )
    _check_finite(arguments, f"{where}.circuit_arguments")
    asked = tuple(getattr(model, "shape", ()))
    return GivenItem(circuit, _together(asked, arguments.shape[:-1], where), arguments)


def drawn(circuit: Any, model: Any, where: str) -> DrawnItem:
    """The item of a `SamplexItemModel`. Raises `Invalid`."""
    samplex = schemas.reading(lambda: model.samplex.to_samplex().finalize(), f"{where}.samplex", _SOLUTION)
    arguments = {name: _argument(value) for name, value in model.samplex_arguments.items()}
    for name, value in arguments.items():
        if isinstance(value, np.ndarray):
            _check_finite(value, f"{where}.samplex_arguments.{name}")
    inputs = schemas.reading(lambda: _bound(samplex, arguments), f"{where}.samplex_arguments", _SOLUTION)
    promised = {spec.name: spec.shape[-1] for spec in samplex.outputs().specs}.get(VALUES, 0)
    if promised != circuit.num_parameters:
        raise schemas.invalid(
            f"{where}: the samplex gives {promised} parameter values, but the circuit has {circuit.num_parameters} "
            "parameters",
            _SOLUTION,
        )
    return DrawnItem(circuit, _together(tuple(model.shape), inputs.shape, where), samplex, inputs)


def _bound(samplex: Any, arguments: Mapping[str, Any]) -> Any:
    inputs = samplex.inputs().make_broadcastable().bind(**arguments)
    if not inputs.fully_bound:
        raise ValueError(f"missing are {inputs.describe(include_bound=False)}")
    return inputs


def _argument(model: Any) -> Any:
    if hasattr(model, "to_numpy"):
        return model.to_numpy()
    return model.to_pauli_lindblad_map() if hasattr(model, "to_pauli_lindblad_map") else model


def _check_finite(array: Array, what: str) -> None:
    if not np.all(np.isfinite(array)):
        raise schemas.invalid(f"{what} has a value that is no finite number", "Give finite parameter values.")


def _together(asked: Shape, implied: Shape, where: str) -> Shape:
    try:
        return tuple(int(length) for length in np.broadcast_shapes(asked, implied))
    except ValueError:
        raise schemas.invalid(
            f"{where}.shape is {list(asked)}, which the shape of the arguments, {list(implied)}, cannot be extended to",
            _SOLUTION,
        ) from None
