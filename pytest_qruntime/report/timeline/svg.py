"""A timeline as SVG: for light and dark pages, with words for who cannot see it, and nothing loaded from anywhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from pytest_qruntime.clock.durations import words_of
from pytest_qruntime.report.palette import DARK, LIGHT, variables
from pytest_qruntime.report.run.escaping import visible
from pytest_qruntime.report.timeline.calls import LOOKS, Call
from pytest_qruntime.report.timeline.folding import Fold
from pytest_qruntime.report.timeline.rows import Band, Point, Row, Sign, State
from pytest_qruntime.report.timeline.scale import Scale
from pytest_qruntime.report.timeline.times import brief, since

if TYPE_CHECKING:
    from pytest_qruntime.report.timeline.timeline import Timeline

NAMESPACE: Final = "http://www.w3.org/2000/svg"
COLUMNS: Final = 100
SHORTENED: Final = "∥"
ROWS: Final = 200
MARKS: Final = 40
"""So many are drawn at most; the words tell of all of them."""
_UNIT: Final = 8
"""Pixels of a column; of a character too, roughly."""
_LINE: Final = 24
_BAR: Final = 14
_MARGIN: Final = 12

_STATES: Final[dict[State, str]] = {
    "open": "waits for its first job",
    "active": "active",
    "idle": "inactive",
    "draining": "closing, takes no more jobs",
    "finishing": "closed, its running jobs finish",
    "queued": "queued",
    "running": "runs",
    "classical": "runs, not yet on the QPU",
    "quantum": "on the QPU",
    "down": "not online",
}
_SIGNS: Final[dict[Sign, tuple[str, str]]] = {
    "completed": ("✓", "completed"),
    "failed": ("✗", "failed"),
    "cancelled": ("⊘", "cancelled"),
    "closed": ("▮", "closed"),
    "limit": ("▮T", "its max TTL ends"),
}
_ASKED: Final = "▼"
_REFUSED: Final = "✗"
_FAULT: Final = "⚡"
_COLOURS: Final = f"""
.qruntime {{ {variables(LIGHT)} font: 12px system-ui, sans-serif; }}
@media screen and (prefers-color-scheme: dark) {{ .qruntime {{ {variables(DARK)} }} }}
"""
_RULES: Final = """\
.qruntime text { fill: var(--ink); }
.qruntime .soft { fill: var(--soft); }
.qruntime line { stroke: var(--line); }
.qruntime .open, .qruntime .queued { fill: none; stroke: var(--waits); stroke-dasharray: 2 2; }
.qruntime .active { fill: var(--active); fill-opacity: .35; stroke: var(--active); }
.qruntime .idle { fill: none; stroke: var(--idle); }
.qruntime .draining, .qruntime .finishing { fill: var(--closing); fill-opacity: .3; stroke: var(--closing); }
.qruntime .finishing { stroke-dasharray: 4 2; }
.qruntime .classical, .qruntime .running { fill: var(--classical); fill-opacity: .35; stroke: var(--classical); }
.qruntime .quantum { fill: var(--quantum); stroke: var(--quantum); }
.qruntime .down { fill: var(--bad); fill-opacity: .2; stroke: var(--bad); }
.qruntime .limit { font-weight: bold; }
.qruntime .failed, .qruntime .broken { fill: var(--bad); font-weight: bold; }
.qruntime .broken-line { stroke: var(--bad); stroke-dasharray: 3 3; }
"""
STYLE: Final = _COLOURS + _RULES


class Picture:
    """Draws a timeline.

    Args:
        timeline: what is drawn.
        title: what a screen reader calls it.
    """

    def __init__(self, timeline: Timeline, *, title: str) -> None:
        self._timeline = timeline
        self._rows = timeline.drawn(ROWS)
        self._marks = timeline.marks[:MARKS]
        self._scale = Scale(timeline.instants(), COLUMNS)
        self._calls: dict[str, dict[int, list[Call]]] = {}
        for call in sorted(timeline.calls, key=lambda one: one.row == LOOKS):  # what only looks comes last
            self._calls.setdefault(call.row, {}).setdefault(self._scale.column(call.at_us), []).append(call)
        rows = [row for row in self._rows if isinstance(row, Row)]
        labels = [_label(row) for row in rows] + list(self._calls)
        still = max((2 + len(row.still) for row in rows if row.still), default=1)
        self._left = _MARGIN + _UNIT * (2 + max(map(len, labels), default=0))
        self._width = self._left + _UNIT * (COLUMNS + still) + _MARGIN
        self._top = _MARGIN + _LINE
        self._title = title

    def svg(self) -> str:
        """The picture, as the text of an SVG element that can stand in a page or in a file."""
        register_namespace("", NAMESPACE)
        lines = len(self._rows) + len(self._calls) + len(self._marks)
        height = self._top + _LINE * lines + _MARGIN
        root = Element(f"{{{NAMESPACE}}}svg", {"width": str(self._width), "class": "qruntime", "role": "group"})
        root.set("aria-label", visible(self._title))
        _add(root, "title").text = visible(self._title)
        _add(root, "style").text = STYLE
        self._ruler(root, height)
        for number, row in enumerate(self._rows):
            self._row(root, row, self._top + _LINE * number)
        for number, name in enumerate(self._calls, len(self._rows)):
            self._requests(root, name, self._top + _LINE * number)
        self._marked(root, height)
        root.set("viewBox", f"0 0 {self._width} {self._legend(root, height)}")
        return tostring(root, encoding="unicode")

    # -- parts -------------------------------------------------------------------------------------------------------

    def _x(self, at_us: int) -> int:
        return self._left + _UNIT * self._scale.column(at_us)

    def _ruler(self, root: Element, height: int) -> None:
        for column, text in self._scale.labels():
            x = self._left + _UNIT * column
            label = _text(root, x, self._top - 10, text, "soft")
            if column + len(text) == COLUMNS:  # it stands where there was room
                x = self._x(self._timeline.end_us)
                label.set("x", str(x + _UNIT))
                label.set("text-anchor", "end")
            _add(root, "line", x1=x, x2=x, y1=self._top - 6, y2=height - _MARGIN)

        for left, right, us in self._scale.shortened():
            middle = self._left + _UNIT * (left + right) // 2
            _told(_text(root, middle, self._top + 2, SHORTENED, "soft"), f"{words_of(us)}, drawn short")

    def _legend(self, root: Element, top: int) -> int:
        """What the bars are, and which times are not to scale. Returns where it ends."""
        x = _MARGIN
        for state in dict.fromkeys(band.state for row in self._timeline.rows for band in row.bands):
            wide = _UNIT * (4 + len(_STATES[state]))
            if x + wide > self._width:
                x, top = _MARGIN, top + _LINE
            _add(root, "rect", x=x, y=top + 5, width=_UNIT * 2, height=_BAR, rx=2).set("class", state)
            _text(root, x + _UNIT * 3, top + 16, _STATES[state], "soft")
            x += wide
        for line in self._notes():
            top += _LINE
            _text(root, _MARGIN, top + 16, line, "soft")
        return top + _LINE

    def _notes(self) -> Iterator[str]:
        """What the signs are, and which times are not to scale."""
        calls = self._timeline.calls
        ends = dict.fromkeys(point.mark for row in self._timeline.rows for point in row.points)
        if ends:
            yield "; ".join(" ".join(_SIGNS[end]) for end in ends)
        signs = [f"{_ASKED} request, and how many at once"] if calls else []
        signs += [f"{_REFUSED} refused"] if any(call.problem for call in calls) else []
        signs += [f"{_FAULT} fault that the test arranged"] if any(call.fault for call in calls) else []
        if signs:
            yield "; ".join(signs)
        if short := self._scale.shortened():
            yield f"not to scale: {SHORTENED} stands for {', '.join(brief(us) for _, _, us in short)}"

    def _row(self, root: Element, row: Row | Fold, top: int) -> None:
        if isinstance(row, Fold):
            _text(root, _MARGIN + _UNIT * 2, top + 16, row.text, "soft")
            return
        group = _add(root, "g", role="group")
        group.set("aria-label", visible(row.name if row.of is None else f"{row.name} of {row.of}"))
        label = _text(group, _MARGIN + (0 if row.of is None else _UNIT * 2), top + 16, row.name)
        _add(label, "title").text = visible(row.id)
        for band in row.bands:
            self._band(group, row, band, top)
        for point in row.points:
            self._point(group, row, point, top)
        if row.still:
            _text(group, self._x(self._timeline.end_us) + _UNIT, top + 16, row.still, "failed")

    def _band(self, group: Element, row: Row, band: Band, top: int) -> None:
        end_us = self._timeline.end_us if band.until_us is None else band.until_us
        x = self._x(band.since_us)
        wide = max(self._x(end_us) - x, 2)
        shape = _add(group, "rect", x=x, y=top + 5, width=wide, height=_BAR, rx=2)
        shape.set("class", band.state)
        lasted = words_of(end_us - band.since_us)
        until = f"to {since(end_us)}, {lasted}" if band.until_us is not None else f"for {lasted}, and still is"
        _told(shape, f"{row.name}: {_STATES[band.state]} from {since(band.since_us)} {until}")

    def _point(self, group: Element, row: Row, point: Point, top: int) -> None:
        sign, what = _SIGNS[point.mark]
        shape = _text(group, self._x(point.at_us) + 1, top + 17, sign, point.mark)
        _told(shape, f"{row.name}: {what} at {since(point.at_us)}")

    def _requests(self, root: Element, name: str, top: int) -> None:
        group = _add(root, "g", role="group")
        group.set("aria-label", visible(f"requests: {name}"))
        _text(group, _MARGIN, top + 16, name, "soft")
        for column, calls in self._calls[name].items():
            failed = next((one for one in calls if one.failed), None)
            sign = _ASKED if failed is None else _FAULT if failed.fault else _REFUSED
            text = sign if len(calls) == 1 or self._crowded(name, column, len(calls)) else f"{sign}{len(calls)}"
            shape = _text(group, self._left + _UNIT * column, top + 16, text, "failed" if failed else "soft")
            times = f", {len(calls)} times" if len(calls) > 1 else ""
            why = "" if failed is None else f": {failed.fault or failed.problem}"
            _told(shape, f"{calls[0].operation}{times} at {since(calls[0].at_us)}{why}")

    def _crowded(self, name: str, column: int, count: int) -> bool:
        """Whether there is no room for a number beside the sign; a pointer is told it all the same."""
        return any(column + place in self._calls[name] for place in range(1, 1 + len(str(count))))

    def _marked(self, root: Element, height: int) -> None:
        lines = len(self._rows) + len(self._calls)
        for number, one in enumerate(self._marks, lines):
            x = self._x(one.at_us)
            _add(root, "line", x1=x, x2=x, y1=self._top, y2=height - _MARGIN).set("class", "broken-line")
            shape = _text(root, x + 4, self._top + _LINE * number + 16, one.short, "broken")
            _told(shape, f"{since(one.at_us)}: {one.text}")
            if x > self._left + _UNIT * COLUMNS // 2:
                shape.set("x", str(x - 4))
                shape.set("text-anchor", "end")


def _add(parent: Element, tag: str, **attributes: object) -> Element:
    return SubElement(parent, f"{{{NAMESPACE}}}{tag}", {name: str(value) for name, value in attributes.items()})


def _text(parent: Element, x: int, y: int, text: str, style: str = "") -> Element:
    shape = _add(parent, "text", x=x, y=y)
    if style:
        shape.set("class", style)
    shape.text = visible(text)
    return shape


def _told(shape: Element, words: str) -> None:
    """What a pointer and a screen reader are told. Keys have the table of what happened, not hundreds of stops."""
    shape.set("role", "img")
    shape.set("aria-label", visible(words))
    _add(shape, "title").text = visible(words)


def _label(row: Row) -> str:
    return visible(row.name) if row.of is None else f"  {row.name}"
