"""A circuit as unitary steps on wires: measurements in the middle, resets and feedback deferred to the end.

A wire begins in the state 0 and is measured, if at all, at the end. A qubit starts on a wire of its own. A reset moves
it to a fresh one. A measured qubit that is used again leaves its value behind on a fresh wire, which it is copied to (a
controlled not); so each bit knows the wire that it will be read from, and a condition on bits is a condition on wires.
That is exact: measuring later changes nothing for whoever does not look.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from pytest_qruntime.programs.engines import CannotSimulate

_IGNORED = frozenset(("barrier", "delay"))
_LARGEST_MATRIX = 3
"""Qubits of the largest gate that is applied as one matrix; larger ones are taken apart if they can be."""
_MOST_CONDITIONS = 10
"""Measured bits that one condition may be on: all their values are tried."""


class Condition(NamedTuple):
    """That the wires, read as a number with the first one as its lowest bit, hold one of these values."""

    wires: tuple[int, ...]
    allowed: frozenset[int]


class Step(NamedTuple):
    """One gate on wires, in the order of the gate's qubits, where all conditions hold.

    Attributes:
        gate: a `qiskit.circuit.Gate`; None for the controlled not that copies a measured value.
        wires: what it acts on.
        conditions: when.
    """

    gate: Any
    wires: tuple[int, ...]
    conditions: tuple[Condition, ...] = ()

    @property
    def touched(self) -> tuple[int, ...]:
        """All wires whose states the step relates."""
        return (*self.wires, *(wire for condition in self.conditions for wire in condition.wires))


class _Scope(NamedTuple):
    """Where a block of instructions stands: what its qubits and bits are outside, and when it is run."""

    qubits: Mapping[Any, int]
    bits: Mapping[Any, Any]
    conditions: tuple[Condition, ...]

    def inner(self, block: Any, instruction: Any, conditions: tuple[Condition, ...]) -> _Scope:
        qubits = (self.qubits[qubit] for qubit in instruction.qubits)
        bits = (self.bits[bit] for bit in instruction.clbits)
        return _Scope(
            dict(zip(block.qubits, qubits, strict=True)), dict(zip(block.clbits, bits, strict=True)), conditions
        )


class Wires:
    """A circuit on wires.

    Attributes:
        steps: in order.
        of_qubit: per qubit of the circuit, its wire at the end.
        of_bit: per bit of the circuit that is ever written, its wire.
    """

    def __init__(self, circuit: Any) -> None:
        """Raises `CannotSimulate`."""
        self.steps: list[Step] = []
        self.of_qubit = list(range(circuit.num_qubits))
        self.of_bit: dict[Any, int] = {}
        self._count: int = circuit.num_qubits
        self._used: set[int] = set()
        self._read: set[int] = set()
        qubits = {qubit: index for index, qubit in enumerate(circuit.qubits)}
        self._walk(circuit, _Scope(qubits, {bit: bit for bit in circuit.clbits}, ()))

    def _walk(self, circuit: Any, scope: _Scope) -> None:
        for instruction in circuit.data:
            name = instruction.operation.name
            if name == "measure":
                self._measure(instruction, scope)
            elif name == "reset":
                self._reset(instruction, scope)
            elif name == "if_else":
                self._branch(instruction, scope)
            elif name == "box":
                (body,) = instruction.operation.blocks
                self._walk(body, scope.inner(body, instruction, scope.conditions))
            elif name not in _IGNORED:
                self._gate(instruction, scope)

    def _gate(self, instruction: Any, scope: _Scope) -> None:
        operation = instruction.operation
        if getattr(operation, "blocks", ()) or getattr(operation, "_condition", None) is not None:
            raise CannotSimulate(f"the instruction {operation.name} is not simulated")
        whole = (
            not instruction.clbits and len(instruction.qubits) <= _LARGEST_MATRIX and hasattr(operation, "__array__")
        )
        definition = None if whole else getattr(operation, "definition", None)
        if definition is not None:
            self._walk(definition, scope.inner(definition, instruction, scope.conditions))
        elif instruction.clbits or not hasattr(operation, "__array__"):
            raise CannotSimulate(f"the instruction {operation.name} is not simulated")
        elif instruction.qubits:  # without qubits it is a global phase
            self._apply(operation, [scope.qubits[qubit] for qubit in instruction.qubits], scope.conditions)

    def _apply(self, gate: Any, qubits: Sequence[int], conditions: tuple[Condition, ...]) -> None:
        self._keep_reading(qubits)
        wires = tuple(self.of_qubit[qubit] for qubit in qubits)
        self._used.update(wires)
        self.steps.append(Step(gate, wires, conditions))

    def _keep_reading(self, qubits: Iterable[int]) -> None:
        """Before measured qubits change: what was measured stays on wires of its own."""
        if not self._read:
            return
        for wire in self._read.intersection([self.of_qubit[qubit] for qubit in qubits]):
            self._read.discard(wire)
            copy = self._fresh()
            self.steps.append(Step(None, (wire, copy)))
            self.of_bit.update({bit: copy for bit, source in self.of_bit.items() if source == wire})

    def _measure(self, instruction: Any, scope: _Scope) -> None:
        if scope.conditions:
            raise CannotSimulate("a measurement depends on an earlier one")
        wire = self.of_qubit[scope.qubits[instruction.qubits[0]]]
        self.of_bit[scope.bits[instruction.clbits[0]]] = wire
        self._read.add(wire)

    def _reset(self, instruction: Any, scope: _Scope) -> None:
        if scope.conditions:
            raise CannotSimulate("a reset depends on a measurement")
        qubit = scope.qubits[instruction.qubits[0]]
        if self.of_qubit[qubit] in self._used:
            self.of_qubit[qubit] = self._fresh()

    def _fresh(self) -> int:
        self._count += 1
        return self._count - 1

    def _branch(self, instruction: Any, scope: _Scope) -> None:
        self._keep_reading(scope.qubits[qubit] for qubit in instruction.qubits)  # or they would decide on themselves
        condition = self._condition(instruction.operation.condition, scope)
        size = 1 << len(condition.wires)
        otherwise = Condition(condition.wires, frozenset(range(size)) - condition.allowed)
        for block, when in zip(instruction.operation.blocks, (condition, otherwise), strict=False):
            if len(when.allowed) == size:
                self._walk(block, scope.inner(block, instruction, scope.conditions))
            elif when.allowed:
                self._walk(block, scope.inner(block, instruction, (*scope.conditions, when)))

    def _condition(self, condition: Any, scope: _Scope) -> Condition:
        """The condition of an `if` on a bit or a register; bits that were never written are 0."""
        if not isinstance(condition, tuple):
            raise CannotSimulate("the condition of an if is an expression")
        what, value = condition
        sources = [self.of_bit.get(scope.bits[bit]) for bit in (what if hasattr(what, "__len__") else [what])]
        wires = tuple(dict.fromkeys(wire for wire in sources if wire is not None))
        if len(wires) > _MOST_CONDITIONS:
            raise CannotSimulate(f"the condition of an if is on {len(wires)} measured bits")

        def shown(number: int) -> int:
            """What the bits read as where the wires do as this number."""
            return sum([(number >> wires.index(wire) & 1) << at for at, wire in enumerate(sources) if wire is not None])

        return Condition(wires, frozenset(number for number in range(1 << len(wires)) if shown(number) == int(value)))
