"""PUBs as they arrive: `[circuit]` and what may follow it, read for both programs.

A sampler's PUB is `[circuit, parameter values, shots]`, an estimator's `[circuit, observables, parameter values,
precision]`; trailing parts may be left out, the last two may be null.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from pytest_qruntime.programs import options
from pytest_qruntime.programs.arrays import Shape, broadcast, sources
from pytest_qruntime.programs.circuit import Circuit
from pytest_qruntime.programs.observables import Observable, observables
from pytest_qruntime.programs.parameters import parameter_sets
from pytest_qruntime.programs.problems import Code, Invalid, Problem, short
from pytest_qruntime.programs.qasm import read

MAX_EXECUTIONS = 10_000_000
"""Parameter sets times shots that a sampler job may ask for (PLN-12)."""

MAX_RESULTS = 10_000_000
"""Expectation values of one PUB (ours: two long axes can broadcast to more than any memory holds)."""

MAX_BITS = 1 << 33
"""Bits that a sampler's result may hold (ours, for the same reason)."""


class SamplerPub(NamedTuple):
    """A sampler's PUB: `shape` is that of the parameter sets, each of which is sampled `shots` times."""

    circuit: Circuit
    shape: Shape
    shots: int


class EstimatorPub(NamedTuple):
    """An estimator's PUB: one observable per element of the result, in C order of `shape`."""

    circuit: Circuit
    shape: Shape
    observables: Sequence[Observable]
    precision: float


def pub_list(params: object) -> tuple[Mapping[str, Any], Sequence[Any]]:
    """The job's input and its PUBs. Raises `Invalid` where they are not of the form of a primitive's V2 input."""
    if not isinstance(params, Mapping):
        raise _payload(f"params is {short(params)}; expected an object", 'Send "params": {"pubs": [[circuit, ...]]}.')
    if params.get("version") not in (None, 2):
        raise _payload(f"version is {short(params['version'])}; expected 2", "Leave version out or set it to 2.")
    pubs = params.get("pubs")
    if not isinstance(pubs, (list, tuple)):
        raise _payload(f"pubs is {short(pubs)}; expected a list of PUBs", "Send a list of lists: [[circuit, ...]].")
    if not pubs:
        raise _payload("pubs is empty", "Send at least one PUB, a list that begins with a circuit.")
    options.part(params, "options", "params")
    return params, pubs


def _payload(reason: str, solution: str) -> Invalid:
    return Invalid(Code.PAYLOAD_NOT_VALID, reason, solution)


def sampler_pubs(params: object) -> list[SamplerPub]:
    """The PUBs of a sampler job. Raises `Invalid`."""
    job, pubs = pub_list(params)
    default = options.sampler_shots(job)
    found = [_sampler_pub(pub, default, f"pub {index}") for index, pub in enumerate(pubs)]
    executions = bits = 0
    for pub in found:
        number = math.prod(pub.shape) * pub.shots
        executions += number
        bits += number * sum([register.width for register in pub.circuit.registers])
    if executions > MAX_EXECUTIONS or bits > MAX_BITS:
        raise Invalid(
            Code.OVER_LIMITS,
            f"the job asks for {short(executions)} executions and {short(bits)} bits of results; at most "
            f"{MAX_EXECUTIONS} executions and {MAX_BITS} bits are possible",
            "Use fewer shots or parameter sets, or split the job.",
        )
    return found


def _sampler_pub(pub: object, default: int, where: str) -> SamplerPub:
    parts = _parts([pub] if isinstance(pub, str) else pub, where, "[circuit, parameter values, shots]", 1, 3)
    circuit = _circuit(parts[0], where)
    shape = parameter_sets(parts[1], circuit.inputs, where)
    shots = default if parts[2] is None else options.shots(parts[2], f"{where}: shots")
    return SamplerPub(circuit, shape, shots)


def estimator_pubs(params: object) -> tuple[Mapping[str, Any], list[EstimatorPub]]:
    """The input of an estimator job and its PUBs. Raises `Invalid`."""
    job, pubs = pub_list(params)
    default = options.estimator_precision(job)
    found = [_estimator_pub(pub, default, f"pub {index}") for index, pub in enumerate(pubs)]
    for pub in found:
        options.randomizations(pub.precision, options.part(job, "options", "params"))
    return job, found


def _estimator_pub(pub: object, default: float, where: str) -> EstimatorPub:
    parts = _parts(pub, where, "[circuit, observables, parameter values, precision]", 2, 4)
    circuit = _circuit(parts[0], where)
    if circuit.control_flow is not None:
        name, line, column = circuit.control_flow
        raise Invalid(
            Code.DYNAMIC_IN_ESTIMATOR,
            f"{where}: line {line}, column {column}: the circuit has control flow ({name}), which the estimator does "
            "not run",
            "Remove the control flow, or use the sampler.",
        )
    shape, found = observables(parts[1], circuit.qubits, where)
    sets = parameter_sets(parts[2], circuit.inputs, where)
    result = broadcast(shape, sets)
    if result is None:
        raise Invalid(
            Code.PUB_NOT_VALID,
            f"{where}: the observables shape {shape} and the parameter values shape {sets} are not broadcastable",
            "Aligned at the right, each pair of lengths must be equal or hold a 1: for every observable with every "
            "parameter set give [[obs1], [obs2]] and [values1, values2, values3].",
        )
    if math.prod(result) > MAX_RESULTS:
        raise Invalid(
            Code.OVER_LIMITS,
            f"{where}: the observables shape {shape} and the parameter values shape {sets} make {math.prod(result)} "
            f"results; at most {MAX_RESULTS} are possible",
            "Split the PUB.",
        )
    target = default if parts[3] is None else options.precision(parts[3], f"{where}: precision")
    return EstimatorPub(circuit, result, [found[index] for index in sources(shape, result)], target)


def _parts(pub: object, where: str, form: str, least: int, most: int) -> list[Any]:
    if not isinstance(pub, (list, tuple)):
        raise Invalid(Code.PUB_NOT_VALID, f"{where} is {short(pub)}; expected a list", f"Write it as {form}.")
    if not least <= len(pub) <= most:
        raise Invalid(
            Code.PUB_NOT_VALID, f"{where} has {len(pub)} parts; expected {least} to {most}", f"Write it as {form}."
        )
    return [*pub, *[None] * (most - len(pub))]


def _circuit(value: object, where: str) -> Circuit:
    if not isinstance(value, str):
        raise Invalid(
            Code.NOT_SIMULATED if isinstance(value, Mapping) else Code.PUB_NOT_VALID,
            f"{where}: the circuit is {short(value)}, not OpenQASM 3 text",
            "This fake computes circuits that are sent as OpenQASM 3 text (qiskit.qasm3.dumps writes it); circuits in "
            "Qiskit's own encoding are not supported yet.",
        )
    try:
        circuit = read(value)
    except RecursionError:
        raise Invalid(
            Code.QASM_SYNTAX,
            f"{where}: QASM parsing failed: an expression of the program is too long or nested too deeply",
            "Split the expression into several statements.",
        ) from None
    if isinstance(circuit, Problem):
        raise Invalid(Code(circuit.code), f"{where}: {circuit.reason}", circuit.solution)
    return circuit
