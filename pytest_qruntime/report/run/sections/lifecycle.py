"""Lifecycle coverage as a picture: what can happen in each state, and what the tests made happen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_qruntime.report.run.columns import columns
from pytest_qruntime.report.run.escaping import html
from pytest_qruntime.report.run.sections.pieces import scrolling

if TYPE_CHECKING:
    from pytest_qruntime.report.run.document import CoverageCell, CoverageTable, Document


def lifecycle(document: Document) -> str:
    """A table for each kind of thing that has states."""
    return "".join(map(_table, document["lifecycle"]["tables"]))


def _table(table: CoverageTable) -> str:
    cells = [cell for state in table["states"] for cell in state["cells"]]
    events = columns(table)
    driven = sum(cell["driven"] for cell in cells)
    heads = "".join(f'<th scope="col">{html(event)}</th>' for event in events)
    rows = "".join(
        f'<tr><th scope="row">{html(state["state"])}</th>{_row(events, state["cells"])}</tr>'
        for state in table["states"]
    )
    name = f"What can happen to a {table['name']}: {driven} of {len(cells)} driven"
    return f"<h3>{html(name)}</h3>" + scrolling(
        name,
        f'<table class="states" aria-label="{html(name)}"><thead><tr><th scope="col">state</th>{heads}</tr></thead>'
        f"<tbody>{rows}</tbody></table>",
    )


def _row(events: list[str], cells: list[CoverageCell]) -> str:
    known = {cell["event"]: cell for cell in cells}
    return "".join(_cell(known.get(event)) for event in events)


def _cell(cell: CoverageCell | None) -> str:
    if cell is None:
        return '<td class="nothing" aria-label="cannot happen"></td>'
    mark = "✓ driven" if cell["driven"] else "never"
    return f'<td class="{"driven" if cell["driven"] else "never"}">{html(cell["outcome"])} <small>{mark}</small></td>'
