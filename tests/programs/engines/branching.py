"""A slow and simple reference: every measurement splits the world."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
from qiskit import QuantumCircuit
from qiskit.quantum_info import Operator

Branch = tuple[Any, dict[Any, int]]
"""A state that is not normalised, and the bits."""


def probabilities(circuit: QuantumCircuit) -> Counter[int]:
    """The probability of each value of the circuit's bits, the first bit lowest."""
    start = np.zeros(1 << circuit.num_qubits, complex)
    start[0] = 1
    qubits = {qubit: index for index, qubit in enumerate(circuit.qubits)}
    found: Counter[int] = Counter()
    for state, bits in run(circuit, [(start, dict.fromkeys(circuit.clbits, 0))], qubits):
        value = sum(bits[bit] << index for index, bit in enumerate(circuit.clbits))
        found[value] += float(np.vdot(state, state).real)  # type: ignore[assignment]
    return found


def run(circuit: QuantumCircuit, branches: list[Branch], qubits: dict[Any, int]) -> list[Branch]:
    """What becomes of the branches; bits of blocks are those of the circuit, as the builder interface makes them."""
    for instruction in circuit.data:
        indices = [qubits[qubit] for qubit in instruction.qubits]
        branches = [after for branch in branches for after in step(instruction, branch, indices)]
    return branches


def step(instruction: Any, branch: Branch, indices: list[int]) -> list[Branch]:
    operation, (state, bits) = instruction.operation, branch
    if operation.name == "barrier":
        return [branch]
    if operation.name == "measure":
        outcomes = [(value, project(state, indices[0], value)) for value in (0, 1)]
        return [(after, {**bits, instruction.clbits[0]: value}) for value, after in outcomes if after.any()]
    if operation.name == "reset":
        zero, one = (project(state, indices[0], value) for value in (0, 1))
        flipped = apply(np.array([[0, 1], [1, 0]]), one, indices)
        return [(after, bits) for after in (zero, flipped) if after.any()]
    if operation.name == "if_else":
        what, value = operation.condition
        known = [bits[bit] for bit in what] if hasattr(what, "__len__") else [bits[what]]
        holds = sum(bit << index for index, bit in enumerate(known)) == int(value)
        block = operation.blocks[0 if holds else 1] if holds or len(operation.blocks) > 1 else None
        if block is None or block.data == []:
            return [branch]
        return run(block, [branch], dict(zip(block.qubits, indices, strict=True)))
    return [(apply(Operator(operation).data, state, indices), bits)]


def project(state: Any, qubit: int, value: int) -> Any:
    numbers = np.arange(len(state))
    return np.where((numbers >> qubit & 1) == value, state, 0)


def apply(matrix: Any, state: Any, indices: list[int]) -> Any:
    """The gate's matrix, entry by entry."""
    after = np.zeros_like(state)
    for number in np.flatnonzero(state):
        column = sum((int(number) >> qubit & 1) << place for place, qubit in enumerate(indices))
        cleared = int(number) & ~sum(1 << qubit for qubit in indices)
        for row in range(1 << len(indices)):
            target = cleared | sum((row >> place & 1) << qubit for place, qubit in enumerate(indices))
            after[target] += matrix[row, column] * state[number]
    return after
