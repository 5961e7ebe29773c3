"""The results of a job, in the plain JSON of the REST documentation; what is in a PUB depends on its program."""

from __future__ import annotations

from typing import Any

from typing_extensions import TypedDict

from pytest_qruntime.rest.wire.common import answer


@answer
class PubResult(TypedDict):
    """One PUB: of a sampler its registers by name, of an estimator `evs`, `stds` and `ensemble_standard_error`."""

    data: dict[str, Any]
    metadata: dict[str, Any]


@answer
class Results(TypedDict):
    """One entry for each PUB."""

    results: list[PubResult]
    metadata: dict[str, Any]
