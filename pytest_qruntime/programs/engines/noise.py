"""The noise of a backend, as qiskit-aer makes it of the backend's own documents."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

from pytest_qruntime.programs.engines import CannotSimulate

Documents = Callable[[], tuple[dict[str, Any], dict[str, Any]]]

_MODELS: WeakKeyDictionary[Documents, dict[tuple[int, ...], Any]] = WeakKeyDictionary()
"""Per backend and some of its qubits, as long as the backend is there: a large backend's whole model takes seconds."""


def noise_model(documents: Documents, qubits: tuple[int, ...]) -> Any:
    """The `qiskit_aer.noise.NoiseModel` of some qubits of a backend, which it counts from 0.

    Args:
        documents: gives the backend's configuration and properties, as the service's REST interface shows them.
        qubits: whose noise is wanted: gate errors, thermal relaxation and readout errors.

    Raises:
        CannotSimulate: the documents do not say enough.
    """
    known = _MODELS.setdefault(documents, {})
    if qubits not in known:
        known[qubits] = _made(*documents(), qubits)
    return known[qubits]


def _made(configuration: dict[str, Any], properties: dict[str, Any], qubits: tuple[int, ...]) -> Any:
    from qiskit.exceptions import QiskitError
    from qiskit_aer.backends.backendproperties import AerBackendProperties
    from qiskit_aer.noise import NoiseModel

    sample_ns = configuration.get("dt")
    try:
        return NoiseModel.from_backend_properties(
            AerBackendProperties.from_dict(_of_some(properties, qubits)),
            dt=None if sample_ns is None else sample_ns * 1e-9,
        )
    except (QiskitError, LookupError, TypeError, ValueError) as problem:
        raise CannotSimulate(f"the backend's properties do not make a noise model: {problem!r}") from problem


def _of_some(properties: dict[str, Any], qubits: tuple[int, ...]) -> dict[str, Any]:
    """The properties of a backend that has only these qubits."""
    places = {qubit: place for place, qubit in enumerate(qubits)}
    gates = [
        {**gate, "qubits": [places[qubit] for qubit in gate["qubits"]]}
        for gate in properties["gates"]
        if places.keys() >= set(gate["qubits"])
    ]
    return {**properties, "qubits": [properties["qubits"][qubit] for qubit in qubits], "gates": gates}
