"""Broadcasting and nesting; the expected shapes are those of numpy."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_qruntime.programs.arrays import Shape, broadcast, flatten, nest, real, sources
from pytest_qruntime.programs.problems import Invalid


@pytest.mark.parametrize(
    ("first", "second", "result"),
    [
        ((), (), ()),
        ((), (5,), (5,)),
        ((5,), (5,), (5,)),
        ((1,), (5,), (5,)),
        ((4, 1), (1, 6), (4, 6)),
        ((4, 1), (6,), (4, 6)),
        ((2, 3, 1), (3, 6), (2, 3, 6)),
        ((2, 1, 1), (3, 6), (2, 3, 6)),
        ((0,), (), (0,)),
        ((0,), (1,), (0,)),
        ((4, 1), (0,), (4, 0)),
        ((4,), (2,), None),
        ((4, 1), (2, 1), None),
        ((0,), (2,), None),
        ((2, 3), (3, 2), None),
    ],
)
def test_shapes_broadcast_as_in_numpy(first: Shape, second: Shape, result: Shape | None) -> None:
    assert broadcast(first, second) == result
    assert broadcast(second, first) == result


@pytest.mark.parametrize(
    ("shape", "result", "expected"),
    [
        ((), (3,), [0, 0, 0]),
        ((3,), (3,), [0, 1, 2]),
        ((3,), (2, 3), [0, 1, 2, 0, 1, 2]),
        ((2, 1), (2, 3), [0, 0, 0, 1, 1, 1]),
        ((2, 1, 2), (2, 2, 2), [0, 1, 0, 1, 2, 3, 2, 3]),
        ((0,), (0,), []),
    ],
)
def test_each_element_of_a_broadcast_array_has_its_source(shape: Shape, result: Shape, expected: list[int]) -> None:
    assert sources(shape, result) == expected


@pytest.mark.parametrize(
    ("value", "shape"),
    [
        (1.5, ()),
        ([], (0,)),
        ([1, 2], (2,)),
        ([[], []], (2, 0)),
        ([[1], [2], [3]], (3, 1)),
        ([[[1, 2]], [[3, 4]]], (2, 1, 2)),
    ],
)
def test_nested_lists_have_the_shape_that_numpy_gives_them_and_come_back(value: Any, shape: Shape) -> None:
    found, flat = flatten(value, lambda leaf: leaf, "values")
    assert found == shape
    assert nest(flat, found) == value


@pytest.mark.parametrize("value", [[[1], [2, 3]], [1, [2]], [[1], 2], [[], [1]]])
def test_ragged_lists_are_refused(value: Any) -> None:
    with pytest.raises(Invalid, match=r"values: the lists are ragged: element 0 has shape .*, element 1 has shape "):
        flatten(value, lambda leaf: leaf, "values")


def test_lists_can_be_as_deep_as_numpy_allows_and_no_deeper() -> None:
    value: Any = 1
    for _ in range(32):
        value = [value]
    assert flatten(value, lambda leaf: leaf, "values")[0] == (1,) * 32
    with pytest.raises(Invalid, match="more than 32 deep"):
        flatten([value], lambda leaf: leaf, "values")


@pytest.mark.parametrize("value", [True, None, "1", {}, float("nan"), float("inf"), 10**400])
def test_only_finite_numbers_are_numbers(value: Any) -> None:
    with pytest.raises(Invalid, match="is not a finite number"):
        real(value, "value")
