"""The tests that failed, each with its timeline and with the program that shows the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pytest_qruntime.report.run.escaping import html, visible
from pytest_qruntime.report.run.sections.pieces import badge, code
from pytest_qruntime.report.run.verdict import failing as failed

if TYPE_CHECKING:
    from pytest_qruntime.report.run.document import Document
    from pytest_qruntime.report.run.shown import Drawn, Test

PICTURES: Final = 50
"""So many timelines are drawn."""
_OPEN: Final = 1
"""So many are open at first."""


def failing(document: Document) -> str:
    """A fold for each; empty if none failed."""
    return "".join(_test(number, test) for number, test in enumerate(failed(document), 1))


def _test(number: int, test: Test) -> str:
    problem = "" if test["problem"] is None else f'<span class="problem">{html(test["problem"])}</span>'
    unfolded = " open" if number <= _OPEN else ""
    return (
        f'<details class="card" id="failing-{number}"{unfolded}><summary>{badge("bad", test["outcome"])} '
        f"<strong>{code(test['id'])}</strong> <small>line {test['line']}</small>{problem}</summary>"
        f"{_drawn(number, test['drawn'])}</details>"
    )


def _drawn(number: int, drawn: Drawn | None) -> str:
    if drawn is None:
        return "<p>Nothing was drawn of it.</p>"
    program = (
        f"<h3>The same in short, as a test</h3>{_code('the program', drawn['program'])}" if drawn["program"] else ""
    )
    if number > PICTURES:
        return (
            f"<p>The timelines of the first {PICTURES} tests are drawn; run this one alone to see its own.</p>{program}"
        )
    if drawn["picture"]:
        return f'<div class="picture">{drawn["picture"]}</div>{program}'
    return f"{_code('the timeline', drawn['timeline'])}{program}" if drawn["timeline"] else program


def _code(name: str, text: str) -> str:
    return f'<pre class="scrolls" role="region" aria-label="{name}" tabindex="0">{html(visible(text))}</pre>'
