"""A timeline as a page of its own: the picture, and the same in words; nothing is loaded from anywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pytest_qruntime.report.run.escaping import html
from pytest_qruntime.report.timeline.svg import Picture
from pytest_qruntime.report.timeline.times import since

if TYPE_CHECKING:
    from pytest_qruntime.report.timeline.timeline import Timeline

LINES: Final = 400
"""So many lines of the story are in a page at most."""
STYLE: Final = """
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; margin: 1rem auto; max-width: 70rem; padding: 0 1rem; }
.chart { overflow-x: auto; }
.chart svg { display: block; height: auto; min-width: 50rem; width: 100%; }
table { border-collapse: collapse; }
th, td { padding: .2rem .6rem; text-align: left; vertical-align: top; }
h1, td { overflow-wrap: anywhere; }
td:first-child { font-variant-numeric: tabular-nums; overflow-wrap: normal; text-align: right; white-space: nowrap; }
.broken { color: #cf222e; font-weight: bold; }
@media (prefers-color-scheme: dark) { .broken { color: #f85149; } }
"""


def figure(timeline: Timeline, *, title: str) -> str:
    """The picture in a region that scrolls on a narrow screen, and the table of what happened: a part of a page."""
    rows = "".join(
        f"<tr{' class=broken' if kind else ''}><td>{since(at_us)}</td><td>{html(text)}</td></tr>"
        for at_us, kind, text in timeline.shown(LINES)
    )
    told, picture = html(title), Picture(timeline, title=title).svg()
    return (
        f'<div class="chart" style="overflow-x: auto" role="region" aria-label="{told}" tabindex="0">{picture}</div>'
        "<details open><summary>What happened, in words</summary>"
        f'<table aria-label="What happened, in words: {told}"><thead><tr><th scope="col">time</th>'
        f'<th scope="col">event</th></tr></thead><tbody>{rows}</tbody></table></details>'
    )


def page(timeline: Timeline, *, title: str) -> str:
    """A whole HTML document."""
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{html(title)}</title><style>{STYLE}</style></head>"
        f"<body><main><h1>{html(title)}</h1>{figure(timeline, title=title)}</main></body></html>\n"
    )
