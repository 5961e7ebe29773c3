"""Every form of an estimator's observables."""

from __future__ import annotations

import re
from typing import Any

import pytest

from pytest_qruntime.programs.arrays import Shape
from pytest_qruntime.programs.observables import Observable, observables
from pytest_qruntime.programs.problems import Code, Invalid


@pytest.mark.parametrize(
    ("value", "shape"),
    [
        ("ZZ", ()),
        ({"ZZ": 1.0, "XX": 0.5}, ()),
        (["ZZ"], (1,)),
        (["ZZ", {"XX": 2}], (2,)),
        ([["ZZ"], ["XX"], ["YY"]], (3, 1)),
        ([[["ZZ", "IZ"]], [["XX", {"YY": -1, "II": 3}]]], (2, 1, 2)),
        ([], (0,)),
        ("0+", ()),
    ],
)
def test_every_documented_form_has_its_shape(value: Any, shape: Shape) -> None:
    assert observables(value, 2, "pub 0")[0] == shape


def test_terms_keep_their_order_and_their_coefficients() -> None:
    _, (one, other) = observables(["XY", {"ZZ": -2, "II": 0.5}], 2, "pub 0")
    assert one == Observable((("XY", 1.0),))
    assert other == Observable((("ZZ", -2.0), ("II", 0.5)))
    assert other.bound == 2.5


@pytest.mark.parametrize(
    ("value", "code", "message"),
    [
        (
            "ZZZ",
            Code.QUBITS_MISMATCH,
            "the circuit (2) does not match the number of qubits of the observable (3): 'ZZZ'",
        ),
        ("", Code.QUBITS_MISMATCH, "the observable (0)"),
        (["ZZ", {"ZZ": 1, "Z": 1}], Code.QUBITS_MISMATCH, "the observable (1): 'Z'"),
        ("ZA", Code.PUB_NOT_VALID, "'A', letter 1 of the observable 'ZA', is no Pauli"),
        ("zz", Code.PUB_NOT_VALID, "'z', letter 0"),
        ({}, Code.PUB_NOT_VALID, "the observable {} is empty"),
        ({"ZZ": 0}, Code.PUB_NOT_VALID, "is empty"),
        ({"ZZ": "1"}, Code.PUB_NOT_VALID, "coefficient of 'ZZ': '1' is not a finite number"),
        ({"ZZ": [1, 0]}, Code.PUB_NOT_VALID, "coefficient of 'ZZ'"),
        ([["ZZ", 1.0], ["XX", 0.5]], Code.PUB_NOT_VALID, "1.0 is not an observable"),
        (None, Code.PUB_NOT_VALID, "None is not an observable"),
        ([["ZZ"], ["XX", "YY"]], Code.PUB_NOT_VALID, "the lists are ragged"),
        ({"__type__": "SparsePauliOp"}, Code.PUB_NOT_VALID, "is not an observable"),
    ],
)
def test_what_is_no_observable_of_the_circuit_is_refused(value: Any, code: Code, message: str) -> None:
    with pytest.raises(Invalid, match=re.escape(message)) as caught:
        observables(value, 2, "pub 1")
    assert caught.value.problem.code == code
    assert caught.value.problem.reason.startswith("pub 1: ")


@pytest.mark.parametrize("value", [{"ZZ": 1.7e308, "XX": -1.7e308}, {"ZZ": 1e155}])
def test_coefficients_whose_sum_or_square_is_no_number_are_refused(value: Any) -> None:
    with pytest.raises(Invalid, match="its coefficients are too large"):
        observables(value, 2, "pub 0")
