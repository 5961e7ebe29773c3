"""What the tests of a run showed comes together: it travels on pytest's reports, from whoever ran a test."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from itertools import takewhile
from typing import TYPE_CHECKING, Any, Final

import pytest

from pytest_qruntime.judging.hooks import JUDGE
from pytest_qruntime.judging.shown import WORLDS, forget
from pytest_qruntime.recording.run import RUN
from pytest_qruntime.telling import gate, repeats

if TYPE_CHECKING:
    from pytest_qruntime.report.run.document import Document
    from pytest_qruntime.report.run.shown import Drawn, Test

DRAWN: Final[pytest.StashKey[Drawn]] = pytest.StashKey()
"""On a test that went wrong: what is shown of it. Whoever has something to show adds it before the test is reported."""

SHOWN: Final = "qruntime"
"""The attribute of the last report of a test that used the service: ``{"worlds": [...], "drawn": ...}``."""

AGAIN: Final = "rerun"
"""The outcome that pytest-rerunfailures gives to the report of an attempt that does not count."""

_CRASH: Final = "???"
"""What pytest-xdist's report of a test in which a worker died is about."""

_RUNS_NOTHING: Final = (
    "collectonly",
    "setuponly",
    "setupplan",
    "showfixtures",
    "show_fixtures_per_test",
    "markers",
    "cacheshow",
)
"""Options of pytest with which no test runs."""

_BROKEN: Final = "a contract was broken where that is not allowed"
_ATTEMPT: Final[pytest.StashKey[object]] = pytest.StashKey()
_OF_A_TEST: Final[tuple[pytest.StashKey[Any], ...]] = (DRAWN, _ATTEMPT)


def begin(config: pytest.Config) -> None:
    """Take part in a run. Raises `pytest.UsageError` for a coverage that cannot be required."""
    collected = config.stash[COLLECTED] = Collected(config)
    config.pluginmanager.register(collected, "qruntime-collected")


class Collected:
    """The plugin that collects what the tests of a run showed.

    Every process puts it on the last report of each test, before any other plugin sees that; pytest-xdist sends reports
    to the controller. Whoever has all reports decides whether the run fails for something that is no test's failure.

    Attributes:
        tests: those that used the service, as they came.
        repeated: what reports say of tests that ran several times.
        strict: whether every break fails the run.
        required: the lifecycle coverage that is asked for, from 0 to 100; None: none is.
    """

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._is_worker = hasattr(config, "workerinput")
        self._running: pytest.Item | None = None
        self._reports: dict[tuple[str, object], list[pytest.TestReport]] = {}
        self._lost: list[str] = []
        self._is_over = False
        self._document: Document | None = None
        self.tests: list[Test] = []
        self.repeated: list[repeats.Property] = []
        self.strict: bool = config.stash[JUDGE].strict
        self.required = gate.required(config)

    # -- whoever runs a test -----------------------------------------------------------------------------------------

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """A test runs, maybe several times."""
        self._running = item
        _begin_anew(item)
        try:
            return (yield)
        finally:
            self._running = None
            _begin_anew(item)  # it is on the reports, and there may be many tests

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """All runs of a test count; but if it is tried again because it failed, those of the last attempt."""
        attempt = getattr(item, "execution_count", None)  # that is how pytest-rerunfailures counts
        if item.stash.get(_ATTEMPT, None) != attempt:
            _begin_anew(item)
        item.stash[_ATTEMPT] = attempt

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> Generator[None, object, object]:
        """A report on a test comes, from here or from a worker."""
        item = self._running
        if report.when == "teardown" and item is not None and WORLDS in item.stash:
            setattr(report, SHOWN, _sendable({"worlds": item.stash[WORLDS], "drawn": item.stash.get(DRAWN, None)}))
        if not self._is_worker:
            self._take(report)
        return (yield)

    # -- whoever has everything --------------------------------------------------------------------------------------

    def _take(self, report: pytest.TestReport) -> None:
        when: str | None = report.when
        test = report.nodeid, getattr(report, "node", None)
        if when == _CRASH:
            self._reports.pop(test, None)
            if str(report.outcome) != AGAIN:
                self._lost.append(f"{report.nodeid} crashed its worker, so what it showed is not known")
        elif when == "setup":
            self._reports[test] = [*_early(self._reports.get(test, [])), report]
        elif test in self._reports or is_part(report):
            self._reports.setdefault(test, []).append(report)
            if when == "teardown":
                self._end(self._reports.pop(test))

    def _end(self, reports: Sequence[pytest.TestReport]) -> None:
        shown: Any = getattr(reports[-1], SHOWN, None)
        if shown is None or any(str(report.outcome) == AGAIN for report in reports):
            return
        from pytest_qruntime.telling.outcomes import test_of

        self.tests.append(test_of(reports, shown["worlds"], shown["drawn"]))
        found = reports[-1].user_properties
        self.repeated += [(reports[-1].nodeid, name, value) for name, value in found if name in repeats.NAMES]

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> Generator[None, object, object]:
        """Decide whether the run fails, before anybody tells of it."""
        self._is_over = True
        if not self._is_worker and self.runs:
            self._lost += _cut_short(session)
            if session.exitstatus == pytest.ExitCode.OK and self.failures:
                session.exitstatus = pytest.ExitCode.TESTS_FAILED
        return (yield)

    @property
    def runs(self) -> bool:
        """Whether tests run at all in this run of pytest."""
        return not any(self._config.getoption(name, False) for name in _RUNS_NOTHING)

    @property
    def has_something_to_tell(self) -> bool:
        """Whether a test used the service, somebody asked what tests do, or there is news of recordings."""
        if not self.runs:
            return False
        asked = self.strict or self.required is not None
        return bool(self.tests or asked or any(self._config.stash[RUN].notes.told().values()))

    @property
    def failures(self) -> list[str]:
        """Why the run fails beyond its tests, in sentences."""
        return list(self._failures())

    def _failures(self) -> Iterator[str]:
        broken = (one for test in self.tests for world in test["worlds"] for one in world["broken"])
        if self.strict and any(one["allowed"] is None for one in broken):
            yield _BROKEN
        if self.required is not None and (sentence := gate.too_little(self.tests, self.required)) is not None:
            yield sentence

    def document(self) -> Document:
        """What the run showed; to be asked when the tests are over, from `pytest_sessionfinish` on."""
        if self._document is None or not self._is_over:
            from pytest_qruntime.report.run.summing import document

            self._document = document(
                self.tests,
                strict=self.strict,
                failures=self.failures,
                lost=self._lost,
                required=self.required,
                recordings=self._config.stash[RUN].notes.told(),
            )
        return self._document


def _cut_short(session: pytest.Session) -> Iterator[str]:
    """Why tests are missing that were to run."""
    if stopped := session.shouldfail or session.shouldstop:
        yield f"the run stopped early ({stopped}), so tests that were to come later are missing"
    elif session.exitstatus == pytest.ExitCode.INTERRUPTED:
        yield "the run was interrupted, so tests that were to come later are missing"


def _early(reports: Sequence[pytest.TestReport]) -> list[pytest.TestReport]:
    """Those of subtests, of which pytest tells at once, while pytest-rerunfailures tells of a test when it is over."""
    return list(takewhile(is_part, reversed(reports)))[::-1]


def is_part(report: pytest.TestReport) -> bool:
    """Whether it is on a subtest, which is a part of the test."""
    return hasattr(report, "context")


def _sendable(told: Any) -> Any:
    """The same without halves of characters, which pytest-xdist cannot send."""
    if isinstance(told, str):
        return told if told.isascii() else told.encode("utf-8", "backslashreplace").decode("utf-8")
    if isinstance(told, dict):
        return {name: _sendable(value) for name, value in told.items()}
    return [_sendable(one) for one in told] if isinstance(told, list) else told


def _begin_anew(item: pytest.Item) -> None:
    forget(item)
    for key in _OF_A_TEST:
        if key in item.stash:
            del item.stash[key]


COLLECTED: Final = pytest.StashKey[Collected]()
