"""When which part of a sampler's result was measured: one span, as long as the job ran."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from pytest_qruntime.programs import options as shared
from pytest_qruntime.programs.arrays import Shape
from pytest_qruntime.programs.native import codec
from pytest_qruntime.programs.native.pubs import SamplerPub


class Run(NamedTuple):
    """How often the circuits of a PUB run.

    Attributes:
        shape: that of the parameter sets.
        shots: shots in the result, per parameter set.
        randomizations: how twirling splits them; None without twirling.
    """

    shape: Shape
    shots: int
    randomizations: shared.Randomizations | None

    @classmethod
    def of(cls, pub: SamplerPub, twirling: Mapping[str, Any]) -> Run:
        """The run of a PUB. Twirling takes precedence over the default number of shots, not over the PUB's own."""
        if not (twirling.get("enable_gates") or twirling.get("enable_measure")):
            return cls(pub.shape, pub.shots, None)
        split = shared.split(pub.shots, twirling, exactly=pub.own_shots)
        return cls(pub.shape, pub.shots if pub.own_shots else split.shots, split)


def spans(runs: Sequence[Run], started: str, finished: str) -> dict[str, Any]:
    """The `ExecutionSpans` of a job: a DoubleSliceSpan, or a TwirledSliceSpanV2 for jobs that twirl."""
    twirled = any(run.randomizations is not None for run in runs)
    span = codec.typed(
        "TwirledSliceSpanV2" if twirled else "DoubleSliceSpan",
        {
            "start": codec.moment(started),
            "stop": codec.moment(finished),
            "data_slices": {str(index): _slices(run) for index, run in enumerate(runs)},
        },
    )
    return codec.typed("ExecutionSpans", {"spans": [span]})


def _slices(run: Run) -> list[Any]:
    """All of a PUB: its shape, which elements of it, and which shots; with twirling, per randomization."""
    sets = math.prod(run.shape)
    if run.randomizations is None:
        return [[*run.shape, run.shots], 0, sets, 0, run.shots]
    number, each = run.randomizations
    return [[number, *run.shape, each], True, 0, number * sets, 0, each, run.shots]
