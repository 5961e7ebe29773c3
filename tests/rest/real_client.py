"""The real client against the world of a test: a service, and a circuit that every backend takes."""

from __future__ import annotations

from typing import Any

from qiskit import QuantumCircuit
from qiskit_ibm_runtime import QiskitRuntimeService

from pytest_qruntime import QRuntime


def service(qruntime: QRuntime, **options: Any) -> QiskitRuntimeService:
    """A service with the account's key; on the default instance unless another is named, or with None all of them."""
    options.setdefault("instance", qruntime.crn)
    return QiskitRuntimeService(channel="ibm_quantum_platform", token=qruntime.api_key, **options)


def flips() -> QuantumCircuit:
    """Two qubits, flipped and measured: in the basis of every backend."""
    circuit = QuantumCircuit(2)
    circuit.x(0)
    circuit.x(1)
    circuit.measure_all()
    return circuit
