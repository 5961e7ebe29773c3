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
        exact, spread = _estimates(pub, expected.values, labels)
        fields = self.mitigation.fields(
            exact.reshape(pub.shape), spread.reshape(pub.shape) / np.sqrt(split.shots), split.number, draws
        )
        metadata = {
            "shots": split.shots,
            "target_precision": pub.precision,
            "circuit_metadata": pub.circuit.metadata,
            "resilience": self.mitigation.of_pub(pub.shape),
            "num_randomizations": split.number,
        }
        data = codec.data_bin(pub.shape, {name: codec.ndarray(values) for name, values in fields.items()})
        return codec.pub_result("PubResult", data, metadata)


def _estimates(pub: EstimatorPub, values: Array, labels: Sequence[str]) -> tuple[Array, Array]:
    """Of each element of the result, the exact value, and the standard deviation that one shot would have.

    The terms of an observable are taken to be measured independently of each other.
    """
    columns = {label: column for column, label in enumerate(labels)}
    observable_of, set_of = np.asarray(pub.observable_of, int), np.asarray(pub.set_of, int)
    order = np.argsort(observable_of, kind="stable")
    starts = np.searchsorted(observable_of[order], np.arange(len(pub.observables) + 1))
    exact, spread = np.zeros(len(set_of)), np.zeros(len(set_of))
    for index, observable in enumerate(pub.observables):
        elements = order[starts[index] : starts[index + 1]]
        chosen = np.array([columns[label] for label, _ in observable.terms])
        coefficients = np.array([coefficient for _, coefficient in observable.terms])
        means = values[set_of[elements, None], chosen]
        exact[elements] = means @ coefficients
        spread[elements] = np.sqrt((1 - means**2) @ coefficients**2)
    return exact, spread
