"""Which rows of a timeline are drawn if there are too many: those with a problem, and those near to what matters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final, NamedTuple

from pytest_qruntime.report.timeline.rows import Row

MANY: Final = 2
"""Rows in a row that are worth a word in their place."""


class Fold(NamedTuple):
    """Rows that are not drawn, in words."""

    text: str


def folded(rows: Sequence[Row], most: int, focus_us: int) -> list[Row | Fold]:
    """At most so many rows, and single ones between them, in their order, and between them what was left out.

    Args:
        rows: all of them.
        most: how many are drawn.
        focus_us: the instant that matters; of rows alike, those nearest to it are drawn.
    """
    if len(rows) <= most:
        return list(rows)
    ranked = sorted(range(len(rows)), key=lambda number: _rank(rows[number], focus_us))
    kept = set(ranked[:most])
    shown: list[Row | Fold] = []
    left: list[Row] = []
    for number, row in enumerate(rows):
        if number not in kept:
            left.append(row)
            continue
        shown += _instead(left)
        shown.append(row)
        left = []
    return [*shown, *_instead(left)]


def _instead(rows: Sequence[Row]) -> Sequence[Row | Fold]:
    """What stands in the place of rows that are left out; a single one takes no more room than a word on it."""
    return rows if len(rows) < MANY else [_fold(rows)]


def _rank(row: Row, focus_us: int) -> tuple[bool, bool, int]:
    """What is no job comes first, then jobs that did not go well, then what is near."""
    times = [point.at_us for point in row.points] + [band.since_us for band in row.bands]
    away = min((abs(at_us - focus_us) for at_us in times), default=focus_us)
    return row.is_job, row.ended == "completed", away


def _fold(rows: Sequence[Row]) -> Fold:
    ends = Counter(str(row.still or row.ended or "closed") for row in rows)
    jobs = all(row.is_job for row in rows)
    what = f"{len(rows)} more {'jobs' if jobs else 'rows'}"
    return Fold(f"... {what}: {', '.join(f'{count} {end}' for end, count in ends.items())}")
