"""The engine `schema` gives the right shape to anything, and looks at no gate."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from qiskit import ClassicalRegister, QuantumCircuit, QuantumRegister
from qiskit.circuit import Parameter

from pytest_qruntime.model.errors import ConfigurationError
from pytest_qruntime.programs.engines import DEFAULT, ENGINES, CannotSimulate, Sampling, sampling
from pytest_qruntime.programs.engines.schema import Schema


def dynamic() -> QuantumCircuit:
    """A circuit that writes c[0], c[2] (within nested control flow) and d[1]."""
    circuit = QuantumCircuit(QuantumRegister(40), ClassicalRegister(3, "c"), ClassicalRegister(9, "d"))
    circuit.rx(Parameter("a"), range(40))
    circuit.measure(0, 0)
    with circuit.while_loop((circuit.clbits[0], 1)), circuit.if_test((circuit.clbits[0], 1)):
        circuit.measure(1, 2)
    circuit.measure(5, circuit.cregs[1][1])
    return circuit


@pytest.mark.parametrize("sets", [0, 1, 3])
def test_bits_that_are_ever_written_are_coins_and_all_others_are_0(sets: int) -> None:
    found = sampling("schema").sample(dynamic(), np.zeros((sets, 1)), 2000, np.random.default_rng(1))
    assert (found.engine, found.because) == ("schema", None)
    assert {name: bits.shape for name, bits in found.bits.items()} == {"c": (sets, 2000, 3), "d": (sets, 2000, 9)}
    for bits, written in ((found.bits["c"], [0, 2]), (found.bits["d"], [1])):
        assert bits.dtype == bool
        assert not np.delete(bits, written, axis=-1).any()
        assert (np.abs(bits[..., written].mean(axis=1) - 0.5) < 0.05).all()


def test_values_are_possible_and_the_identity_is_certain() -> None:
    labels = ["Z" * 40, "I" * 40, "X" + "I" * 39]
    found = sampling("schema").expectations(dynamic(), np.zeros((50, 1)), labels, np.random.default_rng(1)).values
    assert found.shape == (50, 3)
    assert (found[:, 1] == 1).all()
    assert (np.abs(found) <= 1).all()
    assert len(np.unique(found)) == 101


def test_the_seed_decides() -> None:
    first, again, other = (
        sampling("schema").sample(dynamic(), np.zeros((1, 1)), 50, np.random.default_rng(seed)).bits["c"]
        for seed in (1, 1, 2)
    )
    assert (first == again).all()
    assert (first != other).any()


def test_the_names_of_engines() -> None:
    assert ENGINES == ("ideal", "aer", "aer-noisy", "schema")
    assert DEFAULT == "ideal"
    with pytest.raises(ConfigurationError, match="engine is 'exact'; expected one of ideal, aer, aer-noisy, schema"):
        sampling("exact")


class Helpless:
    def sample(self, *arguments: Any) -> Any:
        raise CannotSimulate("it is\n" + "very " * 100 + "hard")

    expectations = sample


def test_a_reason_is_short_and_on_one_line() -> None:
    stand_in = Sampling("helpless", Helpless(), Schema())
    arguments = (dynamic(), np.zeros((1, 1)))
    sampled = stand_in.sample(*arguments, 5, np.random.default_rng(1))
    expected = stand_in.expectations(*arguments, ["Z" * 40], np.random.default_rng(1))
    for found in (sampled, expected):
        assert found.engine == "schema"
        assert found.because is not None
        assert found.because.startswith("it is very very")
        assert found.because.endswith(" ...")
        assert len(found.because) == 200
