"""Nested JSON lists read as arrays: shapes, numpy's broadcasting, and nesting again; arrays are flat, in C order."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TypeVar

from pytest_qruntime.programs.problems import Code, Invalid, short

Shape = tuple[int, ...]
T = TypeVar("T")

MAX_DEPTH = 32
"""numpy 1's limit on dimensions; deeper lists are a mistake or an attack on the stack."""


def flatten(value: object, leaf: Callable[[object], T], what: str) -> tuple[Shape, list[T]]:
    """The shape of nested lists and their elements, each made by `leaf`; a value that is no list has shape ().

    Raises:
        Invalid: the lists are ragged or deeper than `MAX_DEPTH`, or `leaf` refuses an element.
    """
    return _flatten(value, leaf, what, 0)


def _flatten(value: object, leaf: Callable[[object], T], what: str, depth: int) -> tuple[Shape, list[T]]:
    if not isinstance(value, (list, tuple)):
        return (), [leaf(value)]
    if depth == MAX_DEPTH:
        raise Invalid(
            Code.PUB_NOT_VALID,
            f"{what}: lists are nested more than {MAX_DEPTH} deep",
            "Nest one list per axis of the array.",
        )
    if not any(isinstance(item, (list, tuple)) for item in value):
        return (len(value),), [leaf(item) for item in value]
    parts = [_flatten(item, leaf, what, depth + 1) for item in value]
    inner = parts[0][0]
    for index, (shape, _) in enumerate(parts):
        if shape != inner:
            raise Invalid(
                Code.PUB_NOT_VALID,
                f"{what}: the lists are ragged: element 0 has shape {inner}, element {index} has shape {shape}",
                "Give every list of one level the same length.",
            )
    return (len(parts), *inner), [element for _, flat in parts for element in flat]


def real(value: object, what: str) -> float:
    """A finite number as a float; booleans, strings and null are no numbers here, though numpy would take them."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
        if math.isfinite(number):
            return number
    raise Invalid(Code.PUB_NOT_VALID, f"{what}: {short(value)} is not a finite number", "Give numbers.")


def broadcast(first: Shape, second: Shape) -> Shape | None:
    """The shape that two shapes broadcast to: right-aligned, each pair equal or one of them 1. None if they do not."""
    longest = max(len(first), len(second))
    pairs = zip((1,) * (longest - len(first)) + first, (1,) * (longest - len(second)) + second, strict=True)
    result = []
    for one, other in pairs:
        if one != other and 1 not in (one, other):
            return None
        result.append(other if one == 1 else one)
    return tuple(result)


def sources(shape: Shape, result: Shape) -> list[int]:
    """For each element of an array of shape `result`, which element of one of `shape` broadcasts to it."""
    padded = (1,) * (len(result) - len(shape)) + shape
    offsets = [0]
    for axis, length in enumerate(result):
        step = 0 if padded[axis] == 1 else math.prod(padded[axis + 1 :])
        offsets = [offset + index * step for offset in offsets for index in range(length)]
    return offsets


def nest(flat: Sequence[T], shape: Shape) -> object:
    """Nested lists of `shape` with the elements of `flat`; for shape () the one element itself."""
    if not shape:
        return flat[0]
    level: list[object] = list(flat)
    for axis in range(len(shape) - 1, 0, -1):
        length = shape[axis]
        level = [level[index * length : (index + 1) * length] for index in range(math.prod(shape[:axis]))]
    return level
