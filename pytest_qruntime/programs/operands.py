"""Names, indices and slices of qubits and bits: what a statement touches, as far as that is known before it runs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from pytest_qruntime.programs.problems import short
from pytest_qruntime.programs.scope import MAX_SIZE, Scope, Symbol


class Operand(NamedTuple):
    """Qubits or bits of one register.

    Attributes:
        register: its name; "$" stands for the physical qubits.
        indices: which of them; None where that is not known before the program runs.
        width: how many; None where not known.
    """

    register: str
    indices: Sequence[int] | None
    width: int | None


def operand(scope: Scope, node: Any, kinds: tuple[str, ...]) -> Operand:
    """What an identifier, with or without an index, stands for.

    Raises:
        Invalid: the name is not declared, is of another kind than `kinds`, or the index is out of range.
    """
    text, groups = _parts(node)
    if text is None:
        raise scope.fail(f"a {kinds[0]} is expected")
    if text.startswith("$"):
        return _physical(scope, text, kinds)
    symbol = scope.find(text)
    if symbol.kind not in kinds:
        raise scope.fail(f"{short(text)} is a {symbol.kind} where a {kinds[0]} is expected")
    if not groups:
        return Operand(text, None if symbol.size is None else range(symbol.size), symbol.size)
    indices = _indices(scope, text, symbol, groups)
    return Operand(text, indices, None if indices is None else len(indices))


def _parts(node: Any) -> tuple[str | None, list[Any]]:
    """The name and the index groups of an identifier; no name if the node is no identifier."""
    kind = type(node).__name__
    if kind == "Identifier":
        return node.name, []
    if kind == "IndexedIdentifier":
        return node.name.name, node.indices
    if kind == "IndexExpression" and type(node.collection).__name__ == "Identifier":
        return node.collection.name, [node.index]
    return None, []


def _physical(scope: Scope, text: str, kinds: tuple[str, ...]) -> Operand:
    if "qubit" not in kinds:
        raise scope.fail(f"{text} is a qubit where a {kinds[0]} is expected")
    if scope.virtual_qubits:
        raise scope.fail(
            f"{text} is a physical qubit, but the program declares qubits of its own",
            "Use either declared qubits or $n throughout.",
        )
    index = int(text[1:])
    if index >= MAX_SIZE:
        raise scope.fail(f"{text} is past every device", f"Use indices below {MAX_SIZE}.")
    scope.highest_physical = max(scope.highest_physical, index)
    return Operand("$", (index,), 1)


def _indices(scope: Scope, name: str, symbol: Symbol, groups: list[Any]) -> Sequence[int] | None:
    if symbol.single:
        raise scope.fail(f"{short(name)} is a single {symbol.kind} and has no index")
    group = groups[0]
    entries = group if isinstance(group, list) else group.values
    if symbol.size is None or len(groups) > 1:
        return None
    found: list[int] = []
    for entry in entries:
        part = _range(scope, entry, symbol.size) if type(entry).__name__ == "RangeDefinition" else _one(scope, entry)
        if part is None:
            return None
        found.extend(_checked(scope, name, symbol, part))
    return found


def _one(scope: Scope, node: Any) -> Iterable[int] | None:
    value = scope.integer(node)
    if value is None:
        check_names(scope, node)
        return None
    return (value,)


def _range(scope: Scope, node: Any, size: int) -> Iterable[int] | None:
    """OpenQASM's start:step:end, the end included; negative numbers count from the end."""
    step = 1 if node.step is None else scope.integer(node.step)
    start = 0 if node.start is None else scope.integer(node.start)
    end = size - 1 if node.end is None else scope.integer(node.end)
    if not step or start is None or end is None:
        return None
    start, end = (index + size if -size <= index < 0 else index for index in (start, end))
    ends = {start, end}  # checked before the range is laid out: it may be as long as its numbers are large
    return range(start, end + (1 if step > 0 else -1), step) if all(-size <= index < size for index in ends) else ends


def _checked(scope: Scope, name: str, symbol: Symbol, part: Iterable[int]) -> list[int]:
    size = symbol.size or 0
    for index in part:
        if not -size <= index < size:
            raise scope.fail(
                f"index {index} is out of range: {short(name)} has {size} {symbol.kind}s",
                f"Use an index from 0 to {size - 1}.",
            )
    return [index % size for index in part]


_CONSTANTS = frozenset(("pi", "π", "tau", "τ", "euler", "ℇ"))
_TRIGONOMETRY = ("arccos", "arcsin", "arctan", "cos", "sin", "tan")
_ARITHMETIC = ("ceiling", "exp", "floor", "imag", "log", "mod", "popcount", "pow", "real", "rotl", "rotr", "sqrt")
_FUNCTIONS = frozenset((*_TRIGONOMETRY, *_ARITHMETIC))


def check_names(scope: Scope, node: Any) -> None:
    """Raise `Invalid` if an expression uses a name that is not declared; qubits in it count as used."""
    if isinstance(node, list):
        for entry in node:
            check_names(scope, entry)
        return
    kind = type(node).__name__
    if kind == "Identifier":
        _check_name(scope, node.name)
    elif kind == "FunctionCall":
        _check_function(scope, node.name.name)
        check_names(scope, node.arguments)
    elif hasattr(node, "span") and kind != "DurationOf":  # that one holds statements
        for field, value in vars(node).items():
            if field not in ("span", "annotations") and (isinstance(value, list) or hasattr(value, "span")):
                check_names(scope, value)


def _check_name(scope: Scope, name: str) -> None:
    if name.startswith("$"):
        _physical(scope, name, ("qubit",))
    elif name not in _CONSTANTS:
        scope.find(name)


def _check_function(scope: Scope, name: str) -> None:
    if name in scope.gates:
        raise scope.fail(f"{short(name)} is a gate and is not called with brackets", f"Write {name} q[0];")
    if name not in _FUNCTIONS and name not in scope.functions:
        raise scope.fail(f"the function {short(name)} is not defined", "Declare it with def or extern.")
