"""A test function as text, which is run as it is printed."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from pytest_qruntime.contracts import ContractChecker, Terms

if TYPE_CHECKING:
    from pytest_qruntime.runtime import QRuntime

FIXTURES: Final = ("qruntime", "qruntime_contracts")


@dataclass(frozen=True)
class Function:
    """A test function.

    Attributes:
        imports: import statements.
        comments: what a reader has to know.
        marker: its decorator; empty: it has none.
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
        imports = f"{in_order(self.imports)}\n\n\n" if self.imports else ""
        marker = f"{self.marker}\n" if self.marker else ""
        lines = [self.head, *(f"    {line}" if line else "" for line in self.body)]
        return imports + "".join(f"# {one}\n" for one in self.comments) + marker + "\n".join(lines) + "\n"

    def call(self, qruntime: QRuntime, **more: Any) -> None:
        """Run it with the fixtures that it asks for, in a module that has `more` already."""
        function = self.made(**more)
        fixtures: dict[str, Any] = {
            "qruntime": qruntime,
            "qruntime_contracts": ContractChecker(lambda: qruntime.trace, lambda: Terms.of(qruntime.world)),
        }
        asked = function.__code__.co_varnames[: function.__code__.co_argcount]
        function(*(fixtures[name] for name in asked))

    def made(self, **more: Any) -> Any:
        """The function itself, of a module that has `more` already."""
        space: dict[str, Any] = dict(more)
        exec(compile(self.text(), "<a program of pytest-qruntime>", "exec", dont_inherit=True), space)
        return next(value for name, value in space.items() if name.startswith("test_"))


def head(name: str, body: Iterable[str]) -> str:
    """The first line of a function of this name, with the fixtures that its body needs."""
    lines = list(body)
    asked = [one for one in FIXTURES if one == "qruntime" or any(f"{one}." in line for line in lines)]
    return f"def test_{name}({', '.join(asked)}):"


def marker(text_of_arguments: str) -> str:
    """The decorator that says what a world is made of; empty if there is nothing to say."""
    return f"@pytest.mark.qruntime({text_of_arguments})" if text_of_arguments else ""


def refusal(status: int, code: object) -> str:
    """Why the service did not do what it was asked for, in a comment."""
    return f"refused: HTTP {status}" + ("" if code is None else f", code {code}")


def suppressed(line: str, error: str, why: str) -> tuple[str, str]:
    """A line that may raise an error of ours, and why that is to be expected; see `needed_to_suppress`."""
    return f"with suppress({error}):  # {why}", f"    {line}"


def needed_to_suppress(error: str) -> set[str]:
    """What a line needs that may raise an error of ours."""
    return {"from contextlib import suppress", f"from pytest_qruntime import {error}"}


def in_order(imports: Iterable[str]) -> str:
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
