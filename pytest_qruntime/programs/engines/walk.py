"""Through a circuit and all blocks in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


def instructions(circuit: Any, qubits: Mapping[Any, int]) -> Iterator[tuple[str, tuple[int, ...]]]:
    """The name and the qubits of every instruction, those in the blocks of control flow included."""
    for instruction in circuit.data:
        operation = instruction.operation
        places = tuple([qubits[qubit] for qubit in instruction.qubits])
        yield operation.name, places
        for block in getattr(operation, "blocks", ()):
            yield from instructions(block, dict(zip(block.qubits, places, strict=True)))


def measured(circuit: Any) -> Iterator[Any]:
    """The bits that a circuit measures into, also within control flow, as bits of the circuit itself."""
    for instruction in circuit.data:
        operation = instruction.operation
        if operation.name == "measure":
            yield from instruction.clbits
        for block in getattr(operation, "blocks", ()):
            outside = dict(zip(block.clbits, instruction.clbits, strict=True))
            for bit in measured(block):
                yield outside[bit]
