"""The columns of a state table, as people know it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_qruntime.report.coverage import TABLES

if TYPE_CHECKING:
    from pytest_qruntime.report.run.document import CoverageTable


def columns(table: CoverageTable) -> list[str]:
    """What can happen in any of its states, in the order of the table."""
    found = dict.fromkeys(cell["event"] for state in table["states"] for cell in state["cells"])
    ordered = next((known.events for known in TABLES if known.name == table["name"]), ())
    return sorted(found, key=lambda event: ordered.index(event) if event in ordered else len(ordered))
