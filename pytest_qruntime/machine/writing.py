"""Functions of rules and invariants that write into the script of their machine what they were called with."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, Final

from hypothesis import strategies as st
from hypothesis.stateful import MultipleResults

from pytest_qruntime.machine.script import Line, Script

if TYPE_CHECKING:
    from pytest_qruntime.machine.machine import RuntimeMachine

Function = Callable[..., Any]

_ACTS: Final = "pytest_qruntime_acts"


def acting(function: Function) -> Function:
    """Mark the function of a rule that writes its own lines, or of an invariant that matters only when it fails."""
    setattr(function, _ACTS, True)
    return function


def acts(function: Function) -> bool:
    """Whether a function is so marked."""
    return hasattr(function, _ACTS)


def writing_rule(function: Function, targets: tuple[str, ...]) -> Function:
    """The function of a rule, with a line for each call that Hypothesis makes."""
    if acts(function):
        return function

    @wraps(function, updated=())
    def write(self: RuntimeMachine, *given: Any, **named: Any) -> Any:
        script = self._script
        if script is None or not script.writes:
            return function(self, *given, **named)
        named = {name: script.drawing(one) if isinstance(one, st.DataObject) else one for name, one in named.items()}
        with script.calling(function.__name__, named) as line:
            result = function(self, *given, **named)
            if targets:
                _name_results(script, line, result, targets[0])
        return result

    return write


def writing_check(function: Function) -> Function:
    """The function of an invariant, with a line for each call."""

    @wraps(function, updated=())
    def write(self: RuntimeMachine) -> Any:
        script = self._script
        if script is None or not script.writes:
            return function(self)
        with script.calling(function.__name__, {}, check=True):
            result = function(self)
        if acts(function):
            script.lines.pop()
        return result

    return write


def _name_results(script: Script, line: Line, result: Any, target: str) -> None:
    several = isinstance(result, MultipleResults)
    results = list(result) if several else [result]
    script.assign(line, [(one, _singular(target)) for one in results], unpacked=several)


def _singular(bundle: str) -> str:
    """What one value of a bundle is called: ``session`` for ``sessions``."""
    return bundle[:-1] if bundle.endswith("s") and len(bundle) > 2 else bundle
