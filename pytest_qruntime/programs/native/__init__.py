"""`sampler` and `estimator` jobs as qiskit-ibm-runtime's SamplerV2 and EstimatorV2 send them, since its version 0.43.1.

Circuits come as QPY and arrays as numpy's format, compressed and in base64; the answers have the form that the client's
`RuntimeDecoder` makes a `PrimitiveResult` of. Needs qiskit and numpy, not the client.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pytest_qruntime.programs.circuit import Target
from pytest_qruntime.programs.engines import sampling
from pytest_qruntime.programs.native.estimator import EstimatorJob
from pytest_qruntime.programs.native.sampler import SamplerJob


def read(program_id: str, params: Mapping[str, Any], target: Target | None, engine: str) -> SamplerJob | EstimatorJob:
    """The job of these params.

    Args:
        program_id: "sampler" or "estimator".
        params: the job's input.
        target: the backend, for those who want circuits checked against it.
        engine: what measures the circuits, one of `engines.ENGINES`.

    Raises:
        Invalid: the job will fail.
        ConfigurationError: there is no such engine.
    """
    measuring = sampling(engine, target)
    if program_id == "sampler":
        return SamplerJob.read(params, target, measuring)
    return EstimatorJob.read(params, target, measuring)
