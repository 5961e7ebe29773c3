"""One test in every order of events that are due at the same instant."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import pytest

from pytest_qruntime.model.choosing import Script, read, written
from pytest_qruntime.recording.rounds import Reports, attempted
from pytest_qruntime.repeating.runs import InOrder, duration, failing, lasting, noted, went_through
from pytest_qruntime.repeating.search import Search
from pytest_qruntime.repeating.words import differences
from pytest_qruntime.telling import repeats

Run = Callable[[InOrder], Reports]

_TITLE: Final = "pytest-qruntime: the order of events in which this happened"


def one_order(item: pytest.Item, choices: str, run: Run) -> Reports:
    """Run a test in the order of events that these choices stand for."""
    order = InOrder(Script(read(choices)))
    reports = run(order)
    if order.script.lost:
        return _lost(
            item, reports, f"there is no order {choices} in this test (any more): it was written down for another"
        )
    return _in_words(noted(reports, repeats.ORDER, choices), item, order, "")


def all_orders(item: pytest.Item, most: int, run: Run) -> Reports:
    """Run a test in every order, until one fails; the reports of that run, or of the first."""
    search, seconds, first = Search(most), 0.0, None
    while (script := search.next()) is not None:
        order = InOrder(script)
        reports = run(order)
        seconds += duration(reports)
        if script.lost:
            return _lost(item, lasting(reports, seconds), _STRAYED)
        if not went_through(reports):
            return _failed(item, order, lasting(reports, seconds), search)
        search.ran(script)
        first = first or reports
    assert first is not None
    noted(first, repeats.ORDERS, search.tried)
    if search.more:
        noted(first, repeats.CUT_OFF, search.tried)
    return lasting(first, seconds)


_STRAYED: Final = (
    "the test did not do the same in two runs that should be alike, so its orders of events cannot be tried one by "
    "one. Does it depend on real time, on random numbers without a seed, or on threads that race?"
)


def _failed(item: pytest.Item, order: InOrder, reports: Reports, search: Search) -> Reports:
    noted(reports, repeats.ORDERS, search.tried)
    if not order.script.taken:
        return reports  # the fixed order: a failure as any other
    noted(reports, repeats.ORDER, written(order.script.taken))
    return _in_words(reports, item, order, f"In {_orders(search.tried - 1)} before this one the test went through.\n")


def _orders(count: int) -> str:
    return "the usual order" if count == 1 else f"the usual order and {count - 1} more"


def _in_words(reports: Reports, item: pytest.Item, order: InOrder, before: str) -> Reports:
    if order.world is None:
        return reports
    lines = list(differences(order.script.points, order.world)) or ["as usual"]
    choices = written(order.script.taken)
    text = (
        f"{before}What is not as usual in this order:\n"
        + "".join(f"  {line}\n" for line in lines)
        + f"No document says which of them comes first. To repeat this order alone:\n"
        f"  pytest {item.nodeid!r} --qruntime-interleavings={choices}\n"
        f"or @pytest.mark.qruntime(interleavings={choices!r})"
    )
    return failing(reports, _TITLE, text)


def _lost(item: pytest.Item, reports: Reports, problem: str) -> Reports:
    failed = attempted(item, lambda: pytest.fail(problem, pytrace=False))
    return [*(report for report in reports if report.when == "setup"), failed, reports[-1]]
