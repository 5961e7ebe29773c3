"""What a job needs to know of a circuit: an immutable summary, made once per text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple


class Register(NamedTuple):
    """A classical register: `written` is the mask of the bits that the program ever measures into or assigns."""

    name: str
    width: int
    written: int


class Use(NamedTuple):
    """The first call of an instruction outside of gate definitions: its name, and line and column from 1."""

    name: str
    line: int
    column: int


class Circuit(NamedTuple):
    """A program's outline.

    Attributes:
        qubits: its width; a program on physical qubits is as wide as its highest index needs.
        registers: classical registers in the order of declaration, bits only.
        inputs: names of the `input` declarations, in order.
        instructions: the first use of every gate and of measure, reset and delay, in the order of the text.
        control_flow: the first if, for, while or switch.
    """

    qubits: int
    registers: tuple[Register, ...]
    inputs: tuple[str, ...]
    instructions: tuple[Use, ...]
    control_flow: Use | None


class Target(NamedTuple):
    """What a backend can run, for those who want circuits checked against it (reason code 1517).

    Attributes:
        qubits: how many qubits it has.
        basis_gates: names of its gates; measure, reset, delay and barrier always exist. None: gates are not checked.
        couplings: of gates that do not exist on all qubits, the (ordered) qubits on which they do. None: not checked.
        documents: gives the backend's configuration and properties, each time anew; None: there are none.
    """

    qubits: int
    basis_gates: frozenset[str] | None = None
    couplings: Mapping[str, frozenset[tuple[int, ...]]] | None = None
    documents: Callable[[], tuple[dict[str, Any], dict[str, Any]]] | None = None
