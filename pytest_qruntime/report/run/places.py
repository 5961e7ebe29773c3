"""What was left open, by the line of code that opened it: that is the one to mend, however often it ran."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from math import fsum
from typing import TYPE_CHECKING, NamedTuple

from pytest_qruntime.report.run.words import count, opened_by

if TYPE_CHECKING:
    from pytest_qruntime.report.run.document import Left


class Place(NamedTuple):
    """Sessions or batches that one line of code opened, or of which nobody knows that in one test.

    Attributes:
        what: ``session``, or how many; `opened_by`: the line, in words.
        first: of them; `times`: how many they are.
        tests: that left them open.
        used_s, cost_s, at_most_s: as of one that was left open, all together; None: unknown of each.
    """

    what: str
    opened_by: str
    first: Left
    times: int
    tests: list[str]
    used_s: float | None
    cost_s: float | None
    at_most_s: float | None


def places(leaks: Iterable[Left]) -> list[Place]:
    """In the order in which they are met."""
    found: defaultdict[object, list[Left]] = defaultdict(list)
    for leak in leaks:
        where = (leak["file"], leak["line"]) if leak["file"] else leak["test"]
        found[leak["kind"], where].append(leak)
    return [_place(several) for several in found.values()]


def _place(leaks: list[Left]) -> Place:
    first = leaks[0]
    return Place(
        what=first["kind"] if len(leaks) == 1 else count(len(leaks), first["kind"]),
        opened_by=opened_by(first),
        first=first,
        times=len(leaks),
        tests=list(dict.fromkeys(leak["test"] for leak in leaks)),
        used_s=_together(leak["used_s"] for leak in leaks),
        cost_s=_together(leak["cost_s"] for leak in leaks),
        at_most_s=_together(leak["at_most_s"] for leak in leaks),
    )


def _together(seconds: Iterable[float | None]) -> float | None:
    known = [one for one in seconds if one is not None]
    return fsum(known) if known else None
