"""P15, the suite: tests of a lifecycle each, with everything that is noted, judged and told, beside bare tests."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from benchmarks.measure import Ratio, alternate
from benchmarks.options import Options
from benchmarks.projects import OURS, Project
from benchmarks.report import Row, row
from benchmarks.traffic import REQUESTS

HEAD: Final = "from benchmarks.traffic import NullTransport, httpx_client, lifecycle, through_httpx\n"
TEST: Final = "def test_{n}(qruntime):\n    lifecycle(through_httpx(qruntime.http), lambda: qruntime.clock.tick(10))\n"
CONSTANTS: Final = """\
def test_{n}():
    lifecycle(through_httpx(httpx_client(NullTransport())), lambda: None)
"""
DEFAULT: Final = "judged and summed up, as by default"
WAYS: Final[tuple[tuple[str, Sequence[str]], ...]] = (
    (DEFAULT, ()),
    ("in a strict run", ("--qruntime-strict",)),
    ("neither judged nor looked at for leaks", ("--qruntime-contracts=off", "--qruntime-leaks=off")),
)


def measure(options: Options) -> Iterator[Row]:
    """1000 tests from start to end of the process, against 1000 bare ones, and 1000 to a null transport."""
    tests, folder = options.size(1000, 50), options.folder
    cases = {
        "bare": Project(folder, "bare_suite", tests=tests),
        "constants": Project(folder, "constants", tests=tests, test=CONSTANTS, head=HEAD),
    }
    for number, (way, given) in enumerate(WAYS):
        cases[way] = Project(folder, f"suite{number}", tests=tests, test=TEST, head=HEAD, plugins=[OURS], options=given)
    times = alternate({name: project.whole for name, project in cases.items()}, options.runs)
    suite = f"{tests} tests of a lifecycle of {REQUESTS} requests"
    rounds = options.runs
    for way, _ in WAYS:
        limit = 5.0 if way == DEFAULT else None
        yield row(
            "P15",
            f"{suite}, {way} / {tests} bare tests",
            Ratio.of(times[way], times["bare"]),
            limit=limit,
            rounds=rounds,
        )
    what = f"{suite}, {DEFAULT} / the same through httpx to a null transport"
    yield row("P15", what, Ratio.of(times[DEFAULT], times["constants"]), rounds=rounds)
    what = f"floor: {suite} through httpx to a null transport / {tests} bare tests"
    yield row("P15", what, Ratio.of(times["constants"], times["bare"]), rounds=rounds)
    yield row("P15", f"floor: {tests} bare tests", Ratio.plain(times["bare"]), "s", rounds=rounds)
