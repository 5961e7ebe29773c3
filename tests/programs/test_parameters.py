"""Which shape of parameter sets the values of a PUB have; the rules are those of `BindingsArray`."""

from __future__ import annotations

import re
from typing import Any

import pytest

from pytest_qruntime.programs.arrays import Shape
from pytest_qruntime.programs.parameters import parameter_sets
from pytest_qruntime.programs.problems import Code, Invalid


@pytest.mark.parametrize(
    ("inputs", "values", "shape"),
    [
        # no parameters: nothing, or lists that end in an axis of length 0
        ("", None, ()),
        ("", [], ()),
        ("", {}, ()),
        ("", [[], []], (2,)),
        # one parameter: the last axis may be left out, unless it has length 1
        ("a", 0.5, ()),
        ("a", [0.5], ()),
        ("a", [1, 2, 3], (3,)),
        ("a", [[1], [2], [3]], (3,)),
        ("a", [[1, 2, 3]], (1, 3)),
        ("a", [[[1], [2]]], (1, 2)),
        ("a", [], (0,)),
        # several parameters: the last axis is over them
        ("ab", [1, 2], ()),
        ("ab", [[1, 2]], (1,)),
        ("ab", [[1, 2], [3, 4], [5, 6]], (3,)),
        ("ab", [[[1, 2]], [[3, 4]]], (2, 1)),
        # by name
        ("a", {"a": 1}, ()),
        ("a", {"a": [1]}, ()),
        ("a", {"a": [1, 2]}, (2,)),
        ("ab", {"a": 1, "b": 2}, ()),
        ("ab", {"b": [1, 2], "a": [3, 4]}, (2,)),
        ("ab", {"b,a": [1, 2]}, ()),
        ("abc", {"a, b": [[1, 2], [3, 4]], "c": [5, 6]}, (2,)),
        ("abc", {"a,b": [[1, 2], [3, 4]], "c": [[5], [6]]}, (2,)),
    ],
)
def test_values_have_the_shape_that_qiskit_gives_them(inputs: str, values: Any, shape: Shape) -> None:
    assert parameter_sets(values, tuple(inputs), "pub 0") == shape


@pytest.mark.parametrize(
    ("inputs", "values", "message"),
    [
        ("ab", None, "the number of values (0) does not match the number of parameters (2: a, b)"),
        ("", [1], "the number of values (1, in an array of shape (1,) whose last axis is over the parameters)"),
        ("", 0.5, "does not match the number of parameters (0: none)"),
        ("ab", [1, 2, 3], "the number of values (3, in an array of shape (3,)"),
        ("ab", 0.5, "the number of values (1"),
        ("ab", [[1], [2]], "the number of values (1, in an array of shape (2, 1)"),
        ("ab", {"a": 1}, "the number of values (1) does not match the number of parameters (2: a, b)"),
        ("ab", {"a,b": [1, 2, 3]}, "the number of values (3"),
        ("a", {"b": 1}, "the circuit has no parameter 'b'; its parameters are a"),
        ("a", {"a,z": [1, 2]}, "the circuit has no parameter 'z'"),
        ("ab", {"a,b": [1, 2], "a": 3}, "parameter 'a' is given twice"),
        ("ab", {"a": [1, 2], "b": [1, 2, 3]}, "no shape in common: (2,) and, for b, (3,)"),
        ("a", ["x"], "'x' is not a finite number"),
        ("a", [None], "None is not a finite number"),
        ("a", [{"a": 1}], "is not a finite number"),
        ("a", {"a": {"b": 1}}, "values of a: {'b': 1} is not a number or a list of numbers"),
    ],
)
def test_values_that_do_not_fit_are_refused(inputs: str, values: Any, message: str) -> None:
    with pytest.raises(Invalid, match=re.escape(message)) as caught:
        parameter_sets(values, tuple(inputs), "pub 3")
    assert caught.value.problem.code == Code.PUB_NOT_VALID
    assert caught.value.problem.reason.startswith("pub 3: ")
    assert caught.value.problem.solution
