"""What became of every contract, by chapter of the catalogue."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from pytest_qruntime.contracts import CATALOGUE, CHAPTERS, NOT_EXERCISED
from pytest_qruntime.report.run.escaping import html
from pytest_qruntime.report.run.figures import verdicts
from pytest_qruntime.report.run.sections.pieces import badge, scrolling
from pytest_qruntime.report.run.words import count

if TYPE_CHECKING:
    from pytest_qruntime.report.run.document import ContractResult, Document

_TITLES: Final = {chapter.prefix: chapter.title for chapter in CHAPTERS}
_EXERCISES: Final = {contract.id: contract.exercise for contract in CATALOGUE}
_LEVELS: Final = {"broken": "bad", "allowed": "odd", "holds": "good", "not exercised": "none"}


def contracts(document: Document) -> str:
    """A fold for each chapter."""
    chapters: defaultdict[str, list[ContractResult]] = defaultdict(list)
    for one in document["contracts"]:
        chapters[one["id"].partition("-")[0]].append(one)
    return f'<div class="chapters">{"".join(_chapter(*chapter) for chapter in chapters.items())}</div>'


def _chapter(prefix: str, rules: list[ContractResult]) -> str:
    told = verdicts([one["verdict"] for one in rules])
    squares = "".join(f'<i class="{_LEVELS[one["verdict"]]}"></i>' for one in rules)
    heads = "".join(f'<th scope="col">{head}</th>' for head in ("contract", "verdict", "runs", "rule"))
    title = _TITLES.get(prefix, prefix)
    table = (
        f'<table aria-label="Contracts: {html(title)}"><thead><tr>{heads}</tr></thead>'
        f"<tbody>{''.join(map(_rule, rules))}</tbody></table>"
    )
    name = f"{count(len(rules), 'contract')}: {title}"
    return (
        f"<details><summary><b>{html(prefix)}</b> <span>{html(title)}</span> "
        f'<span class="squares" aria-hidden="true">{squares}</span> <small>{html(told)}</small></summary>'
        f"{scrolling(name, table)}</details>"
    )


def _rule(one: ContractResult) -> str:
    may = " <small>(may)</small>" if one["level"] == "may" else ""
    exercise = _EXERCISES.get(one["id"]) if one["verdict"] == NOT_EXERCISED else None
    how = f"<br><small>to exercise it: {html(exercise)}</small>" if exercise else ""
    return (
        f'<tr><th scope="row">{html(one["id"])}</th><td>{badge(_LEVELS[one["verdict"]], one["verdict"])}</td>'
        f"<td>{one['worlds'] or ''}</td><td>{html(one['statement'])}{may}{how}</td></tr>"
    )
