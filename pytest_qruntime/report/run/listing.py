"""The contracts of a run, each by name: those that were broken, that hold, and that nothing exercised."""

from __future__ import annotations

import re
from collections.abc import Iterator
from textwrap import wrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_qruntime.report.run.document import Broken, ContractResult, Document


def contracts(document: Document, width: int) -> Iterator[str]:
    """All of it, in lines for people."""
    for unjudged in document["unjudged"]:
        yield from wrapped(f"not judged: {unjudged['because']}: {', '.join(unjudged['tests'])}", width)
    for contract in document["contracts"]:
        if contract["broken"]:
            yield from _told(contract, width)
    held = [f"{one['id']} ({one['worlds']})" for one in _with(document, "holds")]
    never = [one["id"] for one in _with(document, "not exercised")]
    yield from wrapped(f"{len(held)} of {len(document['contracts'])} contracts hold: {_all(held)}", width)
    yield from wrapped(f"{len(never)} were never exercised: {_all(never)}", width)
    for one in document["unbroken"]:
        yield from wrapped(f"allowed, and not broken: {one['name']} by {one['where']} ({one['reason']})", width)


def _with(document: Document, verdict: str) -> list[ContractResult]:
    return [one for one in document["contracts"] if one["verdict"] == verdict]


def _all(names: list[str]) -> str:
    return ", ".join(names) or "none"


def _told(contract: ContractResult, width: int) -> Iterator[str]:
    how = "broken" if contract["verdict"] == "broken" else "broken where that is allowed"
    yield from wrapped(f"{how}: {contract['id']} ({contract['level']}): {contract['statement']}", width)
    for one in contract["broken"]:
        for text in _how(one):
            yield from wrapped(text, width, indent=6, keep=len(text) - len(text.lstrip()))


def _how(one: Broken) -> Iterator[str]:
    about = f", {one['about']}" if one["about"] else ""
    by = f", by {one['by']}" if one["by"] else ""
    more = f", and {one['more']} more" if one["more"] else ""
    yield f"  {one['test']}: at {one['at_s']:g} s{about}{by}{more}"
    if one["allowed"] is None:
        yield f"    expected {one['expected']}; seen: {one['seen']}"
    else:
        yield f"    allowed: {one['allowed']}"


def wrapped(line: str, width: int, *, indent: int = 4, keep: int = 0) -> list[str]:
    """A long line in lines that can be read; a word that is too long sticks out, and can be copied.

    Args:
        line: the line.
        width: in columns.
        indent: of all lines but the first.
        keep: so many characters at the beginning stay as they are.
    """
    head, rest = line[:keep], re.sub(r" (?=\(\d+\))", "\N{NO-BREAK SPACE}", line[keep:])  # an id and how often
    told = wrap(
        rest,
        width,
        initial_indent="." * keep,
        subsequent_indent=" " * indent,
        break_on_hyphens=False,
        break_long_words=False,
    )
    lines = [one.replace("\N{NO-BREAK SPACE}", " ") for one in told]
    return [head + lines[0][keep:], *lines[1:]] if lines else [head]
