"""Every primitive of the client runs in every mode, and its result is what the client makes of the right content."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any, NamedTuple

import pytest
from qiskit import QuantumCircuit
from qiskit.quantum_info import SparsePauliOp
from qiskit_ibm_runtime import Batch, IBMInputValueError, QiskitRuntimeService, Session

from pytest_qruntime import QRuntime, world
from tests.sdk.client import bell, estimator, sampler, zz
from tests.sdk.needs import at_least, module_since, needs_client

MODES: dict[str, Callable[[Any], Any]] = {"job": nullcontext, "session": Session, "batch": Batch}


class Primitive(NamedTuple):
    """How a primitive is run, with what program, and what its result must be.

    Attributes:
        first: the version of the client that it came with.
        run: from a mode (a session, a batch or a backend) to a job.
        program: what the service calls it.
        check: looks at the result.
    """

    first: str
    run: Callable[[Any], Any]
    program: str
    check: Callable[[Any], None]


def bare_bell() -> QuantumCircuit:
    return bell().remove_final_measurements(inplace=False)


def correlated(result: Any) -> None:
    counts = result[0].data.meas.get_counts()
    assert set(counts) == {"00", "11"}
    assert sum(counts.values()) == 4096


def one(result: Any) -> None:
    assert float(result[0].data.evs) == pytest.approx(1, abs=1e-6)


def executor_sampler(mode: Any) -> Any:
    module = module_since("0.49", "qiskit_ibm_runtime.executor_sampler")
    return getattr(module, "Sampler", module.SamplerV2)(mode).run([bell()], shots=4096)


def executor_estimator(mode: Any) -> Any:
    module = module_since("0.49", "qiskit_ibm_runtime.executor_estimator")
    return getattr(module, "Estimator", module.EstimatorV2)(mode).run([(bare_bell(), zz())])


def executor(mode: Any) -> Any:
    client = module_since("0.46", "qiskit_ibm_runtime")
    program = module_since("0.46", "qiskit_ibm_runtime.quantum_program").QuantumProgram(shots=256)
    program.append_circuit_item(bell())
    return client.Executor(mode).run(program)


def bits(result: Any) -> None:
    found = result[0]["meas"]
    assert found.shape == (256, 2)
    assert (found[:, 0] == found[:, 1]).all()
    assert 0 < found[:, 0].sum() < 256


def two_layers() -> QuantumCircuit:
    circuit = QuantumCircuit(5)
    circuit.cx(0, 1)
    circuit.barrier()
    circuit.cx(2, 3)
    return circuit


def noise_learner(mode: Any) -> Any:
    module_since("0.46", "ibm_quantum_schemas")  # with which the fake reads what is to be learned
    from qiskit_ibm_runtime.noise_learner import NoiseLearner

    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*NoiseLearner.*deprecated", category=DeprecationWarning)
        return NoiseLearner(mode, {"twirling_strategy": "active"}).run([two_layers()])


def noise_learner_v3(mode: Any) -> Any:
    client, twirl = module_since("0.46", "qiskit_ibm_runtime"), module_since("0.46", "samplomatic").Twirl
    circuit = QuantumCircuit(5)
    for pair in ((0, 1), (2, 3)):
        with circuit.box([twirl()]):
            circuit.cx(*pair)
    return client.NoiseLearnerV3(mode).run(list(circuit))


def learned(result: Any) -> None:
    assert sorted(layer.qubits for layer in result.data) == [[0, 1], [2, 3]]


def learned_v3(result: Any) -> None:
    assert [layer.to_pauli_lindblad_map().num_qubits for layer in result] == [2, 2]


PRIMITIVES = {
    "SamplerV2": Primitive("0.43", lambda mode: sampler(mode).run([bell()], shots=4096), "sampler", correlated),
    "EstimatorV2": Primitive("0.43", lambda mode: estimator(mode).run([(bare_bell(), zz())]), "estimator", one),
    "executor Sampler": Primitive("0.49", executor_sampler, "executor", correlated),
    "executor Estimator": Primitive("0.49", executor_estimator, "executor", one),
    "Executor": Primitive("0.46", executor, "executor", bits),
    "NoiseLearner": Primitive("0.46", noise_learner, "noise-learner", learned),
    "NoiseLearnerV3": Primitive("0.46", noise_learner_v3, "noise-learner", learned_v3),
}


@pytest.fixture
def backend(qiskit_runtime_service: QiskitRuntimeService) -> Any:
    return qiskit_runtime_service.backend("fake_manila")


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", PRIMITIVES)
def test_a_primitive_runs_and_its_result_is_decoded(qruntime: QRuntime, backend: Any, name: str, mode: str) -> None:
    primitive = PRIMITIVES[name]
    with MODES[mode](backend) as workload:
        job = primitive.run(workload)
        assert job.status() == "RUNNING"
        primitive.check(job.result())
    assert job.status() == "DONE"
    assert job.primitive_id == primitive.program
    assert (job.session_id is not None) is (mode != "job")
    (seen,) = qruntime.jobs()
    assert seen.job_id() == job.job_id()


@pytest.mark.parametrize("name", [name for name in PRIMITIVES if at_least(PRIMITIVES[name].first)])
def test_another_handle_decodes_the_same_result_and_the_inputs(backend: Any, name: str) -> None:
    primitive = PRIMITIVES[name]
    job = primitive.run(backend)
    job.wait_for_final_state()
    again = backend.service.job(job.job_id())
    primitive.check(again.result())
    assert again.inputs.keys() == job.inputs.keys() != set()


def test_code_under_test_that_makes_everything_by_itself() -> None:
    def ground_state_energy() -> float:
        service = QiskitRuntimeService()
        with Session(service.least_busy(operational=True, simulator=False)) as session:
            observable = SparsePauliOp(["ZZ", "XX"], [1.0, 0.5])
            return float(estimator(session).run([(bare_bell(), observable)]).result()[0].data.evs)

    with world(backend="fake_manila"):
        assert ground_state_energy() == pytest.approx(1.5, abs=1e-6)


def test_a_circuit_that_the_backend_cannot_run_is_refused_by_the_client(qruntime: QRuntime, backend: Any) -> None:
    circuit = QuantumCircuit(2)
    circuit.h(0)
    circuit.measure_all()
    with pytest.raises(IBMInputValueError, match="The instruction h on qubits"):
        sampler(backend).run([circuit])
    assert qruntime.jobs() == []


@pytest.mark.parametrize("name", ["executor Sampler", "executor Estimator", "Executor", "NoiseLearnerV3"])
def test_primitives_of_today_warn_of_nothing(backend: Any, name: str, recwarn: pytest.WarningsRecorder) -> None:
    PRIMITIVES[name].run(backend).result()
    assert recwarn.list == []


@needs_client("0.51", "the last of these warnings")
@pytest.mark.parametrize("name", ["SamplerV2", "EstimatorV2", "NoiseLearner"])
def test_primitives_of_yesterday_warn_when_they_are_made(backend: Any, name: str) -> None:
    import qiskit_ibm_runtime

    with pytest.warns(DeprecationWarning, match=f"{name}.* deprecated"):
        getattr(qiskit_ibm_runtime, name)(backend)
