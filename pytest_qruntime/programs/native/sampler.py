"""What a SamplerV2 job returns: bits, or points of the IQ plane, per classical register."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import mul
from random import Random
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from pytest_qruntime.programs import options as shared
from pytest_qruntime.programs.circuit import Target
from pytest_qruntime.programs.engines import Sampled, Sampling
from pytest_qruntime.programs.native import codec
from pytest_qruntime.programs.native.options import check
from pytest_qruntime.programs.native.pubs import SamplerPub, check_limits, sampler_pubs
from pytest_qruntime.programs.native.spans import Run, spans

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SPREAD = 0.3
"""Standard deviation of a point of the IQ plane around the middle of its cloud; the middles are 2 apart (ours)."""


class SamplerJob(NamedTuple):
    """The input of a sampler job, the engine that measures, and how the service runs and shows it."""

    pubs: Sequence[SamplerPub]
    runs: Sequence[Run]
    sampling: Sampling
    meas_type: str

    @classmethod
    def read(cls, params: Mapping[str, Any], target: Target | None, sampling: Sampling) -> SamplerJob:
        """The job of these params. Raises `Invalid`."""
        check("sampler", params)
        options = shared.part(params, "options", "params")
        execution = shared.part(options, "execution")
        pubs = sampler_pubs(params, target)
        runs = [Run.of(pub, shared.part(options, "twirling")) for pub in pubs]
        executions = [len(pub.values) * run.shots for pub, run in zip(pubs, runs, strict=True)]
        widths = (sum(map(len, pub.circuit.cregs)) for pub in pubs)
        check_limits(sum(executions), sum(map(mul, executions, widths)))
        return cls(pubs, runs, sampling, execution.get("meas_type") or "classified")

    def result(self, rng: Random, started: str, finished: str) -> dict[str, Any]:
        """The result document; `metadata.pytest_qruntime` says which engine measured which PUB."""
        results, engines = [], []
        for pub, run in zip(self.pubs, self.runs, strict=True):
            draws = np.random.default_rng(rng.getrandbits(128))
            sampled = self.sampling.sample(pub.circuit, pub.values, run.shots, draws)
            results.append(self._pub(pub, run, sampled, draws))
            engines.append({"engine": sampled.engine, "asked": self.sampling.name, "because": sampled.because})
        metadata = {
            "execution": {"execution_spans": spans(self.runs, started, finished)},
            "version": 2,
            "pytest_qruntime": {"pubs": engines},
        }
        return codec.primitive_result(results, metadata)

    def _pub(self, pub: SamplerPub, run: Run, sampled: Sampled, draws: np.random.Generator) -> dict[str, Any]:
        fields = {}
        for name, bits in sampled.bits.items():
            shaped = bits.reshape(*pub.shape, *bits.shape[1:])
            if self.meas_type == "classified":
                fields[name] = codec.bit_array(shaped)
            else:
                fields[name] = codec.ndarray(points(shaped, draws, averaged=self.meas_type == "avg_kerneled"))
        metadata: dict[str, Any] = {"circuit_metadata": pub.circuit.metadata}
        if run.randomizations is not None:
            metadata["num_randomizations"] = run.randomizations.number
        return codec.pub_result("SamplerPubResult", codec.data_bin(pub.shape, fields), metadata)


def points(bits: NDArray[np.bool_], draws: np.random.Generator, *, averaged: bool) -> NDArray[np.complex128]:
    """Points of the IQ plane, in arbitrary units: a cloud around -1 for each 0 and one around 1 for each 1.

    Args:
        bits: shape (..., shots, width).
        draws: where the clouds come from.
        averaged: whether to return their means over the shots, of shape (..., width).
    """
    clouds = draws.normal(0.0, _SPREAD, (*bits.shape, 2)).view(np.complex128)[..., 0]
    clouds += np.where(bits, 1.0, -1.0)
    return clouds.mean(axis=-2) if averaged else clouds
