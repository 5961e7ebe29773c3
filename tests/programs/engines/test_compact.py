"""Errors with one term are the channels that they were."""

from __future__ import annotations

from typing import Any

import pytest
from qiskit.circuit.library import CXGate
from qiskit.quantum_info import SuperOp
from qiskit_aer.noise import depolarizing_error, pauli_error, thermal_relaxation_error

from pytest_qruntime.programs.engines.compact import compact


def relaxing(*, long: bool = False, excited: float = 0.0) -> Any:
    """With a long T2, which no mixture of Paulis and resets is, or a short one."""
    return thermal_relaxation_error(100e3, 170e3 if long else 60e3, 5e3, excited)


ERRORS = {
    "depolarizing": depolarizing_error(0.02, 1),
    "depolarizing two": depolarizing_error(0.02, 2),
    "relaxing": depolarizing_error(0.03, 1).compose(relaxing()),
    "relaxing before": relaxing().compose(depolarizing_error(0.03, 1)),
    "relaxing two": depolarizing_error(0.02, 2).compose(relaxing().tensor(relaxing(long=True))),
    "relaxing upwards": relaxing(excited=0.3).expand(relaxing(excited=0.1)),
    "paulis": pauli_error([("XY", 0.2), ("ZI", 0.1), ("II", 0.7)]),
}


@pytest.mark.parametrize("name", ERRORS)
def test_it_is_the_same_channel_in_one_term(name: str) -> None:
    found = compact(ERRORS[name])
    assert found.size == 1
    assert found.ideal() is False
    assert SuperOp(found) == SuperOp(ERRORS[name])


def test_what_relates_qubits_stays_as_it_is() -> None:
    error = pauli_error([("XX", 0.2), ("II", 0.8)]).compose(thermal_relaxation_error(1, 1, 1).tensor(relaxing()))
    entangling = type(error)([(CXGate(), 0.5), (error.circuits[0], 0.5)])
    assert compact(entangling) is entangling
