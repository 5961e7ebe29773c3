"""Small pytest projects in a temporary folder, run in processes of their own with no plugin but the named ones."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from statistics import fmean
from time import perf_counter
from typing import Final, NamedTuple

OURS: Final = "pytest_qruntime.plugin"
RECORDING: Final = "pytest_recording.plugin"
HTTPX: Final = "pytest_httpx"
FREEZER: Final = "pytest_freezer"

# A plugin that writes down how much processor time had been used when each test began. The function is kept where no
# freeze looks for it.
_STOPWATCH: Final = """\
import json, os, time

class Watch:
    now = [time.process_time]
    began = []

def pytest_runtest_logstart(nodeid, location):
    Watch.began.append(Watch.now[0]())

def pytest_sessionfinish(session, exitstatus):
    Watch.began.append(Watch.now[0]())
    status = open("/proc/self/status").read() if os.path.exists("/proc/self/status") else ""
    peak = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")]
    with open(os.environ["BENCHMARK_NOTES"], "w") as file:
        json.dump({"began": Watch.began, "peak_kib": int(peak[0]) if peak else None}, file)
"""


class Notes(NamedTuple):
    """What one run wrote down: seconds of processor time that each test took, and the peak of its memory in KiB.

    The peak is None on systems without /proc.
    """

    tests_s: list[float]
    peak_kib: int | None

    @property
    def first_s(self) -> float:
        """The first test, which pays for the imports."""
        return self.tests_s[0]

    @property
    def warm_s(self) -> float:
        """One of the later tests, on the average; the second may still fill caches."""
        return fmean(self.tests_s[2:])


class Project:
    """One project: its files, its plugins, its options.

    Args:
        folder: where it may make a folder of its own.
        plugins: names of modules, as for ``pytest -p``.
        options: further options of pytest.
        tests: how often `test` is repeated, under different names.
        test: a function body as source; `{n}` is the number of the test.
        conftest: source of its conftest.py.
        head: source that the tests begin with.
        files: other files, by their path.
    """

    def __init__(
        self,
        folder: Path,
        name: str,
        *,
        plugins: Sequence[str] = (),
        options: Sequence[str] = (),
        tests: int = 0,
        test: str = "def test_{n}():\n    pass\n",
        conftest: str = "",
        head: str = "",
        files: Mapping[str, str] | None = None,
    ) -> None:
        self.folder = folder / name
        self.folder.mkdir()
        source = "import pytest\n" + head + "".join(test.replace("{n}", str(n)) for n in range(tests))
        content = {"pytest.ini": "[pytest]\n", "test_it.py": source if tests else "", "stopwatch.py": _STOPWATCH}
        for path, text in {**content, "conftest.py": conftest, **(files or {})}.items():
            (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / path).write_text(text, encoding="utf-8")
        if not conftest:
            (self.folder / "conftest.py").unlink()
        self._plugins = [f"-p{plugin}" for plugin in plugins]
        self._options = list(options)

    def collect(self) -> float:
        """Seconds of ``pytest --collect-only`` from start to end of the process."""
        began = perf_counter()
        self._pytest("--collect-only", allowed=(0, 5))
        return perf_counter() - began

    def collect_with_notes(self) -> Notes:
        """The same, with its memory."""
        return self._noted("--collect-only", allowed=(0, 5))

    def run(self) -> Notes:
        """Run the tests."""
        return self._noted(allowed=(0,))

    def warm(self) -> float:
        """Run the tests; seconds of one of the later ones."""
        return self.run().warm_s

    def whole(self) -> float:
        """Run the tests; seconds from start to end of the process."""
        began = perf_counter()
        self._pytest(allowed=(0,))
        return perf_counter() - began

    def _noted(self, *options: str, allowed: Sequence[int]) -> Notes:
        path = self.folder / "notes.json"
        self._pytest("-pstopwatch", *options, allowed=allowed, BENCHMARK_NOTES=str(path))
        notes = json.loads(path.read_text(encoding="utf-8"))
        began = notes["began"]
        return Notes([end - start for start, end in pairwise(began)], notes["peak_kib"])

    def _pytest(self, *options: str, allowed: Sequence[int], **variables: str) -> None:
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-qx",
            "-pno:cacheprovider",
            *self._plugins,
            *self._options,
            *options,
        ]
        done = subprocess.run(command, cwd=self.folder, env=_environment(variables), capture_output=True, text=True)
        if done.returncode not in allowed:
            raise RuntimeError(f"{self.folder.name}: pytest failed\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")


def _environment(variables: Mapping[str, str]) -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    path = os.pathsep.join(filter(None, [str(Path(__file__).parents[1]), own.get("PYTHONPATH")]))
    return {**own, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONPATH": path, **variables}
