"""What EstimatorV2 jobs return, as the client sees it."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter
from qiskit.primitives import PrimitiveResult
from qiskit.quantum_info import SparsePauliOp, Statevector

from tests.programs.native.client import document, estimator_params, result_of

THETA, PHI = Parameter("theta"), Parameter("phi")


def ansatz() -> QuantumCircuit:
    circuit = QuantumCircuit(2)
    circuit.ry(THETA, 0)
    circuit.cx(0, 1)
    circuit.rx(2 * PHI + 0.1, 1)
    return circuit


def exact(circuit: QuantumCircuit, observable: Any) -> float:
    return float(Statevector(circuit).expectation_value(SparsePauliOp(observable)).real)


def test_a_result_has_the_fields_and_the_metadata_of_the_documentation() -> None:
    values = np.linspace(0, 1, 12).reshape(3, 2, 2)
    result = result_of("estimator", estimator_params((ansatz(), "ZZ", values)))

    assert isinstance(result, PrimitiveResult)
    (pub,) = result
    assert list(pub.data) == ["evs", "stds", "ensemble_standard_error"]
    assert {array.shape for array in pub.data.values()} == {(3, 2)} == {pub.data.shape}
    assert pub.metadata == {
        "shots": 4096,
        "target_precision": 0.015625,
        "circuit_metadata": {},
        "resilience": {},
        "num_randomizations": 32,
    }
    assert result.metadata == {
        "dynamical_decoupling": {
            "enable": False,
            "sequence_type": "XX",
            "extra_slack_distribution": "middle",
            "scheduling_method": "alap",
        },
        "twirling": {
            "enable_gates": False,
            "enable_measure": True,
            "num_randomizations": "auto",
            "shots_per_randomization": "auto",
            "interleave_randomizations": True,
            "strategy": "active-accum",
        },
        "resilience": {"measure_mitigation": True, "zne_mitigation": False, "pec_mitigation": False},
        "version": 2,
        "pytest_qruntime": {"pubs": [{"engine": "ideal", "asked": "ideal", "because": None}]},
    }


def test_values_scatter_around_the_exact_ones_as_the_standard_deviation_says() -> None:
    observable = SparsePauliOp(["ZZ", "XX", "IY", "II"], [0.7, -1.2, 0.4, 2.0])
    points = np.random.default_rng(1).uniform(-3, 3, (400, 2))
    (pub,) = result_of("estimator", estimator_params((ansatz(), observable, points)))

    truth = np.array([exact(ansatz().assign_parameters(point), observable) for point in points])
    scaled = (pub.data.evs - truth) / pub.data.ensemble_standard_error

    assert abs(scaled.mean()) < 0.2
    assert 0.9 < scaled.std() < 1.1
    assert np.abs(scaled).max() < 5
    ratio = pub.data.stds / pub.data.ensemble_standard_error  # one is estimated from the scatter of 32 groups of shots
    assert abs(ratio.mean() - 1) < 0.05
    assert 0.08 < ratio.std() < 0.18


def test_what_is_certain_has_no_noise() -> None:
    circuit = QuantumCircuit(2)
    circuit.x(1)
    observables = ["II", "ZI", "IZ", SparsePauliOp(["ZZ", "II"], [0.5, 3])]
    (pub,) = result_of("estimator", estimator_params((circuit, observables)))
    assert np.allclose(pub.data.evs, [1, -1, 1, 2.5], atol=1e-12)
    assert np.allclose(pub.data.stds, 0, atol=1e-9)


@pytest.mark.parametrize(
    ("observables", "values"),
    [((), ()), ((3,), ()), ((), (4,)), ((3, 1), (4,)), ((4,), (4,)), ((2, 1, 1), (3, 4)), ((1,), (0,)), ((2, 2), ())],
)
def test_observables_and_parameter_sets_broadcast_as_numpy_does(
    observables: tuple[int, ...], values: tuple[int, ...]
) -> None:
    rng = np.random.default_rng(2)
    labels = np.array(rng.choice(["ZZ", "XI", "IY", "YX"], observables), dtype=object)
    points = rng.uniform(-3, 3, (*values, 2))
    (pub,) = result_of("estimator", estimator_params((ansatz(), labels.tolist(), points)))

    def expected(label: str, index: int) -> float:
        return exact(ansatz().assign_parameters(points.reshape(-1, 2)[index]), label)

    indices = np.arange(math.prod(values)).reshape(values)
    truth = np.vectorize(expected, otypes=[float])(labels, indices)
    assert pub.data.evs.shape == truth.shape == np.broadcast_shapes(observables, values)
    assert np.allclose(pub.data.evs, truth, atol=0.08)


@pytest.mark.parametrize(
    ("own", "options", "shots", "precision"),
    [
        (None, {"default_precision": 0.01}, 10016, 0.01),
        (0.1, {"default_precision": 0.01}, 128, 0.1),
        (None, {"default_shots": 1000, "default_precision": 0.5}, 1024, 1 / math.sqrt(1000)),
        (None, {"default_shots": None}, 4096, 0.015625),
    ],
)
def test_the_nearest_precision_wins(own: float | None, options: dict[str, Any], shots: int, precision: float) -> None:
    (pub,) = result_of("estimator", estimator_params((ansatz(), "ZZ", [0.3, 0.4], own), **options))
    assert pub.metadata["shots"] == shots
    assert pub.metadata["target_precision"] == pytest.approx(precision)


def test_a_finer_precision_gives_finer_values() -> None:
    pub = (ansatz(), "XX", np.full((200, 2), 0.8))
    coarse, fine = (
        result_of("estimator", estimator_params((*pub, precision)))[0].data.evs.std() for precision in (0.1, 0.001)
    )
    assert 0.05 < coarse < 0.12
    assert fine < 0.0012


def test_observables_of_a_transpiled_circuit_span_the_device() -> None:
    circuit = QuantumCircuit(127)
    circuit.h(5)
    circuit.cx(5, 6)
    circuit.x(100)
    observable = SparsePauliOp.from_sparse_list([("XX", [5, 6], 1.0), ("ZZ", [5, 100], 0.5), ("Z", [100], 2)], 127)
    (pub,) = result_of("estimator", estimator_params((circuit, observable)))
    assert pub.data.evs == pytest.approx(-1.0, abs=0.05)


def test_measurements_at_the_end_are_left_out() -> None:
    circuit = QuantumCircuit(1)
    circuit.h(0)
    circuit.measure_all()
    (pub,) = result_of("estimator", estimator_params((circuit, "X")))
    assert pub.data.evs == pytest.approx(1.0)


def test_the_seed_decides_and_nothing_else() -> None:
    params = estimator_params((ansatz(), ["ZZ", "XX"], [0.4, 1.2]))
    assert document("estimator", params, seed=3) == document("estimator", params, seed=3)
    assert document("estimator", params, seed=3) != document("estimator", params, seed=4)


def test_a_circuit_that_is_too_entangled_gets_seeded_values_and_says_so() -> None:
    circuit = QuantumCircuit(13)
    for qubit in range(12):
        circuit.cx(qubit, qubit + 1)
    result = result_of("estimator", estimator_params((circuit, ["Z" * 13, "I" * 13])))
    assert result.metadata["pytest_qruntime"]["pubs"][0]["engine"] == "schema"
    assert abs(result[0].data.evs[0]) < 1
    assert result[0].data.evs[1] == 1


def test_no_value_is_larger_than_the_coefficients_allow() -> None:
    """Neither by counting a few shots, nor by rounding: a value that is certain is certain."""
    angles = np.linspace(0, 0.1, 50)[:, None]
    circuit = QuantumCircuit(1)
    circuit.ry(Parameter("a"), 0)
    for level in (1, 2):
        params = estimator_params((circuit, [["Z"], [{"Z": -2.0, "I": 0.5}]], angles), level=level, default_shots=1)
        evs = result_of("estimator", params)[0].data.evs
        assert np.abs(evs[0]).max() <= 1
        assert np.abs(evs[1]).max() <= 2.5
    turned = QuantumCircuit(2)
    for _ in range(7):
        turned.rx(2 * np.pi / 7, 0)
        turned.ry(0.3, 1)
        turned.ry(-0.3, 1)
    pub = result_of("estimator", estimator_params((turned, ["ZZ", "IZ", "ZI"])))[0].data
    assert np.abs(pub.evs).max() <= 1
    assert np.abs(pub.evs).min() > 1 - 1e-12
    assert (pub.stds == 0).all()
