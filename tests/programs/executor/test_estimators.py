"""The client's executor-based estimator gets what its circuits and observables say."""

from __future__ import annotations

import math
from random import Random
from typing import Any

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter
from qiskit.quantum_info import SparsePauliOp
from qiskit_ibm_runtime.executor_estimator import EstimatorV2

from pytest_qruntime.programs import executor
from pytest_qruntime.programs.engines import Sampling
from tests.programs.executor.clientside import FINISHED, MANILA, STARTED, answered, bell, raw_answer

ZZ, XX, YY, ZI = ("IIIZZ", "IIIXX", "IIIYY", "IIIIZ")


def rotated() -> QuantumCircuit:
    """Qubit 0 turned by an angle about the y axis, in the backend's own instructions."""
    circuit = QuantumCircuit(5)
    circuit.sx(0)
    circuit.rz(Parameter("t"), 0)
    circuit.sx(0)
    return circuit


@pytest.mark.parametrize(
    ("level", "twirl"), [(0, False), (1, False), (1, True)], ids=["plain", "TREX", "TREX and twirled gates"]
)
def test_a_bell_pair_has_its_correlations(manila: Any, level: int, twirl: bool) -> None:
    estimator = EstimatorV2(manila)
    estimator.options.resilience.measure_mitigation = level == 1
    estimator.options.twirling.enable_measure = level == 1
    estimator.options.twirling.enable_gates = twirl
    estimator.run([(bell(), [SparsePauliOp(ZZ), SparsePauliOp(XX), SparsePauliOp(YY), SparsePauliOp(ZI)])])
    evs = answered(manila, target=MANILA)[0].data.evs
    assert evs[:3] == pytest.approx([1, 1, -1], abs=1e-9)
    assert evs[3] == pytest.approx(0, abs=0.08)


def test_a_sum_of_paulis_is_weighted(manila: Any) -> None:
    EstimatorV2(manila).run([(bell(), SparsePauliOp([ZZ, XX, YY], [0.5, 2.0, 0.25]))])
    assert float(answered(manila)[0].data.evs) == pytest.approx(2.25)


def test_every_observable_with_every_parameter_set(manila: Any) -> None:
    angles = np.array([0.0, 0.7, math.pi / 2, 2.5, math.pi])
    EstimatorV2(manila).run([(rotated(), [[SparsePauliOp("IIIIZ")], [SparsePauliOp("IIIIX")]], angles[:, None])])
    data = answered(manila, target=MANILA)[0].data
    assert data.evs.shape == (2, 5)
    assert data.evs[0] == pytest.approx(-np.cos(angles), abs=0.08)
    assert data.evs[1] == pytest.approx(np.sin(angles), abs=0.08)
    assert np.all(data.stds[0, 1:4] > 0)


def test_the_default_of_a_large_backend_measures_all_of_it_and_calibrates(sherbrooke: Any) -> None:
    circuit = QuantumCircuit(127)
    circuit.x(0)
    circuit.sx(1)
    observables = [SparsePauliOp("I" * 126 + "Z"), SparsePauliOp("I" * 125 + "YI"), SparsePauliOp("I" * 125 + "ZI")]
    EstimatorV2(sherbrooke).run([(circuit, observables)])
    raw, evs = raw_answer(sherbrooke), answered(sherbrooke)[0].data.evs
    assert [item["_meas"].shape[-1] for item in raw] == [127, 127]
    assert not (raw[1]["_meas"] ^ raw[1]["measurement_flips._meas"]).any()
    assert evs[:2] == pytest.approx([-1, -1], abs=1e-9)
    assert evs[2] == pytest.approx(0, abs=0.08)


def test_all_randomizations_of_an_item_are_sampled_in_one_call(manila: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []
    original = Sampling.sample

    def counted(self: Sampling, circuit: Any, values: Any, shots: int, rng: Any) -> Any:
        calls.append((values.shape, shots))
        return original(self, circuit, values, shots, rng)

    monkeypatch.setattr(Sampling, "sample", counted)
    EstimatorV2(manila).run([(rotated(), [SparsePauliOp("IIIIZ")], np.linspace(0, 1, 3)[:, None])])
    answered(manila)
    assert calls == [((96, 15), 128), ((32, 15), 128)]


@pytest.mark.parametrize("amplifier", ["gate_folding", "pea"])
def test_extrapolation_from_amplified_noise_that_is_not_there_changes_nothing(manila: Any, amplifier: Any) -> None:
    estimator = EstimatorV2(manila)
    estimator.options.twirling.enable_gates = True
    estimator.options.resilience.zne_mitigation = True
    estimator.options.resilience.zne.amplifier = amplifier
    estimator.options.resilience.zne.extrapolator = "linear"
    if amplifier == "pea":
        estimator.options.resilience.layer_noise_model = learned(manila, estimator, 0.0)
    circuit = rotated().assign_parameters([0.7])
    circuit.cx(0, 1)
    estimator.run([(circuit, SparsePauliOp("IIIIZ"))])
    assert float(answered(manila)[0].data.evs) == pytest.approx(-math.cos(0.7), abs=0.2)


def test_noise_that_was_learned_here_can_be_cancelled(manila: Any) -> None:
    estimator = EstimatorV2(manila)
    estimator.options.twirling.enable_gates = True
    estimator.options.resilience.pec_mitigation = True
    estimator.options.resilience.layer_noise_model = learned(manila, estimator, 1.0)
    estimator.run([(bell(), SparsePauliOp(ZZ))])
    assert float(answered(manila)[0].data.evs) == pytest.approx(1, abs=0.1)


def learned(device: Any, estimator: EstimatorV2, scale: float) -> list[Any]:
    """The layers of a Bell pair with the noise that the fake's noise learner gives them, scaled."""
    from qiskit_ibm_runtime import NoiseLearnerV3

    layers = estimator.find_unique_layers([(bell(), SparsePauliOp(ZZ))])
    NoiseLearnerV3(device).run(layers)
    maps = answered(device, target=MANILA).to_pauli_lindblad_maps()
    return [(layer, found.scale_rates(scale)) for layer, found in zip(layers, maps, strict=True)]


def test_the_engine_is_named_where_the_decoders_do_not_look(manila: Any) -> None:
    circuit = QuantumCircuit(5)
    circuit.x(0)
    EstimatorV2(manila).run([(circuit, SparsePauliOp("IIIIZ"))])
    program, params = manila.service.sent[-1]
    found = executor.read(program, params, None, "ideal").result(Random(1), STARTED, FINISHED)
    exact = {"engine": "ideal", "asked": "ideal", "because": None}
    assert found["metadata"]["pytest_qruntime"] == {"items": [exact, exact]}
