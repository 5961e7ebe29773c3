"""Jobs of the program `executor`: a quantum program, whose items are sampled one by one.

The answer is in the schema version of the request; `passthrough_data` and `semantic_role` come back as they came:
the client's own primitives find in them how to make their results of the raw ones. What each item was sampled with
stands in `metadata.pytest_qruntime`, beside `chunk_timing`: the client's decoders skip it, and only there do all
versions of the official models leave room for it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from random import Random
from typing import Any, NamedTuple

import numpy as np

from pytest_qruntime.programs import engines
from pytest_qruntime.programs.circuit import Target
from pytest_qruntime.programs.executor import encoded, schemas
from pytest_qruntime.programs.executor.items import Item, drawn, given
from pytest_qruntime.programs.executor.tensors import Array, tensor
from pytest_qruntime.programs.executor.timing import Work, chunk_timing
from pytest_qruntime.programs.native.isa import check_isa
from pytest_qruntime.programs.native.pubs import check_limits
from pytest_qruntime.programs.native.sampler import points
from pytest_qruntime.programs.problems import Code, Invalid

VERSIONS = ("v0.1", "v0.2", "v1.0", "v1.1", "v2.0")
"""The schema versions that are read, and answered in."""


class Form(NamedTuple):
    """In what the schema versions differ."""

    version: str

    @property
    def item_metadata(self) -> dict[str, None] | None:
        """Of each item: nothing in v0.1, later what is known of schedules and stretches, which is nothing here."""
        return None if self.version == "v0.1" else {"scheduler_timing": None, "stretch_values": None}

    @property
    def echoes(self) -> tuple[str, ...]:
        """What comes back unchanged."""
        return {"v0.1": (), "v0.2": ("passthrough_data",)}.get(self.version, ("passthrough_data", "semantic_role"))

    @property
    def ranges(self) -> bool:
        """Whether chunks say which elements they hold."""
        return self.version not in ("v0.1", "v0.2")

    @property
    def compressed(self) -> bool:
        """Whether tensors are compressed."""
        return self.version == "v2.0"


class ExecutorJob(NamedTuple):
    """The input of an executor job.

    Attributes:
        items: what is run, in order.
        chunk_sizes: per item, the most elements in one chunk; None: as many as there are.
        shots: how often every element is run.
        level: the measurement level.
        echo: what comes back unchanged.
        form: how this version writes its results.
        sampling: the engine that was asked for.
    """

    items: Sequence[Item]
    chunk_sizes: Sequence[int | None]
    shots: int
    level: str
    echo: Mapping[str, Any]
    form: Form
    sampling: engines.Sampling

    @classmethod
    def read(cls, params: Mapping[str, Any], target: Target | None, engine: str) -> ExecutorJob:
        """The job of these params. Raises `Invalid`."""
        model = schemas.read("executor", params.get("schema_version"), VERSIONS, params)
        program, form = model.quantum_program, Form(model.schema_version)
        sent = params["quantum_program"]
        job = cls(
            _items(program, target),
            [None if item.chunk_size == "auto" else item.chunk_size for item in program.items],
            program.shots,
            getattr(program, "meas_level", "classified"),
            {key: sent.get(key) for key in form.echoes},
            form,
            engines.sampling(engine, target),
        )
        _check_limits(job)
        return job

    def result(self, rng: Random, started: str, finished: str) -> dict[str, Any]:
        """The result document."""
        draws = np.random.default_rng(rng.getrandbits(128))
        data, engines_used = [], []
        for item in self.items:
            arrays, used = _run(item, self, draws)
            tensors = {name: tensor(array, compressed=self.form.compressed) for name, array in arrays.items()}
            data.append({"results": tensors, "metadata": self.form.item_metadata})
            engines_used.append(used)
        work = [Work(item.shape, size) for item, size in zip(self.items, self.chunk_sizes, strict=True)]
        spans = chunk_timing(work, started, finished, ranges=self.form.ranges)
        return {
            "schema_version": self.form.version,
            "data": data,
            "metadata": {"chunk_timing": spans, "pytest_qruntime": {"items": engines_used}},
            **self.echo,
        }


def _items(program: Any, target: Target | None) -> list[Item]:
    found: list[Item] = []
    for index, (circuit, model) in enumerate(zip(_circuits(program), program.items, strict=True)):
        where = f"params.quantum_program.items[{index}]"
        if target is not None:
            check_isa(circuit, target, f"item {index}")
        found.append((given if model.item_type == "circuit" else drawn)(circuit, model, where))
    return found


def _circuits(program: Any) -> Sequence[Any]:
    """The circuits of a program, one per item: with the items before v1.0, in one blob since."""
    where, solution = "params.quantum_program", "Send circuits that qiskit can load, in the QPY version that is named."
    if hasattr(program, "circuits"):
        return schemas.reading(lambda: encoded.circuits(program.circuits), f"{where}.circuits", solution)
    models = [item.circuit for item in program.items]
    return schemas.reading(lambda: [encoded.circuit(model) for model in models], f"{where}.items", solution)


def _run(item: Item, job: ExecutorJob, rng: np.random.Generator) -> tuple[dict[str, Array], dict[str, Any]]:
    """The arrays of an item, bits first, and what they were sampled with."""
    values, others = item.draw(rng)
    sampled = job.sampling.sample(item.circuit, values, job.shots, rng)
    found: dict[str, Array] = {}
    for name, bits in sampled.bits.items():
        shaped = bits.reshape(*item.shape, *bits.shape[1:])
        found[name] = shaped if job.level == "classified" else points(shaped, rng, averaged=job.level == "avg_kerneled")
    used = {"engine": sampled.engine, "asked": job.sampling.name, "because": sampled.because}
    return {**found, **others}, used


def _check_limits(job: ExecutorJob) -> None:
    if job.level == "both":
        raise Invalid(
            Code.NOT_SIMULATED,
            'meas_level is "both", and nothing public says under which names bits and points are returned side by side',
            'Ask for "classified", "kerneled" or "avg_kerneled".',
        )
    executions = bits = 0
    for item in job.items:
        number = math.prod(item.shape) * job.shots
        executions += number
        bits += number * item.circuit.num_clbits
    check_limits(executions, bits)
