"""When a sampler's data was taken, and how twirling splits it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter
from qiskit_ibm_runtime.execution_span import DoubleSliceSpan, ExecutionSpans, TwirledSliceSpanV2

from tests.programs.native.client import result_of, sampler_params

TWIRLED = {"enable_gates": True}


def swept() -> QuantumCircuit:
    circuit = QuantumCircuit(1)
    circuit.rx(Parameter("a"), 0)
    circuit.measure_all()
    return circuit


def plain() -> QuantumCircuit:
    return swept().assign_parameters([1.0])


def spans_of(result: Any) -> Any:
    found = result.metadata["execution"]["execution_spans"]
    assert isinstance(found, ExecutionSpans)
    return found


def test_one_span_lasts_as_long_as_the_job_ran_and_holds_all_data() -> None:
    result = result_of("sampler", sampler_params((swept(), np.zeros((3, 2, 1)), 10), (plain(), None, 7)))

    (span,) = spans_of(result)

    assert isinstance(span, DoubleSliceSpan)
    assert (span.start, span.stop) == (datetime(2026, 1, 15, 12, 0, 0, 250000), datetime(2026, 1, 15, 12, 0, 4))
    assert (span.pub_idxs, span.size) == ([0, 1], 67)
    assert span.mask(0).shape == (3, 2, 10)
    assert span.mask(0).all()
    assert span.mask(1).all()


@pytest.mark.parametrize("shape", [(), (3, 2)])
def test_spans_of_a_twirled_job_know_the_randomizations(shape: tuple[int, ...]) -> None:
    params = sampler_params((swept(), np.zeros((*shape, 1)), 100), twirling=TWIRLED)
    result = result_of("sampler", params)

    (span,) = spans_of(result)

    assert isinstance(span, TwirledSliceSpanV2)
    assert span.mask(0).shape == (*shape, 100)
    assert span.mask(0).all()
    assert result[0].metadata["num_randomizations"] == 2
    assert result[0].data.meas.num_shots == 100


@pytest.mark.parametrize(
    ("own", "options", "twirling", "number", "shots"),
    [
        (None, {}, {}, 32, 4096),
        (5000, {}, {}, 32, 5000),
        (100, {}, {}, 2, 100),
        (None, {"default_shots": 100}, {}, 2, 128),
        (None, {}, {"num_randomizations": 10}, 10, 4100),
        (None, {}, {"shots_per_randomization": 100}, 41, 4100),
        (None, {}, {"num_randomizations": 10, "shots_per_randomization": 7}, 10, 70),
        (1000, {}, {"num_randomizations": 10, "shots_per_randomization": 7}, 143, 1000),
        (1000, {}, {"num_randomizations": "auto", "shots_per_randomization": "auto"}, 16, 1000),
    ],
)
def test_randomizations_take_precedence_over_default_shots_and_not_over_a_pubs_own(
    own: int | None, options: dict[str, Any], twirling: dict[str, Any], number: int, shots: int
) -> None:
    pub = sampler_params((plain(), None, own), twirling={"enable_measure": True, **twirling}, **options)
    (result,) = result_of("sampler", pub)
    assert (result.metadata["num_randomizations"], result.data.meas.num_shots) == (number, shots)


def test_twirling_that_is_not_enabled_changes_nothing() -> None:
    twirling = {"enable_gates": False, "num_randomizations": 3, "shots_per_randomization": 5}
    result = result_of("sampler", sampler_params(plain(), twirling=twirling))
    assert isinstance(spans_of(result)[0], DoubleSliceSpan)
    assert result[0].data.meas.num_shots == 4096
    assert "num_randomizations" not in result[0].metadata
