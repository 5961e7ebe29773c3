"""A failing example as a test function that can be pasted into a file."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass
from io import StringIO
from typing import Any, Final

from pytest_qruntime.contracts import ContractChecker, Terms
from pytest_qruntime.machine.failures import Failure
from pytest_qruntime.machine.script import MACHINE
from pytest_qruntime.runtime import world

FIXTURES: Final = ("qruntime", "qruntime_contracts")

_ADDRESS: Final = re.compile(r"0x[0-9a-fA-F]+")


@dataclass(frozen=True)
class Program:
    """A test function.

    Attributes:
        imports: import statements.
        comments: what a reader has to know.
        marker: its decorator.
        head: its first line.
        body: its other lines.
    """

    imports: tuple[str, ...]
    comments: tuple[str, ...]
    marker: str
    head: str
    body: tuple[str, ...]

    def text(self) -> str:
        """The function and what it imports."""
        comments = "".join(f"# {one}\n" for one in self.comments)
        return f"{_sorted(self.imports)}\n\n\n{comments}{self.marker}\n{self._function()}"

    def _function(self) -> str:
        return "\n".join([self.head, *(f"    {line}" for line in self.body)]) + "\n"

    def fails_with(self, error: BaseException, machine: type, settings: Mapping[str, Any]) -> bool:
        """Run it in a world with these arguments; whether the same error comes of it."""
        space: dict[str, Any] = {machine.__name__: machine}
        try:
            exec("\n".join([*self.imports, self._function()]), space)
            with world(**settings, label="a reproduction") as qruntime, redirect_stdout(StringIO()):
                fixtures = {
                    "qruntime": qruntime,
                    "qruntime_contracts": ContractChecker(lambda: qruntime.trace, lambda: Terms.of(qruntime.world)),
                }
                function = next(value for name, value in space.items() if name.startswith("test_"))
                asked = function.__code__.co_varnames[: function.__code__.co_argcount]
                function(*(fixtures[name] for name in asked))
        except Exception as found:
            return type(found) is type(error) and _told(found) == _told(error)
        return False


def _told(error: BaseException) -> str:
    """What an error says, without the addresses of objects."""
    return _ADDRESS.sub("0x", str(error))


def program(failure: Failure, machine: type, marked: Mapping[str, Any], *, checks: bool) -> Program:
    """The function that does what a failing example did.

    Args:
        failure: the example.
        machine: its class.
        marked: what its marker says.
        checks: whether every invariant is called wherever it was; else only one that failed in the end.
    """
    spelling = failure.script.spelling
    lines = [line for line in failure.lines if checks or not line.check or line is failure.lines[-1]]
    body = [text for line in lines for text in line.lines()] or ["pass"]
    imports = {"import pytest"}
    for error in {line.passed[0] for line in lines if line.passed}:
        imports |= {"from contextlib import suppress", f"from pytest_qruntime import {error}"}
    comments = []
    if any(f"{MACHINE}." in text for text in body):
        name = spelling.reference(machine)
        body.insert(0, f"{MACHINE} = {name or machine.__name__}.on(qruntime)")
        if name is None:
            comments.append(f"{machine.__name__} cannot be imported: paste this where it is defined")
    asked = ", ".join(name for name in FIXTURES if name == "qruntime" or any(f"{name}." in text for text in body))
    marker = f"@pytest.mark.qruntime({spelling.arguments(**marked)})"
    head = f"def test_{_words(machine.__name__)}({asked}):"
    return Program(tuple(imports | spelling.imports), tuple(comments), marker, head, tuple(body))


def _sorted(imports: Iterable[str]) -> str:
    """Import statements in their usual order; what comes from one module in one statement."""
    names: dict[str, set[str]] = {}
    for statement in imports:
        module, _, name = statement.partition(" import ")
        names.setdefault(module, set()).update({name} - {""})
    standard: list[str] = []
    others: list[str] = []
    for start in sorted(names, key=lambda start: (not start.startswith("import "), start)):
        module = start.split()[1]
        group = standard if module.partition(".")[0] in sys.stdlib_module_names else others
        group.append(f"{start} import {', '.join(sorted(names[start]))}" if names[start] else start)
    return "\n\n".join("\n".join(group) for group in (standard, others) if group)


def _words(name: str) -> str:
    """``VqeMachine`` as ``vqe_machine``."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()
