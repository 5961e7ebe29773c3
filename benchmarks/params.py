"""P16: a job with a megabyte of params: what its submit costs beside reading the body as JSON, and what it keeps."""

from __future__ import annotations

import base64
import gc
import json
import tracemalloc
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from random import Random
from typing import Any, Final

from benchmarks.fake import HOST, Engine, new_engine
from benchmarks.measure import Ratio, alternate, each, looped
from benchmarks.options import Options, installed
from benchmarks.report import Row, absent, row
from pytest_qruntime.rest.http import Request

SIZE: Final = 1_000_000
SUBMITS: Final = 4
ANGLES: Final = 10
TEXT: Final = "\n".join(
    [
        'OPENQASM 3.0;\ninclude "stdgates.inc";\nqubit[1] q;\nbit[1] c;',
        *(f"input float[64] a{n};\nrz(a{n}) q[0];" for n in range(ANGLES)),
        "c[0] = measure q[0];",
    ]
)

Params = dict[str, Any]


def measure(options: Options) -> Iterator[Row]:
    """The same size in two forms: numbers written out, and numbers packed as the real client packs them."""
    forms: dict[str, Callable[[int], Params]] = {"nested floats": floats, "base64 blobs": blobs}
    bodies = {name: body(form(SIZE)) for name, form in forms.items()}
    cases = {}
    for name, content in bodies.items():
        cases[f"submit {name}"] = each(partial(submits, content))
        cases[f"loads {name}"] = looped(partial(json.loads, content))
    times = alternate(cases, options.runs)
    for name, content in bodies.items():
        mega = f"{len(content) / 1e6:.1f} MB of {name}"
        ratio = Ratio.of(times[f"submit {name}"], times[f"loads {name}"])
        yield row("P16", f"submit of {mega} / json.loads of the body", ratio, limit=1.5, rounds=options.runs)
        floor = Ratio.plain(times[f"loads {name}"], 1e3)
        yield row("P16", f"floor: json.loads of {mega}", floor, "ms", rounds=options.runs)
        peak, kept = copies(content)
        yield Row("P16", f"memory at its most during the submit of {mega} / the body", peak, limit=3.0)
        yield Row("P16", f"memory that stays of {mega} / the body", kept)
    yield from _reading(bodies, options)


def _reading(bodies: dict[str, bytes], options: Options) -> Iterator[Row]:
    """What a submit puts off: the params are read when the job runs, its results computed when they are asked for."""
    if not installed("qiskit_ibm_runtime"):
        yield absent("P16", "base64 blobs, read when the job runs", "qiskit-ibm-runtime")
        bodies = {"nested floats": bodies["nested floats"]}
    cases = {}
    for name, content in bodies.items():
        cases[f"run {name}"] = each(partial(runs, content))
        cases[f"results {name}"] = each(partial(results, content))
    times = alternate(cases, options.runs)
    for name, content in bodies.items():
        mega = f"{len(content) / 1e6:.1f} MB of {name}"
        run, results_of = (Ratio.plain(times[f"{step} {name}"], 1e3) for step in ("run", "results"))
        yield row("P16", f"{mega}, read and checked when the job runs", run, "ms", rounds=options.runs)
        yield row("P16", f"{mega}, results of one shot per parameter set", results_of, "ms", rounds=options.runs)


# -- the params ------------------------------------------------------------------------------------------------------


def floats(size: int) -> Params:
    """A circuit as text, and so many bytes of its parameters' values, written out."""
    random = Random(0)
    sets = size // (ANGLES * 20)
    return {"pubs": [[TEXT, [[random.uniform(0.1, 1) for _ in range(ANGLES)] for _ in range(sets)], 1]]}


def blobs(size: int) -> Params:
    """The same in the real client's encoding; without the client, bytes in its place."""
    number = size * 3 // 4 // 8  # base64 makes four characters of three bytes, and a float has eight
    if not installed("qiskit_ibm_runtime"):
        packed = base64.b64encode(Random(0).randbytes(number * 8)).decode()
        return {"pubs": [[{"__type__": "QuantumCircuit", "__value__": packed}, None, 1]], "version": 2}
    import numpy as np
    from qiskit import QuantumCircuit
    from qiskit.circuit import ParameterVector
    from qiskit_ibm_runtime import RuntimeEncoder

    circuit = QuantumCircuit(1, 1)
    for angle in ParameterVector("a", ANGLES):
        circuit.rz(angle, 0)
    circuit.measure(0, 0)
    values = np.random.default_rng(0).uniform(size=(number // ANGLES, ANGLES))
    pubs = json.loads(json.dumps([(circuit, values, 1)], cls=RuntimeEncoder))
    return {"pubs": pubs, "options": {}, "version": 2, "support_qiskit": True}


def body(params: Params) -> bytes:
    """The body of POST /v1/jobs."""
    return json.dumps({"program_id": "sampler", "backend": "fake_backend", "params": params}).encode()


# -- what is timed ---------------------------------------------------------------------------------------------------

Calls = Iterable[Callable[[], object]]


def submits(content: bytes) -> Calls:
    """A few submits to a new service, which keeps them."""
    engine = new_engine()
    return [partial(submit, engine, content) for _ in range(SUBMITS)]


def runs(content: bytes) -> Calls:
    """One job runs until it has ended."""
    engine = new_engine()
    submit(engine, content)
    return [partial(finish, engine)]


def results(content: bytes) -> Calls:
    """The results of one job that has ended."""
    engine = new_engine()
    job_id = submit(engine, content)
    finish(engine)
    return [lambda: engine.ask("GET", f"/v1/jobs/{job_id}/results")]


def submit(engine: Engine, content: bytes) -> str:
    """Bytes in, bytes out; the id of the job."""
    response = engine.service.handle(Request("POST", HOST, "/api/v1/jobs", "", engine.headers, content))
    if response.status != 200:
        raise RuntimeError(f"the submit answered {response.body!r}")
    job_id: str = json.loads(response.body)["id"]
    return job_id


def finish(engine: Engine) -> None:
    """Let time pass until nothing is pending. Raises if the job did not complete."""
    world = engine.service.world
    while (at_us := world.next_event_us()) is not None:
        world.advance_to(at_us)
    for job in world.jobs.values():
        if job.status != "Completed":
            raise RuntimeError(f"the job is {job.status}: {job.reason}")


def copies(content: bytes) -> tuple[float, float]:
    """The peak of memory during a submit, and what stays after it, in sizes of the body."""
    engine = new_engine()
    submit(engine, body({"pubs": [[TEXT, [[0.5] * ANGLES]]]}))
    gc.collect()
    tracemalloc.start()
    try:
        arrived = bytes(bytearray(content))  # a copy that is counted, as one that a socket brought would be
        submit(engine, arrived)
        peak = tracemalloc.get_traced_memory()[1] / len(content)
        del arrived
        gc.collect()
        return peak, tracemalloc.get_traced_memory()[0] / len(content)
    finally:
        tracemalloc.stop()
