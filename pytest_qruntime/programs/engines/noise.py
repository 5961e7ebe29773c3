"""The noise of a backend, as qiskit-aer makes it of the backend's own documents."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

from pytest_qruntime.programs.engines import CannotSimulate
from pytest_qruntime.programs.engines.compact import compact

Documents = Callable[[], tuple[dict[str, Any], dict[str, Any]]]

Use = tuple[str, tuple[int, ...]]
"""A gate and its qubits."""

_MODELS: WeakKeyDictionary[Documents, dict[tuple[tuple[int, ...], frozenset[Use]], Any]] = WeakKeyDictionary()
"""Per backend, what circuits of late needed of its noise: a large backend's whole model takes seconds."""

_KEPT = 64
"""Models that are remembered per backend."""

_FEW = 8
"""Qubits of which qiskit-aer takes the density matrix, unless there are hardly any shots."""


def noise_model(documents: Documents, qubits: tuple[int, ...], uses: frozenset[Use]) -> Any:
    """The `qiskit_aer.noise.NoiseModel` of some qubits of a backend, which it counts from 0.

    Args:
        documents: gives the backend's configuration and properties, as the service's REST interface shows them.
        qubits: whose noise is wanted: thermal relaxation and readout errors.
        uses: the gates whose errors are wanted, on qubits of the backend. The errors of all others are left out, for
            qiskit-aer translates a model anew each time that it runs a circuit.

    Raises:
        CannotSimulate: the documents do not say enough.
    """
    known = _MODELS.setdefault(documents, {})
    if (qubits, uses) not in known:
        if len(known) == _KEPT:
            del known[next(iter(known))]
        known[qubits, uses] = _made(*documents(), qubits, uses)
    return known[qubits, uses]


def _made(
    configuration: dict[str, Any], properties: dict[str, Any], qubits: tuple[int, ...], uses: frozenset[Use]
) -> Any:
    from qiskit.exceptions import QiskitError
    from qiskit_aer.backends.backendproperties import AerBackendProperties
    from qiskit_aer.noise import NoiseModel
    from qiskit_aer.noise.device import basic_device_gate_errors

    sample_ns = configuration.get("dt")
    try:
        some = _of_some(properties, qubits, uses)
        model = NoiseModel.from_backend_properties(
            AerBackendProperties.from_dict({**some, "gates": []}), dt=None if sample_ns is None else sample_ns * 1e-9
        )
        for name, places, error in basic_device_gate_errors(AerBackendProperties.from_dict(some)):
            model.add_quantum_error(compact(error) if len(qubits) <= _FEW else error, name, places)
    except (QiskitError, LookupError, TypeError, ValueError) as problem:
        raise CannotSimulate(f"the backend's properties do not make a noise model: {problem!r}") from problem
    model.add_basis_gates(sorted({"id", *(gate["gate"] for gate in some["gates"])}))  # it warns of a model without any
    return model


def _of_some(properties: dict[str, Any], qubits: tuple[int, ...], uses: frozenset[Use]) -> dict[str, Any]:
    """The properties of a backend that has only these qubits and gates."""
    places = {qubit: place for place, qubit in enumerate(qubits)}
    gates = [
        {**gate, "qubits": [places[qubit] for qubit in gate["qubits"]]}
        for gate in properties["gates"]
        if (gate["gate"], tuple(gate["qubits"])) in uses
    ]
    return {**properties, "qubits": [properties["qubits"][qubit] for qubit in qubits], "gates": gates}
