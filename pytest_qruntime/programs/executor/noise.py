"""Pauli-Lindblad models of noise: seeded, with rates of the size that superconducting processors show.

Nothing is learned here: no circuit is run, and the rates of a layer have nothing to do with the backend's calibration.
Their form is what matters: generators of weight one on every qubit and of weight two on neighbours, no rate below zero,
some exactly zero as a fit leaves them, more noise where a gate acts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from typing import NamedTuple

import numpy as np

from pytest_qruntime.programs.circuit import Target
from pytest_qruntime.programs.executor.tensors import Array

_ONE_QUBIT = 4e-4
_IDLE_PAIR = 6e-5
_GATE_PAIR = 4e-4
_READOUT = 1e-2
_FITTED_TO_ZERO = 0.25

Pair = tuple[int, int]


class Generator(NamedTuple):
    """A Pauli operator: one letter per place, and the places, as indices into the layer's qubits."""

    letters: str
    places: tuple[int, ...]


class NoiseModel(NamedTuple):
    """Generators with their rates and the rates' standard deviations, all of one length."""

    generators: Sequence[Generator]
    rates: Array
    deviations: Array


def of_gates(
    qubits: Sequence[int], gates: Iterable[Pair], target: Target | None, rng: np.random.Generator
) -> NoiseModel:
    """The noise of a layer of gates.

    Args:
        qubits: the layer's qubits, by their numbers on the backend.
        gates: the pairs of these that two-qubit gates act on.
        target: the backend, which knows who is whose neighbour; without it only those are that share a gate.
        rng: where the rates come from.
    """
    acting = _places(qubits, gates)
    generators = [Generator(letter, (place,)) for place in range(len(qubits)) for letter in "XYZ"]
    scales = [_ONE_QUBIT] * len(generators)
    for pair in sorted(acting | _places(qubits, _couplings(target))):
        generators += [Generator("".join(letters), pair) for letters in product("XYZ", repeat=2)]
        scales += [_GATE_PAIR if pair in acting else _IDLE_PAIR] * 9
    rates = rng.exponential(scales) * (rng.random(len(scales)) >= _FITTED_TO_ZERO)
    return NoiseModel(generators, rates, rng.uniform(0.02, 0.1, len(scales)) * np.asarray(scales))


def of_measurements(qubits: Sequence[int], rng: np.random.Generator) -> NoiseModel:
    """The noise of a layer of measurements: each bit may be flipped."""
    rates = rng.lognormal(np.log(_READOUT), 0.5, len(qubits))
    generators = [Generator("X", (place,)) for place in range(len(qubits))]
    return NoiseModel(generators, rates, 0.05 * rates)


def _places(qubits: Sequence[int], pairs: Iterable[Pair]) -> set[Pair]:
    """The pairs that lie within the layer, as indices into its qubits, the lower one first."""
    place = {qubit: index for index, qubit in enumerate(qubits)}
    known = ((place[one], place[other]) for one, other in pairs if one in place and other in place)
    return {(min(pair), max(pair)) for pair in known}


def _couplings(target: Target | None) -> Iterator[Pair]:
    if target is None or target.couplings is None:
        return
    for allowed in target.couplings.values():
        for qubits in allowed:
            if len(qubits) == 2:
                yield qubits[0], qubits[1]
