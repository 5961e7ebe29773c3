"""P4: what a frozen clock adds to a test, and how often it looks through the loaded modules."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from benchmarks.fresh import CLIENT, REAL_CLOCK
from benchmarks.measure import Ratio, Times, alternate
from benchmarks.options import Options, installed
from benchmarks.projects import FREEZER, OURS, Project
from benchmarks.report import Row, absent, row

FREEZER_TEST: Final = "def test_{n}(freezer):\n    pass\n"
QISKIT: Final = "import qiskit_ibm_runtime\n"


def measure(options: Options) -> Iterator[Row]:
    """Tests with a client, the clock frozen and not; then the same with the real client loaded."""
    times = _times(options, "", tests=options.size(200, 50))
    yield from _rows(times, "", options.runs)
    yield _modules_looked_through()
    if installed("qiskit_ibm_runtime"):
        times = _times(options, QISKIT, tests=options.size(100, 20))
        yield from _rows(times, ", qiskit-ibm-runtime loaded", options.runs)
    else:
        yield absent("P4", "the same with qiskit-ibm-runtime loaded", "qiskit-ibm-runtime")


def _times(options: Options, conftest: str, *, tests: int) -> Times:
    folder = options.folder / ("with_qiskit" if conftest else "without")
    folder.mkdir()

    def project(name: str, *pytest_options: str, plugin: str = OURS, test: str = CLIENT) -> Project:
        return Project(
            folder, name, tests=tests, test=test, plugins=[plugin], options=pytest_options, conftest=conftest
        )

    cases = {"real": project("real", REAL_CLOCK), "frozen": project("frozen")}
    times = _warm(cases, options.runs, first=not conftest)
    if installed("pytest_freezer"):
        bare = Project(folder, "bare", tests=tests, conftest=conftest)
        peers = {"bare": bare, "freezer": project("freezer", plugin=FREEZER, test=FREEZER_TEST)}
        times |= _warm(peers, 3 if conftest else options.runs, first=not conftest)
    return times


def _warm(projects: dict[str, Project], rounds: int, *, first: bool) -> Times:
    return alternate({name: project.warm for name, project in projects.items()}, rounds, warm=first)


def _rows(times: Times, where: str, rounds: int) -> Iterator[Row]:
    added = Ratio.added(times["frozen"], times["real"], 1e3)
    yield row("P4", f"a frozen clock, added to a test of P3{where}", added, "ms", limit=0.35, rounds=rounds)
    ratio = Ratio.of(times["frozen"], times["real"])
    yield row("P4", f"a test with the clock frozen / not frozen{where}", ratio, rounds=rounds)
    what = f"pytest-freezer, added to a bare test{where}"
    if "freezer" in times:
        added = Ratio.added(times["freezer"], times["bare"], 1e3)
        yield row("P4", what, added, "ms", rounds=len(times["freezer"]))
    else:
        yield absent("P4", what, "pytest-freezer")


def _modules_looked_through() -> Row:
    """How many modules a freeze looks through when none was imported since the last; a count, the same every time."""
    from pytest_qruntime import world
    from pytest_qruntime.clock.process import ALIASES

    for _ in range(2):  # the first imports more, after its freeze
        with world():
            pass
    before = ALIASES.looked_through
    with world():
        pass
    again = ALIASES.looked_through - before
    return Row("P4", f"modules looked through by a later freeze ({before} by the first ones)", again, "", limit=0)
