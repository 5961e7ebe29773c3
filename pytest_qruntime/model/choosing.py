"""An order of events of the same instant, written down as the choices that it takes.

At the first instant at which several events could come next it says which of them does, counted from 0 in the fixed
order, then at the second, and so on. What comes after the written choices is as in the fixed order. So ``(0, 2)`` is:
first as always, then the third of those that could come next, then as always.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from pytest_qruntime.model.events import Deadline


class Point(NamedTuple):
    """A place in a run at which several events could come next: these, in the fixed order, and which of them did."""

    options: tuple[Deadline, ...]
    chosen: int


class Script:
    """Chooses by a list of numbers, and the first event after its end; `points` tells where it was asked.

    Args:
        choices: the numbers.
        expected: the places at which an earlier run with the same choices was asked.
    """

    def __init__(self, choices: Sequence[int] = (), expected: Sequence[Point] = ()) -> None:
        self.choices = tuple(choices)
        self.points: list[Point] = []
        self.strayed = False
        self._expected = expected

    def __call__(self, options: Sequence[Deadline]) -> int:
        """Which of these comes next; see `World.chooser`."""
        place = len(self.points)
        chosen = self.choices[place] if place < len(self.choices) else 0
        if place < len(self._expected) and tuple(options) != self._expected[place].options:
            self.strayed = True
        if chosen >= len(options):
            self.strayed, chosen = True, 0
        self.points.append(Point(tuple(options), chosen))
        return chosen

    @property
    def lost(self) -> bool:
        """Whether the run was another one than that which the choices are from."""
        return self.strayed or len(self.points) < len(self.choices)

    @property
    def taken(self) -> tuple[int, ...]:
        """The choices of this run, up to the last one that is not as in the fixed order."""
        chosen = [point.chosen for point in self.points]
        while chosen and chosen[-1] == 0:
            chosen.pop()
        return tuple(chosen)


def written(choices: Sequence[int]) -> str:
    """Choices as text, such as ``1.0.2``; there is a dot in it always, so that it is not a number."""
    return ".".join(map(str, [*choices, *[0] * (2 - len(choices))]))


def read(text: str) -> tuple[int, ...]:
    """The choices that a text stands for."""
    chosen = [int(part) for part in text.split(".")]
    while chosen and chosen[-1] == 0:
        chosen.pop()
    return tuple(chosen)
