"""How anything is timed here: cases take turns within one run, and what is compared is the median of each.

What runs in this process is timed by the processor time that it uses. On a quiet machine that is the time that passes;
on a busy one it leaves out what the neighbours took. Nothing that is measured so ever waits. Where a socket, a thread
or another process is waited for, the time that passes is taken instead, and the row says so.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Mapping, Sequence
from statistics import median
from time import process_time
from typing import NamedTuple

Timer = Callable[[], float]
"""Does its work once and returns seconds per unit of it."""

Clock = Callable[[], float]
"""Gives seconds: `process_time` for what never waits, `perf_counter` for what does."""

Times = dict[str, list[float]]
"""Seconds per unit of each case, one figure per round; the nth figures of two cases were taken side by side."""


class Ratio(NamedTuple):
    """A quotient of medians, with the smallest and the largest quotient of a single round."""

    value: float
    low: float
    high: float

    @classmethod
    def of(cls, above: Sequence[float], below: Sequence[float]) -> Ratio:
        """How many times as long `above` takes as `below`, round by round."""
        rounds = [a / b for a, b in zip(above, below, strict=True)]
        return cls(median(above) / median(below), min(rounds), max(rounds))

    @classmethod
    def plain(cls, values: Sequence[float], scale: float = 1.0) -> Ratio:
        """The median itself, times `scale`."""
        return cls(median(values) * scale, min(values) * scale, max(values) * scale)

    @classmethod
    def added(cls, above: Sequence[float], below: Sequence[float], scale: float = 1.0) -> Ratio:
        """How much longer `above` takes than `below`, times `scale`."""
        rounds = [(a - b) * scale for a, b in zip(above, below, strict=True)]
        return cls((median(above) - median(below)) * scale, min(rounds), max(rounds))


def alternate(cases: Mapping[str, Timer], rounds: int, *, warm: bool = True) -> Times:
    """Run every case once per round, each round beginning with another case; one round beforehand is thrown away.

    Whatever the machine does meanwhile (frequency, neighbours) meets all cases alike.
    """
    names = list(cases)
    times: Times = {name: [] for name in names}
    for number in range(-1 if warm else 0, rounds):
        shift = number % len(names)
        for name in names[shift:] + names[:shift]:
            gc.collect()
            seconds = cases[name]()
            if number >= 0:
                times[name].append(seconds)
    return times


def looped(function: Callable[[], object], *, at_least_s: float = 0.02, clock: Clock = process_time) -> Timer:
    """Calls the function so often that one timing lasts `at_least_s`, and gives seconds per call."""
    function()  # the first call imports and caches; it says nothing about the others
    number = 1
    while (seconds := _time(function, number, clock)) < at_least_s and number < 1_000_000:
        number = max(number + 1, int(number * min(10.0, 1.2 * at_least_s / max(seconds, 1e-9))))
    return lambda: _time(function, number, clock) / number


def _time(function: Callable[[], object], number: int, clock: Clock) -> float:
    repeat = range(number)
    began = clock()
    for _ in repeat:
        function()
    return clock() - began


def each(prepare: Callable[[], Iterable[Callable[[], object]]], *, clock: Clock = process_time) -> Timer:
    """Times calls that can be made once only: `prepare` makes them beforehand, untimed. Seconds per call."""

    def timed() -> float:
        calls = list(prepare())
        began = clock()
        for call in calls:
            call()
        return (clock() - began) / len(calls)

    return timed
