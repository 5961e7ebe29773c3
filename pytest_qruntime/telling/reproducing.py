"""The shortest program that shows what went wrong in a test, below its failure."""

from __future__ import annotations

import re
from collections.abc import Generator, Mapping
from typing import TYPE_CHECKING, Any, Final

import pytest

from pytest_qruntime.judging.allowed import allowed
from pytest_qruntime.judging.hooks import JUDGE
from pytest_qruntime.judging.shown import TRIAL
from pytest_qruntime.settings import MARKER, given, merged, spelled_out
from pytest_qruntime.several import once, singles
from pytest_qruntime.telling.collecting import DRAWN

if TYPE_CHECKING:
    from pytest_qruntime.contracts import Finding
    from pytest_qruntime.judging.trial import Trial
    from pytest_qruntime.reproducing.shortest import Shortest
    from pytest_qruntime.reproducing.story import Story
    from pytest_qruntime.reproducing.symptoms import Found

TITLE: Final = "the shortest program that shows it (pytest-qruntime, after teardown)"
"""Of the section, at the report of the teardown: pytest shows those of a failed test by that word."""

_ERROR: Final = pytest.StashKey[BaseException]()
"""On a test that failed, but not in its setup or teardown: with what."""

_CONFIG: Final = "qruntime_config"
_FAIL: Final = "fail"


def begin(config: pytest.Config) -> None:
    """Take part in a run."""
    config.pluginmanager.register(Reproducing(), "qruntime-reproducing")


class Reproducing:
    """The plugin that looks for a program when the world of a test that failed is gone."""

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Each run of a test begins anew."""
        _forget(item)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """What is expected to fail is no failure any more when this wrapper sees it."""
        report = yield
        raised = call.excinfo.value if report.failed and call.excinfo is not None else None
        if call.when == "call":
            if raised is not None:
                item.stash[_ERROR] = raised
            return report
        before = item.stash.get(_ERROR, None)
        _forget(item)
        error = raised if before is None else before
        if error is not None and TRIAL in item.stash:
            _tell(item, report, error, judged=call.when == "teardown" and before is None)
        return report

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> Generator[None, None, None]:
        """Below a failure pytest shows the teardowns of every attempt at a test; its program stands there once."""
        told: set[str] = set()
        for report in reversed([one for several in terminalreporter.stats.values() for one in several]):
            sections = getattr(report, "sections", ())
            if getattr(report, "when", None) == "teardown" and any(title == TITLE for title, _ in sections):
                if report.nodeid in told:
                    report.sections = [one for one in sections if one[0] != TITLE]
                told.add(report.nodeid)
        return (yield)


def _forget(item: pytest.Item) -> None:
    """An error keeps alive whatever was there when it was raised."""
    if _ERROR in item.stash:
        del item.stash[_ERROR]


def _tell(item: pytest.Item, report: pytest.TestReport, error: BaseException, *, judged: bool) -> None:
    """Look for a program, once for each test. A mistake in that does not hide the failure."""
    drawn = item.stash.get(DRAWN, None)
    if drawn is not None and drawn["program"] is not None:
        return
    try:
        found = _shortest(item, item.stash[TRIAL], error, judged=judged)
        if found is None:
            return
        text = f"{found.says}\n\n{found.text}" if found.text else found.says
        _keep(item, found.text or None)
    except Exception as mistake:
        text = f"no program could be written, please report it: {type(mistake).__name__}: {mistake}".split("\n")[0]
    report.sections.append((TITLE, text))


def _keep(item: pytest.Item, text: str | None) -> None:
    """For the reports of the run."""
    from pytest_qruntime.report.run.shown import Drawn

    item.stash.setdefault(DRAWN, Drawn(timeline=None, picture=None, program=None))["program"] = text


def _shortest(item: pytest.Item, trial: Trial, error: BaseException, *, judged: bool) -> Shortest | None:
    from pytest_qruntime.runtime import QRuntime

    if not isinstance(trial.surface, QRuntime):
        return None
    from pytest_qruntime.reproducing.shortest import shortest
    from pytest_qruntime.reproducing.story import Story

    story = Story(trial.surface, ended_us=trial.left[0].ended_us if trial.left else None)
    found = _found(item, trial, story, error, judged=judged)
    return None if found is None else shortest(found, story.world, _name(item), _said(item))


def _found(item: pytest.Item, trial: Trial, story: Story, error: BaseException, *, judged: bool) -> Found | None:
    """What is wrong; a test that went well itself is judged first."""
    from pytest_qruntime.arguments import LEAK  # with the model, which only tests of ours need
    from pytest_qruntime.reproducing import finding
    from pytest_qruntime.reproducing import judged as judgements

    if judged:
        if (broken := _broken(item, trial)) is not None:
            return judgements.broken(story, broken)
        if trial.left and _level(trial, "leaks") == _FAIL and LEAK not in allowed(item):
            return judgements.left(story, trial.left[0])
    return finding.found_in(story, error)


def _broken(item: pytest.Item, trial: Trial) -> Finding | None:
    """What fails a test, of what the trace of the service shows."""
    if not trial.reports or _level(trial, "contracts") != _FAIL:
        return None
    may, strict = allowed(item), item.config.stash[JUDGE].strict
    for one in trial.reports[0].broken:
        if one.contract.id not in may and one.contract.partial != "client" and (strict or one.contract.level == "must"):
            return one
    return None


def _level(trial: Trial, name: str) -> str:
    return str(trial.settings.get(name, _FAIL))


def _name(item: pytest.Item) -> str:
    """What the function is called after."""
    name = getattr(item, "originalname", None) or item.name.partition("[")[0]
    return re.sub(r"\W+", "_", name).removeprefix("test_") or "it"


def _said(item: pytest.Item) -> Mapping[str, Any]:
    """The settings that every test has where this one stands: a program that is pasted there has them too."""
    ini, command_line = given(item.config)
    config: Any = getattr(item, "funcargs", {}).get(_CONFIG, {})
    around = [
        singles(spelled_out(marker.kwargs))
        for node, marker in reversed(list(item.iter_markers_with_node(MARKER)))
        if node is not item
    ]
    return once(merged(ini, config, *around, command_line))
