"""What happened in an instant, in few sentences: like things together, unless that would turn the order round."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Final, NamedTuple

from pytest_qruntime.model import Event
from pytest_qruntime.model import trace as kinds

MANY: Final = 5
_BAD: Final = ("REFUSED", "FAILED", "RAISED")
_GATES: Final = (kinds.WORKLOAD_DRAINING, kinds.WORKLOAD_REOPENED, kinds.WORKLOAD_CLOSED)
"""What decides whether a session takes jobs: what was submitted before is not told together with what came after."""


class Said(NamedTuple):
    """A sentence, and whether it tells of something bad."""

    text: str
    bad: bool


class _Group:
    """What happened alike to several, in words; to whom, and what must not be told before it."""

    def __init__(self, what: str) -> None:
        self.what = what
        self.who: list[str] = []
        self.touched: set[tuple[str | None, bool]] = set()


class Sentences:
    """Gathers what happened in an instant, in order."""

    def __init__(self) -> None:
        self._groups: list[_Group] = []

    def add(self, event: Event, who: str, what: str) -> None:
        """Something happened to somebody."""
        group = self._place(event, what)
        group.who.append(who)
        group.touched |= _touched(event)

    def take(self) -> list[Said]:
        """All of them, and begin anew."""
        groups, self._groups = self._groups, []
        return [
            Said(f"{together(one.who)} {one.what}".strip(), any(word in one.what for word in _BAD)) for one in groups
        ]

    def _place(self, event: Event, what: str) -> _Group:
        needs = _needs(event)
        for group in reversed(self._groups):
            if group.what == what:
                return group
            if needs & group.touched:
                break
        self._groups.append(_Group(what))
        return self._groups[-1]


def _touched(event: Event) -> set[tuple[str | None, bool]]:
    """Whom an event is about; and of a session, whether it decides if that takes jobs."""
    if event.job is None:
        return {(event.workload or event.backend, False), (event.workload, event.kind in _GATES)}
    about: set[tuple[str | None, bool]] = {(event.job, False)}
    return about | {(event.workload, False)} if event.kind == kinds.JOB_QUEUED else about


def _needs(event: Event) -> set[tuple[str | None, bool]]:
    """What has to have been told before."""
    if event.job is None:
        return {(event.workload or event.backend, False)}
    return {(event.job, False), (event.workload or event.job, True)}


def counted(texts: Iterable[str]) -> Iterator[str]:
    """The same several times in a row, told once."""
    for text, again in groupby(texts):
        times = len(list(again))
        yield text if times == 1 else f"{text} ({times} times)"


def together(names: Sequence[str]) -> str:
    """``job 1, job 2`` as ``jobs 1, 2``, and many in a row as ``jobs 1 to 300``."""
    names = list(dict.fromkeys(names))
    kinds_of = {name.partition(" ")[0] for name in names}
    if len(names) == 1 or len(kinds_of) > 1:
        return ", ".join(names)
    return f"{kinds_of.pop()}s {', '.join(_in_runs([name.partition(' ')[2] for name in names]))}"


def _in_runs(numbers: Sequence[str]) -> Iterator[str]:
    """Each of them, but of many that follow one another the first and the last; what is no number stands alone."""
    places = enumerate(numbers)
    for _, run in groupby(places, lambda one: int(one[1]) - one[0] if one[1].isdecimal() else one[1]):
        several = [number for _, number in run]
        yield from several if len(several) < MANY else [f"{several[0]} to {several[-1]}"]
