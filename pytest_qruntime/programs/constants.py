"""Integers that a program knows before it runs: sizes, indices, ranges."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

_LIMIT = 1 << 64  # a size past this is a mistake, and powers of such numbers would take all memory

_OPERATORS: dict[str, Callable[[int, int], int]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: int(a / b),  # OpenQASM rounds towards zero
    "%": lambda a, b: a % b,
    "**": lambda a, b: a**b if 0 <= b <= 64 else _LIMIT,
    "<<": lambda a, b: a << b if 0 <= b <= 64 else _LIMIT,
    ">>": lambda a, b: a >> b if 0 <= b <= 64 else _LIMIT,
}


def integer(node: Any, known: Callable[[str], int | None]) -> int | None:
    """The value of an expression of the syntax tree, or None where it is no integer known before the program runs.

    Args:
        node: an `openqasm3.ast.Expression`.
        known: gives the value of a constant by its name, or None.
    """
    value = _EVALUATE.get(type(node).__name__, _unknown)(node, known)
    return value if value is not None and abs(value) < _LIMIT else None


def _unknown(node: Any, known: Callable[[str], int | None]) -> int | None:
    return None


def _unary(node: Any, known: Callable[[str], int | None]) -> int | None:
    value = integer(node.expression, known)
    return -value if value is not None and node.op.name == "-" else None


def _binary(node: Any, known: Callable[[str], int | None]) -> int | None:
    operator = _OPERATORS.get(node.op.name)
    left, right = integer(node.lhs, known), integer(node.rhs, known)
    if operator is None or left is None or right is None or (node.op.name in "/%" and right == 0):
        return None
    return operator(left, right)


_EVALUATE: Mapping[str, Callable[[Any, Callable[[str], int | None]], int | None]] = {
    "IntegerLiteral": lambda node, known: int(node.value),
    "Identifier": lambda node, known: known(node.name),
    "UnaryExpression": _unary,
    "BinaryExpression": _binary,
}
