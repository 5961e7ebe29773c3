"""The Python blocks of IBM's pages on execution modes, as printed, and what is changed in them so that they run today.

The programs are those of IBM's pages (https://github.com/Qiskit/documentation). A block is quoted whole, as the program
under test, and nothing else of the pages is. What the blocks use and do not define is given (see `given.py`).
"""

from __future__ import annotations

import ast
from dataclasses import dataclass

PRIMITIVES = {"SamplerV2": "executor_sampler", "EstimatorV2": "executor_estimator"}


@dataclass(frozen=True)
class Edit:
    """`old`, which the block says in so many words, becomes `new`."""

    old: str
    new: str
    because: str


@dataclass(frozen=True)
class Block:
    """One block of a page.

    Attributes:
        page: the page's name in its address.
        name: what we call the block.
        printed: the block as it is printed.
        edits: what is changed, in order; for a block that cannot be made to run, nothing.
        refused: the error of the printed block with the client of today, as ``Type: words of its message``.
        runs: whether the block, edited, is a program of today's client.
        why: why it cannot run, if the error does not say it by itself.
    """

    page: str
    name: str
    printed: str
    edits: tuple[Edit, ...] = ()
    refused: str | None = None
    runs: bool = True
    why: str = ""

    def __str__(self) -> str:
        return f"{self.page}: {self.name}"

    @property
    def program(self) -> str:
        """The block with its edits. Raises `ValueError` for an edit of what the block does not say."""
        text = self.printed
        for edit in self.edits:
            if edit.old not in text:
                raise ValueError(f"{self} does not say {edit.old!r}")
            text = text.replace(edit.old, edit.new)
        return text

    def statements(self, kind: str, *, printed: bool = False) -> list[ast.stmt]:
        """Its statements, with the primitives of that kind: ``legacy`` (those that the pages name) or ``executor``."""
        tree = ast.parse(self.printed if printed else self.program, filename=f"<{self}>")
        return (ExecutorImports().visit(tree) if kind == "executor" else tree).body


class ExecutorImports(ast.NodeTransformer):
    """Imports `Sampler` of `executor_sampler` where a block imports `SamplerV2`, and so the Estimator."""

    def visit_ImportFrom(self, node: ast.ImportFrom) -> list[ast.stmt]:
        kept = [alias for alias in node.names if alias.name not in PRIMITIVES]
        moved = [
            ast.ImportFrom(
                module=f"{node.module}.{PRIMITIVES[alias.name]}",
                names=[ast.alias(name=alias.name.removesuffix("V2"), asname=alias.asname or alias.name)],
                level=0,
            )
            for alias in node.names
            if alias.name in PRIMITIVES
        ]
        rest = [ast.ImportFrom(module=node.module, names=kept, level=0)] if kept else []
        return [ast.fix_missing_locations(ast.copy_location(statement, node)) for statement in (*rest, *moved)]


NO_SERVICE = Edit("service=service, ", "", "a session asks its backend for the service")
SERVICE_REFUSED = "TypeError: unexpected keyword argument 'service'"
