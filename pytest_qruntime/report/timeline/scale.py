"""Where instants stand in a row of columns: every event has a place, and hours of nothing do not push it aside."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from itertools import pairwise
from math import log10
from typing import Final

from pytest_qruntime.model.durations import SECOND_US
from pytest_qruntime.report.timeline.times import about, since

LONG: Final = 20
"""A stretch is drawn short if a column of it stands for so many times the time of a typical one."""


class Scale:
    """Puts the instants of a timeline into columns, in their order.

    Between two instants there are more columns the longer it took, by the order of magnitude: ten times as long is a
    few columns more. Instants that follow one another have columns of their own, as long as there are enough.

    Args:
        instants: everything that has to be told apart, in microseconds.
        width: the number of columns.
    """

    def __init__(self, instants: Iterable[int], width: int) -> None:
        self.instants = sorted(set(instants)) or [0]
        self.width = width
        weights = [1 + log10(1 + (later - before) / SECOND_US) for before, later in pairwise(self.instants)]
        own = 1 if len(weights) < width else 0
        free, whole = width - 1 - own * len(weights), sum(weights) or 1
        passed, self._columns = 0.0, [0]
        for number, weight in enumerate(weights, 1):
            passed += weight
            self._columns.append(own * number + round(free * passed / whole))

    def column(self, at_us: int) -> int:
        """The column of an instant, from 0; of one between two instants the place in proportion."""
        place = bisect_right(self.instants, at_us) - 1
        if place < 0:
            return 0
        if place == len(self.instants) - 1 or self.instants[place] == at_us:
            return self._columns[place]
        before, later = self.instants[place], self.instants[place + 1]
        left, right = self._columns[place], self._columns[place + 1]
        return left + (right - left) * (at_us - before) // (later - before)

    def labels(self) -> list[tuple[int, str]]:
        """What a ruler says, and in which columns: as many instants as there is room for, from the left."""
        last, end = self.instants[-1], about(self.instants[-1])
        edge = min(self.column(last), self.width - len(end))  # ends where there is no more room
        told: list[tuple[int, str]] = []
        free = 0
        for at_us in self.instants[:-1]:
            column, text = self.column(at_us), about(at_us)
            if any(text == before for _, before in told):
                text = since(at_us)
            if column >= free and column + len(text) < edge:
                told.append((column, text))
                free = column + len(text) + 1
        if any(end == before for _, before in told):
            end = since(last)
            edge = min(self.column(last), self.width - len(end))
        return [*told, (edge, end)] if edge >= free else told

    def shortened(self) -> list[tuple[int, int, int]]:
        """The stretches that are drawn much shorter than the others: first column, one after the last, microseconds."""
        stretches = [
            (left, right, later - before)
            for (before, later), (left, right) in zip(pairwise(self.instants), pairwise(self._columns), strict=True)
            if right > left
        ]
        if not stretches:
            return []
        typical = sorted(us / (right - left) for left, right, us in stretches)[len(stretches) // 2]
        return [(left, right, us) for left, right, us in stretches if us / (right - left) > LONG * typical]
