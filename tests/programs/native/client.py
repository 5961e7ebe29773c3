"""The real client beside a job: what its primitives send, and what its decoder makes of an answer."""

from __future__ import annotations

import json
import warnings
from collections.abc import Sequence
from random import Random
from typing import Any

from qiskit.primitives.containers.estimator_pub import EstimatorPub
from qiskit.primitives.containers.sampler_pub import SamplerPub
from qiskit_ibm_runtime import EstimatorV2, RuntimeDecoder, RuntimeEncoder, SamplerV2
from qiskit_ibm_runtime.fake_provider.local_service import QiskitRuntimeLocalService

from pytest_qruntime import programs

STARTED, FINISHED = "2026-01-15T12:00:00.250000Z", "2026-01-15T12:00:04.000000Z"


def over_the_wire(value: Any) -> Any:
    """What arrives as JSON of what the client writes."""
    return json.loads(json.dumps(value, cls=RuntimeEncoder))


def sampler_params(*pubs: Any, shots: int | None = None, **options: Any) -> dict[str, Any]:
    """The params of a sampler job."""
    coerced = [SamplerPub.coerce(pub, shots) for pub in pubs]
    params: dict[str, Any] = over_the_wire({"pubs": coerced, "options": options, "version": 2, "support_qiskit": True})
    return params


def estimator_params(*pubs: Any, level: int | None = None, **options: Any) -> dict[str, Any]:
    """The params of an estimator job."""
    coerced = [EstimatorPub.coerce(pub) for pub in pubs]
    more = {} if level is None else {"resilience_level": level}
    params: dict[str, Any] = over_the_wire(
        {"pubs": coerced, "options": options, "version": 2, "support_qiskit": True, **more}
    )
    return params


def sent(program: str, backend: Any, pubs: Sequence[Any], options: dict[str, Any], monkeypatch: Any) -> dict[str, Any]:
    """What SamplerV2 or EstimatorV2 sends for `run(pubs)`: it is asked of the client itself, in its local mode."""
    caught: list[Any] = []

    def keep(_: Any, program_id: str, inputs: Any, **rest: Any) -> None:
        caught.append(over_the_wire(inputs))

    monkeypatch.setattr(QiskitRuntimeLocalService, "_run", keep)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        primitive = {"sampler": SamplerV2, "estimator": EstimatorV2}[program]
        primitive(mode=backend, options=options).run(pubs)
    (params,) = caught
    assert isinstance(params, dict)
    return params


def document(program: str, params: Any, *, seed: int = 7, engine: str = "ideal") -> Any:
    """The result document, as JSON."""
    found = programs.run(program, params, Random(seed), started=STARTED, finished=FINISHED, engine=engine)
    return json.loads(json.dumps(found, allow_nan=False))


def decoded(value: Any) -> Any:
    """What the client's decoder makes of a document."""
    return json.loads(json.dumps(value), cls=RuntimeDecoder)


def result_of(program: str, params: Any, *, seed: int = 7, engine: str = "ideal") -> Any:
    """The PrimitiveResult of a job."""
    return decoded(document(program, params, seed=seed, engine=engine))
