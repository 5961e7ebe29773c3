"""Small projects that are recorded from a server in a process of its own."""

from __future__ import annotations

import re
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

OURS = ("-p", "pytest_qruntime.plugin", "-W", "error", "-W", "ignore:Module already imported")


@pytest.fixture(scope="session")
def url() -> Iterator[str]:
    """The address of `qruntime serve`."""
    command = [sys.executable, "-m", "pytest_qruntime.cli", "serve"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            found = re.search(r"http://127\.0\.0\.1:\d+", server.stdout.readline())
            assert found is not None
            yield found[0]
        finally:
            server.kill()


class Studio:
    """A project whose tests are recorded. Warnings are errors in its runs, and it knows no plugin but ours."""

    def __init__(self, pytester: pytest.Pytester, url: str) -> None:
        self.pytester = pytester
        self.url = url
        self.path = pytester.path

    def write(self, **files: str) -> Studio:
        """Write Python files by name, without their suffix."""
        self.pytester.makepyfile(**{name: textwrap.dedent(text) for name, text in files.items()})
        return self

    def run(self, *arguments: str, plugins: tuple[str, ...] = ()) -> pytest.RunResult:
        """Run the tests; nothing dials out."""
        named = [part for plugin in plugins for part in ("-p", plugin)]
        return self.pytester.runpytest_inprocess(*OURS, *named, *arguments)

    def record(self, *arguments: str, plugins: tuple[str, ...] = ()) -> pytest.RunResult:
        """Run the tests and record them from the server."""
        return self.run("--qruntime-record", "--qruntime-url", self.url, *arguments, plugins=plugins)

    def record_apart(self, *arguments: str) -> pytest.RunResult:
        """The same in a process of its own."""
        return self.pytester.runpytest_subprocess(*OURS, "--qruntime-record", "--qruntime-url", self.url, *arguments)

    def file(self, name: str = "test_it", module: str = "test_it") -> Path:
        """The recording of a test."""
        return self.path / "cassettes" / module / f"{name}.yaml"

    def files(self) -> list[str]:
        """Everything below ``cassettes``."""
        folder = self.path / "cassettes"
        return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


@pytest.fixture
def studio(pytester: pytest.Pytester, url: str, monkeypatch: pytest.MonkeyPatch) -> Studio:
    """An empty project and a server to record from."""
    for name in ("PYTEST_ADDOPTS", "CI"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    return Studio(pytester, url)
