"""The reports of a run, as files: ``--qruntime-report``."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from pytest_qruntime.telling.collecting import COLLECTED

if TYPE_CHECKING:
    from pytest_qruntime.report.run.document import Document

OPTION: Final = "--qruntime-report"
INI: Final = "qruntime_report"
_HELP: Final = (
    "write what the tests of this run did, broke, left open and would have cost into a file whose name ends in .json, "
    ".md or .html; may be given several times"
)
_RENDERERS: Final = {".json": "as_json", ".md": "markdown", ".html": "page"}


def add(group: pytest.OptionGroup, parser: pytest.Parser) -> None:
    """The option, and its twin in ini files, where there is one path in a line."""
    text = f"{_HELP} (default: none; ini: {INI}, which counts if the option is not given)"
    group.addoption(OPTION, action="append", metavar="PATH", default=None, help=text)
    parser.addini(INI, _HELP, type="linelist")


def begin(config: pytest.Config) -> None:
    """Take part in a run. Raises `pytest.UsageError` for a file that cannot be written."""
    if hasattr(config, "workerinput"):  # its controller writes, and has looked at everything
        return
    asker, texts, folder = _asked(config)
    if not texts:
        return
    from pytest_qruntime.model.errors import ConfigurationError
    from pytest_qruntime.telling.places import places

    try:
        found = places(asker, texts, folder)
    except ConfigurationError as error:
        raise pytest.UsageError(str(error)) from None
    writer = config.stash[WRITER] = Writer(config, found)
    config.pluginmanager.register(writer, "qruntime-writer")


def _asked(config: pytest.Config) -> tuple[str, Sequence[str], Path]:
    """Who asks for reports, for which, and from which folder on: the command line, or else the ini file."""
    given = config.getoption("qruntime_report")
    if given:
        return OPTION, given, config.invocation_params.dir
    folder = config.rootpath if config.inipath is None else config.inipath.parent
    return f"ini {INI}", config.getini(INI), folder


def wants_pictures(config: pytest.Config) -> bool:
    """Whether the picture of a test that fails will be shown; in workers of pytest-xdist too."""
    return any(text.lower().endswith(".html") for text in _asked(config)[1])


def told(config: pytest.Config) -> list[str]:
    """Which reports were written."""
    return config.stash[WRITER].told if WRITER in config.stash else []


class Writer:
    """The plugin that is there if reports are asked for. It writes when everything is over, whatever came between.

    Attributes:
        told: which reports were written; `problems`: which were not, and why.
    """

    def __init__(self, config: pytest.Config, places: list[Path]) -> None:
        self._config = config
        self._places = places
        self._collected = config.stash[COLLECTED]
        self.told: list[str] = []
        self.problems: list[str] = []

    def pytest_report_header(self) -> list[str]:
        """Say at once if there will be no report."""
        return [] if self._collected.runs else ["qruntime: no test runs, so no report is written"]

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Write every report. If one cannot be written the run fails, and the others are there nevertheless."""
        if not self._collected.runs:
            return
        document = self._collected.document()
        for place in self._places:
            self._write(place, document)
        if self.problems and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
        if not self._config.pluginmanager.has_plugin("terminalreporter"):
            sys.stderr.writelines(f"{problem}\n" for problem in self.problems)

    def _write(self, place: Path, document: Document) -> None:
        from pytest_qruntime.cassette.putting import put

        name = _RENDERERS[place.suffix.lower()]
        text: str = getattr(import_module(f"pytest_qruntime.report.run.{name}"), name)(document)
        try:
            put(place, text.encode("utf-8", "backslashreplace"))  # the name of a test may have halves of characters
        except OSError as error:
            why = error.strerror or str(error)
            self.problems.append(f"the report {self._shown(place)} could not be written: {why}; the run fails for it")
        else:
            self.told.append(self._shown(place))

    def _shown(self, place: Path) -> str:
        """As short as it can be said where pytest was called."""
        folder = self._config.invocation_params.dir
        return os.path.relpath(place, folder) if place.is_relative_to(folder) else str(place)

    @pytest.hookimpl(trylast=True)
    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """What could not be written is an error that nobody may miss."""
        for problem in self.problems:
            terminalreporter.line(problem, red=True, bold=True)


WRITER: Final = pytest.StashKey[Writer]()
