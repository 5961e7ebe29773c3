"""P3: a world of its own and a client for every test, before any request; the process's clock stays real."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from benchmarks.measure import Ratio, alternate
from benchmarks.options import Options, installed
from benchmarks.projects import FREEZER, HTTPX, OURS, RECORDING, Project
from benchmarks.report import Row, absent, row

CLIENT: Final = "def test_{n}(qruntime):\n    qruntime.http\n"
PLAIN: Final = "def test_{n}(qruntime):\n    pass\n"
REAL_CLOCK: Final = "--qruntime-freeze=no"

MOTO_FIXTURE: Final = """\
import moto, pytest

@pytest.fixture
def aws():
    with moto.mock_aws():
        yield
"""
PEERS: Final[tuple[tuple[str, list[str], str, str, str], ...]] = (
    ("pytest-httpx: httpx_mock, no request", [HTTPX], "def test_{n}(httpx_mock):\n    pass\n", "", "pytest_httpx"),
    ("pytest-recording: marked, no request", [RECORDING], "@pytest.mark.vcr\n{trivial}", "", "pytest_recording"),
    ("pytest-freezer: freezer", [FREEZER], "def test_{n}(freezer):\n    pass\n", "", "pytest_freezer"),
    ("moto: mock_aws, no client", [], "def test_{n}(aws):\n    pass\n", MOTO_FIXTURE, "moto"),
)


def measure(options: Options) -> Iterator[Row]:
    """300 tests with a fixture each, against 300 without."""
    tests, folder = options.size(300, 50), options.folder
    bare = Project(folder, "bare", tests=tests)
    ours = [OURS], [REAL_CLOCK]
    cases = {
        "bare": bare,
        "client": Project(folder, "client", tests=tests, test=CLIENT, plugins=ours[0], options=ours[1]),
        "world": Project(folder, "world", tests=tests, test=PLAIN, plugins=ours[0], options=ours[1]),
    }
    for number, (name, plugins, test, conftest, module) in enumerate(PEERS):
        if installed(module):
            source = test.replace("{trivial}", "def test_{n}():\n    pass\n")
            cases[name] = Project(folder, f"peer{number}", tests=tests, test=source, plugins=plugins, conftest=conftest)
    times = alternate({name: project.warm for name, project in cases.items()}, options.runs)
    yield from _rows(times, options.runs)


def _rows(times: dict[str, list[float]], rounds: int) -> Iterator[Row]:
    bare = times["bare"]
    what = "a test with a fresh world and qruntime.http, no request / a bare test"
    yield row("P3", what, Ratio.of(times["client"], bare), limit=2.0, rounds=rounds)
    yield row("P3", "the same, as time added", Ratio.added(times["client"], bare, 1e3), "ms", limit=0.25, rounds=rounds)
    yield row("P3", "a world alone, without the client / a bare test", Ratio.of(times["world"], bare), rounds=rounds)
    yield row("P3", "floor: a bare test", Ratio.plain(bare, 1e3), "ms", rounds=rounds)
    for name, _, _, _, module in PEERS:
        what = f"{name} / a bare test"
        yield (
            row("P3", what, Ratio.of(times[name], bare), rounds=rounds) if name in times else absent("P3", what, module)
        )
