"""From a program that shows a symptom to the shortest that does: delta debugging, with a bounded number of runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from pytest_qruntime.reproducing.program import Program
from pytest_qruntime.reproducing.steps import without

Shows = Callable[[Program], "Program | None"]
"""Runs a program: the program that shows the symptom, with the order of events in which it does; None: none does."""

Simpler = Callable[[Program], Iterator[Program]]
"""Programs that are a little simpler than a program, the simplest first."""


class Budget:
    """So many runs, and so many lines in all of them; what was tried is not tried again.

    Args:
        shows: tries a program.
        runs, lines: how much of that.
    """

    def __init__(self, shows: Shows, *, runs: int, lines: int) -> None:
        self._shows = shows
        self._known: dict[str, Program | None] = {}
        self.runs = runs
        self.lines = lines

    def __call__(self, program: Program) -> Program | None:
        """The program that shows the symptom; None: it does not, or nothing may be tried any more."""
        if not program.whole or self.spent():
            return None
        text = program.function("tried").text() + str(program.choices)
        if text not in self._known:
            self.runs -= 1
            self.lines -= len(program.steps) + len(program.ending)
            self._known[text] = None if self.spent() else self._shows(program)
        return self._known[text]

    def spent(self) -> bool:
        """Whether nothing more is tried."""
        return self.runs < 0 or self.lines < 0


def shrunk(program: Program, shows: Budget, first: Simpler, simpler: tuple[Simpler, ...]) -> Program:
    """The shortest program that can be found.

    Args:
        program: which shows the symptom.
        shows: whether a program does.
        first: a way to make it a lot simpler; `simpler`: others, besides leaving out steps.
    """
    before = None
    while before != program and not shows.spent():
        before = program
        program = _fewer_steps(_simpler(program, shows, first), shows)
        for way in simpler:
            program = _simpler(program, shows, way)
    return program


def _fewer_steps(program: Program, shows: Budget) -> Program:
    """Without as many steps as possible: first all, then halves, down to single ones, from the end on."""
    size = len(program.steps)
    while size:
        end = len(program.steps)
        while end > 0 and not shows.spent():
            start = max(end - size, 0)
            found = shows(program.but(steps=without(program.steps, range(start, end))))
            program = found or program
            end = min(start, len(program.steps))
        size //= 2
    return program


def _simpler(program: Program, shows: Budget, way: Simpler) -> Program:
    """Simpler in one way, as often as that goes."""
    found: Program | None = program
    while found is not None:
        program = found
        found = next((one for one in map(shows, way(program)) if one is not None or shows.spent()), None)
    return program
