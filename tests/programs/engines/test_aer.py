"""The engines of qiskit-aer."""

from __future__ import annotations

import gc
from typing import Any

import numpy as np
import pytest
from qiskit import ClassicalRegister, QuantumCircuit, QuantumRegister
from qiskit.circuit import Parameter

from pytest_qruntime.programs import engines
from pytest_qruntime.programs.circuit import Target
from pytest_qruntime.programs.engines import noise, sampling
from pytest_qruntime.programs.problems import Code, Invalid

NO_VALUES = np.zeros((1, 0))


def figures(qubits: int, *, gate_error: float = 0.2, readout: float = 0.1) -> tuple[dict[str, Any], dict[str, Any]]:
    """The documents of a device with the same errors everywhere, and no relaxation to speak of."""

    def parameter(name: str, value: float, unit: str = "") -> dict[str, Any]:
        return {"date": "2026-01-15T12:00:00Z", "name": name, "unit": unit, "value": value}

    each = [
        parameter("T1", 1e9, "us"),
        parameter("T2", 1e9, "us"),
        parameter("frequency", 5.0, "GHz"),
        parameter("readout_error", readout),
        parameter("prob_meas0_prep1", readout),
        parameter("prob_meas1_prep0", readout),
    ]
    errors = [parameter("gate_error", gate_error), parameter("gate_length", 30.0, "ns")]
    gates = [{"gate": "x", "qubits": [qubit], "parameters": errors, "name": f"x{qubit}"} for qubit in range(qubits)]
    properties = {
        "backend_name": "made_up",
        "backend_version": "1.0.0",
        "last_update_date": "2026-01-15T12:00:00Z",
        "qubits": [each] * qubits,
        "gates": gates,
        "general": [],
    }
    return {"dt": 4.0}, properties


def flipped(width: int, qubit: int) -> QuantumCircuit:
    circuit = QuantumCircuit(width, 1)
    circuit.x(qubit)
    circuit.measure(qubit, 0)
    return circuit


def sample(engine: str, circuit: QuantumCircuit, values: Any, shots: int, target: Target | None = None) -> Any:
    return sampling(engine, target).sample(circuit, np.asarray(values, float), shots, np.random.default_rng(1))


def test_bits_are_those_of_the_ideal_engine_in_their_places() -> None:
    circuit = QuantumCircuit(QuantumRegister(20), ClassicalRegister(9, "a"), ClassicalRegister(3, "b"))
    circuit.x(19)
    circuit.ry(Parameter("t"), 3)
    circuit.cx(3, 4)
    circuit.measure([19, 3, 4], [8, 1, 10])
    values = [[0.0], [1.0], [np.pi]]

    found, ideal = (sample(engine, circuit, values, 4000) for engine in ("aer", "ideal"))

    assert (found.engine, found.because) == ("aer", None)
    for name in ("a", "b"):
        assert np.abs(found.bits[name].mean(axis=1) - ideal.bits[name].mean(axis=1)).max() < 0.05
        assert found.bits[name].shape == ideal.bits[name].shape
    assert (found.bits["a"][..., 1] == found.bits["b"][..., 1]).all()


def test_what_the_ideal_engine_cannot_do() -> None:
    circuit = QuantumCircuit(14, 14)
    circuit.h(0)
    for qubit in range(13):
        circuit.cx(qubit, qubit + 1)
    circuit.measure(range(14), range(14))
    with circuit.while_loop((circuit.clbits[0], 1)):
        circuit.x(0)
        circuit.measure(0, 0)
    bits = sample("aer", circuit, NO_VALUES, 200).bits["c"][0]
    assert not bits[:, 0].any()
    assert (bits[:, 1:] == bits[:, 1:2]).all()
    assert 0 < bits[:, 1].mean() < 1


def test_what_qiskit_aer_cannot_do_is_left_to_seeded_bits(
    capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """Nobody is told but in the result, and the limit is not that of the machine."""
    circuit = QuantumCircuit(50)
    for qubit in range(49):
        circuit.ry(0.5, qubit)
        circuit.cx(qubit, qubit + 1)
    circuit.measure_all()
    found = sample("aer", circuit, NO_VALUES, 10)
    assert found.engine == "schema"
    assert "qiskit-aer: " in found.because
    assert "piece" in found.because
    assert "max memory: 2048M" in found.because
    assert not caplog.records
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("sets", [0, 1, 3])
def test_sets_of_a_circuit_without_parameters_are_drawn_each(sets: int) -> None:
    circuit = QuantumCircuit(1)
    circuit.h(0)
    circuit.measure_all()
    bits = sample("aer", circuit, np.zeros((sets, 0)), 100).bits["meas"]
    assert bits.shape == (sets, 100, 1)
    assert len({row.tobytes() for row in bits}) == sets


def test_a_circuit_that_measures_nothing() -> None:
    assert not sample("aer", QuantumCircuit(1, 2), NO_VALUES, 10).bits["c"].any()


def test_expectation_values_are_exact() -> None:
    circuit = QuantumCircuit(30)
    circuit.rx(Parameter("t"), 5)
    circuit.cx(5, 25)
    circuit.measure_all()
    labels = ["I" * 4 + "Z" + "I" * 19 + "Z" + "I" * 5, "I" * 30, "I" * 24 + "Z" + "I" * 5, "I" * 24 + "Y" + "I" * 5]
    values = np.array([[0.3], [2.0]])
    found, ideal = (
        sampling(engine).expectations(circuit, values, labels, np.random.default_rng(1)) for engine in ("aer", "ideal")
    )
    assert found.engine == "aer"
    assert np.allclose(found.values, ideal.values)
    nothing = sampling("aer").expectations(circuit, np.zeros((0, 1)), labels, np.random.default_rng(1))
    assert nothing.values.shape == (0, 4)


def test_the_noise_is_that_of_the_backends_documents() -> None:
    """A gate that fails with 0.1 on average depolarizes with 0.2; readout errors come on top, but not for values."""
    target = Target(3, documents=lambda: figures(3, gate_error=0.1, readout=0.05))
    found = sample("aer-noisy", flipped(3, 2), NO_VALUES, 20_000, target)
    assert found.engine == "aer-noisy"
    assert found.bits["c"].mean() == pytest.approx(0.9 * 0.95 + 0.1 * 0.05, abs=0.015)
    values = sampling("aer-noisy", target).expectations(flipped(3, 2), NO_VALUES, ["ZII"], np.random.default_rng(1))
    assert values.values[0, 0] == pytest.approx(-0.8)


def test_without_errors_nothing_is_disturbed() -> None:
    target = Target(3, documents=lambda: figures(3, gate_error=0.0, readout=0.0))
    assert sample("aer-noisy", flipped(3, 1), NO_VALUES, 500, target).bits["c"].all()


def test_a_noise_model_is_made_once_per_backend_and_set_of_qubits() -> None:
    asked: list[int] = []

    def documents() -> tuple[dict[str, Any], dict[str, Any]]:
        asked.append(1)
        return figures(5)

    target = Target(5, documents=documents)
    for qubit in (2, 2, 3, 2):
        sample("aer-noisy", flipped(5, qubit), NO_VALUES, 5, target)
    assert len(asked) == 2
    known = len(noise._MODELS)
    del target, documents
    gc.collect()
    assert len(noise._MODELS) == known - 1


def test_only_the_errors_of_what_a_circuit_does_are_looked_at() -> None:
    configuration, properties = figures(3, gate_error=0.1)
    target = Target(3, documents=lambda: (configuration, {**properties, "gates": properties["gates"][:1]}))
    assert sample("aer-noisy", flipped(3, 0), NO_VALUES, 5, target).engine == "aer-noisy"
    assert target.documents is not None
    (model,) = noise._MODELS[target.documents].values()
    assert [error["gate_qubits"] for error in model.to_dict()["errors"] if error["operations"] == ["x"]] == [[(0,)]]


def test_the_models_that_are_kept_are_not_more_and_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(noise, "_KEPT", 2)
    target = Target(5, documents=lambda: figures(5))
    for qubit in range(5):
        sample("aer-noisy", flipped(5, qubit), NO_VALUES, 5, target)
    assert target.documents is not None
    assert [qubits for qubits, _ in noise._MODELS[target.documents]] == [(3,), (4,)]


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        (None, "the noise of the backend is not known"),
        (Target(3), "the noise of the backend is not known"),
        (Target(3, documents=lambda: ({}, {"gates": []})), "the backend's properties do not make a noise model"),
    ],
)
def test_noise_that_is_not_known_is_left_to_seeded_bits(target: Target | None, reason: str) -> None:
    found = sample("aer-noisy", flipped(3, 1), NO_VALUES, 5, target)
    assert found.engine == "schema"
    assert reason in found.because


@pytest.mark.parametrize("engine", ["aer", "aer-noisy"])
def test_the_seed_decides(engine: str) -> None:
    circuit = flipped(3, 0)
    circuit.h(1)
    target = Target(3, documents=lambda: figures(3))
    first, again, other = (
        sampling(engine, target).sample(circuit.measure_all(inplace=False), NO_VALUES, 200, np.random.default_rng(seed))
        for seed in (1, 1, 2)
    )
    assert (first.bits["meas"] == again.bits["meas"]).all()
    assert (first.bits["meas"] != other.bits["meas"]).any()


@pytest.mark.parametrize("engine", ["aer", "aer-noisy"])
def test_without_qiskit_aer_the_engine_says_how_to_get_it(engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "find_spec", lambda name: None)
    with pytest.raises(Invalid) as caught:
        sampling(engine)
    assert caught.value.problem.code == Code.NOT_SIMULATED
    assert "pip install 'pytest-qruntime[aer]'" in caught.value.problem.solution


def test_a_circuit_as_wide_as_a_device_with_gates_and_measurements_everywhere() -> None:
    circuit = QuantumCircuit(127)
    angle = Parameter("t")
    for qubit in range(0, 126, 3):
        circuit.rx(angle + qubit, qubit)
        circuit.cx(qubit, qubit + 1)
    circuit.measure_all()
    label = "".join("Z" if qubit in (0, 1, 33, 34) else "I" for qubit in reversed(range(127)))
    values = np.array([[0.4], [2.0]])

    bits = sample("aer", circuit, values, 500).bits["meas"]
    found, ideal = (
        sampling(engine).expectations(circuit, values, [label, "X" + label[1:]], np.random.default_rng(1)).values
        for engine in ("aer", "ideal")
    )

    assert (bits[..., 0:126:3] == bits[..., 1:126:3]).all()
    assert not bits[..., 2:126:3].any()
    assert np.abs(bits.mean(axis=1)[:, 0:126:3] - np.sin((values + np.arange(0, 126, 3)) / 2) ** 2).max() < 0.1
    assert np.allclose(found, ideal)


def test_readout_errors_of_qubits_that_only_are_measured(caplog: pytest.LogCaptureFixture) -> None:
    circuit = QuantumCircuit(40)
    circuit.measure_all()
    target = Target(40, documents=lambda: figures(40, readout=0.2))
    ones = sample("aer-noisy", circuit, NO_VALUES, 2000, target).bits["meas"][0].mean(axis=0)
    assert np.abs(ones - 0.2).max() < 0.06
    assert not caplog.records


def test_two_qubits_that_are_measured_into_one_bit_stay_in_order() -> None:
    circuit = QuantumCircuit(30, 1)
    circuit.x(0)
    circuit.measure(0, 0)
    circuit.measure(29, 0)
    assert not sample("aer", circuit, NO_VALUES, 20).bits["c"].any()


def test_a_decision_on_a_bit_that_nothing_is_measured_into() -> None:
    circuit = QuantumCircuit(1, 2)
    with circuit.if_test((circuit.clbits[0], 1)):
        circuit.x(0)
    assert not sample("aer", circuit, NO_VALUES, 20).bits["c"].any()


def test_values_are_those_before_a_measurement_at_the_end_and_after_one_in_the_middle() -> None:
    circuit = QuantumCircuit(30, 2)
    circuit.h([3, 20])
    circuit.measure(3, 0)
    circuit.h(3)
    circuit.barrier()
    circuit.measure(20, 1)
    circuit.barrier()
    circuit.x(5)
    labels = ["I" * 26 + "X" + "III", "I" * 9 + "X" + "I" * 20, "I" * 26 + "Z" + "III", "I" * 24 + "Z" + "I" * 5]
    values = np.stack(
        [
            sampling(engine).expectations(circuit, NO_VALUES, labels, np.random.default_rng(1)).values[0]
            for engine in ("aer", "ideal")
        ]
    )
    assert np.allclose(values, [0, 1, 0, -1], atol=0.1)
