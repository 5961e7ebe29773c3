"""Running machines in this process, and the test functions that they print."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import redirect_stdout
from functools import cache
from io import StringIO
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings

from pytest_qruntime import ContractChecker, RuntimeMachine, world
from pytest_qruntime.contracts import Terms
from pytest_qruntime.machine.case import ALIKE, UNLIKE
from pytest_qruntime.machine.rules import Rules
from pytest_qruntime.machine.shaping import RULE

QUICK = settings(
    max_examples=60,
    stateful_step_count=8,
    derandomize=True,
    database=None,
    phases=[Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
)


OURS = tuple(name for name, method in vars(Rules).items() if hasattr(method, RULE))
"""The rules that every machine begins with."""

BRIEF = settings(QUICK, max_examples=15)

UNSHRUNK = settings(QUICK, phases=[Phase.generate])


def only(*names: str) -> dict[str, int]:
    """Weights that leave these rules alone: there is less to try, and less to shrink."""
    return {"*": 0, **dict.fromkeys(names, 1)}


def weights_of(machine: type[RuntimeMachine]) -> Counter[str]:
    """How often Hypothesis sees each rule."""
    found = (getattr(method, RULE) for method in map(vars(machine).get, dir(machine)) if hasattr(method, RULE))
    return Counter(one.function.__name__ for one in found)


def case(machine: type[RuntimeMachine], how: settings) -> Any:
    """A test case of unittest's."""
    return type("Case", (machine.TestCase,), {"settings": how})("runTest")


def run(machine: type[RuntimeMachine], how: settings = BRIEF) -> None:
    """What pytest does with its `TestCase`."""
    case(machine, how).runTest()


def failure(machine: type[RuntimeMachine], how: settings = QUICK) -> tuple[Exception, str]:
    """What a machine fails with, and what it prints then."""
    printed = StringIO()
    with pytest.raises(Exception) as caught, redirect_stdout(printed):
        run(machine, how)
    return caught.value, printed.getvalue()


@cache
def found(machine: type[RuntimeMachine]) -> tuple[Exception, str]:
    """The error of a machine that does not change, and the one function that it prints."""
    error, printed = failure(machine)
    (function,) = functions(printed)
    return error, function


def functions(printed: str) -> Iterator[str]:
    """The test functions in what a machine printed, which says that they fail alike."""
    assert UNLIKE not in printed
    yield from (part.strip() + "\n" for part in printed.split(ALIKE)[1:])


def call(function: str, space: dict[str, Any], **settings: Any) -> None:
    """Run a test function as pytest would with its fixtures, in a world of these settings."""
    exec(function, space)
    test = next(value for name, value in space.items() if name.startswith("test_"))
    asked = re.search(r"def test_\w+\((.*)\):", function)
    assert asked is not None
    with world(**settings) as qruntime:
        checker = ContractChecker(lambda: qruntime.trace, lambda: Terms.of(qruntime.world))
        fixtures = {"qruntime": qruntime, "qruntime_contracts": checker}
        test(*(fixtures[name] for name in asked[1].split(", ")))
