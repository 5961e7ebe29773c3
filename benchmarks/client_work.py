"""The real client, and what all make it do in the same way: a session of five jobs, and one job of each program."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from pytest_qruntime import QRuntime

SMALL: Final = "fake_manila"
LARGE: Final = "fake_sherbrooke"
"""Snapshots of the client's own fake provider, of 5 and of 127 qubits."""

JOBS: Final = 5
SHOTS: Final = 1024


class Client(NamedTuple):
    """A world, and the real client's view of it."""

    qruntime: QRuntime
    service: Any
    backend: Any


@contextmanager
def client(backend: str = SMALL, **settings: Any) -> Iterator[Client]:
    """A world with this snapshot and the real client in it, as the fixture makes them."""
    import qiskit_ibm_runtime

    from pytest_qruntime import world

    with world(backend=backend, **settings) as qruntime:
        service = qiskit_ibm_runtime.QiskitRuntimeService()
        yield Client(qruntime, service, service.backend(backend))


def circuit_for(backend: Any, *, measured: bool = True) -> Any:
    """Two entangled qubits in the instructions of this backend."""
    from qiskit import QuantumCircuit, generate_preset_pass_manager

    circuit = QuantumCircuit(2)
    circuit.h(0)
    circuit.cx(0, 1)
    if measured:
        circuit.measure_all()
    return generate_preset_pass_manager(optimization_level=1, backend=backend).run(circuit)


def session_of_five(backend: Any, circuit: Any) -> None:
    """Open a session, run five sampler jobs in it, close it, and take the five results."""
    from qiskit_ibm_runtime import SamplerV2, Session

    with Session(backend=backend) as session:
        sampler = SamplerV2(mode=session)
        jobs = [sampler.run([circuit], shots=SHOTS) for _ in range(JOBS)]
    for job in jobs:
        if len(job.result()) != 1:
            raise RuntimeError(f"job {job.job_id()} has no result")


# -- one job of each program -------------------------------------------------------------------------------------------

Work = Callable[[], Any]
"""Runs one job and returns its result."""


def sampler(backend: Any) -> Work:
    """The service's sampler."""
    from qiskit_ibm_runtime import SamplerV2

    circuit = circuit_for(backend)
    return lambda: SamplerV2(mode=backend).run([circuit], shots=SHOTS).result()


def estimator(backend: Any) -> Work:
    """The service's estimator."""
    from qiskit_ibm_runtime import EstimatorV2

    pub = _with_observable(backend)
    return lambda: EstimatorV2(mode=backend).run([pub]).result()


def executor_sampler(backend: Any) -> Work:
    """The sampler whose work is done in the client."""
    from qiskit_ibm_runtime.executor_sampler import SamplerV2

    circuit = circuit_for(backend)
    return lambda: SamplerV2(mode=backend).run([circuit], shots=SHOTS).result()


def executor_estimator(backend: Any) -> Work:
    """The estimator whose work is done in the client: it measures every qubit of the backend, and calibrates that."""
    from qiskit_ibm_runtime.executor_estimator import EstimatorV2

    pub = _with_observable(backend)
    return lambda: EstimatorV2(mode=backend).run([pub]).result()


PROGRAMS: Final[dict[str, Callable[[Any], Work]]] = {
    "SamplerV2": sampler,
    "EstimatorV2": estimator,
    "executor Sampler": executor_sampler,
    "executor Estimator": executor_estimator,
}


def _with_observable(backend: Any) -> tuple[Any, Any]:
    from qiskit.quantum_info import SparsePauliOp

    circuit = circuit_for(backend, measured=False)
    return circuit, SparsePauliOp("ZZ").apply_layout(circuit.layout)
