"""The protocol of a test that is recorded: a rehearsal on the fake, the live run, saving, and a replay."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import pytest

from pytest_qruntime.recording.collecting import clashes, refuse
from pytest_qruntime.recording.names import shown
from pytest_qruntime.recording.phase import LIVE, PHASE, REHEARSAL, REPLAY, Phase, Take
from pytest_qruntime.recording.rounds import Reports, attempted, only_shows, report_once, run_once
from pytest_qruntime.recording.run import RUN, Run

_SECTION: Final = "pytest-qruntime: no recording was saved"


class Recorder:
    """The plugin that is there when tests may be recorded."""

    @pytest.hookimpl(trylast=True)  # after those who deselect
    def pytest_collection_modifyitems(self, session: pytest.Session, items: list[pytest.Item]) -> None:
        """Two tests that would write one file are an error before any test runs."""
        refuse(session, items, clashes(session.config.stash[RUN].asked.mode, items))

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> None:
        """What an earlier run left open is closed before anything is opened."""
        if not session.config.getoption("collectonly"):
            session.config.stash[RUN].rescue()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
        """Run a test that may be recorded, as often as that takes. Others are not for this plugin."""
        if "qruntime" not in getattr(item, "fixturenames", ()) or only_shows(item.config):
            return None
        report_once(item, nextitem, Recording(item, item.config.stash[RUN]).reports)
        return True


class Recording:
    """One test on its way to a recording."""

    def __init__(self, item: pytest.Item, run: Run) -> None:
        self._item = item
        self._run = run
        self._take = Take(run.asked.mode)

    def reports(self) -> Reports:
        """Run the test as often as it takes; the reports of the run that decides."""
        reports = self._once(REHEARSAL)
        if self._take.lacking and self._run.asked.mode == "new":
            self._take = Take(self._take.mode, again=True)
            reports = self._once(REHEARSAL)
        if self._take.choice is None:
            return reports  # it is not to be recorded
        if not passed(reports):
            return self._unsaved(reports, "the rehearsal on the fake", "Nothing was sent to the live service")
        checked = self._attempted(lambda: self._run.spend(self._take))
        if checked.failed:
            return self._unsaved(_with(reports, checked), "the rehearsal", "Nothing was sent to the live service")
        return self._live()

    def _live(self) -> Reports:
        where = self._run.target.service
        reports = self._once(LIVE)
        if not passed(reports):
            return self._unsaved(reports, f"the run against {where}", "What it used there is used")
        try:
            saved = self._attempted(self._save)
            if saved.failed:
                return self._unsaved(_with(reports, saved), "saving", f"The test passed against {where}")
            replay = self._once(REPLAY)
            if not passed(replay):
                return self._unsaved(replay, "the replay of the new recording", f"The test passed against {where}")
            placed = self._attempted(self._place)
            return self._unsaved(_with(reports, placed), "saving", "The test passed") if placed.failed else reports
        finally:
            self._drop()

    def _once(self, phase: str) -> Reports:
        return run_once(self._item, PHASE, Phase(phase, self._take))

    def _attempted(self, action: Callable[[], None]) -> pytest.TestReport:
        """The report of something that is done for the test; an error of ours is told in one line."""
        from pytest_qruntime.model.errors import QRuntimeError

        def told() -> None:
            problem = None
            try:
                action()
            except QRuntimeError as error:
                problem = str(error)
            if problem is not None:  # told outside of the handler, or pytest would show both errors
                pytest.fail(problem, pytrace=False)

        return attempted(self._item, told)

    # -- the file ----------------------------------------------------------------------------------------------------

    def _save(self) -> None:
        from pytest_qruntime.recording.saving import saved

        self._take.scratch = saved(self._run, self._take)

    def _place(self) -> None:
        from pytest_qruntime.recording.saving import put_in_place

        take = self._take
        assert take.choice is not None
        assert take.scratch is not None
        assert take.tape is not None
        put_in_place(take.scratch, take.choice.file)
        name = shown(take.choice.file, self._item.config)
        self._run.notes.used.append(name)
        count = len(take.tape.exchanges)
        self._run.notes.recorded.append(f"{name}: {count} interactions with {self._run.target.service}")

    def _drop(self) -> None:
        from pytest_qruntime.recording.saving import drop

        drop(self._take.scratch)

    # -- telling -----------------------------------------------------------------------------------------------------

    def _unsaved(self, reports: Reports, where: str, then: str) -> Reports:
        """These reports, where the failures say in which phase they are, and that nothing was saved."""
        assert self._take.choice is not None
        name = shown(self._take.choice.file, self._item.config)
        kept = f"{name} is as it was" if self._take.choice.file.exists() else f"{name} was not made"
        for report in reports:
            if report.failed:
                explain(report, f"This happened in {where}. {then}; {kept}.")
        if not any(report.failed for report in reports):
            self._run.notes.dropped.append(f"{self._item.nodeid}: {_outcome(reports)} in {where}")
        return reports


def passed(reports: Reports) -> bool:
    """Whether a run passed in all its parts; one that fails as expected, or is skipped, did not."""
    return all(report.passed for report in reports)


def _outcome(reports: Reports) -> str:
    return "it failed as expected" if any(hasattr(report, "wasxfail") for report in reports) else "it was skipped"


def _with(reports: Reports, failed: pytest.TestReport) -> Reports:
    """A run that passed, and what failed afterwards, in the place of the test."""
    return [*(report for report in reports if report.when == "setup"), failed, reports[-1]]


def explain(report: pytest.TestReport, text: str) -> None:
    """Add a sentence to a failure, where the reader looks for its cause."""
    addsection = getattr(report.longrepr, "addsection", None)
    if addsection is not None:
        addsection(_SECTION, text)
    else:
        report.longrepr = f"{report.longrepr}\n{_SECTION}. {text}"
