"""What the blocks use and do not define: a backend, small circuits, a cost function, an optimiser."""

from __future__ import annotations

from functools import partial
from typing import Any

EVALUATIONS = 6  # an optimiser's; enough to see its jobs, and few enough to be quick


def names(kind: str, backend: str | None = None) -> dict[str, Any]:
    """The names that a block may use, with the primitives of that kind.

    The service is whatever `QiskitRuntimeService()` finds: a block knows nothing of the fake. None stands for the least
    busy backend.
    """
    from qiskit_ibm_runtime import Batch, QiskitRuntimeService, Session

    service = QiskitRuntimeService()
    device = service.least_busy(operational=True, simulator=False) if backend is None else service.backend(backend)
    return {
        "QiskitRuntimeService": QiskitRuntimeService,
        "Session": Session,
        "Batch": Batch,
        "service": service,
        "backend": device,
        **primitives(kind),
        **circuits(device),
        "x0": [0.5, -0.5],
        "cost_func": cost_func,
        "minimize": minimizer(),
    }


def primitives(kind: str) -> dict[str, Any]:
    """`Sampler` and `Estimator`: ``legacy`` or ``executor``; by their names with V2 too."""
    if kind == "legacy":
        from qiskit_ibm_runtime import EstimatorV2 as Estimator
        from qiskit_ibm_runtime import SamplerV2 as Sampler
    else:
        from qiskit_ibm_runtime.executor_estimator import Estimator
        from qiskit_ibm_runtime.executor_sampler import Sampler
    return {"Sampler": Sampler, "Estimator": Estimator, "SamplerV2": Sampler, "EstimatorV2": Estimator}


def minimizer() -> Any:
    from scipy.optimize import minimize

    return partial(minimize, options={"maxiter": EVALUATIONS})


def cost_func(values: Any, ansatz: Any, hamiltonian: Any, estimator: Any) -> float:
    """The energy of the ansatz at these values: one job."""
    [result] = estimator.run([(ansatz, hamiltonian, values)]).result()
    return float(result.data.evs)


def circuits(backend: Any) -> dict[str, Any]:
    """Circuits in the backend's own gates, and what is to be measured on them."""
    import numpy as np
    from qiskit import ClassicalRegister, QuantumCircuit
    from qiskit.circuit import ParameterVector
    from qiskit.quantum_info import SparsePauliOp
    from qiskit.transpiler.preset_passmanagers import generate_preset_pass_manager

    pm = generate_preset_pass_manager(backend=backend, optimization_level=1)
    theta = ParameterVector("theta", 2)
    bell, turns = QuantumCircuit(2), QuantumCircuit(2)
    bell.h(0)
    bell.cx(0, 1)
    turns.ry(theta[0], 0)
    turns.ry(theta[1], 1)
    turns.cx(0, 1)

    circuit, ansatz = pm.run(bell), pm.run(turns)
    observable = SparsePauliOp("ZZ").apply_layout(circuit.layout)
    hamiltonian = SparsePauliOp(["ZZ", "XI"], [0.5, 0.25]).apply_layout(ansatz.layout)
    # both qubits into `meas`, and after transpiling the whole backend into `meas0`
    measured = pm.run(turns.measure_all(inplace=False))
    measured.add_register(everything := ClassicalRegister(measured.num_qubits, "meas0"))
    measured.measure(range(measured.num_qubits), everything)
    values = np.linspace(0, 1, 12).reshape(3, 2, 2)
    sampler_circuit = pm.run(bell.measure_all(inplace=False))
    return {
        "pm": pm,
        "circuit": circuit,
        "observable": observable,
        "sampler_circuit": sampler_circuit,
        "circuits": [sampler_circuit] * 500,
        "ansatz": ansatz,
        "hamiltonian": hamiltonian,
        "estimator_pub": (ansatz, hamiltonian, values),
        "sampler_pub": (measured, values),
    }
