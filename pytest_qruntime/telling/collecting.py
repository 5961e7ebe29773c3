"""What the tests of a run showed comes together: it travels on pytest's reports, from whoever ran a test."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from typing import TYPE_CHECKING, Final

import pytest

from pytest_qruntime.judging.shown import WORLDS

if TYPE_CHECKING:
    from pytest_qruntime.report.run.document import Document
    from pytest_qruntime.report.run.shown import Drawn, Test

DRAWN: Final[pytest.StashKey[Drawn]] = pytest.StashKey()
"""On a test that went wrong: what is shown of it. Whoever has something to show adds it before the test is reported."""

SHOWN: Final = "qruntime"
"""The attribute of the last report of a test that used the service: ``{"worlds": [...], "drawn": ...}``."""


def begin(config: pytest.Config) -> None:
    """Take part in a run."""
    collected = config.stash[COLLECTED] = Collected()
    config.pluginmanager.register(collected, "qruntime-collected")


class Collected:
    """The plugin that collects what the tests of a run showed.

    Every process puts it on the last report of each test, before any other plugin sees that; pytest-xdist sends reports
    to the controller. Whoever has the reports in the end has everything.
    """

    def __init__(self) -> None:
        self._running: pytest.Item | None = None
        self._reports: dict[tuple[str, str], list[pytest.TestReport]] = {}
        self._tests: list[Test] = []
        self._lost: list[str] = []

    # -- whoever runs a test -----------------------------------------------------------------------------------------

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """A test runs, maybe several times."""
        self._running = item
        try:
            return (yield)
        finally:
            self._running = None

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> Generator[None, object, object]:
        """The reports of a test come, here, and by pytest-xdist at the controller."""
        item = self._running
        if report.when == "teardown" and item is not None and WORLDS in item.stash:
            setattr(report, SHOWN, {"worlds": item.stash[WORLDS], "drawn": item.stash.get(DRAWN, None)})
        return (yield)

    # -- whoever has everything --------------------------------------------------------------------------------------

    @property
    def tests(self) -> Iterable[Test]:
        """The tests that used the service, as they came."""
        return self._tests

    def document(self) -> Document:
        """What the run showed; to be asked when the tests are over."""
        from pytest_qruntime.report.run.summing import document

        return document(self._tests, strict=False, lost=self._lost)


COLLECTED: Final = pytest.StashKey[Collected]()
