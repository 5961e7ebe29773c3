"""The timeline below a test that failed: what happened at the service until then."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING, Any, Final

import pytest

from pytest_qruntime.judging.shown import TRIAL
from pytest_qruntime.telling.collecting import DRAWN

if TYPE_CHECKING:
    from pytest_qruntime.report.timeline import Timeline

TITLE: Final = "timeline: what happened at the service (pytest-qruntime)"
"""Of the section. pytest shows it unless ``--show-capture`` asks for something else."""

COLOURED: Final = "qruntime_coloured"
"""The attribute of a report that has the same in colours."""

_DRAWN_OF: Final = pytest.StashKey[object]()
"""On a test: the run of which there is a timeline, so that its teardown does not show it again."""

_OF_A_TEST: Final[tuple[pytest.StashKey[Any], ...]] = (TRIAL, _DRAWN_OF)


def begin(config: pytest.Config) -> None:
    """Take part in a run."""
    config.pluginmanager.register(Failing(), "qruntime-failing")


class Failing:
    """The plugin that draws what happened in a test that fails, and shows it."""

    # -- whoever runs a test -----------------------------------------------------------------------------------------

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """No world outlives its test."""
        try:
            return (yield)
        finally:
            _forget(item)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Each run of a test begins anew."""
        _forget(item)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Below a failure stands what happened until then."""
        report = yield
        trial = item.stash.get(TRIAL, None)
        if report.failed and trial is not None and item.stash.get(_DRAWN_OF, None) is not trial:
            item.stash[_DRAWN_OF] = trial
            _show(item, report, call)
        return report

    # -- whoever shows it --------------------------------------------------------------------------------------------

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> Generator[None, None, None]:
        """On a terminal it is in colours; for everybody else it stays plain."""
        changed = list(_coloured(terminalreporter)) if terminalreporter.hasmarkup else []
        try:
            return (yield)
        finally:
            for report, sections in changed:
                report.sections = sections


def _forget(item: pytest.Item) -> None:
    for key in _OF_A_TEST:
        if key in item.stash:
            del item.stash[key]


def _coloured(terminalreporter: pytest.TerminalReporter) -> Iterator[tuple[Any, list[tuple[str, str]]]]:
    """Give the failures their colours; they, and their sections before."""
    for reports in terminalreporter.stats.values():
        for report in reports:
            text = getattr(report, COLOURED, None)
            if text is not None:
                yield report, report.sections
                report.sections = [(title, text if title == TITLE else told) for title, told in report.sections]


def _show(item: pytest.Item, report: pytest.TestReport, call: pytest.CallInfo[None]) -> None:
    """Draw what happened. A mistake in that does not hide the failure."""
    try:
        from pytest_qruntime.telling.drawing import drawn

        timeline = drawn(item.stash[TRIAL], report, call, item.config.rootpath)
        if timeline is None:
            return
        text = timeline.text()
        setattr(report, COLOURED, timeline.text(color=True))
        _keep(item, text, timeline)
    except Exception as error:
        text = _undrawn(error).split("\n")[0]
    report.sections.append((TITLE, text))


def _undrawn(error: Exception) -> str:
    from pytest_qruntime.model.errors import QRuntimeError

    if isinstance(error, QRuntimeError):  # a live server may be gone
        return f"nobody knows: {error}"
    return f"the timeline could not be drawn, please report it: {type(error).__name__}: {error}"


def _keep(item: pytest.Item, text: str, timeline: Timeline) -> None:
    """For the reports of the run; of several failing runs of a test the first counts."""
    from pytest_qruntime.report.run.shown import Drawn
    from pytest_qruntime.telling.writing import wants_pictures

    shown = item.stash.setdefault(DRAWN, Drawn(timeline=None, picture=None, program=None))
    if shown["timeline"] is None:
        shown["timeline"] = text
        shown["picture"] = timeline.html_part(title=item.nodeid) if wants_pictures(item.config) else None
