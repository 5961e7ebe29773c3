"""What pytest sees of judging: the option, and what is told at the end of a test."""

from __future__ import annotations

from collections.abc import Generator
from typing import Final

import pytest

from pytest_qruntime.settings import MARKER

OVER: Final = pytest.StashKey[bool]()
"""On a test that is being torn down, in the order of things: it was not interrupted."""

TOLD: Final = pytest.StashKey[list[str]]()
"""On a test that has failed already: what else is to be told of it."""

_OPTION: Final = "--qruntime-strict"
_INI: Final = "qruntime_strict"
_SECTION: Final = f"told by pytest-{MARKER} at teardown"  # pytest shows those of a failed test by this word


def add(group: pytest.OptionGroup, parser: pytest.Parser) -> None:
    """The option of a strict run, and its twin in ini files."""
    text = (
        "tell at the end which contracts the tests exercised, broke and never touched; every break fails the run, "
        "also one of level may, and where contracts=warn"
    )
    group.addoption(_OPTION, action="store_true", help=f"{text} (ini: {_INI})")
    parser.addini(_INI, text, type="bool", default=False)


def begin(config: pytest.Config) -> None:
    """Take part in a run."""
    judge = config.stash[JUDGE] = Judge(config)
    config.pluginmanager.register(judge, "qruntime-judge")


class Judge:
    """The plugin that tells of judgements.

    Attributes:
        strict: whether every break fails the run.
    """

    def __init__(self, config: pytest.Config) -> None:
        self.strict = bool(config.getoption("qruntime_strict") or _ini(config))
        self._broken_setups: dict[tuple[str, object], pytest.TestReport] = {}

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

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Below an error of the setup pytest shows nothing that comes later, so that is put where it is shown."""
        test = report.nodeid, getattr(report, "node", None)
        if report.when == "setup" and report.failed:
            self._broken_setups[test] = report
        elif report.when == "teardown" and test in self._broken_setups:
            told = [section for section in report.sections if section[0] == _SECTION]
            self._broken_setups.pop(test).sections += told


def _ini(config: pytest.Config) -> bool:
    """What the ini file says. Raises `pytest.UsageError` for what is neither yes nor no."""
    try:
        return bool(config.getini(_INI))
    except (ValueError, pytest.UsageError) as error:  # it depends on the version of pytest
        raise pytest.UsageError(f"ini {_INI}: {error}; expected true or false") from None


JUDGE: Final = pytest.StashKey[Judge]()
