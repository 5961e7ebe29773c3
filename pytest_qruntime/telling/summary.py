"""What is told at the end of a run: one section, one line with ``-q``, and with ``-qq`` only why it fails."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

import pytest

from pytest_qruntime.telling import repeats, writing
from pytest_qruntime.telling.collecting import COLLECTED, Collected

if TYPE_CHECKING:
    from pytest_qruntime.report.run.lines import Line

_TITLE: Final = "pytest-qruntime"
_MARKUP: Final[dict[str, dict[str, bool]]] = {"good": {"green": True}, "odd": {"yellow": True}, "bad": {"red": True}}


def begin(config: pytest.Config) -> None:
    """Take part in a run."""
    config.pluginmanager.register(Summary(config), "qruntime-summary")


class Summary:
    """The plugin that tells it."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Tell it, if anybody used the service or asked."""
        collected, verbosity = self._config.stash[COLLECTED], self._config.get_verbosity()
        if not collected.has_something_to_tell:
            return
        if verbosity >= 0:
            terminalreporter.section(_TITLE)
        for line in self._lines(collected, verbosity):
            terminalreporter.line(line.text, **_MARKUP.get(line.tone, {}))

    def _lines(self, collected: Collected, verbosity: int) -> Iterable[Line]:
        from pytest_qruntime.report.run.lines import in_short, told, why

        document = collected.document()
        if verbosity < -1:
            return why(document)
        if verbosity < 0:
            return in_short(document, full=collected.strict)
        written = writing.told(self._config)
        more = [*repeats.told(collected.repeated), *([("reports", written)] if written else [])]
        return told(document, full=verbosity > 0 or collected.strict, more=more)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self) -> None:
        """Without a terminal's summary, a run that fails for what no test shows says so nevertheless."""
        collected = self._config.stash[COLLECTED]
        told = self._config.pluginmanager.has_plugin("terminalreporter") or hasattr(self._config, "workerinput")
        if not told and collected.has_something_to_tell:
            sys.stderr.writelines(f"the run fails: {failure}\n" for failure in collected.failures)
