"""What is noted of recordings for the end of a run, and goes from workers to their controller."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import pytest

from pytest_qruntime.recording.names import FOLDER, place, shown
from pytest_qruntime.recording.phase import FAILED, LEFT, SKIPPED, UNANSWERED
from pytest_qruntime.recording.run import RUN
from pytest_qruntime.recording.static import cassette_of, source_of

_NO_ANSWER: Final = "a request to which the recording has no answer"
_NOBODY: Final = "any test, since none has source='cassette'; give one @pytest.mark.qruntime(source='cassette')"
_OF_ONE_RUN: Final[tuple[pytest.StashKey[Any], ...]] = (FAILED, LEFT, SKIPPED, UNANSWERED)
_SENT: Final = "qruntime_recordings"
_HEAD: Final = 4096
_OURS: Final = re.compile(rb"""(?m)^qruntime:|"qruntime":""")


class Reporter:
    """The plugin that notes what is to be told of recordings at the end."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._notes = config.stash[RUN].notes
        self._partial = any(config.getoption(name, None) for name in ("lf", "ignore", "ignore_glob"))

    def pytest_deselected(self) -> None:
        """Not every test runs, so a recording that no test uses may have its test."""
        self._partial = True

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A module that cannot be imported hides its tests."""
        self._partial = self._partial or report.failed

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """A test may run several times, for a recording or because it failed; each run has its own notes."""
        for key in _OF_ONE_RUN:
            if key in item.stash:
                del item.stash[key]

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """A test that fails has its reasons not to come to everything."""
        report = yield
        if not report.passed:
            item.stash[FAILED] = True
            item.stash[SKIPPED] = report.skipped and not hasattr(report, "wasxfail")
            told = str(report.longrepr)
            untold = [why for why in item.stash.get(UNANSWERED, ()) if why.partition("\n")[0] not in told]
            report.sections += [(_NO_ANSWER, why) for why in untold]
        elif report.when == "teardown" and LEFT in item.stash and FAILED not in item.stash:
            self._notes.unused.append(f"{item.nodeid}: {item.stash[LEFT]}")
        return report

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> Generator[None, object, object]:
        """Look for what was used and what was forgotten; a worker sends everything to its controller."""
        self._settle(session)
        return (yield)

    def _settle(self, session: pytest.Session) -> None:
        self._config.stash[RUN].settle()
        if self._notes.used:
            self._look_for_forgotten(session.items)
        records = self._config.stash[RUN].asked.records
        if records:
            self._notes.wanted.extend(item.nodeid for item in session.items if source_of(item) == "cassette")
        output = getattr(self._config, "workeroutput", None)
        if output is not None:
            output[_SENT] = self._notes.plain()
        elif records and not (self._notes.wanted or self._notes.used):
            self._notes.dropped.append(_NOBODY)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """A worker of pytest-xdist has ended."""
        sent = getattr(node, "workeroutput", {}).get(_SENT)
        if sent:
            self._notes.add(sent)

    # -- forgotten files ---------------------------------------------------------------------------------------------

    def _look_for_forgotten(self, items: Sequence[pytest.Item]) -> None:
        """Files of ours beside those that were used, if all tests that could use them are here."""
        mine = [item for item in items if "qruntime" in getattr(item, "fixturenames", ())]
        files = {place(item, named) for item in mine for named in {None, cassette_of(item)}}
        self._notes.used.extend(shown(file, self._config) for file in files)
        for folder in {item.path.parent for item in mine}:
            if not self._partial and self._is_whole(folder):
                found = (shown(file, self._config) for file in _ours(folder / FOLDER))
                self._notes.present.extend(found)

    def _is_whole(self, folder: Path) -> bool:
        """Whether all tests of a folder were asked for."""
        asked = [self._config.invocation_params.dir / argument for argument in self._config.args]
        return any(one.is_dir() and folder.is_relative_to(one) for one in asked)


def _ours(folder: Path) -> Iterator[Path]:
    """The recordings of this plugin in a folder; other tools keep theirs under the same name."""
    for file in folder.rglob("*"):
        if file.suffix in (".yaml", ".yml", ".json") and not file.name.startswith(".") and file.is_file():
            with suppress(OSError), open(file, "rb") as opened:  # what cannot be read is nobody's recording
                head = opened.read(_HEAD)
                if _OURS.search(head):
                    yield file
