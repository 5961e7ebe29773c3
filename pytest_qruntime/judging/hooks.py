"""What pytest sees of judging: the option, and what is told at the end of a test and at the end of a strict run."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any, Final

import pytest

from pytest_qruntime.settings import MARKER

if TYPE_CHECKING:
    from pytest_qruntime.judging.record import Judgement, Record

OVER: Final = pytest.StashKey[bool]()
"""On a test that is being torn down, in the order of things: it was not interrupted."""

TOLD: Final = pytest.StashKey[list[str]]()
"""On a test that has failed already: what else is to be told of it."""

_SECTION: Final = f"told by pytest-{MARKER} at teardown"  # pytest shows those of a failed test by this word
_SENT: Final = "qruntime_judged"


def add(group: pytest.OptionGroup) -> None:
    """The option of a strict run."""
    group.addoption(
        "--qruntime-strict",
        action="store_true",
        help="tell at the end which contracts the tests exercised, broke and never touched; every break fails the run, "
        "also one of level may, and where contracts=warn",
    )


def begin(config: pytest.Config) -> None:
    """Take part in a run."""
    judge = config.stash[JUDGE] = Judge(config)
    config.pluginmanager.register(judge, "qruntime-judge")


class Judge:
    """The plugin that tells of judgements.

    Attributes:
        strict: whether they are summed up at the end of the run.
    """

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self.strict = bool(config.getoption("qruntime_strict"))
        self._pending: list[Judgement] = []
        self._attempt: object = None
        self._record: Record | None = None
        self._lost: list[str] = []

    def take(self, item: pytest.Item, judgement: Judgement) -> None:
        """Note the judgement of a run of a test, for the end.

        A test may run several times, all of which count; but if it is tried again because it failed, the last attempt
        decides.
        """
        if not self.strict:
            return
        attempt = getattr(item, "execution_count", None)  # that is how pytest-rerunfailures counts
        if attempt != self._attempt:
            self._pending.clear()
        self._attempt = attempt
        self._pending.append(judgement)

    # -- of a test ---------------------------------------------------------------------------------------------------

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Each run of a test begins anew."""
        item.stash[OVER] = False
        if TOLD in item.stash:
            del item.stash[TOLD]

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> None:
        """It was not interrupted."""
        item.stash[OVER] = True

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """What else is to be told of a failure is a section below it."""
        report = yield
        if call.when == "teardown" and TOLD in item.stash:
            report.sections += [(_SECTION, text) for text in item.stash[TOLD]]
        return report

    def pytest_runtest_logfinish(self) -> None:
        """A test will not be tried again."""
        self._settle()
        self._attempt = None

    def _settle(self) -> None:
        if self._pending:
            from pytest_qruntime.judging.record import Record

            self._record = self._record or Record()
            for judgement in self._pending:
                self._record.add(judgement)
            self._pending.clear()

    # -- of a run ----------------------------------------------------------------------------------------------------

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """A worker sends what it noted to its controller; whoever has everything decides whether the run fails."""
        self._settle()
        output = getattr(self._config, "workeroutput", None)
        if output is not None:
            output[_SENT] = None if self._record is None else self._record.data()
        elif self._broken and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    @property
    def _broken(self) -> bool:
        return self._record is not None and self._record.broken

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """A worker of pytest-xdist has ended."""
        output = getattr(node, "workeroutput", {})
        if self.strict and _SENT not in output:
            self._lost.append(f"worker {node.gateway.id} ended before it told what its tests showed")
        elif output.get(_SENT) is not None:
            from pytest_qruntime.judging.record import Record

            self._record = self._record or Record()
            self._record.merge(output[_SENT])

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Tell what a strict run showed."""
        if not self.strict or self._config.getoption("collectonly", False):
            return
        terminalreporter.section("contracts of pytest-qruntime")
        for line in [*sorted(self._lost), *self._lines()]:
            terminalreporter.line(line)

    def _lines(self) -> list[str]:
        if self._record is None:
            return ["no test used a fixture of pytest-qruntime, so nothing was judged"]
        failed = ["the run fails: a contract was broken where that is not allowed"] if self._broken else []
        return [*self._record.lines(), *failed]


JUDGE: Final = pytest.StashKey[Judge]()
