"""Every test that used the service, in a table."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from math import fsum
from typing import TYPE_CHECKING, Final

from pytest_qruntime.report.run.escaping import html
from pytest_qruntime.report.run.sections.pieces import badge, code, scrolling
from pytest_qruntime.report.run.verdict import FAILING
from pytest_qruntime.report.run.words import count, length

if TYPE_CHECKING:
    from pytest_qruntime.report.run.document import Document
    from pytest_qruntime.report.run.shown import Test

_HEADS: Final = ("test", "outcome", "ran on", "runs", "virtual", "real", "QPU", "left open", "broken")
_LEVELS: Final = {"passed": "good", "failed": "bad", "error": "bad", "xpassed": "odd"}
_FILTER: Final = (
    '<div class="filter" role="radiogroup" aria-label="Which tests to show">'
    '<label><input type="radio" name="show" checked> all</label> '
    '<label><input type="radio" name="show" id="show-odd"> what needs attention</label></div>'
)


def tests(document: Document) -> str:
    """A table, the tests of a file together."""
    if not document["tests"]:
        return ""
    failing = iter(range(1, len(document["tests"]) + 1))
    bodies = "".join(_file(file, list(several), failing) for file, several in groupby(document["tests"], _file_of))
    heads = "".join(f'<th scope="col">{head}</th>' for head in _HEADS)
    name = count(len(document["tests"]), "test")
    table = f'<table aria-label="{name}"><thead><tr>{heads}</tr></thead>{bodies}</table>'
    return _FILTER + scrolling(name, table)


def _file_of(test: Test) -> str:
    return test["file"]


def _file(file: str, several: list[Test], failing: Iterator[int]) -> str:
    rows = [_row(test, failing) for test in several]
    fine = " class=fine" if all(row.startswith("<tr class=fine>") for row in rows) else ""
    head = f'<tr><th scope="rowgroup" colspan="{len(_HEADS)}">{code(file)} <small>{len(several)}</small></th></tr>'
    return f"<tbody{fine}>{head}{''.join(rows)}</tbody>"


def _row(test: Test, failing: Iterator[int]) -> str:
    worlds = test["worlds"]
    leaks = {(leak["kind"], leak["id"]) for world in worlds for leak in world["leaks"] if leak["allowed"] is None}
    broken = dict.fromkeys(one["contract"] for world in worlds for one in world["broken"] if one["allowed"] is None)
    name = code(test["id"].removeprefix(f"{test['file']}::"))
    if test["outcome"] in FAILING:
        name = f'<a href="#failing-{next(failing)}">{name}</a>'
    fine = "" if leaks or broken or test["outcome"] in FAILING else " class=fine"
    qpu = fsum(seconds for world in worlds[:1] for seconds in world["usage_s"].values())
    cells = [
        badge(_LEVELS.get(test["outcome"], "none"), test["outcome"]),
        html(", ".join(sorted({world["source"] for world in worlds}))),
        str(len(worlds)),
        length(fsum(world["virtual_s"] for world in worlds)),
        length(test["real_s"]),
        length(qpu) if qpu else "",
        str(len(leaks) or ""),
        html(", ".join(broken)),
    ]
    return f'<tr{fine}><th scope="row">{name}</th>{"".join(f"<td>{cell}</td>" for cell in cells)}</tr>'
