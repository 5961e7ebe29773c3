"""Statements that act on qubits: gate calls and definitions, measure, reset, barrier, delay."""

from __future__ import annotations

from itertools import combinations
from typing import Any

from pytest_qruntime.programs.gates import Gate, hint
from pytest_qruntime.programs.operands import Operand, check_names, operand
from pytest_qruntime.programs.problems import short
from pytest_qruntime.programs.scope import Scope, Symbol


def define_gate(scope: Scope, node: Any) -> None:
    """`gate name(parameters) qubits { ... }`: the body is checked, then the gate is known."""
    name = node.name.name
    if name in scope.defined:
        raise scope.fail(f"the gate {short(name)} is defined twice", "Remove one of the definitions.")
    with scope.inner():
        for argument in node.arguments:
            scope.declare(argument.name, Symbol("variable"))
        for qubit in node.qubits:
            scope.declare(qubit.name, Symbol("qubit", 1, single=True))
        scope.in_gate = True
        scope.run(scope, node.body)
        scope.in_gate = False
    scope.defined.add(name)
    scope.gates[name] = Gate(len(node.arguments), len(node.qubits))


def call_gate(scope: Scope, node: Any) -> None:
    """A gate call, modifiers included: the gate exists, with that many parameters, on that many different qubits."""
    name = node.name.name
    gate = scope.gates.get(name)
    if gate is None:
        raise scope.fail(f"gate '{name}' is not defined", hint(name, included=scope.included))
    check_names(scope, node.arguments)
    if len(node.arguments) != gate.parameters:
        raise scope.fail(
            f"gate '{name}' takes {_count(gate.parameters, 'parameter')}, not {len(node.arguments)}",
            f"Give {name} {_count(gate.parameters, 'parameter')} in brackets.",
        )
    operands = [operand(scope, qubit, ("qubit",)) for qubit in node.qubits]
    controls = _controls(scope, node.modifiers)
    if controls is not None and len(operands) != gate.qubits + controls:
        raise scope.fail(
            f"gate '{name}' acts on {_count(gate.qubits + controls, 'qubit')}, not {len(operands)}",
            f"Give {name} {_count(gate.qubits + controls, 'qubit')}.",
        )
    _check_operands(scope, name, operands)
    scope.use(name)


def phase(scope: Scope, node: Any) -> None:
    """`gphase(angle);`, perhaps controlled."""
    check_names(scope, node.argument)
    _check_operands(scope, "gphase", [operand(scope, qubit, ("qubit",)) for qubit in node.qubits])


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")


def _controls(scope: Scope, modifiers: list[Any]) -> int | None:
    total: int | None = 0
    for modifier in modifiers:
        if modifier.argument is not None:
            check_names(scope, modifier.argument)
        if modifier.modifier.name in ("ctrl", "negctrl") and total is not None:
            number = 1 if modifier.argument is None else scope.integer(modifier.argument)
            total = None if number is None else total + number
    return total


def _check_operands(scope: Scope, name: str, operands: list[Operand]) -> None:
    widths = {one.width for one in operands if one.width not in (None, 1)}
    if len(widths) > 1:
        sizes = " and ".join(str(width) for width in sorted(width for width in widths if width))
        raise scope.fail(f"gate '{name}' is applied to registers of {sizes} qubits", "Use registers of one size.")
    for one, other in combinations(operands, 2):
        if one.register == other.register and one.indices is not None and other.indices is not None:
            shared = set(one.indices).intersection(other.indices)
            if shared:
                index = f"[{min(shared)}]" if one.register != "$" else str(min(shared))
                raise scope.fail(
                    f"duplicate qubit: gate '{name}' is given {one.register}{index} twice",
                    "Give it different qubits.",
                )


def measure(scope: Scope, node: Any) -> None:
    """`c = measure q;` in all its forms, also without a target."""
    width = measured_width(scope, node.measure)
    if node.target is not None:
        target = operand(scope, node.target, ("bit", "variable"))
        if None not in (width, target.width) and width != target.width:
            raise scope.fail(f"{width} qubits are measured into {target.width} bits", "Measure as many qubits as bits.")
        write(scope, target)


def measured_width(scope: Scope, node: Any) -> int | None:
    """How many qubits a measure expression reads."""
    scope.use("measure")
    return operand(scope, node.qubit, ("qubit",)).width


def write(scope: Scope, target: Operand) -> None:
    """Note a change of bits, through an alias too."""
    names = scope.find(target.register).of
    for name in names:
        scope.write(name, None)
    if not names:
        scope.write(target.register, target.indices)


def reset(scope: Scope, node: Any) -> None:
    """`reset q;`"""
    operand(scope, node.qubits, ("qubit",))
    scope.use("reset")


def barrier(scope: Scope, node: Any) -> None:
    """`barrier q;`, or of everything."""
    for qubit in node.qubits:
        operand(scope, getattr(qubit, "expression", qubit), ("qubit",))


def delay(scope: Scope, node: Any) -> None:
    """`delay[100ns] q;`"""
    check_names(scope, node.duration)
    barrier(scope, node)
    scope.use("delay")
