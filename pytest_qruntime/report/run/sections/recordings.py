"""What there is to tell of recordings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pytest_qruntime.report.run.escaping import html
from pytest_qruntime.report.run.sections.pieces import code, listed
from pytest_qruntime.report.run.words import count

if TYPE_CHECKING:
    from pytest_qruntime.report.run.document import Document


def recordings(document: Document) -> str:
    """A list for each kind of thing; empty if no test has to do with a recording."""
    return "".join(_lists(document))


def _lists(document: Document) -> Iterator[str]:
    told = document["recordings"]
    for heading, sentences in (
        ("Older than they may be", told["old"]),
        ("Not played to the end", told["unreached"]),
        ("Not recorded", told["dropped"]),
        ("Recorded in this run", told["recorded"]),
        ("QPU time of live services", told["spent"]),
        ("Closed, of an earlier run", told["rescued"]),
    ):
        if sentences:
            yield f"<h3>{heading}</h3>{listed(map(html, sentences))}"
    if told["unused"]:
        yield f"<h3>Used by no test of this run</h3>{listed(map(code, told['unused']))}"
    if told["used"]:
        number = count(len(told["used"]), "recording")
        yield f"<details><summary>{number} in use</summary>{listed(map(code, told['used']))}</details>"
