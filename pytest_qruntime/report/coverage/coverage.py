"""`Coverage`: what of the lifecycle a test suite has driven, and what it never did."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from textwrap import wrap
from typing import Any, Final

from pytest_qruntime.model import Trace
from pytest_qruntime.report.coverage.driving import driven
from pytest_qruntime.report.coverage.table import CELLS, TABLES, Cell, Table

WIDTH: Final = 80


class Coverage:
    """Counts the cells of the state tables that traces have driven. `data()` is plain JSON, for `merge`."""

    def __init__(self) -> None:
        self._driven: set[Cell] = set()

    def add(self, trace: Trace) -> None:
        """Count what a trace has driven."""
        self._driven |= driven(trace)

    @property
    def driven(self) -> list[Cell]:
        """What was driven, in the order of the tables."""
        return [cell for cell in CELLS if cell in self._driven]

    @property
    def never(self) -> list[Cell]:
        """What never was."""
        return [cell for cell in CELLS if cell not in self._driven]

    @property
    def percent(self) -> float:
        """How much of all that can happen was driven, from 0 to 100."""
        return 100 * len(self.driven) / len(CELLS)

    def data(self) -> list[list[str]]:
        """What was driven, as plain JSON."""
        return [list(cell) for cell in self.driven]

    def merge(self, data: list[list[Any]]) -> None:
        """Add the data of another one; what this version does not know is left out."""
        self._driven |= {Cell(*map(str, cell)) for cell in data if len(cell) == len(Cell._fields)} & set(CELLS)

    def lines(self, width: int = WIDTH) -> list[str]:
        """A summary for people: how much, and what never happened, by state."""
        told = [f"lifecycle: {len(self.driven)} of {len(CELLS)} transitions driven ({self.percent:.0f} %)"]
        for table in TABLES:
            for state, events in self._by_state(table).items():
                text = f"never: {table.name} {state}: {', '.join(events)}"
                told += wrap(text, width, subsequent_indent="       ")
        return told

    def _by_state(self, table: Table) -> Mapping[str, list[str]]:
        missing: dict[str, list[str]] = {}
        for cell in self.never:
            if cell.table == table.name:
                missing.setdefault(cell.state, []).append(cell.event)
        return missing

    def picture(self, table: Table) -> Iterator[list[str]]:
        """A table as rows of text, the heading first: + was driven, - never was, empty cannot happen."""
        yield ["", *table.events]
        for state, outcomes in table.rows.items():
            marks = (
                "" if outcome is None else "+" if Cell(table.name, state, event) in self._driven else "-"
                for event, outcome in zip(table.events, outcomes, strict=True)
            )
            yield [state, *marks]
