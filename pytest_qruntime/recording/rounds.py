"""Running one test several times within one item of pytest's list: what pytest keeps of a test between its runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import pytest
from _pytest.runner import CallInfo, runtestprotocol

T = TypeVar("T")
Reports = list[pytest.TestReport]

_RAISED = (pytest.exit.Exception, KeyboardInterrupt)


class Again(pytest.Item):
    """Told to pytest as the next item: its neighbours are those of the test, so what they share stays set up."""

    def runtest(self) -> None:
        """Never called."""


def run_once(item: pytest.Item, key: pytest.StashKey[T], about: T) -> Reports:
    """Run a test with its own fixtures; those of its class, its module and so on stay for its next run.

    Nothing is reported to anybody. What the run left on the item is gone, as before its first run. What the run is
    about is under `key` in the stash of the item meanwhile, for the fixtures to read.
    """
    properties, markers = len(item.user_properties), list(item.own_markers)
    item.stash[key] = about
    again: Any = Again.from_parent(item.parent, name=item.name)  # type: ignore[arg-type]
    try:
        return runtestprotocol(item, log=False, nextitem=again)
    finally:
        del item.stash[key]
        item.own_markers[:] = markers
        del item.user_properties[properties:]
        item._report_sections.clear()
        _forget_instance(item)


def _forget_instance(item: pytest.Item) -> None:
    """Each run of a method has an instance of its class of its own."""
    if isinstance(item, pytest.Function) and isinstance(item.parent, pytest.Class):
        item.__dict__.pop("_instance", None)
        item.__dict__.pop("_obj", None)


def report_once(item: pytest.Item, nextitem: pytest.Item | None, run: Callable[[], Reports]) -> None:
    """What pytest does for a test, with a function that runs it as often as it takes and has the reports that count."""
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    *reports, teardown = run()
    for report in reports:  # those who count failures decide now whether there is a next test
        item.ihook.pytest_runtest_logreport(report=report)
    last = left(item, nextitem)
    for report in [one for one in (teardown, last) if one.failed] or [teardown]:
        item.ihook.pytest_runtest_logreport(report=report)
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)


def only_shows(config: pytest.Config) -> bool:
    """Whether pytest only shows which fixtures it would set up."""
    return bool(config.getoption("setuponly", False) or config.getoption("setupplan", False))


def left(item: pytest.Item, nextitem: pytest.Item | None) -> pytest.TestReport:
    """Tear down what the next item does not share with the test; the report of that."""
    if item.session.shouldfail or item.session.shouldstop:
        nextitem = None
    state = item.session._setupstate
    return attempted(item, lambda: state.teardown_exact(nextitem), "teardown")


def attempted(item: pytest.Item, action: Callable[[], object], when: Any = "call") -> pytest.TestReport:
    """Do something on behalf of a test; the report of that."""
    call: CallInfo[object] = CallInfo.from_call(action, when=when, reraise=_RAISED)
    return pytest.TestReport.from_item_and_call(item, call)  # type: ignore[arg-type]
