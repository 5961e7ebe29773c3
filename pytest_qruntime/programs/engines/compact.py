"""Errors of qiskit-aer with few terms: it translates each term anew whenever it runs a circuit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Transfer = NDArray[np.floating[Any]]

_PAULIS: dict[str, Transfer] = {
    "id": np.diag([1.0, 1.0, 1.0, 1.0]),
    "x": np.diag([1.0, 1.0, -1.0, -1.0]),
    "y": np.diag([1.0, -1.0, 1.0, -1.0]),
    "z": np.diag([1.0, -1.0, -1.0, 1.0]),
}
_TRANSFERS = {**_PAULIS, "i": _PAULIS["id"], "reset": np.array([[1.0, 0, 0, 0], [0] * 4, [0] * 4, [1.0, 0, 0, 0]])}
"""What operations on one qubit make of the expectation values of I, X, Y and Z."""


def compact(error: Any) -> Any:
    """The same channel as a `qiskit_aer.noise.QuantumError` of one term; the error itself if it is none of a device's.

    Good for density matrices, where a term costs the same whatever it does; trajectories are better off with terms that
    are mostly the identity.
    """
    from qiskit.quantum_info import PTM, Kraus
    from qiskit_aer.noise import QuantumError

    terms = [_factors(circuit) for circuit in error.circuits]
    if any(factors is None for factors in terms):
        return error
    whole = sum(
        probability * _product(factors)
        for probability, factors in zip(error.probabilities, terms, strict=True)
        if factors is not None
    )
    return QuantumError(Kraus(PTM(whole)))


def _product(factors: list[Transfer]) -> Transfer:
    product: Transfer = np.ones((1, 1))
    for factor in factors:
        product = np.kron(factor, product)
    return product


def _factors(circuit: Any) -> list[Transfer] | None:
    """What the operations of a circuit do to each qubit; None if one of them relates qubits to each other."""
    factors = [_PAULIS["id"]] * circuit.num_qubits
    places = {qubit: place for place, qubit in enumerate(circuit.qubits)}
    for instruction in circuit.data:
        operation = instruction.operation
        each = reversed(operation.params[0].lower()) if operation.name == "pauli" else [operation.name]
        for name, qubit in zip(each, instruction.qubits, strict=False):
            found = _transfer(name, operation)
            if found is None or (len(instruction.qubits) > 1 and operation.name != "pauli"):
                return None
            factors[places[qubit]] = found @ factors[places[qubit]]
    return factors


def _transfer(name: str, operation: Any) -> Transfer | None:
    from qiskit.quantum_info import PTM, Kraus

    if name == "kraus" and operation.num_qubits == 1:
        transfer: Transfer = PTM(Kraus(operation.params)).data.real
        return transfer
    return _TRANSFERS.get(name)
