"""What pytest and unittest run: a machine's `TestCase`, which prints a test function for each failure it finds."""

from __future__ import annotations

import sys
from collections import deque
from contextlib import suppress
from functools import wraps
from typing import TYPE_CHECKING, Any, Final

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from pytest_qruntime.machine.failures import Failure, collecting, reported
from pytest_qruntime.machine.life import ended
from pytest_qruntime.machine.premises import Premises, current, having
from pytest_qruntime.machine.program import program

if TYPE_CHECKING:
    from pytest_qruntime.machine.machine import RuntimeMachine

_CASE: Final = "_test_case"

ALIKE: Final = "This test fails in the same way, without Hypothesis:"
UNLIKE: Final = """\
This test does what the failing example did. It was run, and did not fail in the same way: the failure depends on what
this machine does not see, such as threads, or what stays from one example to the next."""


class TestCaseOf:
    """The attribute `TestCase` of a machine: one `unittest.TestCase` for each class."""

    def __get__(self, machine: RuntimeMachine | None, owner: type[RuntimeMachine]) -> Any:
        if _CASE not in vars(owner):
            setattr(owner, _CASE, _case(owner))
        return vars(owner)[_CASE]


def _case(owner: type[RuntimeMachine]) -> Any:
    base: Any = vars(RuleBasedStateMachine)["TestCase"].__get__(None, owner)

    class RuntimeTestCase(base):  # type: ignore[misc]
        _premises: Premises | None = None

        @pytest.fixture(autouse=True)
        def _what_pytest_decided(self, request: pytest.FixtureRequest) -> None:
            with suppress(pytest.FixtureLookupError):  # our plugin may be switched off
                self._premises = Premises.decided(owner.settings, request)

        @wraps(base.runTest)
        def runTest(self) -> None:  # noqa: N802  # unittest's name
            with having(self._premises), ended(), collecting() as kept:
                try:
                    run_state_machine_as_test(owner, settings=suited(self.settings))
                except Exception as error:
                    tell(error, kept, owner)
                    raise

    RuntimeTestCase.__name__, RuntimeTestCase.__qualname__ = base.__name__, base.__qualname__
    RuntimeTestCase.__module__ = owner.__module__
    return RuntimeTestCase


def suited(given: settings) -> settings:
    """The same settings, but for what nobody chose: an example has no deadline, and no phase explains it.

    An example is as long as its steps are many. An explanation takes longer than everything else, and names lines of
    the service.
    """
    chosen: dict[str, Any] = {}
    usual = settings()
    if given.deadline == usual.deadline:
        chosen["deadline"] = None
    if given.phases == usual.phases:
        chosen["phases"] = [phase for phase in given.phases if phase is not Phase.explain]
    return settings(given, **chosen)


def tell(error: BaseException, kept: deque[Failure], owner: type[RuntimeMachine]) -> None:
    """Print a function for each failure, where pytest shows what a test printed."""
    for failure in reported(error, kept):
        sys.stdout.write(f"{told(failure, owner)}\n")


def told(failure: Failure, owner: type[RuntimeMachine]) -> str:
    """The shortest function that fails like an example, and whether it does."""
    premises = current(owner.settings)
    for checks in (False, True):
        found = program(failure, owner, premises.marker, checks=checks)
        if found.fails_with(failure.error, owner, premises.world):
            return f"{ALIKE}\n\n{found.text()}"
    return f"{UNLIKE}\n\n{found.text()}"
