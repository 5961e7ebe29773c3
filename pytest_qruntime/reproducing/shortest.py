"""The shortest program that shows what was wrong with a test, if one can be found."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, Final, NamedTuple

from pytest_qruntime.model import Policy
from pytest_qruntime.model.plan import PLANS, PREMIUM
from pytest_qruntime.model.world import DEFAULT_LANES, World
from pytest_qruntime.reproducing.program import KNOB, Outcome, Program
from pytest_qruntime.reproducing.shrinking import Budget, shrunk
from pytest_qruntime.reproducing.simplifying import WAYS, fewer_kinds, fewer_settings
from pytest_qruntime.reproducing.steps import TICK, Lasting, Step, Var
from pytest_qruntime.reproducing.symptoms import Broken, Found, LeftOpen, Symptom, left_open

RUNS: Final = 300
LINES: Final = 5_000
LONGEST: Final = 25
_FAIL: Final = "fail"
_OF_OTHERS: Final = ("other_users", "calibrate", "maintenance", "limit_usage")


class Shortest(NamedTuple):
    """A program that was run, and shows a symptom.

    Attributes:
        says: what it is to the test.
        text: the function; empty: there is one, and it is too long to be of use.
    """

    says: str
    text: str


def settings_of(world: World, said: Collection[str]) -> dict[str, Any]:
    """What a marker has to say so that a world is like this one.

    Args:
        world: that of the test.
        said: settings that are not left to their defaults where the program will be pasted.
    """
    plan, policy = world.instance.plan, world.policy
    found: dict[str, Any] = {}
    if plan != PREMIUM or "plan" in said:
        found["plan"] = plan.name if PLANS.get(plan.name) == plan else plan
    if world.lanes != DEFAULT_LANES or "lanes" in said:
        found["lanes"] = world.lanes
    if not world.qpu_contention or "qpu_contention" in said:
        found["qpu_contention"] = world.qpu_contention
    for knob in Policy.knobs():
        value = getattr(policy, knob.name)
        if value != knob.default or KNOB + knob.name in said:
            found[KNOB + knob.name] = value
    return found


def shortest(found: Found, world: World, name: str, said: Mapping[str, Any]) -> Shortest | None:
    """The shortest program; None if what happened in the test does not show the symptom in a world of its own.

    Args:
        found: the symptom, and the steps that led to it.
        world: that of the test.
        name: of the test.
        said: settings that every test has where the program will be pasted, unless it says otherwise.
    """
    kept = _kept(said)
    settings = settings_of(world, kept)
    symptom = found.symptom
    budget = Budget(partial(_shows, symptom), runs=RUNS, lines=LINES)
    whole = Program(settings, found.steps, symptom.ending, _choices(world))
    first = next((shown for one in _beginnings(whole, found.focus) if (shown := budget(one)) is not None), None)
    if first is None:
        return None
    program = shrunk(first, budget, fewer_kinds, (partial(fewer_settings, kept=kept), *WAYS))
    return _proven(program, symptom, name, said)


def _proven(program: Program, symptom: Symptom, name: str, said: Mapping[str, Any]) -> Shortest | None:
    """The function as it is printed, which is run once more."""
    more = _judged_otherwise(program, symptom, said)
    function = program.function(f"{name}_in_short", more=more, remark=symptom.remark)
    text = function.text()
    if not symptom.shown(program.run(function)):
        return None
    if len(function.body) > LONGEST:
        return Shortest(f"The shortest program that shows this is {len(function.body)} lines long.", "")
    return Shortest(symptom.says, text)


def _judged_otherwise(program: Program, symptom: Symptom, said: Mapping[str, Any]) -> dict[str, Any]:
    """What the marker says about judgements: that of a test that is not about leaks does not speak of them."""
    if isinstance(symptom, LeftOpen):
        return {"leaks": _FAIL} if said.get("leaks", _FAIL) != _FAIL else {}
    leaks = {"leaks": "off"} if left_open(program.run().qruntime) else {}
    if isinstance(symptom, Broken) and said.get("contracts", _FAIL) != _FAIL:
        return {"contracts": _FAIL, **leaks}
    return leaks


def _shows(symptom: Symptom, program: Program) -> Program | None:
    """The program, if it shows the symptom.

    What a test showed in an unusual order of events alone is to be shown by such an order alone.
    """
    is_usual = symptom.shown(program.but(choices=()).run())
    if is_usual or not program.choices:
        return program if is_usual and not program.choices else None
    for choices in _orders(program.choices):
        outcome: Outcome = program.but(choices=choices).run()
        if symptom.shown(outcome):
            return program.but(choices=outcome.choices)
    return None


def _orders(choices: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """The same order, also where fewer events came before."""
    for start, choice in enumerate(choices):
        yield choices[start:]
        if choice:
            return


def _choices(world: World) -> tuple[int, ...]:
    """The choices of a run in which somebody said which events come first."""
    taken: tuple[int, ...] = getattr(world.chooser, "taken", ())
    return taken


def _beginnings(whole: Program, focus: frozenset[Var]) -> Iterator[Program]:
    """What to begin with: of a long program what its end is about, if that will do."""
    if len(whole.steps) > LONGEST and focus:
        nearest = _around(whole.steps, focus)
        yield whole.but(steps=_about(whole.steps, nearest))
        jobs = [step.makes for step in whole.steps if step.receiver in nearest and step.makes is not None]
        yield whole.but(steps=_about(whole.steps, nearest.union(jobs[:1])))
        yield whole.but(steps=_about(whole.steps, nearest.union(jobs)))
    yield whole
    yield whole.but(steps=_arranged(whole.steps))


def _arranged(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """The steps, where what others do was arranged in the beginning: so it can come before other events of its time."""
    now_us, ahead, rest = 0, [], []
    for step in steps:
        if step.path == TICK:
            now_us += step.given[0]
        if step.path in _OF_OTHERS and now_us:
            ahead.append(replace(step, named=(*step.named, ("after", Lasting(now_us)))))
        else:
            rest.append(step)
    premises = [step for step in rest if step.path == "backend"]
    return (*premises, *ahead, *(step for step in rest if step not in premises))


def _around(steps: tuple[Step, ...], focus: frozenset[Var]) -> frozenset[Var]:
    """These variables, and what is needed to make them."""
    found = set(focus)
    for step in reversed(steps):
        if step.makes in found:
            found |= step.uses
    return frozenset(found)


def _about(steps: tuple[Step, ...], focus: frozenset[Var]) -> tuple[Step, ...]:
    """The steps that are about these variables, or about none."""
    return tuple(
        step
        for step in steps
        if (step.makes is None or step.makes in focus) and step.uses <= focus and (step.makes or not step.refused)
    )


def _kept(said: Mapping[str, Any]) -> frozenset[str]:
    """The settings that the marker has to repeat, or to contradict, as they are not left to their defaults."""
    knobs = {KNOB + name for name in said.get("policy", ())}
    return frozenset({name for name in said if name != "policy"} | knobs)
