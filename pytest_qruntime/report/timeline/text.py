"""A timeline as text: for a terminal of 80 columns, readable without colour."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from textwrap import wrap
from typing import TYPE_CHECKING, Final

from pytest_qruntime.report.run.escaping import visible
from pytest_qruntime.report.timeline.calls import LOOKS, Call
from pytest_qruntime.report.timeline.folding import Fold
from pytest_qruntime.report.timeline.rows import Row, Sign, State
from pytest_qruntime.report.timeline.scale import Scale
from pytest_qruntime.report.timeline.times import brief

if TYPE_CHECKING:
    from pytest_qruntime.report.timeline.timeline import Timeline

WIDTH: Final = 80
NARROWEST: Final = 50

_FILLS: Final[dict[State, tuple[str, str, str]]] = {
    "open": (".", "33", "waits"),
    "active": ("=", "32", "active, or running"),
    "idle": ("-", "33", "inactive"),
    "draining": (">", "35", "closing: takes no more jobs"),
    "finishing": (":", "35", "closed, its running jobs finish"),
    "queued": (".", "33", "waits"),
    "running": ("=", "32", "active, or running"),
    "classical": ("+", "34", "runs, not yet on the QPU"),
    "quantum": ("#", "32;1", "on the QPU"),
    "down": ("!", "31", "is not online"),
}
_MARKS: Final[dict[Sign, tuple[str, str, str]]] = {
    "completed": ("C", "32", "completed"),
    "failed": ("F", "31;1", "failed"),
    "cancelled": ("X", "33", "cancelled"),
    "closed": ("|", "36", "closed"),
    "limit": ("T", "35;1", "its max TTL ends"),
}
ROWS: Final = 20
"""So many rows are drawn at most; of a long story they would be pages."""
MARKS: Final = 8
MOST: Final = 9
"""A digit of a row of requests tells how many; 9 stands for more too."""
_REFUSED: Final = "R", "31;1", "refused"
_FAULT: Final = "*", "35;1", "a fault that the test arranged"
_BAD: Final = "31;1"
_STILL: Final = "33;1"
Cell = tuple[str, str]
"""A character, and its colour."""


class Chart:
    """Draws the rows of a timeline.

    Args:
        timeline: what is drawn.
        width: of the whole chart, in characters.
        color: whether to use ANSI colours.
    """

    def __init__(self, timeline: Timeline, *, width: int = WIDTH, color: bool = False) -> None:
        self._timeline = timeline
        self._color = color
        self._rows = timeline.drawn(ROWS)
        rows = [row for row in self._rows if isinstance(row, Row)]
        labels = [*map(_label, rows), *{_asked(call.row) for call in timeline.calls}]
        self._label = max(map(len, labels), default=0) + 1
        self._width = max(width, NARROWEST)
        still = max((len(row.still) + 1 for row in rows if row.still), default=0)
        self._scale = Scale(timeline.instants(), self._width - self._label - still)
        self._used: dict[str, str] = {}

    def lines(self) -> Iterator[str]:
        """The lines of the chart: a ruler, the rows, what the characters mean."""
        yield self._ruler()
        yield from (self._folded(row) if isinstance(row, Fold) else self._row(row) for row in self._rows)
        yield from self._calls()
        yield from self._marks()
        yield from self._legend()
        yield from self._shortened()

    # -- one line ----------------------------------------------------------------------------------------------------

    def _ruler(self) -> str:
        cells = [" "] * self._scale.width
        for column, text in self._scale.labels():
            cells[column : column + len(text)] = text
        for left, right, _ in self._scale.shortened():
            for column in range(left, right):
                cells[column] = "~" if cells[column] == " " else cells[column]
        return (" " * self._label + "".join(cells)).rstrip()

    def _row(self, row: Row) -> str:
        cells: list[Cell] = [(" ", "")] * self._scale.width
        end_us = self._timeline.end_us
        for band in row.bands:
            char, colour, text = _FILLS[band.state]
            first = self._scale.column(band.since_us)
            last = self._scale.column(end_us) + 1 if band.until_us is None else self._scale.column(band.until_us)
            for column in range(first, max(last, first + 1)):
                cells[column] = char, colour
            self._used.setdefault(text, char)
        for point in row.points:
            char, colour, text = _MARKS[point.mark]
            cells[self._scale.column(point.at_us)] = char, colour
            self._used.setdefault(text, char)
        return self._line(_label(row), [*cells, (" ", ""), *((char, _STILL) for char in row.still)])

    def _line(self, label: str, cells: Sequence[Cell]) -> str:
        """A row, as text; what is alike is painted together."""
        runs = groupby(cells, lambda cell: cell[1])
        painted = "".join(self._painted("".join(char for char, _ in run), colour) for colour, run in runs)
        return f"{label:<{self._label}}{painted}".rstrip()

    def _folded(self, fold: Fold) -> str:
        return f"  {fold.text}"[: self._width]

    def _calls(self) -> Iterator[str]:
        """A row for each kind of request, with how many there were, or what went wrong."""
        rows: dict[str, dict[int, list[Call]]] = {}
        for call in self._timeline.calls:
            rows.setdefault(call.row, {}).setdefault(self._scale.column(call.at_us), []).append(call)
        for name in sorted(rows, key=LOOKS.__eq__):  # what only looks comes last
            cells = [self._together(rows[name].get(column, ())) for column in range(self._scale.width)]
            yield self._line(_asked(name), cells)

    def _together(self, calls: Sequence[Call]) -> Cell:
        """The requests of one column."""
        if not calls:
            return " ", ""
        fault, problem = any(one.fault for one in calls), any(one.problem for one in calls)
        if not (fault or problem):
            return str(min(len(calls), MOST)), ""
        char, colour, text = _FAULT if fault else _REFUSED
        self._used.setdefault(text, char)
        return char, colour

    def _marks(self) -> Iterator[str]:
        """Under the chart, what is marked, below its moment."""
        for mark in self._timeline.marks[:MARKS]:
            column = self._label + self._scale.column(mark.at_us)
            painted = self._painted("^", _BAD)
            if column + len(mark.short) + 2 <= self._width:
                yield f"{' ' * column}{painted} {mark.short}"
            else:
                yield f"{' ' * max(column - len(mark.short) - 1, 0)}{mark.short} {painted}"
        if (more := len(self._timeline.marks) - MARKS) > 0:
            yield f"and {more} more marks, which are told below"

    def _legend(self) -> Iterator[str]:
        meanings = [f"{char} {text}" for text, char in self._used.items()]
        if self._timeline.calls:
            meanings.append("> requests, how many at once")
        # a sign stays with its meaning
        yield from (
            line.replace("\xa0", " ")
            for line in wrap("; ".join(meanings).replace(" ", "\xa0").replace(";\xa0", "; "), self._width)
        )

    def _shortened(self) -> Iterator[str]:
        """What the ruler does not show: time is drawn by its order of magnitude."""
        long = self._scale.shortened()
        if long:
            whole = ", ".join(brief(us) for _, _, us in long)
            yield from wrap(f"not to scale: ~ in the ruler stands for long times drawn short ({whole})", self._width)

    def _painted(self, text: str, colour: str) -> str:
        return f"\x1b[{colour}m{text}\x1b[0m" if self._color and colour else text


def _asked(operation: str) -> str:
    return f"> {visible(operation)}"


def _label(row: Row) -> str:
    return visible(row.name) if row.of is None else f"  {row.name}"
