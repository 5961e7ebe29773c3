"""What the real client is made to do, in the same way by all: a session of five jobs, and one job of each program."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

SMALL: Final = "fake_manila"
LARGE: Final = "fake_sherbrooke"
"""Snapshots of the client's own fake provider, of 5 and of 127 qubits."""

JOBS: Final = 5
SHOTS: Final = 1024


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
