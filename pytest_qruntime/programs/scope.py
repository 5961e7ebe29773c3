"""The state of reading one program: what is declared, what was used, and where the reader stands."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from pytest_qruntime.programs import gates
from pytest_qruntime.programs.circuit import Circuit, Register, Use
from pytest_qruntime.programs.constants import integer
from pytest_qruntime.programs.problems import Code, Invalid, short

MAX_SIZE = 1 << 16
"""Qubits or bits that one declaration may have (ours): far past any device, and a mistyped zero costs no memory."""


class Symbol(NamedTuple):
    """What a name stands for.

    Attributes:
        kind: "qubit", "bit", "constant", "input" or "variable".
        size: how many qubits or bits; None where that is not known before the program runs.
        single: declared without a size, so it has no index.
        value: the value of an integer constant.
        of: for an alias, the registers that it is made of.
    """

    kind: str
    size: int | None = None
    single: bool = False
    value: int | None = None
    of: tuple[str, ...] = ()


class Scope:
    """Everything known while a program is read, from its first statement to the summary."""

    def __init__(self, statements: Callable[[Scope, Sequence[Any]], None]) -> None:
        self.run = statements
        self.names: list[dict[str, Symbol]] = [{}]
        self.gates = {**gates.BUILTIN, **gates.HARDWARE}
        self.defined: set[str] = set()
        self.functions: set[str] = set()
        self.included = False
        self.in_gate = False
        self.registers: dict[str, tuple[int, int]] = {}
        self.inputs: list[str] = []
        self.uses: dict[str, Use] = {}
        self.control_flow: Use | None = None
        self.virtual_qubits = 0
        self.highest_physical = -1
        self.line, self.column = 1, 1

    def at(self, node: Any) -> None:
        """Remember where the statement `node` begins."""
        if node.span is not None:
            self.line, self.column = node.span.start_line, node.span.start_column + 1

    def fail(self, reason: str, solution: str = "Correct the program; qiskit.qasm3.loads checks it.") -> Invalid:
        """The error for the statement at hand, to be raised by the caller."""
        place = f"line {self.line}, column {self.column}"
        return Invalid(Code.QASM_LOAD, f"Error loading the QASM circuit: {place}: {reason}", solution)

    def use(self, name: str) -> None:
        """Note that the statement at hand uses an instruction; the body of a gate definition uses nothing yet."""
        if not self.in_gate:
            self.uses.setdefault(name, Use(name, self.line, self.column))

    @contextmanager
    def inner(self) -> Iterator[None]:
        """A block: what it declares ends with it."""
        self.names.append({})
        yield
        self.names.pop()

    @property
    def is_global(self) -> bool:
        """Whether the statement at hand stands outside of every block."""
        return len(self.names) == 1

    def declare(self, name: str, symbol: Symbol) -> None:
        """Give a name its meaning in the block at hand. Raises `Invalid` if the block gave it one already."""
        if name in self.names[-1]:
            raise self.fail(f"{short(name)} is declared twice", "Rename or remove one of the declarations.")
        self.names[-1][name] = symbol

    def find(self, name: str) -> Symbol:
        """What a name stands for. Raises `Invalid` if nothing."""
        for names in reversed(self.names):
            if name in names:
                return names[name]
        raise self.fail(f"{short(name)} is not defined", f"Declare {name} before it is used.")

    def constant(self, name: str) -> int | None:
        """The value of an integer constant, or None."""
        return next((names[name].value for names in reversed(self.names) if name in names), None)

    def integer(self, node: Any) -> int | None:
        """The value of an expression that is known before the program runs, or None."""
        return integer(node, self.constant)

    def size(self, node: Any, what: str) -> int:
        """The size in a declaration: a positive integer constant, 1 if there is none."""
        size = 1 if node is None else self.integer(node)
        if size is None or not 1 <= size <= MAX_SIZE:
            found = "not an integer constant" if size is None else str(size)
            raise self.fail(
                f"the size of {short(what)} is {found}", f"Give a size from 1 to {MAX_SIZE}, or a const int."
            )
        return size

    def write(self, name: str, indices: Sequence[int] | None) -> None:
        """Note that bits of a register are measured into or assigned; None means any of them."""
        if name in self.registers:
            width, mask = self.registers[name]
            for index in range(width) if indices is None else indices:
                mask |= 1 << index
            self.registers[name] = width, mask

    def summary(self) -> Circuit:
        """The outline of what was read."""
        return Circuit(
            qubits=max(self.virtual_qubits, self.highest_physical + 1),
            registers=tuple(Register(name, *rest) for name, rest in self.registers.items()),
            inputs=tuple(self.inputs),
            instructions=tuple(self.uses.values()),
            control_flow=self.control_flow,
        )
