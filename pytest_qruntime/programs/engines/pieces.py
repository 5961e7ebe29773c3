"""A circuit in pieces that know nothing of each other, none larger than it must be."""

from __future__ import annotations

from typing import Any, NamedTuple

from pytest_qruntime.programs.engines import CannotSimulate
from pytest_qruntime.programs.engines.groups import Groups

FULL = 8
"""Qubits of a piece that is made of several smaller ones, to have fewer of them."""

_NOTHING = frozenset(("barrier", "delay"))


class Piece(NamedTuple):
    """Some qubits of a circuit with all that happens to them.

    Attributes:
        circuit: a circuit of its own, without registers and barriers.
        qubits: which qubits of the whole circuit its qubits are, in order.
        bits: which bits of the whole circuit its bits are, in order.
    """

    circuit: Any
    qubits: tuple[int, ...]
    bits: tuple[int, ...]


def pieces(circuit: Any) -> list[Piece]:
    """The pieces of a circuit; qubits that nothing happens to are in none of them. Raises `CannotSimulate`."""
    groups: Groups[Any] = Groups()
    for instruction in circuit.data:
        if instruction.operation.name not in _NOTHING:
            groups.join((*instruction.qubits, *instruction.clbits))
    return [_piece(circuit, members) for members in _packed(groups, set(circuit.qubits))]


def _packed(groups: Groups[Any], qubits: set[Any]) -> list[set[Any]]:
    """The groups, small ones put together."""
    members: dict[Any, set[Any]] = {}
    for member in groups:
        members.setdefault(groups.leader(member), set()).add(member)
    packed: list[set[Any]] = []
    for group in sorted(members.values(), key=len):
        if packed and len((packed[-1] | group) & qubits) <= FULL:
            packed[-1] |= group
        else:
            packed.append(group)
    return packed


def _piece(circuit: Any, members: set[Any]) -> Piece:
    from qiskit import QuantumCircuit
    from qiskit.exceptions import QiskitError

    qubits = [(place, qubit) for place, qubit in enumerate(circuit.qubits) if qubit in members]
    bits = [(place, bit) for place, bit in enumerate(circuit.clbits) if bit in members]
    piece = QuantumCircuit([qubit for _, qubit in qubits], [bit for _, bit in bits], name="piece")
    for register in circuit.cregs:
        if members.issuperset(register):
            piece.add_register(register)
    try:
        for instruction in circuit.data:
            if instruction.operation.name != "barrier" and members.issuperset(instruction.qubits):
                piece.append(instruction.operation, instruction.qubits, instruction.clbits, copy=False)
    except QiskitError as problem:
        raise CannotSimulate(f"the circuit cannot be taken to pieces: {problem.message}") from problem
    return Piece(piece, tuple(place for place, _ in qubits), tuple(place for place, _ in bits))
