"""Pieces of markup that several sections need."""

from __future__ import annotations

from collections.abc import Iterable

from pytest_qruntime.report.run.escaping import html


def badge(level: str, text: str) -> str:
    """A word on a coloured ground; what it says does not depend on the colour."""
    return f'<span class="badge {level}">{html(text)}</span>'


def code(text: str) -> str:
    """A name from code, which may be broken where that helps a narrow screen."""
    broken = html(text).replace("::", "::<wbr>").replace("/", "/<wbr>").replace("_", "_<wbr>")
    return f"<code>{broken}</code>"


def facts(pairs: Iterable[tuple[str, str]], kind: str = "short") -> str:
    """Names and values; the values are markup, and ``short`` or ``long``. What has no value is left out."""
    told = "".join(f"<div><dt>{html(name)}</dt><dd>{value}</dd></div>" for name, value in pairs if value)
    return f'<dl class="facts {kind}">{told}</dl>'


def listed(items: Iterable[str], kind: str = "plain") -> str:
    """A list; the items are markup."""
    return f'<ul class="{kind}">{"".join(f"<li>{item}</li>" for item in items)}</ul>'


def scrolling(name: str, table: str) -> str:
    """A table that is wider than a narrow screen scrolls in a box of its own, with the keyboard too."""
    return f'<div class="scrolls" role="region" aria-label="{html(name)}" tabindex="0">{table}</div>'


def section(name: str, heading: str, told: str, *, lead: str = "") -> str:
    """A section that can be linked to; empty if there is nothing to tell. `lead` is text, the rest markup."""
    if not told:
        return ""
    below = f'<p class="lead">{html(lead)}</p>' if lead else ""
    return f'<section id="{name}" aria-labelledby="{name}-h"><h2 id="{name}-h">{heading}</h2>{below}{told}</section>\n'
