"""Noise learners: synthetic noise for the layers that were asked for, in the client's own objects."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np
import pytest
from qiskit import ClassicalRegister, QuantumCircuit, QuantumRegister
from qiskit.circuit import BoxOp
from qiskit_ibm_runtime import Calibrator, NoiseLearner, NoiseLearnerV3
from qiskit_ibm_runtime.noise_learner_v3.params_converters import NOISE_LEARNER_V3_PARAMS_CONVERTERS as CONVERTERS
from qiskit_ibm_runtime.options_models import NoiseLearnerV3Options
from samplomatic import Twirl

from pytest_qruntime.programs.problems import Code
from tests.programs.executor.clientside import (
    FINISHED,
    MANILA,
    STARTED,
    answered,
    bell,
    decoded,
    document,
    hadamard,
    problem,
)


def boxes() -> list[Any]:
    """A gate on qubits 3 and 2 of the backend beside an idle qubit 0, and a measurement of qubits 4 and 1."""
    physical = QuantumRegister(5, "q")
    circuit = QuantumCircuit(physical, ClassicalRegister(2, "c"))
    with circuit.box([Twirl()]):
        circuit.noop(0)
        circuit.cx(3, 2)
    with circuit.box([Twirl()]):
        circuit.measure([4, 1], [0, 1])
    return list(circuit)


def test_every_box_has_a_noise_model_of_its_own(manila: Any) -> None:
    NoiseLearnerV3(manila).run(boxes())
    gates, measurements = answered(manila, target=MANILA)
    model = gates.to_pauli_lindblad_map()
    assert model.num_qubits == 3
    weights = [len(letters) for letters, _, _ in model.to_sparse_list()]
    assert (weights.count(1), weights.count(2)) == (9, 9)
    assert {tuple(places) for letters, places, _ in model.to_sparse_list() if len(letters) == 2} == {(1, 2)}
    assert np.all(model.rates >= 0)
    assert 0 < model.rates.max() < 0.02
    assert gates.metadata["learning_protocol"] == "lindblad"
    readout = measurements.to_pauli_lindblad_map()
    assert [(letters, list(places)) for letters, places, _ in readout.to_sparse_list()] == [("X", [0]), ("X", [1])]
    assert measurements.metadata["learning_protocol"] == "trex"


def test_generators_are_numbered_in_the_order_of_the_backend_and_not_of_the_box(manila: Any) -> None:
    body = QuantumCircuit(3)
    body.cx(0, 1)
    circuit = QuantumCircuit(QuantumRegister(5, "q"))
    circuit.append(BoxOp(body, annotations=[Twirl()]), [4, 3, 0])
    NoiseLearnerV3(manila).run(list(circuit))
    model = answered(manila, target=MANILA)[0].to_pauli_lindblad_map()
    assert {tuple(places) for letters, places, _ in model.to_sparse_list() if len(letters) == 2} == {(1, 2)}


@pytest.mark.parametrize("version", ["v0.1", "v0.2", "v0.3"])
def test_every_version_is_answered_in_itself(version: str) -> None:
    params = CONVERTERS[version].encoder(boxes(), NoiseLearnerV3Options()).model_dump(mode="json")
    answer = document("noise-learner", params, target=MANILA)
    assert answer["schema_version"] == version
    assert answer["pytest_qruntime"] == {"synthetic": True}
    assert [len(found) for found in decoded("noise-learner", answer)] == [18, 2]


def test_what_is_kept_of_the_shots_is_told_where_shots_are_discarded(manila: Any) -> None:
    learner = NoiseLearnerV3(manila)
    learner.options.layer_pair_depths = [0, 4]
    learner.options.bit_flip_checks.post_circuit.enable = True
    learner.run(boxes())
    gates, measurements = (found.metadata["post_selection"] for found in answered(manila, target=MANILA))
    assert set(gates["fraction_kept"]) == set(gates["success_rates"]) == {0, 4}
    assert set(gates["success_rates"][4]) == {0, 2, 3}
    assert set(measurements["success_rates"]) == {1, 4}
    assert 0.9 < measurements["fraction_kept"] < 1


@pytest.mark.parametrize(
    ("circuit", "code", "complaint"),
    [
        ("bare", Code.PAYLOAD_NOT_VALID, "instruction 0 is a cx; expected a box"),
        ("untwirled", Code.PAYLOAD_NOT_VALID, "instruction 0 is a box without a Twirl annotation"),
        ("uncoupled", Code.NOT_ISA, "instruction 0: "),
        ("wide", Code.NOT_ISA, "instruction 0: the circuit has 7 qubits but the target system has 5"),
    ],
)
def test_what_cannot_be_learned_is_refused(circuit: str, code: Code, complaint: str) -> None:
    given = QuantumCircuit(QuantumRegister(7, "q"))
    if circuit == "bare":
        given.cx(0, 1)
    else:
        with given.box([] if circuit == "untwirled" else [Twirl()]):
            given.cx(0, {"uncoupled": 4, "wide": 6}.get(circuit, 1))
    params = CONVERTERS["v0.3"].encoder(list(given), NoiseLearnerV3Options()).model_dump(mode="json")
    found = problem("noise-learner", params, MANILA)
    assert found.code == code
    assert complaint in found.reason


def legacy(device: Any, circuits: list[QuantumCircuit], **options: Any) -> NoiseLearner:
    with pytest.warns(DeprecationWarning, match="NoiseLearner"):
        learner = NoiseLearner(device, options or None)
    learner.run(circuits)
    return learner


def test_the_deprecated_learner_learns_the_most_frequent_layers_first(manila: Any) -> None:
    circuit = QuantumCircuit(5)
    circuit.cx(2, 3)
    for _ in range(2):
        circuit.barrier()
        circuit.cx(0, 1)
    legacy(manila, [circuit], twirling_strategy="active")
    result = answered(manila, target=MANILA)
    assert [layer.qubits for layer in result.data] == [[0, 1], [2, 3]]
    assert [layer.circuit.count_ops() for layer in result.data] == [{"cx": 1}, {"cx": 1}]
    error = result.data[0].error
    assert sorted(error.generators.to_labels())[:3] == ["IX", "IY", "IZ"]
    assert len(error.generators) == len(error.rates) == 15
    assert result.metadata["backend"] == "fake_manila"
    assert result.metadata["input_options"] == {
        "max_layers_to_learn": 4,
        "shots_per_randomization": 128,
        "num_randomizations": 32,
        "layer_pair_depths": [0, 1, 2, 4, 16, 32],
        "twirling_strategy": "active",
    }
    assert result.metadata["pytest_qruntime"] == {"synthetic": True}


def test_the_labels_of_the_deprecated_learner_begin_with_the_last_qubit(manila: Any) -> None:
    circuit = QuantumCircuit(3)
    circuit.cx(0, 1)
    legacy(manila, [circuit], twirling_strategy="all")
    labels = answered(manila).data[0].error.generators.to_labels()
    assert {label[0] for label in labels if label.count("I") == 1} == {"I"}


def test_the_deprecated_learner_stops_at_as_many_layers_as_it_was_allowed(manila: Any) -> None:
    circuit = bell()
    circuit.cx(1, 2)
    circuit.cx(2, 3)
    legacy(manila, [circuit], max_layers_to_learn=2, twirling_strategy="active")
    assert [layer.qubits for layer in answered(manila).data] == [[0, 1], [1, 2]]


def test_the_answer_to_the_deprecated_learner_fits_its_official_model(manila: Any) -> None:
    legacy(manila, [bell()])
    answer = document(*manila.service.sent[-1], target=MANILA)
    models = import_module("ibm_quantum_schemas.noise_learner_v2.version_0_1")
    assert len(models.ResultsModel.model_validate(answer).data) == 1


def test_the_deprecated_learner_wants_what_its_official_model_wants(manila: Any) -> None:
    legacy(manila, [bell()])
    _, params = manila.service.sent[-1]
    assert "params.circuits: Field required" in problem("noise-learner", {}).reason
    assert "params.more: Extra inputs" in problem("noise-learner", {**params, "more": 1}).reason.replace(" is 1", "")
    circuit = QuantumCircuit(2)
    hadamard(circuit, 0)
    circuit.cz(0, 1)
    legacy(manila, [bell()])
    params["circuits"] = ['OPENQASM 3.0; include "stdgates.inc"; qubit[2] q; cz q[0], q[1];']
    assert problem("noise-learner", params, MANILA).code == Code.NOT_ISA


def test_text_that_is_no_circuit_is_told_in_the_reason_alone(manila: Any, capfd: pytest.CaptureFixture[str]) -> None:
    legacy(manila, [bell()])
    _, params = manila.service.sent[-1]
    params["circuits"] = ["OPENQASM 3.0; qubit"]
    found = problem("noise-learner", params)
    assert found.code == Code.PAYLOAD_NOT_VALID
    assert "params.circuits[0] cannot be read: QASM parsing failed: line 1" in found.reason
    assert capfd.readouterr() == ("", "")


def test_a_calibration_lasts_as_long_as_its_job(manila: Any) -> None:
    from qiskit_ibm_runtime import Session

    session = object.__new__(Session)
    session._service, session._backend, session._run = manila.service, manila, manila.service._run
    Calibrator(session).run()
    result = answered(manila)
    assert result.start.isoformat() == STARTED.replace("Z", "+00:00")
    assert result.stop.isoformat() == FINISHED.replace("Z", "+00:00")
