"""The lowest energy of a small Hamiltonian with qiskit-ibm-runtime: one session, one job for each step."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import pi

from qiskit import QuantumCircuit
from qiskit.circuit import Parameter
from qiskit.quantum_info import SparsePauliOp
from qiskit.transpiler import generate_preset_pass_manager
from qiskit_ibm_runtime import IBMBackend, IBMRuntimeError, QiskitRuntimeService, Session
from qiskit_ibm_runtime.executor_estimator import Estimator

HAMILTONIAN = SparsePauliOp(["ZZ", "XX"], [0.4, -0.2])
SESSION_IS_OVER = "1217", "4001"


@dataclass(frozen=True)
class Found:
    """The best angle so far. It is not the end of the search if the session was over before."""

    theta: float
    energy: float
    finished: bool


def search(backend_name: str, *, steps: int, max_time: str = "25m") -> Found:
    """Follow the gradient of the energy for so many steps, or for as long as the session lasts.

    Raises `RuntimeJobFailureError` when a job fails for another reason than the end of its session.
    """
    backend = QiskitRuntimeService().backend(backend_name)
    session = Session(backend=backend, max_time=max_time)
    try:
        return descend(Estimator(mode=session), *prepared(backend), steps)
    finally:
        session.close()


def descend(estimator: Estimator, ansatz: QuantumCircuit, hamiltonian: SparsePauliOp, steps: int) -> Found:
    """The best of so many steps; or of those before the session was over."""
    theta, best = 0.3, Found(theta=0.0, energy=float("inf"), finished=False)
    for _ in range(steps):
        try:
            here, above, below = energies(estimator, ansatz, hamiltonian, [theta, theta + pi / 2, theta - pi / 2])
        except IBMRuntimeError as error:
            if any(code in str(error) for code in SESSION_IS_OVER):
                return best
            raise
        if here < best.energy:
            best = Found(theta, here, finished=False)
        theta -= (above - below) / 2
    return replace(best, finished=True)


def energies(
    estimator: Estimator, ansatz: QuantumCircuit, hamiltonian: SparsePauliOp, angles: list[float]
) -> list[float]:
    """The energy at each of the angles: one job."""
    [result] = estimator.run([(ansatz, hamiltonian, [[angle] for angle in angles])]).result()
    return [float(value) for value in result.data.evs]


def prepared(backend: IBMBackend) -> tuple[QuantumCircuit, SparsePauliOp]:
    """The ansatz in the backend's own gates, and the Hamiltonian on the qubits that it uses."""
    ansatz = QuantumCircuit(2)
    ansatz.ry(Parameter("theta"), 0)
    ansatz.cx(0, 1)
    ansatz = generate_preset_pass_manager(1, backend=backend).run(ansatz)
    return ansatz, HAMILTONIAN.apply_layout(ansatz.layout)
