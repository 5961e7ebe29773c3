"""Run a block, all of it or statement by statement."""

from __future__ import annotations

import ast
from typing import Any

from tests.documented.blocks import Block


class Play:
    """A block on the stage: its statements run one after the other, and its names can be looked at in between.

    Attributes:
        names: what the block was given, and what it made of it; `_` is the value of the last bare expression.
    """

    def __init__(self, block: Block, kind: str, names: dict[str, Any], *, printed: bool = False) -> None:
        self.block = block
        self.names = names
        self._waiting = block.statements(kind, printed=printed)

    def run(self) -> Play:
        """Run what is left of it."""
        while self._waiting:
            self._run_next()
        return self

    def run_until(self, words: str) -> Play:
        """Run what stands before the first statement that begins with these words, in the form of `ast.unparse`."""
        while self._waiting and not ast.unparse(self._waiting[0]).startswith(words):
            self._run_next()
        assert self._waiting, f"{self.block} has no statement that begins with {words!r}"
        return self

    def __getitem__(self, name: str) -> Any:
        return self.names[name]

    def _run_next(self) -> None:
        statement = self._waiting.pop(0)
        if isinstance(statement, ast.Expr):  # as at a prompt
            self.names["_"] = eval(compile(ast.Expression(statement.value), f"<{self.block}>", "eval"), self.names)
        else:
            exec(compile(ast.Module([statement], []), f"<{self.block}>", "exec"), self.names)
