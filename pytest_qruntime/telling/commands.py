"""Workflow commands of GitHub Actions: what is printed to have something shown at a line of code.

https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pytest_qruntime.report.run.annotations import Annotation

MOST: Final = 10
"""Of each level GitHub shows so many in a step."""
_LONGEST: Final = 4000
"""Characters of a message; whoever wants more reads the report."""


def commands(annotations: Sequence[Annotation], place: Callable[[str], str | None]) -> list[str]:
    """Lines that annotate, no more of each level than GitHub shows; the last one says how many more there are.

    Args:
        annotations: the most important one of each level first.
        place: a file as GitHub calls it; None: it knows no such file.
    """
    lines = []
    for level in dict.fromkeys(one.level for one in annotations):
        mine = [one for one in annotations if one.level == level]
        shown = mine if len(mine) <= MOST else mine[: MOST - 1]
        lines += [_annotate(one, place) for one in shown]
        if more := len(mine) - len(shown):
            told = f"and {more} more {level}s, which GitHub would not show; the report of the run has them all"
            lines.append(command(level, "pytest-qruntime", told))
    return lines


def _annotate(one: Annotation, place: Callable[[str], str | None]) -> str:
    for file, line in one.places:
        if (known := place(file)) is not None:
            return command(one.level, one.title, one.message, known, line)
    return command(one.level, one.title, one.message)


def command(level: str, title: str, message: str, file: str | None = None, line: int | None = None) -> str:
    """One line."""
    given = {"file": file, "line": line, "title": title}
    properties = ",".join(f"{name}={_property(str(value))}" for name, value in given.items() if value is not None)
    return f"::{level} {properties}::{_data(message if len(message) <= _LONGEST else message[:_LONGEST] + '...')}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
