"""`Timeline`: what happened in a trace, to look at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import wrap
from typing import Final

from pytest_qruntime.model import Trace
from pytest_qruntime.report.run.escaping import visible
from pytest_qruntime.report.timeline.calls import Call, calls_of
from pytest_qruntime.report.timeline.folding import Fold, folded
from pytest_qruntime.report.timeline.marks import Broken, Mark, mark_of
from pytest_qruntime.report.timeline.names import Names
from pytest_qruntime.report.timeline.page import figure, page
from pytest_qruntime.report.timeline.rows import Point, Row, Rows
from pytest_qruntime.report.timeline.story import Line, Story
from pytest_qruntime.report.timeline.svg import Picture
from pytest_qruntime.report.timeline.text import WIDTH, Chart
from pytest_qruntime.report.timeline.times import since

STORY_LINES: Final = 40
INSTANT_LINES: Final = 12
_MARGIN: Final = 2
_COLOURS: Final = {"": "", "bad": "31", "mark": "31;1"}


class Timeline:
    """What each session, batch and job of a trace did when, what the client asked, and which contracts were broken.

    `print` it, or ask for `text` of another width.

    Args:
        trace: what happened; of a fake, a recording or a live service.
        now_us: until when it is drawn; None: its last event.
        breaks: contracts that it breaks.
        marks: what else is to be said of an instant.
        calls: the requests of the client, if they are known better than the trace tells.
    """

    def __init__(
        self,
        trace: Trace,
        *,
        now_us: int | None = None,
        breaks: Sequence[Broken] = (),
        marks: Sequence[Mark] = (),
        calls: Sequence[Call] | None = None,
    ) -> None:
        self.trace = trace
        self.broken = sorted(breaks, key=lambda one: one.at_us)
        marks = [Mark(at_us, visible(short), visible(text)) for at_us, short, text in (*map(mark_of, breaks), *marks)]
        self.marks = sorted(marks, key=lambda one: one.at_us)
        self.names = Names(trace)
        rows = Rows(trace, self.names)
        self.rows: list[Row] = rows.all()
        self.calls = calls_of(trace, self.names) if calls is None else list(calls)
        told = [*(event.at_us for event in trace), *(call.at_us for call in self.calls)]
        last_us, self.begin_us = max(told, default=0), min(told, default=0)
        self.end_us = last_us if now_us is None else max(now_us, last_us)
        limits = rows.limits()
        for row in self.rows:
            self._mark_limit(row, limits.get(row.id))

    def _mark_limit(self, row: Row, limit_us: int | None) -> None:
        """Show the max TTL of what was not over before; if that closed it, it says so itself."""
        over = [point.at_us for point in row.points if point.mark == "closed"]
        if limit_us is not None and limit_us <= self.end_us and not any(at_us < limit_us for at_us in over):
            row.points = [point for point in row.points if point != Point(limit_us, "closed")]
            row.points.append(Point(limit_us, "limit"))

    @property
    def shows(self) -> bool:
        """Whether anything happened that can be seen."""
        return bool(self.rows) or any(call.failed for call in self.calls)

    @property
    def focus_us(self) -> int:
        """The instant that matters most: the first that is marked, else the end."""
        return self.marks[0].at_us if self.marks else self.end_us

    def drawn(self, most: int) -> list[Row | Fold]:
        """The rows, and if there are more than so many, what was left out."""
        return folded(self.rows, most, self.focus_us)

    def instants(self) -> Iterator[int]:
        """Every instant that is to be told apart; clients look again and again, and that may share a place."""
        yield self.begin_us
        yield self.end_us
        for row in self.rows:
            yield from (point.at_us for point in row.points)
            yield from (band.since_us for band in row.bands)
            yield from (band.until_us for band in row.bands if band.until_us is not None)
        yield from (call.at_us for call in self.calls if not call.looks)
        yield from (one.at_us for one in self.marks)

    # -- as text -----------------------------------------------------------------------------------------------------

    def text(self, *, width: int = WIDTH, color: bool = False) -> str:
        """The chart, and below it what happened in words.

        Args:
            width: in characters, at least 50.
            color: whether to use ANSI colours.
        """
        if not self.shows:
            return "nothing happened: no session, batch or job"
        return "\n".join([*Chart(self, width=width, color=color).lines(), "", *self._words(width, color)])

    def told(self) -> list[Line]:
        """What happened, in words."""
        story = Story(self.trace, self.names, self.calls).lines()
        lines = [Line(at_us, kind, visible(text)) for at_us, kind, text in story]
        return sorted([*lines, *(Line(one.at_us, "mark", one.text) for one in self.marks)], key=_place)

    def _words(self, width: int, color: bool) -> Iterator[str]:
        lines = self.shown(STORY_LINES)
        lead = max((len(since(line.at_us)) for line in lines), default=0) + _MARGIN
        for at_us, kind, text in lines:
            first, *more = _cut(wrap(text, max(width - lead, 20), break_on_hyphens=False) or [""])
            yield f"{since(at_us):>{lead - 1}} {_painted(first, kind, color)}"
            yield from (f"{' ' * lead}{_painted(one, kind, color)}" for one in more)

    def shown(self, most: int) -> list[Line]:
        """The lines that matter if there are more than so many: around the first that is marked, or the last ones."""
        lines = self.told()
        if len(lines) <= most:
            return lines
        marked = next((number for number, line in enumerate(lines) if line.kind == "mark"), len(lines))
        end = min(len(lines), max(marked + most // 2, most))
        begin = max(end - most, 0)
        before = [Line(lines[0].at_us, "", f"... {begin} more lines ...")] if begin else []
        after = [Line(lines[-1].at_us, "", f"... {len(lines) - end} more lines ...")] if end < len(lines) else []
        return [*before, *lines[begin:end], *after]

    # -- as a picture ------------------------------------------------------------------------------------------------

    def svg(self, *, title: str = "timeline") -> str:
        """The chart as an SVG element; `title` is what a screen reader calls it."""
        return Picture(self, title=title).svg()

    def html(self, *, title: str = "timeline") -> str:
        """A whole page with the chart and the words, which loads nothing from anywhere."""
        return page(self, title=title)

    def html_part(self, *, title: str = "timeline") -> str:
        """The chart and the words as a part of a page."""
        return figure(self, title=title)

    def _repr_html_(self) -> str:
        """What a notebook shows."""
        return self.html_part()

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        return f"<Timeline of {len(self.trace)} events>"


def _cut(lines: list[str]) -> list[str]:
    """What is told of one instant, if it is very much, without what is in the middle."""
    if len(lines) <= INSTANT_LINES:
        return lines
    half = INSTANT_LINES // 2
    return [*lines[:half], f"... {len(lines) - 2 * half} more lines of this instant ...", *lines[-half:]]


def _place(line: Line) -> tuple[int, bool]:
    """What is marked comes after what happened at that instant."""
    return line.at_us, line.kind == "mark"


def _painted(text: str, kind: str, color: bool) -> str:
    return f"\x1b[{_COLOURS[kind]}m{text}\x1b[0m" if color and kind else text
