"""Small projects of a user, run by a pytest of their own."""

from __future__ import annotations

import re
import textwrap
from importlib.metadata import entry_points
from itertools import takewhile
from typing import Final

import pytest

LABELS: Final = (
    *("tests", "time", "contracts", "left open", "QPU time", "lifecycle", "recordings"),
    *("orders", "policies", "reports", "lost"),
)


class Project:
    """A folder with tests. Its pytest turns warnings into errors and knows no plugin but ours and those it is given."""

    def __init__(self, pytester: pytest.Pytester) -> None:
        self.pytester = pytester

    def write(self, **files: str) -> Project:
        """Write files by name, without their suffix: ``test_it="def test(): ..."``."""
        self.pytester.makepyfile(**{name: textwrap.dedent(text) for name, text in files.items()})
        return self

    def run(self, *arguments: str, plugins: tuple[str, ...] = ()) -> pytest.RunResult:
        """Run its tests in this process."""
        return self.pytester.runpytest_inprocess(*self._arguments(plugins), *arguments)

    def run_apart(self, *arguments: str, plugins: tuple[str, ...] = ()) -> pytest.RunResult:
        """Run its tests in a process of their own."""
        return self.pytester.runpytest_subprocess(*self._arguments(plugins), *arguments)

    @staticmethod
    def _arguments(plugins: tuple[str, ...]) -> list[str]:
        named = [part for plugin in ("pytest_qruntime.plugin", *plugins) for part in ("-p", plugin)]
        # pytest 8 warns of a plugin that is loaded already, which in a run in this process it always is
        return ["-W", "error", "-W", "ignore:Module already imported", *named]


def summary(result: pytest.RunResult) -> dict[str, list[str]]:
    """The section at the end: sentences by label, and under ``""`` the lines that have none."""
    found: dict[str, list[str]] = {}
    label = ""
    for line in _section(result):
        head, rest = line[:13].strip(), line[13:]
        if not head and rest.startswith("  "):  # a sentence that is too long for one line goes on
            found[label][-1] += f" {rest.strip()}"
        elif not head or head in LABELS:
            label = head or label
            found.setdefault(label, []).append(rest)
        else:
            found.setdefault("", []).append(line)
    return found


def _section(result: pytest.RunResult) -> list[str]:
    lines = iter(result.outlines)
    begun = any(re.fullmatch("=+ pytest-qruntime =+", line) for line in lines)
    return list(takewhile(lambda line: line and not re.match("=|[0-9]+ [a-z]+ in ", line), lines)) if begun else []


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Project:
    """An empty project."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    return Project(pytester)


@pytest.fixture
def installed(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Project:
    """An empty project whose pytest finds ours among the installed plugins by itself; the others cost seconds."""
    others = sorted({found.name for found in entry_points(group="pytest11")} - {"qruntime"})
    monkeypatch.delenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", raising=False)
    monkeypatch.setenv("PYTEST_ADDOPTS", " ".join(f"-p no:{name}" for name in others))
    return Project(pytester)
