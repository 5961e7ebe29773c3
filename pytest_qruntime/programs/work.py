"""How much work a job is, at a glance: for the estimate of its duration at submit, without reading a circuit."""

from __future__ import annotations

import base64
import math
import re
import zlib
from collections.abc import Mapping
from typing import Any, NamedTuple

from pytest_qruntime.programs import options
from pytest_qruntime.programs.problems import Invalid


class Work(NamedTuple):
    """What a job asks for.

    Attributes:
        circuits: its PUBs, at least 1.
        executions: parameter sets times shots, summed over the PUBs, at least 1.
    """

    circuits: int = 1
    executions: int = options.DEFAULT_SHOTS

    @property
    def shots(self) -> int:
        """Executions per circuit, rounded up."""
        return -(-self.executions // self.circuits)


_MOST = 10**15
"""More than any job can run, and small enough for every calculation with it."""

_MOST_AXES = 64

_HEADER = 256
"""Bytes of an array in numpy's format that are looked at: its header comes first and says the shape."""

_READ = 4096
"""Characters of an encoded array that are looked at, a multiple of four: they hold its header, however it is packed."""

_SHAPE = re.compile(rb"'shape': \(([0-9, ]{0,200})\)")

_INPUT = re.compile(r"^[ \t]*input\b", re.MULTILINE)


def inspect(program_id: str, params: object) -> Work:
    """The work of a job's input. Never raises: what cannot be understood counts as one run of 4096 shots.

    A program that has a list of `pubs` is counted like a sampler, whatever encoding its circuits have; the items of
    a quantum program say how often they are run.
    """
    if not isinstance(params, Mapping):
        return Work()
    if isinstance(params.get("quantum_program"), Mapping):
        return _of_items(params["quantum_program"])
    pubs = params.get("pubs")
    if not isinstance(pubs, (list, tuple)) or not pubs:
        return Work()
    estimator = program_id == "estimator"
    default = _default_shots(params, estimator=estimator)
    twirled = _twirled_shots(params, estimator=estimator)
    executions = sum(_executions(pub, default, twirled, estimator=estimator) for pub in pubs)
    return Work(len(pubs), min(max(1, executions), _MOST))


def _of_items(program: Mapping[str, Any]) -> Work:
    items = program.get("items")
    if not isinstance(items, (list, tuple)) or not items:
        return Work()
    try:
        shots = options.shots(program.get("shots"), "")
    except Invalid:
        shots = options.DEFAULT_SHOTS
    executions = shots * sum(_elements(item) for item in items)
    return Work(len(items), min(max(1, executions), _MOST))


def _elements(item: object) -> int:
    """The size of an item: the client writes the shape of a samplex's only, of other items that of the arguments."""
    if not isinstance(item, Mapping):
        return 1
    arguments = item.get("circuit_arguments")
    own, implied = item.get("shape"), arguments.get("shape") if isinstance(arguments, Mapping) else None
    return max(_size(own), _size(implied[:-1]) if isinstance(implied, (list, tuple)) else 1)


def _size(shape: object) -> int:
    lengths = shape if isinstance(shape, (list, tuple)) else ()
    whole = all(isinstance(length, int) and not isinstance(length, bool) and length >= 0 for length in lengths)
    return math.prod(lengths) if whole and len(lengths) < _MOST_AXES else 1


def _default_shots(params: Mapping[str, Any], *, estimator: bool) -> int:
    try:
        return options.shots_for(options.estimator_precision(params)) if estimator else options.sampler_shots(params)
    except Invalid:
        return options.DEFAULT_SHOTS


def _twirled_shots(params: Mapping[str, Any], *, estimator: bool) -> int | None:
    """The shots that the options order by saying how many randomizations there are, and how large each is."""
    try:
        twirling = options.part(options.part(params, "options", "params"), "twirling")
        on = estimator or twirling.get("enable_gates") or twirling.get("enable_measure")
        numbers = [options.shots(twirling.get(key), "") for key in ("num_randomizations", "shots_per_randomization")]
    except Invalid:
        return None
    return math.prod(numbers) if on else None


def _executions(pub: object, default: int, twirled: int | None, *, estimator: bool) -> int:
    parts = list(pub)[:4] if isinstance(pub, (list, tuple)) else [pub]
    if estimator and len(parts) > 1:
        del parts[1]
    parts += [None] * (3 - len(parts))
    try:
        shots = _own_shots(parts[2], estimator=estimator)
    except Invalid:
        shots = None
    if twirled is not None and (estimator or shots is None):
        shots = twirled
    return _sets(parts[0], parts[1]) * (default if shots is None else shots)


def _own_shots(value: object, *, estimator: bool) -> int | None:
    if value is None:
        return None
    return options.shots_for(options.precision(value, "")) if estimator else options.shots(value, "")


def _sets(circuit: object, values: object) -> int:
    """Parameter sets, from the lists' lengths alone: the last axis is over parameters unless there is only one."""
    if values is None:
        return 1
    if isinstance(values, Mapping) and values.get("__type__") == "ndarray":
        return _encoded_sets(values.get("__value__"))
    lengths = _lengths(values)
    if isinstance(values, Mapping) and "__type__" not in values and values:
        return max(math.prod(_lengths(array)[: -1 if "," in str(name) else None]) for name, array in values.items())
    if not lengths:
        return 1
    one_parameter = isinstance(circuit, str) and len(_INPUT.findall(circuit)) == 1
    return math.prod(lengths if one_parameter and lengths[-1] != 1 else lengths[:-1])


def _lengths(values: object) -> list[int]:
    lengths: list[int] = []
    while isinstance(values, (list, tuple)) and len(lengths) < _MOST_AXES:
        lengths.append(len(values))
        values = values[0] if values else None
    return lengths


def _encoded_sets(value: object) -> int:
    """Parameter sets of an array that came in the encoding of Qiskit's client: base64 of zlib of numpy's format."""
    if not isinstance(value, str):
        return math.prod(_lengths(value)[:-1])
    try:
        header = zlib.decompressobj().decompress(base64.b64decode(value[:_READ]), _HEADER)
    except (zlib.error, ValueError):
        return 1
    found = _SHAPE.search(header)
    shape = [int(length) for length in found[1].replace(b" ", b"").split(b",") if length] if found else []
    return _size(shape[:-1])
