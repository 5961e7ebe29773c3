"""Parameter values of a PUB: which shape of parameter sets they are.

The rules are those of `BindingsArray` in qiskit.primitives: the last axis is over the parameters, the axes before it
are the shape of the parameter sets; where an array is for one parameter only, that last axis may be left out.
"""

from __future__ import annotations

from collections.abc import Mapping

from pytest_qruntime.programs.arrays import Shape, flatten, real
from pytest_qruntime.programs.problems import Code, Invalid, short


def parameter_sets(values: object, inputs: tuple[str, ...], where: str) -> Shape:
    """The shape of the parameter sets that `values` give to a circuit with `inputs`.

    Args:
        values: null, a number, nested lists, or an object from a name, or names joined by commas, to one of those.
        inputs: the names of the circuit's `input` declarations.
        where: the PUB, for messages.

    Raises:
        Invalid: a count, a name or a shape does not fit.
    """
    if values is None or values == {}:
        arrays: dict[tuple[str, ...], Shape] = {}
    elif isinstance(values, Mapping):
        arrays = _named(values, inputs, where)
    else:
        arrays = {inputs: _shape(values, where, "parameter values")}
    return _common_shape(arrays, inputs, where)


def _named(values: Mapping[object, object], inputs: tuple[str, ...], where: str) -> dict[tuple[str, ...], Shape]:
    arrays: dict[tuple[str, ...], Shape] = {}
    seen: set[str] = set()
    for key, array in values.items():
        names = (str(key),) if key in inputs else tuple(name.strip() for name in str(key).split(","))
        for name in names:
            if name not in inputs:
                raise Invalid(
                    Code.PUB_NOT_VALID,
                    f"{where}: the circuit has no parameter {short(name)}; its parameters are {_list(inputs)}",
                    "Key the values by the names of the circuit's input declarations.",
                )
            if name in seen:
                raise Invalid(
                    Code.PUB_NOT_VALID, f"{where}: parameter {short(name)} is given twice", "Give each parameter once."
                )
            seen.add(name)
        arrays[names] = _shape(array, where, f"values of {', '.join(names)}")
    return arrays


def _shape(values: object, where: str, what: str) -> Shape:
    if isinstance(values, Mapping):
        raise Invalid(
            Code.PUB_NOT_VALID,
            f"{where}: {what}: {short(values)} is not a number or a list of numbers",
            "Give plain JSON numbers and lists; arrays in Qiskit's own encoding are not read.",
        )
    shape, _ = flatten(values, lambda value: real(value, f"{where}: {what}"), f"{where}: {what}")
    return shape


def _common_shape(arrays: dict[tuple[str, ...], Shape], inputs: tuple[str, ...], where: str) -> Shape:
    common: Shape | None = None
    given = 0
    for names, shape in arrays.items():
        sets, count = _split(shape, len(names))
        given += count
        if count != len(names):
            raise _wrong_count(where, count, names, shape)
        if common not in (None, sets):
            raise Invalid(
                Code.PUB_NOT_VALID,
                f"{where}: the parameter values have no shape in common: {common} and, for {_list(names)}, {sets}",
                "Give every parameter values of the same shape.",
            )
        common = sets
    if given != len(inputs):
        raise _wrong_count(where, given, inputs, None)
    return common if common is not None else ()


def _split(shape: Shape, names: int) -> tuple[Shape, int]:
    """The shape of the sets and the length of the parameter axis, which one parameter may leave out."""
    if names == 1 and shape[-1:] != (1,):
        return shape, 1
    return (shape[:-1], shape[-1]) if shape else ((), 1)


def _wrong_count(where: str, given: int, names: tuple[str, ...], shape: Shape | None) -> Invalid:
    of = f", in an array of shape {shape} whose last axis is over the parameters" if shape is not None else ""
    return Invalid(
        Code.PUB_NOT_VALID,
        f"{where}: the number of values ({given}{of}) does not match the number of parameters ({len(names)}: "
        f"{_list(names)})",
        "Give one value per input declaration of the circuit, and one such list per parameter set.",
    )


def _list(names: tuple[str, ...]) -> str:
    shown = ", ".join(names[:8]) + (", ..." if len(names) > 8 else "")
    return shown or "none"
