"""What is told to GitHub Actions: annotations of lines of code, and the summary of the job."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from pytest_qruntime.telling.collecting import COLLECTED

if TYPE_CHECKING:
    from pytest_qruntime.report.run.document import Document

OPTION: Final = "--qruntime-github"
INI: Final = "qruntime_github"
CHOICES: Final = ("auto", "on", "off")
HELP: Final = (
    "whether GitHub Actions are told: annotations in the output, and the summary of the job; auto: where the "
    "environment variable GITHUB_ACTIONS is true, but not by a pytest that a test runs"
)
_OTHERS: Final = ("pytest_github_actions_annotate_failures", "pytest_github_actions_annotate_failures.plugin")
"""The plugin that annotates every test that fails."""


def add(group: pytest.OptionGroup, parser: pytest.Parser) -> None:
    """The option, and its twin."""
    metavar = "|".join(CHOICES)
    group.addoption(OPTION, metavar=metavar, default=None, help=f"{HELP} (default: auto; ini: {INI})")
    parser.addini(INI, f"{HELP}: {metavar} (default: auto)", default="")


def begin(config: pytest.Config) -> None:
    """Take part in a run that GitHub is told of, where everything comes together. Raises `pytest.UsageError`."""
    if _is_wanted(config) and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Github(config), "qruntime-github")


def _is_wanted(config: pytest.Config) -> bool:
    option, ini = config.getoption(OPTION), config.getini(INI)
    for where, found in ((OPTION, option), (f"ini {INI}", ini or None)):
        if found is not None and found not in CHOICES:
            raise pytest.UsageError(f"{where}: {found!r}; expected {', '.join(CHOICES[:-1])} or {CHOICES[-1]}")
    choice = option or ini or "auto"
    # PYTEST_CURRENT_TEST: a small project that a test runs is not what is built here
    on_github = os.environ.get("GITHUB_ACTIONS") == "true" and "PYTEST_CURRENT_TEST" not in os.environ
    return choice == "on" or (choice == "auto" and on_github)


class Github:
    """The plugin that tells GitHub, as the very last thing: nothing else is on the line, and all is told once."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._root = config.rootpath
        # what the code under test may do to them makes no difference
        self._summary = os.environ.get("GITHUB_STEP_SUMMARY", "")
        self._workspace = os.environ.get("GITHUB_WORKSPACE", "")

    def pytest_unconfigure(self, config: pytest.Config) -> None:
        """The run is over, and pytest has said what it has to say."""
        collected = config.stash[COLLECTED]
        if not collected.tests:
            return
        document = collected.document()
        lines = self._annotations(document) + self._append(document)
        if lines:
            _say("\n".join(["", *lines, ""]))  # the code under test may have left a line unfinished

    def _annotations(self, document: Document) -> list[str]:
        from pytest_qruntime.report.run.annotations import annotated
        from pytest_qruntime.telling.commands import commands

        others = any(self._config.pluginmanager.hasplugin(name) for name in _OTHERS)
        return commands(annotated(document, failing=not others), self._place)

    def _place(self, file: str) -> str | None:
        """A file as GitHub calls it: from the root of the repository on; None: it is not there."""
        path = Path(os.path.normpath(self._root / file))
        for root in filter(None, (self._workspace, str(self._root))):
            for base, one in ((Path(root), path), (Path(root).resolve(), path.resolve())):
                if one.is_relative_to(base):
                    return one.relative_to(base).as_posix()
        return None

    def _append(self, document: Document) -> list[str]:
        """Add to the summary of the job. What cannot be written is an annotation, and no reason to fail."""
        if not self._summary:
            return []
        from pytest_qruntime.report.run.markdown import markdown
        from pytest_qruntime.telling.commands import command
        from pytest_qruntime.telling.jobsummary import append

        try:
            append(Path(self._summary), markdown(document))
        except OSError as error:
            problem = f"the summary of the job could not be written to GITHUB_STEP_SUMMARY: {error}"
            return [command("warning", "pytest-qruntime", problem)]
        return []


def _say(text: str) -> None:
    """Print, without any capture of pytest's, and whatever the output can encode."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding))
    sys.stdout.flush()
