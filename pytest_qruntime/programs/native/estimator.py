"""What an EstimatorV2 job returns: expectation values of the engine, with the noise of counting shots."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from pytest_qruntime.programs import options as shared
from pytest_qruntime.programs.circuit import Target
from pytest_qruntime.programs.engines import Expected, Sampling
from pytest_qruntime.programs.native import codec
from pytest_qruntime.programs.native.mitigation import Mitigation
from pytest_qruntime.programs.native.options import check
from pytest_qruntime.programs.native.pubs import EstimatorPub, estimator_pubs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


_ROUNDING = 1e-12
"""Variances below this one are those of numbers that are rounded."""


class EstimatorJob(NamedTuple):
    """The input of an estimator job, the engine that measures, and what the options say."""

    pubs: Sequence[EstimatorPub]
    sampling: Sampling
    options: Mapping[str, Any]
    mitigation: Mitigation

    @classmethod
    def read(cls, params: Mapping[str, Any], target: Target | None, sampling: Sampling) -> EstimatorJob:
        """The job of these params. Raises `Invalid`."""
        check("estimator", params)
        options = shared.part(params, "options", "params")
        return cls(estimator_pubs(params, target), sampling, options, Mitigation.of(shared.echo(params), options))

    def result(self, rng: Random, started: str, finished: str) -> dict[str, Any]:
        """The result document; `metadata.pytest_qruntime` says which engine measured which PUB."""
        results, engines = [], []
        for pub in self.pubs:
            draws = np.random.default_rng(rng.getrandbits(128))
            labels = {label: 0 for observable in pub.observables for label, _ in observable.terms}
            expected = self.sampling.expectations(pub.circuit, pub.values, list(labels), draws)
            results.append(self._pub(pub, expected, list(labels), draws))
            engines.append({"engine": expected.engine, "asked": self.sampling.name, "because": expected.because})
        metadata = {**self.mitigation.metadata, "version": 2, "pytest_qruntime": {"pubs": engines}}
        return codec.primitive_result(results, metadata)

    def _pub(
        self, pub: EstimatorPub, expected: Expected, labels: Sequence[str], draws: np.random.Generator
    ) -> dict[str, Any]:
        split = shared.randomizations(pub.precision, self.options)
        exact, spread, bound = (array.reshape(pub.shape) for array in _estimates(pub, expected.values, labels))
        fields = self.mitigation.fields(exact, spread / np.sqrt(split.shots), bound, split.number, draws)
        metadata = {
            "shots": split.shots,
            "target_precision": pub.precision,
            "circuit_metadata": pub.circuit.metadata,
            "resilience": self.mitigation.of_pub(pub.shape),
            "num_randomizations": split.number,
        }
        data = codec.data_bin(pub.shape, {name: codec.ndarray(values) for name, values in fields.items()})
        return codec.pub_result("PubResult", data, metadata)


def _estimates(pub: EstimatorPub, values: Array, labels: Sequence[str]) -> tuple[Array, Array, Array]:
    """Of each element of the result, the exact value, the standard deviation that one shot would have, and the bound.

    The terms of an observable are taken to be measured independently of each other. What differs from 1 or -1 by
    rounding alone has no deviation.
    """
    columns = {label: column for column, label in enumerate(labels)}
    observable_of, set_of = np.asarray(pub.observable_of, int), np.asarray(pub.set_of, int)
    order = np.argsort(observable_of, kind="stable")
    starts = np.searchsorted(observable_of[order], np.arange(len(pub.observables) + 1))
    exact, spread, bound = (np.zeros(len(set_of)) for _ in range(3))
    variances = 1 - values**2
    variances[variances < _ROUNDING] = 0.0
    for index, observable in enumerate(pub.observables):
        elements = order[starts[index] : starts[index + 1]]
        chosen = np.array([columns[label] for label, _ in observable.terms])
        coefficients = np.array([coefficient for _, coefficient in observable.terms])
        means = values[set_of[elements, None], chosen]
        exact[elements] = means @ coefficients
        spread[elements] = np.sqrt(variances[set_of[elements, None], chosen] @ coefficients**2)
        bound[elements] = observable.bound
    return exact, spread, bound
