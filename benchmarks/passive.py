"""P2: what the plugin costs each test that does not use it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from benchmarks.measure import Ratio, alternate
from benchmarks.options import Options, installed
from benchmarks.projects import FREEZER, HTTPX, OURS, RECORDING, Project
from benchmarks.report import Row, absent, row
from benchmarks.startup import MOTO

PEERS: Final[tuple[tuple[str, list[str], str, str], ...]] = (
    ("pytest-recording", [RECORDING], "", "pytest_recording"),
    ("pytest-httpx", [HTTPX], "", "pytest_httpx"),
    ("pytest-freezer", [FREEZER], "", "pytest_freezer"),
    ("moto and boto3, imported by a conftest", [], MOTO, "moto"),
)


def measure(options: Options) -> Iterator[Row]:
    """1000 trivial tests, with the plugin and without, and with its peers."""
    tests = options.size(1000, 200)
    bare = Project(options.folder, "bare", tests=tests)
    cases = {"bare": bare, "bare again": bare, "ours": Project(options.folder, "ours", tests=tests, plugins=[OURS])}
    for number, (name, plugins, conftest, module) in enumerate(PEERS):
        if installed(module):
            cases[name] = Project(options.folder, f"peer{number}", tests=tests, plugins=plugins, conftest=conftest)
    # Two runs of the same project differ by 5 % here, so these are worth a few rounds more.
    rounds = options.runs + options.size(2, 0)
    times = alternate({name: project.warm for name, project in cases.items()}, rounds)
    what = "a trivial test with the plugin, unused / without"
    yield row("P2", what, Ratio.of(times["ours"], times["bare"]), limit=1.08, rounds=rounds)
    added = Ratio.added(times["ours"], times["bare"], 1e3)
    yield row("P2", "the same, as time added to each test", added, "ms", limit=0.02, rounds=rounds)
    yield row("P2", "floor: a trivial test of bare pytest", Ratio.plain(times["bare"], 1e3), "ms", rounds=rounds)
    what = "bare pytest / bare pytest: the noise"
    yield row("P2", what, Ratio.of(times["bare again"], times["bare"]), rounds=rounds)
    for name, _, _, module in PEERS:
        what = f"a trivial test with {name}, unused / without"
        found = name in times
        yield (
            row("P2", what, Ratio.of(times[name], times["bare"]), rounds=rounds)
            if found
            else absent("P2", what, module)
        )
