"""Pieces of Markdown that several pages need."""

from __future__ import annotations

import inspect


def cell(text: str) -> str:
    """Text for a cell of a table."""
    return text.replace("|", "\\|")


def choices(allowed: str) -> str:
    """The values that a knob allows."""
    if " | " not in allowed:
        return allowed
    return ", ".join(f"`{choice}`" if " " not in choice else choice for choice in allowed.split(" | "))


def first_paragraph(documented: object) -> str:
    """The first paragraph of a docstring, in one line."""
    return " ".join((inspect.getdoc(documented) or "").split("\n\n")[0].split())
