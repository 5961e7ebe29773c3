"""The steps of a program: calls of `qruntime`, of what it made, and what is asserted of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any, Final, NamedTuple

from pytest_qruntime.clock.durations import words_of
from pytest_qruntime.reproducing.function import needed_to_suppress, suppressed
from pytest_qruntime.reproducing.spelling import Spelling

QRUNTIME: Final = "qruntime"
TICK: Final = "clock.tick"
_MANY: Final = 3
ERROR: Final = "ServiceError"


class Var(NamedTuple):
    """What a step makes: what kind of thing, and which one of the kind."""

    stem: str
    number: int


class Lasting(int):
    """A duration in microseconds, which is written as ``"25m"``."""


@dataclass(frozen=True)
class Step:
    """A call, and what comes of it.

    Attributes:
        receiver: of what; None: of a fixture, which is called `of`.
        path: names with dots between them.
        given, named: its arguments: variables, durations, and plain data.
        makes: what it makes.
        then: the method that is called on what comes of it; empty: none.
        refused: why the service refuses it, if that is to be expected in the middle of a program.
        equals: it is asserted that this comes of it; empty: nothing is.
        comment: what a reader has to know.
    """

    receiver: Var | None
    path: str
    given: tuple[Any, ...] = ()
    named: tuple[tuple[str, Any], ...] = ()
    makes: Var | None = None
    of: str = QRUNTIME
    then: str = ""
    refused: str = ""
    equals: tuple[Any, ...] = ()
    comment: str = ""

    @property
    def uses(self) -> set[Var]:
        """The variables that have to be there."""
        values = [*self.given, *(value for _, value in self.named)]
        found = {value for value in values if isinstance(value, Var)}
        return found if self.receiver is None else {self.receiver, *found}

    def but(self, place: int | str, value: Any) -> Step:
        """The same with another argument, by its place or name."""
        if isinstance(place, int):
            return replace(self, given=(*self.given[:place], value, *self.given[place + 1 :]))
        return replace(self, named=tuple((name, value if name == place else one) for name, one in self.named))

    def without(self, name: str) -> Step:
        """The same without a named argument."""
        return replace(self, named=tuple(one for one in self.named if one[0] != name))

    @property
    def durations(self) -> Iterator[tuple[int | str, Lasting]]:
        """The durations among its arguments, by their places or names."""
        places: list[tuple[int | str, Any]] = [*enumerate(self.given), *self.named]
        for place, value in places:
            if isinstance(value, Lasting):
                yield place, value


def tick(micros: int) -> Step:
    """Time passes."""
    return Step(None, TICK, (Lasting(micros),))


def tidy(steps: Iterable[Step]) -> tuple[Step, ...]:
    """The same with one step where time passes several times in a row, and none where no time passes."""
    found: list[Step] = []
    for step in steps:
        if step.path == TICK and found and found[-1].path == TICK:
            step = tick(found.pop().given[0] + step.given[0])
        if step.path != TICK or step.given[0]:
            found.append(step)
    return tuple(found)


def without(steps: Sequence[Step], gone: Iterable[int]) -> tuple[Step, ...]:
    """The steps without some of them, by their numbers, and without what needs what those make."""
    numbers = set(gone)
    missing: set[Var | None] = set()
    left = []
    for number, step in enumerate(steps):
        if number in numbers or step.uses & missing:
            missing.add(step.makes)
        else:
            left.append(step)
    return tuple(left)


def written(steps: Sequence[Step], spelling: Spelling) -> list[str]:
    """The lines of Python of these steps."""
    used = {var for step in steps for var in step.uses}
    names = _names([step.makes for step in steps if step.makes in used])
    lines = [tuple(_lines(step, names, spelling)) for step in steps]
    return [line for same, several in groupby(lines) for line in _repeated(same, len(list(several)))]


def _repeated(lines: tuple[str, ...], times: int) -> Iterator[str]:
    """The lines of a step that is taken so often in a row."""
    if times < _MANY:
        yield from lines * times
    else:
        yield f"for _ in range({times}):"
        yield from (f"    {line}" for line in lines)


def _names(variables: Iterable[Var | None]) -> dict[Var, str]:
    """What each variable is called: ``session`` if it is the only one, else ``session_1``."""
    made = [var for var in variables if var is not None]
    several = {stem for stem, count in Counter(var.stem for var in made).items() if count > 1}
    counts: Counter[str] = Counter()
    names = {}
    for var in made:
        counts[var.stem] += 1
        names[var] = f"{var.stem}_{counts[var.stem]}" if var.stem in several else var.stem
    return names


def _lines(step: Step, names: Mapping[Var, str], spelling: Spelling) -> Iterator[str]:
    def spelled(value: Any) -> str:
        if isinstance(value, Var):
            return names[value]
        if isinstance(value, Lasting):
            return spelling.of(words_of(value)) if value else "0"
        return spelling.of(value)

    given = [*map(spelled, step.given), *(f"{name}={spelled(value)}" for name, value in step.named)]
    receiver = step.of if step.receiver is None else names[step.receiver]
    line = f"{receiver}.{step.path}({', '.join(given)})" + (f".{step.then}()" if step.then else "")
    if step.makes is not None and step.makes in names:
        line = f"{names[step.makes]} = {line}"
    if step.equals:
        line = f"assert {line} == {spelled(step.equals[0])}"
    if step.refused:
        spelling.imports |= needed_to_suppress(ERROR)
        yield from suppressed(line, ERROR, step.refused)
    else:
        yield f"{line}  # {step.comment}" if step.comment else line
