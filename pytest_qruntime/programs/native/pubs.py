"""PUBs whose circuits are encoded, read for both programs."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from pytest_qruntime.programs import options as shared
from pytest_qruntime.programs.arrays import Shape, broadcast, sources
from pytest_qruntime.programs.circuit import Target
from pytest_qruntime.programs.engines.walk import instructions
from pytest_qruntime.programs.native.codec import array, circuit
from pytest_qruntime.programs.native.isa import CONTROL_FLOW, check_isa
from pytest_qruntime.programs.observables import PAULIS, Observable, observables
from pytest_qruntime.programs.problems import Code, Invalid, short
from pytest_qruntime.programs.pubs import MAX_EXECUTIONS, MAX_RESULTS

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAX_BITS = 1 << 30
"""Bits that a sampler's result may hold (ours: each takes a byte while it is computed)."""


class SamplerPub(NamedTuple):
    """A sampler's PUB.

    Attributes:
        circuit: a `qiskit.QuantumCircuit`.
        values: shape (sets, parameters), in the order of the circuit's parameters.
        shape: that of the parameter sets, whose product is the length of `values`.
        shots: how often each set is run.
        own_shots: whether the PUB itself says so, and not only the job's defaults.
    """

    circuit: Any
    values: NDArray[np.float64]
    shape: Shape
    shots: int
    own_shots: bool


class EstimatorPub(NamedTuple):
    """An estimator's PUB: for each element of the result, in C order of `shape`, what is measured and in which set."""

    circuit: Any
    values: NDArray[np.float64]
    shape: Shape
    observables: Sequence[Observable]
    observable_of: Sequence[int]
    set_of: Sequence[int]
    precision: float


def sampler_pubs(params: Mapping[str, Any], target: Target | None) -> list[SamplerPub]:
    """The PUBs of a sampler job whose options are good. Raises `Invalid`."""
    default = shared.sampler_shots(params)
    return [_sampler_pub(pub, default, target, f"pub {index}") for index, pub in enumerate(params["pubs"])]


def check_limits(executions: int, bits: int) -> None:
    """Raise `Invalid` for a job that runs circuits more often, or measures more bits, than one job may."""
    if executions > MAX_EXECUTIONS or bits > MAX_BITS:
        raise Invalid(
            Code.OVER_LIMITS,
            f"the job asks for {executions} executions and {bits} bits of results; at most {MAX_EXECUTIONS} executions "
            f"and {MAX_BITS} bits are possible",
            "Use fewer shots, randomizations or parameter sets, or split the job.",
        )


def _sampler_pub(pub: object, default: int, target: Target | None, where: str) -> SamplerPub:
    encoded, values, shots = _parts(pub, 3, "[circuit, parameter values, shots]", where)
    found = _circuit(encoded, target, where)
    sets, shape = _sets(values, found, where)
    if shots is None:
        return SamplerPub(found, sets, shape, default, False)
    return SamplerPub(found, sets, shape, shared.shots(shots, f"{where}: shots"), True)


def estimator_pubs(params: Mapping[str, Any], target: Target | None) -> list[EstimatorPub]:
    """The PUBs of an estimator job whose options are good. Raises `Invalid`."""
    default = shared.estimator_precision(params)
    return [_estimator_pub(pub, default, target, f"pub {index}") for index, pub in enumerate(params["pubs"])]


def _estimator_pub(pub: object, default: float, target: Target | None, where: str) -> EstimatorPub:
    encoded, observed, values, precision = _parts(pub, 4, "[circuit, observables, parameter values, precision]", where)
    found = _circuit(encoded, target, where)
    _check_static(found, where)
    shape, each = observables(observed, found.num_qubits, where)
    _check_letters(each, where)
    sets, sets_shape = _sets(values, found, where)
    result = broadcast(shape, sets_shape)
    if result is None or math.prod(result) > MAX_RESULTS:
        raise Invalid(
            Code.PUB_NOT_VALID if result is None else Code.OVER_LIMITS,
            f"{where}: the observables of shape {shape} and the parameter values of shape {sets_shape} "
            + ("are not broadcastable" if result is None else f"make more than {MAX_RESULTS} results"),
            "Aligned at the right, each pair of lengths must be equal or hold a 1; split a PUB that is too large.",
        )
    wanted = default if precision is None else shared.precision(precision, f"{where}: precision")
    return EstimatorPub(found, sets, result, each, sources(shape, result), sources(sets_shape, result), wanted)


def _parts(pub: object, most: int, form: str, where: str) -> list[Any]:
    if not isinstance(pub, (list, tuple)) or not most - 2 <= len(pub) <= most:
        raise Invalid(Code.PUB_NOT_VALID, f"{where} is {short(pub)}; expected {form}", f"Write it as {form}.")
    return [*pub, *[None] * (most - len(pub))]


def _circuit(value: object, target: Target | None, where: str) -> Any:
    found = circuit(value, where)
    if target is not None:
        check_isa(found, target, where)
    return found


def _sets(value: object, found: Any, where: str) -> tuple[NDArray[np.float64], Shape]:
    """The parameter sets, flat, and their shape: the last axis is over the parameters."""
    number = found.num_parameters
    values = array([] if value is None else value, where)
    if values.ndim == 0 or values.shape[-1] != number:
        names = ", ".join(parameter.name for parameter in list(found.parameters)[:8])
        raise Invalid(
            Code.PUB_NOT_VALID,
            f"{where}: parameter values of shape {values.shape} do not match the number of parameters ({number}"
            f"{': ' + names if names else ''}), which the last axis must have",
            "Give one value per parameter of the circuit, and one such list per parameter set.",
        )
    shape = tuple(int(length) for length in values.shape[:-1])
    return values.reshape(math.prod(shape), number), shape


def _check_static(found: Any, where: str) -> None:
    for name, _ in instructions(found, {qubit: index for index, qubit in enumerate(found.qubits)}):
        if name in CONTROL_FLOW and name != "box":
            raise Invalid(
                Code.DYNAMIC_IN_ESTIMATOR,
                f"{where}: the circuit has control flow ({name}), which the estimator does not run",
                "Remove the control flow, or use the sampler.",
            )


def _check_letters(each: Sequence[Observable], where: str) -> None:
    """The client and the official models know Paulis only, though Qiskit's own observables know projectors."""
    for observable in each:
        for label, _ in observable.terms:
            if label.strip(PAULIS):
                raise Invalid(
                    Code.PUB_NOT_VALID,
                    f"{where}: the observable {short(label)} has other letters than {PAULIS}",
                    "Write projectors as sums of Paulis: 0 is (I + Z) / 2, 1 is (I - Z) / 2.",
                )
