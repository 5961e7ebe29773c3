"""OpenQASM 3 text to `Circuit`: the reference parser, and the memory of what was read.

Parsing costs about a millisecond per ten lines and importing the parser 85 ms, so a text is read once per process
however many jobs carry it, and the parser is imported by the first text.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from pytest_qruntime.programs.circuit import Circuit
from pytest_qruntime.programs.problems import Code, Invalid, Problem

if TYPE_CHECKING:
    from openqasm3 import ast

MEMORY = 128
"""How many texts are remembered."""

_ONE_AT_A_TIME = threading.Lock()  # every parser of ANTLR's runtime writes to the same tables

_MAX_NESTING = 40  # the parser recurses about twenty frames per bracket, and the stack must not depend on the caller's


@lru_cache(maxsize=MEMORY)
def read(text: str) -> Circuit | Problem:
    """The summary of a program, or why it cannot be used. A pure function of the text; both answers are remembered.

    Raises:
        RecursionError: the text is nested too deeply for the stack that is left (not remembered).
    """
    from pytest_qruntime.programs.loader import load

    try:
        return load(parse(text))
    except Invalid as invalid:
        return invalid.problem


def parse(text: str) -> ast.Program:
    """The syntax tree of a program.

    Raises:
        Invalid: the text is not OpenQASM 3; the reason says where and what the parser met.
    """
    if not text.strip():
        raise _syntax("the text is empty", 1, 0)
    _refuse_deep_nesting(text)
    # openqasm3.parse prints what it finds to stderr and raises an error without a place; its parts do not.
    from openqasm3 import parser

    reference: Any = parser
    lexer = reference.qasm3Lexer(reference.InputStream(text))
    grammar = reference.qasm3Parser(reference.CommonTokenStream(lexer))
    for recognizer in (lexer, grammar):
        recognizer.removeErrorListeners()
        recognizer.addErrorListener(_LISTENER)
    with _ONE_AT_A_TIME:
        return _tree(reference, grammar)


def _tree(reference: Any, grammar: Any) -> ast.Program:
    try:
        program: ast.Program = reference.QASMNodeVisitor().visitProgram(grammar.program())
    except (Invalid, RecursionError):
        raise
    except Exception as error:  # the visitor stumbles over some texts, such as a comment alone, with any error
        message = str(error) if isinstance(error, reference.QASM3ParsingError) else "the text holds no valid program"
        raise Invalid(Code.QASM_SYNTAX, f"QASM parsing failed: {message}", _SOLUTION) from error
    return program


_SOLUTION = "Correct the text; qiskit.qasm3.loads or openqasm3.parse check it without a job."


def _syntax(message: str, line: int, column: int) -> Invalid:
    return Invalid(Code.QASM_SYNTAX, f"QASM parsing failed: line {line}, column {column + 1}: {message}", _SOLUTION)


class _Listener:
    """Stops at the first thing that the lexer or the parser of ANTLR reports as an error."""

    def syntaxError(self, recognizer: Any, symbol: Any, line: int, column: int, msg: str, e: Any) -> None:  # noqa: N802
        raise _syntax(msg, line, column)

    def __getattr__(self, name: str) -> Callable[..., None]:
        return lambda *details: None  # what ANTLR reports about its own grammar is no error of the text


_LISTENER = _Listener()

# Comments and strings come first, so that brackets inside of them match nothing.
_BRACKETS = re.compile(r"//[^\n]*|/\*.*?\*/|\"[^\"\n]*\"|(?P<open>[(\[{])|(?P<close>[)\]}])", re.DOTALL)


def _refuse_deep_nesting(text: str) -> None:
    depth = 0
    for match in _BRACKETS.finditer(text):
        if match["open"]:
            depth += 1
        elif match["close"]:
            depth -= 1
        if depth > _MAX_NESTING:
            line, start = text.count("\n", 0, match.start()) + 1, text.rfind("\n", 0, match.start()) + 1
            raise _syntax(f"brackets are nested more than {_MAX_NESTING} deep", line, match.start() - start)
