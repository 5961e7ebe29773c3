"""The syntax tree of a program to its `Circuit`: what qiskit's loader would refuse is refused, as far as that is cheap.

Not checked: types of classical expressions, what a subroutine does with its arguments, values known only at run time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from pytest_qruntime.programs import gates, instructions
from pytest_qruntime.programs.circuit import Circuit, Use
from pytest_qruntime.programs.operands import check_names, operand
from pytest_qruntime.programs.problems import Code, Invalid, short
from pytest_qruntime.programs.scope import Scope, Symbol

if TYPE_CHECKING:
    from openqasm3 import ast


def load(program: ast.Program) -> Circuit:
    """The summary of a program.

    Raises:
        Invalid: the program cannot be loaded; the reason gives line and column, both from 1.
    """
    if program.version is not None and program.version.split(".")[0] != "3":
        raise Invalid(
            Code.QASM_SYNTAX,
            f"QASM parsing failed: the program says OPENQASM {program.version}",
            "Send OpenQASM 3; qiskit.qasm3.dumps(qiskit.qasm2.loads(text)) translates.",
        )
    scope = Scope(_run)
    _run(scope, program.statements)
    return scope.summary()


def _run(scope: Scope, statements: Sequence[Any]) -> None:
    for node in statements:
        scope.at(node)
        handler = _HANDLERS.get(type(node).__name__)
        if handler is None:
            raise scope.fail(
                f"a {type(node).__name__} is not supported", "Remove it: pulse-level programs do not run any more."
            )
        handler(scope, node)


def _block(scope: Scope, statements: Sequence[Any] | None) -> None:
    if statements:
        with scope.inner():
            _run(scope, statements)


def _nothing(scope: Scope, node: Any) -> None:
    """A statement that says nothing about registers, inputs or instructions."""


def _include(scope: Scope, node: Any) -> None:
    if node.filename != "stdgates.inc":
        raise scope.fail(
            f"the file {short(node.filename)} cannot be included", 'Include "stdgates.inc" and define other gates.'
        )
    scope.included = True
    for name, gate in gates.STDGATES.items():
        if name not in scope.defined:
            scope.gates[name] = gate


def _qubits(scope: Scope, node: Any) -> None:
    name = node.qubit.name
    size = scope.size(node.size, name)
    if scope.highest_physical >= 0:
        raise scope.fail(
            f"{short(name)} is declared, but the program uses physical qubits",
            "Use either declared qubits or $n throughout.",
        )
    scope.declare(name, Symbol("qubit", size, single=node.size is None))
    scope.virtual_qubits += size


def _classical(scope: Scope, node: Any) -> None:
    _declare(scope, node.identifier.name, node.type, node.init_expression)


def _declare(scope: Scope, name: str, kind: Any, initial: Any) -> None:
    width = None if initial is None else _initial(scope, initial)
    if type(kind).__name__ != "BitType":
        scope.declare(name, Symbol("variable"))
        return
    size = scope.size(kind.size, name)
    if width is not None and width != size:
        raise scope.fail(f"{width} qubits are measured into {size} bits", "Measure as many qubits as bits.")
    scope.declare(name, Symbol("bit", size, single=kind.size is None))
    if scope.is_global:
        scope.registers[name] = size, 0
        if initial is not None:
            scope.write(name, None)


def _initial(scope: Scope, node: Any) -> int | None:
    if type(node).__name__ == "QuantumMeasurement":
        return instructions.measured_width(scope, node)
    check_names(scope, node)
    return None


def _constant(scope: Scope, node: Any) -> None:
    check_names(scope, node.init_expression)
    scope.declare(node.identifier.name, Symbol("constant", value=scope.integer(node.init_expression)))


def _in_or_out(scope: Scope, node: Any) -> None:
    if node.io_identifier.name == "output":
        _declare(scope, node.identifier.name, node.type, None)
        return
    name, kind = node.identifier.name, type(node.type).__name__.removesuffix("Type").lower()
    if kind not in ("float", "angle"):
        raise scope.fail(
            f"the input {short(name)} is of type {kind}", "Declare inputs as float[64] or angle, one per parameter."
        )
    scope.declare(name, Symbol("input"))
    scope.inputs.append(name)


def _alias(scope: Scope, node: Any) -> None:
    parts, value = [], node.value
    while type(value).__name__ == "Concatenation":
        parts.append(operand(scope, value.rhs, ("qubit", "bit")))
        value = value.lhs
    parts.append(operand(scope, value, ("qubit", "bit")))
    names = tuple(part.register for part in parts)
    kind = "qubit" if names[0] == "$" else scope.find(names[0]).kind
    widths = [part.width for part in parts]
    size = None if None in widths else sum(width or 0 for width in widths)
    scope.declare(node.target.name, Symbol(kind, size, of=names))


def _assignment(scope: Scope, node: Any) -> None:
    target = operand(scope, node.lvalue, ("bit", "variable"))
    check_names(scope, node.rvalue)
    instructions.write(scope, target)


def _expression(scope: Scope, node: Any) -> None:
    name = getattr(node.expression, "name", None)
    if isinstance(name, str) and name in scope.gates:
        raise scope.fail(f"gate '{name}' is given no qubits", f"Write {name} q[0];")
    check_names(scope, node.expression)


def _flow(scope: Scope, node: Any) -> None:
    if scope.control_flow is None:
        name = {"BranchingStatement": "if", "ForInLoop": "for", "WhileLoop": "while"}.get(type(node).__name__, "switch")
        scope.control_flow = Use(name, scope.line, scope.column)


def _if(scope: Scope, node: Any) -> None:
    _flow(scope, node)
    check_names(scope, node.condition)
    _block(scope, node.if_block)
    _block(scope, node.else_block)


def _for(scope: Scope, node: Any) -> None:
    _flow(scope, node)
    check_names(scope, node.set_declaration)
    with scope.inner():
        scope.declare(node.identifier.name, Symbol("variable"))
        _run(scope, node.block)


def _while(scope: Scope, node: Any) -> None:
    _flow(scope, node)
    check_names(scope, node.while_condition)
    _block(scope, node.block)


def _switch(scope: Scope, node: Any) -> None:
    _flow(scope, node)
    check_names(scope, node.target)
    for _, block in node.cases:
        _block(scope, block.statements)
    _block(scope, node.default.statements if node.default is not None else None)


def _box(scope: Scope, node: Any) -> None:
    _block(scope, node.body)


def _compound(scope: Scope, node: Any) -> None:
    _block(scope, node.statements)


def _subroutine(scope: Scope, node: Any) -> None:
    scope.functions.add(node.name.name)  # first: it may call itself
    with scope.inner():
        for argument in node.arguments:
            if type(argument).__name__ == "QuantumArgument":
                size = None if argument.size is None else scope.integer(argument.size)
                symbol = Symbol("qubit", 1 if argument.size is None else size, single=argument.size is None)
            else:
                bits = type(argument.type).__name__ == "BitType"
                symbol = Symbol("bit") if bits else Symbol("variable")
            scope.declare(argument.name.name, symbol)
        _run(scope, node.body)


def _extern(scope: Scope, node: Any) -> None:
    scope.functions.add(node.name.name)


def _return(scope: Scope, node: Any) -> None:
    if node.expression is not None:
        _initial(scope, node.expression)


_HANDLERS: dict[str, Callable[[Scope, Any], None]] = {
    "AliasStatement": _alias,
    "Box": _box,
    "BranchingStatement": _if,
    "BreakStatement": _nothing,
    "ClassicalAssignment": _assignment,
    "ClassicalDeclaration": _classical,
    "CompoundStatement": _compound,
    "ConstantDeclaration": _constant,
    "ContinueStatement": _nothing,
    "DelayInstruction": instructions.delay,
    "EndStatement": _nothing,
    "ExpressionStatement": _expression,
    "ExternDeclaration": _extern,
    "ForInLoop": _for,
    "IODeclaration": _in_or_out,
    "Include": _include,
    "Pragma": _nothing,
    "QuantumBarrier": instructions.barrier,
    "QuantumGate": instructions.call_gate,
    "QuantumGateDefinition": instructions.define_gate,
    "QuantumMeasurementStatement": instructions.measure,
    "QuantumPhase": instructions.phase,
    "QuantumReset": instructions.reset,
    "QubitDeclaration": _qubits,
    "ReturnStatement": _return,
    "SubroutineDefinition": _subroutine,
    "SwitchStatement": _switch,
    "WhileLoop": _while,
}
