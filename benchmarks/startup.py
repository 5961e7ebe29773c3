"""P1: what the plugin costs a pytest run that does not use it, before the first test. Whole processes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from benchmarks.measure import Ratio, alternate
from benchmarks.options import Options, installed
from benchmarks.projects import FREEZER, HTTPX, OURS, RECORDING, Project
from benchmarks.report import Row, absent, row

LEAST_PAIRS: Final = 11
MOTO: Final = "import boto3, moto\n"
PEERS: Final = (
    ("pytest-recording", RECORDING, "pytest_recording"),
    ("pytest-freezer", FREEZER, "pytest_freezer"),
    ("pytest-httpx", HTTPX, "pytest_httpx"),
)


def measure(options: Options) -> Iterator[Row]:
    """`pytest --collect-only` of an empty file, with the plugin and without, and with its peers."""
    rounds = max(options.runs, LEAST_PAIRS)
    bare = Project(options.folder, "bare")
    cases = {"bare": bare, "bare again": bare, "ours": Project(options.folder, "ours", plugins=[OURS])}
    for name, plugin, module in PEERS:
        if installed(module):
            cases[name] = Project(options.folder, name, plugins=[plugin])
    if installed("boto3", "moto"):
        cases["moto"] = Project(options.folder, "moto", conftest=MOTO)
    times = alternate({name: project.collect for name, project in cases.items()}, rounds)

    def against_bare(name: str) -> Ratio:
        return Ratio.of(times[name], times["bare"])

    what = "start-up with the plugin, unused / bare pytest"
    yield row("P1", what, against_bare("ours"), limit=1.05, rounds=rounds)
    yield from _memory(cases["ours"], bare, 3)
    yield row("P1", "floor: bare pytest", Ratio.plain(times["bare"], 1e3), "ms", rounds=rounds)
    yield row("P1", "bare pytest / bare pytest: the noise", against_bare("bare again"), rounds=rounds)
    for name, _, module in (*PEERS, ("moto", "", "moto")):
        what = f"{name}{' and boto3, imported by a conftest' if name == 'moto' else ', unused'} / bare pytest"
        yield row("P1", what, against_bare(name), rounds=rounds) if name in times else absent("P1", what, module)


def _memory(ours: Project, bare: Project, rounds: int) -> Iterator[Row]:
    found = [(ours.collect_with_notes().peak_kib, bare.collect_with_notes().peak_kib) for _ in range(rounds)]
    above = [with_plugin / 1024 for with_plugin, _ in found if with_plugin is not None]
    below = [without / 1024 for _, without in found if without is not None]
    what = "peak memory with the plugin, unused, over bare pytest"
    if above and below:
        yield row("P1", what, Ratio.added(above, below), "MiB", limit=2.0, rounds=rounds)
        yield row("P1", "floor: peak memory of bare pytest", Ratio.plain(below), "MiB", rounds=rounds)
    else:
        yield Row("P1", what, None, limit=2.0, note="this system does not tell the peak of a process")
