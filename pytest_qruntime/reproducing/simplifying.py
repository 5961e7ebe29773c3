"""Ways to make a program simpler, besides leaving out steps: each yields programs that are simpler in one place."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from pytest_qruntime.clock.durations import words_of
from pytest_qruntime.reproducing.program import Program
from pytest_qruntime.reproducing.steps import QRUNTIME, TICK, Lasting, Step, Var, tick, without

_SECOND_US: Final = 1_000_000
_ROUND_S: Final = (1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14400, 28800, 86400)
_SHORT_S: Final = (1, 10, 60, 600)
_NEEDS_NO_MORE: Final = re.compile(r"\d{1,3}[dhms]")


def in_job_mode(program: Program) -> Iterator[Program]:
    """Jobs of a session or batch as jobs of their own."""
    for one in program.steps:
        if one.makes is not None and one.path in ("session", "batch"):
            steps, ending = (_alone(several, one.makes) for several in (program.steps, program.ending))
            if (steps, ending) != (program.steps, program.ending):
                yield program.but(steps=steps, ending=ending)


def _alone(steps: tuple[Step, ...], owner: Var) -> tuple[Step, ...]:
    return tuple(
        replace(step, receiver=None) if step.receiver == owner and step.path == "run" else step for step in steps
    )


def on_one_backend(program: Program) -> Iterator[Program]:
    """What happens on a backend, on the one that a world begins with."""
    for name in dict.fromkeys(value for step in program.steps for key, value in step.named if key == "backend"):
        steps = [step for step in program.steps if step.path != "backend" or step.given != (name,)]
        yield program.but(steps=_moved(steps, name), ending=_moved(program.ending, name))


def _moved(steps: Iterable[Step], backend: str) -> tuple[Step, ...]:
    own = f'backend("{backend}").'
    found = (step.without("backend") if ("backend", backend) in step.named else step for step in steps)
    return tuple(replace(step, path=step.path.replace(own, "backend().")) for step in found)


def fewer_settings(program: Program, *, kept: Collection[str]) -> Iterator[Program]:
    """Without one of the settings, but for those that are to be kept."""
    for name in program.settings:
        if name in kept:
            continue
        yield program.but(settings={key: value for key, value in program.settings.items() if key != name})


def fewer_kinds(program: Program) -> Iterator[Program]:
    """Without all steps of a kind, or without an argument of all of them."""
    kinds = Counter(step.path for step in program.steps)
    for path in [path for path, count in kinds.items() if count > 1]:
        yield program.but(steps=without(program.steps, [n for n, one in enumerate(program.steps) if one.path == path]))
        for name in dict.fromkeys(name for step in program.steps if step.path == path for name, _ in step.named):
            steps = (step.without(name) if step.path == path else step for step in program.steps)
            yield program.but(steps=tuple(steps))


def fewer_arguments(program: Program) -> Iterator[Program]:
    """Without one named argument; what is asserted of the contracts stays as it is."""
    for number, step in enumerate((*program.steps, *program.ending)):
        for name, _ in step.named if step.of == QRUNTIME else ():
            yield _with(program, number, step.without(name))


def fewer_others(program: Program) -> Iterator[Program]:
    """With fewer jobs of other users."""
    for number, step in enumerate(program.steps):
        if step.path == "other_users":
            for count in sorted({1, step.given[0] // 2, step.given[0] - 1}):
                if 0 < count < step.given[0]:
                    yield _with(program, number, step.but(0, count))


def fewer_decisions(program: Program) -> Iterator[Program]:
    """One decision about all jobs, in place of the same one about several."""
    several = Counter(step for step in program.steps if step.path == "next_jobs" and not step.given)
    for decision, count in several.items():
        if count > 1:
            rest = tuple(step for step in program.steps if step != decision)
            yield program.but(steps=(replace(decision, given=(None,)), *rest))


def round_durations(program: Program) -> Iterator[Program]:
    """With a duration that is easier to read; those that a person would write stay."""
    for number, step in enumerate((*program.steps, *program.ending)):
        for place, value in step.durations:
            for micros in _rounder(value):
                yield _with(program, number, step.but(place, Lasting(micros)))


def less_time(program: Program) -> Iterator[Program]:
    """Where less time passes."""
    for number, step in _ticks(program):
        for micros in _less(step, _ROUND_S):
            yield _with(program, number, tick(micros))


def other_times(program: Program) -> Iterator[Program]:
    """Without a step, where another time passes than it made necessary."""
    for number, step in _ticks(program):
        longer = [seconds * _SECOND_US for seconds in _ROUND_S if seconds * _SECOND_US > step.given[0]]
        for other in range(number):
            for micros in (*_less(step, _SHORT_S), *longer[:2]):
                changed = (*program.steps[:number], tick(micros), *program.steps[number + 1 :])
                yield program.but(steps=without(changed, [other]))


def _ticks(program: Program) -> Iterator[tuple[int, Step]]:
    return ((number, step) for number, step in enumerate(program.steps) if step.path == TICK)


def _less(step: Step, all_s: Sequence[int]) -> list[int]:
    return [seconds * _SECOND_US for seconds in all_s if seconds * _SECOND_US < step.given[0]]


def _rounder(micros: int) -> Iterator[int]:
    """Durations near one, the easiest to read first."""
    if not micros or _NEEDS_NO_MORE.fullmatch(words_of(micros)):
        return
    known = [seconds * _SECOND_US for seconds in _ROUND_S]
    whole = -(-micros // _SECOND_US) * _SECOND_US
    exact = [one for one in (whole, whole - _SECOND_US) if 0 < one != micros and len(words_of(one)) < 5]
    near = ([one for one in known if one > micros][:1], [one for one in known if one < micros][-1:], exact)
    yield from dict.fromkeys(one for several in near for one in several)


def _with(program: Program, number: int, step: Step) -> Program:
    """With another step in the place of one, counted through to the ending."""
    count = len(program.steps)
    if number < count:
        return program.but(steps=(*program.steps[:number], step, *program.steps[number + 1 :]))
    place = number - count
    return program.but(ending=(*program.ending[:place], step, *program.ending[place + 1 :]))


WAYS: Final = (
    in_job_mode,
    on_one_backend,
    fewer_arguments,
    fewer_others,
    fewer_decisions,
    less_time,
    other_times,
    round_durations,
)
