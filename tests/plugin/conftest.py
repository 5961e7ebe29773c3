"""Small projects of a user, run by a pytest of their own."""

from __future__ import annotations

import textwrap
from importlib.metadata import entry_points

import pytest


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
