"""What is told at the end of a run of the tests that ran several times."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

import pytest

from pytest_qruntime.repeating.properties import CUT_OFF, ORDERS, RELIES, VALUES

_TITLE: Final = "every order, every policy (pytest-qruntime)"


def tell(terminalreporter: pytest.TerminalReporter, reports: Iterable[Any]) -> None:
    """Write what the last report of each test says of its runs, if there was a test that had several."""
    found = [
        (report.nodeid, name, value)
        for report in reports
        if getattr(report, "when", None) == "teardown"
        for name, value in report.user_properties
    ]
    lines = list(_lines(found))
    if lines:
        terminalreporter.section(_TITLE)
        for line in lines:
            terminalreporter.line(line)


def _lines(found: list[tuple[str, str, Any]]) -> Iterator[str]:
    orders, values = ([int(value) for _, name, value in found if name == counted] for counted in (ORDERS, VALUES))
    if orders:
        yield f"{_count(len(orders), 'test')} in {_count(sum(orders), 'order')} of events"
    for test, name, value in found:
        if name == CUT_OFF:
            yield f"{test}: there are more than the {value} orders that were tried"
    if values:
        yield f"{_count(len(values), 'test')} with {_count(sum(values), 'other value')} of policy knobs"
    for test, name, value in found:
        if name == RELIES:
            yield f"{test} relies on {value}"


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
