"""The client that these tests run with, and small things to run on it."""

from __future__ import annotations

import warnings
from typing import Any

from qiskit import QuantumCircuit
from qiskit.quantum_info import SparsePauliOp
from qiskit_ibm_runtime import EstimatorV2, SamplerV2


def bell() -> QuantumCircuit:
    """A Bell pair in the gates of the backend of these tests, fake_manila, measured into `meas`."""
    circuit = QuantumCircuit(2)
    circuit.rz(1.5707963267948966, 0)
    circuit.sx(0)
    circuit.rz(1.5707963267948966, 0)
    circuit.cx(0, 1)
    circuit.measure_all()
    return circuit


def sampler(mode: Any = None, **options: Any) -> SamplerV2:
    """A SamplerV2, without the client's warning that it is deprecated (0.50)."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="The SamplerV2 class is deprecated", category=DeprecationWarning)
        return SamplerV2(mode, options=options or None)


def estimator(mode: Any = None, **options: Any) -> EstimatorV2:
    """An EstimatorV2, likewise."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="The EstimatorV2 class is deprecated", category=DeprecationWarning)
        return EstimatorV2(mode, options=options or None)


def submit(mode: Any, **options: Any) -> Any:
    """One sampler job with the Bell pair."""
    return sampler(mode, **options).run([bell()])


def zz() -> SparsePauliOp:
    """The observable ZZ on the first two qubits."""
    return SparsePauliOp("ZZ")
