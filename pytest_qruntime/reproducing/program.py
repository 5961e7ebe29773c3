"""A program: the settings of a world, and steps; it is run in a world of its own, as the function that it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, NamedTuple

from pytest_qruntime.clock.sleepers import Alone
from pytest_qruntime.model.choosing import Script, written
from pytest_qruntime.reproducing.function import Function, head, marker
from pytest_qruntime.reproducing.spelling import Spelling
from pytest_qruntime.reproducing.steps import Step, Var, tidy
from pytest_qruntime.reproducing.steps import written as lines_of
from pytest_qruntime.runtime import QRuntime, build

KNOB: Final = "policy."


@dataclass(frozen=True)
class Program:
    """What happens in a world.

    Attributes:
        settings: of the world, by name; a knob of the policy is ``"policy.idle_close"``.
        steps: what is done; `ending`: what is done in the end, without which it would be about something else.
        choices: which of the events of one instant come first, as far as that is not as usual.
    """

    settings: Mapping[str, Any]
    steps: tuple[Step, ...]
    ending: tuple[Step, ...] = ()
    choices: tuple[int, ...] = ()

    def but(self, **changes: Any) -> Program:
        """The same with changes."""
        changed = replace(self, **changes)
        return replace(changed, steps=tidy(changed.steps))

    @property
    def whole(self) -> bool:
        """Whether everything that a step uses was made before."""
        made: set[Var | None] = set()
        for step in (*self.steps, *self.ending):
            if step.uses - made:
                return False
            made.add(step.makes)
        return True

    def function(self, name: str, *, more: Mapping[str, Any] | None = None, remark: str = "") -> Function:
        """The test function.

        Args:
            name: what comes after ``test_``.
            more: what its marker says besides.
            remark: a comment at its end; empty: none.
        """
        spelling = Spelling()
        body = lines_of((*self.steps, *self.ending), spelling)
        if remark:
            body.append(f"# {remark}")
        arguments = spelling.arguments(**_of_marker(self.settings), **self._order, **(more or {}))
        decorator = marker(arguments)
        imports = {"import pytest"} if decorator else set()
        return Function(tuple(imports | spelling.imports), (), decorator, head(name, body), tuple(body) or ("pass",))

    @property
    def _order(self) -> dict[str, str]:
        return {"interleavings": written(self.choices)} if self.choices else {}

    def run(self, function: Function | None = None) -> Outcome:
        """Run it in a new world, in this thread, or a function that it was made into; nothing else is touched."""
        script = Script(self.choices)
        qruntime = build(**_of_world(self.settings))
        qruntime.world.chooser = script if self.choices else None
        qruntime.clock.sleepers = Alone(qruntime.clock)  # threads that a test has left behind have no part in it
        try:
            (function or self.function("run")).call(qruntime)
        except Exception as error:
            return Outcome(qruntime, error, script.taken)
        return Outcome(qruntime, None, script.taken)


class Outcome(NamedTuple):
    """A world in which a program was run, what the program raised, and the choices that it had."""

    qruntime: QRuntime
    error: Exception | None = None
    choices: tuple[int, ...] = ()


def _of_marker(settings: Mapping[str, Any]) -> dict[str, Any]:
    plain = {name: value for name, value in settings.items() if not name.startswith(KNOB)}
    knobs = {name[len(KNOB) :]: value for name, value in settings.items() if name.startswith(KNOB)}
    return {**plain, "policy": knobs} if knobs else plain


def _of_world(settings: Mapping[str, Any]) -> dict[str, Any]:
    return {**_of_marker(settings), "freeze": False}
