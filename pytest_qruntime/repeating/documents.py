"""What the documents say where they contradict each other: one side, the other, and where each of them stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from pytest_qruntime.contracts import SOURCES


class Side(NamedTuple):
    """A statement, in words, and the documents that make it: keys of `pytest_qruntime.contracts.SOURCES`."""

    statement: str
    documents: str


Contradiction = tuple[Side, Side]

CONTRADICTIONS: Final[Mapping[str, Contradiction]] = {
    "X-01": (Side("queued jobs fail", "s1 s2 s4 dMAX"), Side("they are cancelled", "dSES dFAQ issues")),
    "X-02": (Side("its jobs run in job mode", "s1 s3"), Side("it is refused", "s0 s2 dSES live")),
    "X-04": (Side("it closes at once", "live"), Side("it stays pending", "issues")),
    "X-05": (Side("it ends when its last job ends", "dFAQ"), Side("it stays until it is closed", "issues s4 dMAX")),
    "X-06": (Side("a running job finishes", "s4 dMAX"), Side("not beyond the cost limit", "s2")),
    "X-07": (Side("it is a minute", "s4"), Side("the field, which is in seconds, shows 1", "s4 c51 oa25")),
    "X-08": (Side("it is the maximum", "c51"), Side("it is what remains", "oa25")),
    "X-09": (Side("one span, from start to end", "s3 c51"), Side("the time while it is active", "dUSE dFAQ s3")),
    "X-10": (Side("running jobs complete", "dMAX"), Side("they are stopped", "s2 dCOST")),
    "X-11": (Side("nothing else of a batch or session runs", "s3"), Side("a free lane is for who is next", "dFAQ")),
    "X-12": (Side("it is closed at once", "s1"), Side("it is closed when no job of it runs", "oa25 c51")),
    "X-13": (Side("quantum_seconds", "s3 dMAX"), Side("qpu_charge_time_seconds", "c51 live")),
    "X-14": (Side("cancelled, with a reason code", "c51"), Side("a status of its own, or no code", "issues")),
    "X-15": (Side("only a final job is deleted", "oa25"), Side("a queued one, too", "it")),
    "X-16": (Side("three hours", "dMAX"), Side("what the service computes for the job, if less", "dMAX")),
    "X-17": (Side("it is required", "s1 s4"), Side("it is optional, and null while open", "oa25 it")),
    "X-18": (Side("after 30 minutes, sessions only", "dSES"), Side("nothing is said of batches", "dBAT")),
    "X-19": (Side("64, 50 or 300 MB, by the year of the guide", "issues"), Side("no number", "issues")),
    "X-23": (Side("from the first job's start", "s2 s4"), Side("from the opening", "c51")),
}
"""The contradictions that have a knob."""


def told(contradiction: str) -> str:
    """Both sides and where they stand, in one line; an empty text for what is in no document."""
    sides = CONTRADICTIONS.get(contradiction, ())
    return "; but ".join(f"{side.statement} ({_titles(side.documents)})" for side in sides)


def _titles(documents: str) -> str:
    return "; ".join(SOURCES[document] for document in documents.split())
