"""The top of the page: what became of the run, and its figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pytest_qruntime.report.run.escaping import html
from pytest_qruntime.report.run.figures import Figure, figures
from pytest_qruntime.report.run.sections.pieces import listed
from pytest_qruntime.report.run.verdict import Level, verdict

if TYPE_CHECKING:
    from pytest_qruntime.report.run.document import Document

_SIGNS: Final[dict[Level, tuple[str, str]]] = {
    "good": ("✓", "fine"),
    "odd": ("!", "look at it"),
    "bad": ("✗", "failed"),
    "none": ("–", "nothing ran"),
}


def head(document: Document) -> str:
    """The headline, why the run fails, what is missing."""
    level, headline = verdict(document)
    sign, word = _SIGNS[level]
    reasons = [*document["failures"], *(f"Missing: {sentence}" for sentence in document["lost"])]
    strict = '<span class="chip">strict run</span>' if document["strict"] else ""
    return (
        f'<header class="{level}"><div class="wide"><p class="brand">pytest-qruntime <span>report</span>{strict}</p>'
        f'<div class="verdict"><span class="sign" role="img" aria-label="{word}">{sign}</span><h1>{html(headline)}</h1>'
        f"</div>{listed(map(html, reasons), 'reasons') if reasons else ''}</div></header>\n"
    )


def overview(document: Document) -> str:
    """The figures that are seen first."""
    return f'<dl class="figures" aria-label="Figures">{"".join(map(_card, figures(document)))}</dl>\n'


def _card(figure: Figure) -> str:
    bar = "".join(
        f'<i class="{name.replace(" ", "-")}" style="flex-grow:{number}"></i>'
        for name, number in figure.shares
        if number
    )
    more = f"<small>{html(figure.more)}</small>" if figure.more else ""
    shown = f'<span class="bar" aria-hidden="true">{bar}</span>' if bar else ""
    value = f"<b>{html(figure.value)}</b>{shown}{more}"
    return f'<div class="{figure.level}"><dt>{html(figure.name)}</dt><dd>{value}</dd></div>'
