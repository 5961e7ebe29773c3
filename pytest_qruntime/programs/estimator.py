"""What an estimator job returns: expectation values that could be true, with errors that fit the precision."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from random import Random
from typing import Any, NamedTuple

from pytest_qruntime.programs import options
from pytest_qruntime.programs.arrays import nest
from pytest_qruntime.programs.circuit import Circuit
from pytest_qruntime.programs.observables import Observable
from pytest_qruntime.programs.pubs import EstimatorPub, estimator_pubs
from pytest_qruntime.programs.sampler import SYNTHETIC


class EstimatorJob(NamedTuple):
    """The input of an estimator job: its PUBs, its options, and how the result's metadata repeats those."""

    pubs: Sequence[EstimatorPub]
    options: Mapping[str, Any]
    echo: Mapping[str, Any]

    @classmethod
    def read(cls, params: object) -> EstimatorJob:
        """The job of these params. Raises `Invalid`."""
        job, pubs = estimator_pubs(params)
        return cls(pubs, options.part(job, "options", "params"), options.echo(job))

    @property
    def circuits(self) -> Sequence[Circuit]:
        """One circuit per PUB."""
        return [pub.circuit for pub in self.pubs]

    def result(self, rng: Random, started: str, finished: str) -> dict[str, Any]:
        """The result document: per PUB `evs`, `stds` and `ensemble_standard_error`, nested in its broadcast shape.

        Each value lies between minus and plus the sum of the coefficients' sizes; what an observable has on the
        identity it has exactly. The standard deviations are those of counting shots: at most the precision times the
        root of the sum of the squared coefficients, and 0 only where there is nothing to measure.
        """
        return {
            "results": [_pub(pub, self.options, rng) for pub in self.pubs],
            "metadata": {**self.echo, "version": 2, **SYNTHETIC},
        }


def _pub(pub: EstimatorPub, job_options: Mapping[str, Any], rng: Random) -> dict[str, Any]:
    split = options.randomizations(pub.precision, job_options)
    pairs = [_estimate(observable, 1 / math.sqrt(split.shots), rng) for observable in pub.observables]
    data = {
        "evs": nest([value for value, _, _ in pairs], pub.shape),
        "stds": nest([std for _, std, _ in pairs], pub.shape),
        "ensemble_standard_error": nest([error for _, _, error in pairs], pub.shape),
    }
    metadata = {
        "shots": split.shots,
        "target_precision": pub.precision,
        "circuit_metadata": {},
        "resilience": {},
        "num_randomizations": split.number,
    }
    return {"data": data, "metadata": metadata}


def _estimate(observable: Observable, noise: float, rng: Random) -> tuple[float, float, float]:
    """A value, its standard deviation, and the standard error of the ensemble, within 10 % of that."""
    value = 0.0
    deviations = []
    for label, coefficient in observable.terms:
        if label.strip("I"):
            term = _term(label, rng)
            value += coefficient * term
            deviations.append(coefficient * math.sqrt(1 - term * term))
        else:
            value += coefficient
    std = noise * math.hypot(*deviations)
    bound = observable.bound
    return max(-bound, min(bound, value)), std, std * (0.9 + 0.2 * rng.random())


def _term(label: str, rng: Random) -> float:
    """A value that the operator can have: projectors lie between 0 and 1, anything else between -1 and 1."""
    draw = 0.001 + 0.998 * rng.random()
    return draw if not label.strip("I01+-rl") else 2 * draw - 1
