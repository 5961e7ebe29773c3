"""What a rule draws while it runs, through the argument `st.data()`."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from pytest_qruntime.reproducing.spelling import Spelling


class Drawing:
    """Stands for a `DataObject` of Hypothesis: draws from it, and remembers what was drawn; its text is a `Drawn`."""

    def __init__(self, data: st.DataObject, spelling: Spelling) -> None:
        self._data = data
        self._spelling = spelling
        self._texts: list[str] = []

    def draw(self, strategy: st.SearchStrategy[Any], label: Any = None) -> Any:
        """Draw a value."""
        value = self._data.draw(strategy, label)
        self._texts.append(self._spelling.of(value))
        return value

    def __repr__(self) -> str:
        self._spelling.imports.add("from pytest_qruntime.machine.drawn import Drawn")
        return f"Drawn({', '.join(self._texts)})"


class Drawn:
    """Gives the same values again, whatever strategy is asked."""

    def __init__(self, *values: Any) -> None:
        self._values = iter(values)

    def draw(self, strategy: object = None, label: object = None) -> Any:
        """The next value."""
        return next(self._values)
