"""P12: the real client, unmodified, in process: a session of five jobs, a queue of eight hours, and the peers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Final

from benchmarks import shares
from benchmarks.client_work import Client, circuit_for, client, sampler, session_of_five
from benchmarks.measure import Ratio, Times, alternate, looped
from benchmarks.options import Options, installed
from benchmarks.projects import OURS, Project
from benchmarks.report import Row, absent, row
from benchmarks.stopwatch import requests_of
from benchmarks.ways import Way

WHAT: Final = "session of 5 jobs by the real client"
POLL: Final = re.compile(r"GET /api/v1/jobs/[^/]+")


def measure(options: Options) -> Iterator[Row]:
    """What waits for nothing by processor time; beside the peers, which do wait, the time that passes."""
    if not installed("qiskit_ibm_runtime"):
        yield absent("P12", WHAT, "qiskit-ibm-runtime")
        return
    yield from _session(options)
    yield from _peers(options)
    yield from _queue(options)
    yield from shares.measure(options)
    yield from _fixture(options)


def _session(options: Options) -> Iterator[Row]:
    from qiskit_ibm_runtime import Session

    with client() as opened:
        circuit = circuit_for(opened.backend)
        with Session(backend=opened.backend) as asked:
            pass  # one that stayed open would keep the others from the backend

        def session() -> None:
            session_of_five(opened.backend, circuit)

        requests = len(requests_of(session))
        cases = {"session": looped(session, at_least_s=0.1), "details": looped(asked.details, at_least_s=0.1)}
        times = alternate(cases, options.runs)
        parts = [shares.parts(session, options.size(10, 2)) for _ in range(options.runs)]
    yield Row("P12", f"requests of a {WHAT}", requests, "", limit=35)
    ratio = Ratio.of(times["session"], [seconds * requests for seconds in times["details"]])
    what = f"{WHAT} / {requests} × one session.details()"
    yield row("P12", what, ratio, limit=1.3, rounds=options.runs)
    fake = Ratio.of([part.fake for part in parts], [part.whole for part in parts])
    yield row("P12", f"{WHAT}: the fake's share, its engine included", fake, rounds=options.runs)
    one = Ratio.plain(times["details"], 1e6)
    yield row("P12", "floor: one session.details() by the real client", one, "us", rounds=options.runs)


# -- beside the peers --------------------------------------------------------------------------------------------------

PEERS: Final = {
    "ours over loopback": ("uvicorn", "httptools"),
    "localqpu": ("localqpu",),
    "local mode with Aer": ("qiskit_aer",),
    "local mode without Aer": (),
}
"""What each needs beside the client."""


def _peers(options: Options) -> Iterator[Row]:
    names = [name for name, modules in PEERS.items() if installed(*modules)]
    with ExitStack() as stack:
        ways = {name: stack.enter_context(Way(name, options.folder)) for name in ["ours", *names]}
        times = alternate(ways, options.runs)
    yield from _beside(times, options.runs)


def _beside(times: Times, rounds: int) -> Iterator[Row]:
    wall = Ratio.plain(times["ours"], 1e3)
    yield row("P12", f"{WHAT}, wall time", wall, "ms", limit=50, rounds=rounds)
    for name, modules in PEERS.items():
        what = f"the same by {name}, its wall time / ours"
        if name not in times:
            yield absent("P12", what, modules[0].replace("_", "-"))
            continue
        ratio = Ratio.of(times[name], times["ours"])
        limit = 15.0 if name == "local mode with Aer" else None
        yield row("P12", what, ratio, limit=limit, at_least=True, rounds=rounds)
        yield row("P12", f"the same by {name}, wall time", Ratio.plain(times[name], 1e3), "ms", rounds=rounds)


# -- a queue of eight hours --------------------------------------------------------------------------------------------


def queued(opened: Client) -> Callable[[], object]:
    """A job that waits for eight hours while other users hold every lane; taking its result is the work."""
    job = sampler(opened.backend)

    def work() -> None:
        opened.qruntime.other_users(jobs=opened.qruntime.backend().lanes, quantum="8h")
        job()

    return work


def _queue(options: Options) -> Iterator[Row]:
    with client() as opened:
        work = queued(opened)
        polls = sum(POLL.fullmatch(request) is not None for request in requests_of(work))
        times = alternate({"queued": looped(work, at_least_s=0.1)}, options.runs)
    what = "a job that waits eight hours in the queue, run and result"
    yield Row("P12", f"{what}: polls", polls, "", limit=5)
    yield row("P12", what, Ratio.plain(times["queued"], 1e3), "ms", limit=10, rounds=options.runs)


# -- the fixture -------------------------------------------------------------------------------------------------------

BARE: Final = "def test_{n}():\n    pass\n"
WORLD: Final = "def test_{n}(qruntime):\n    pass\n"
SERVICE: Final = "def test_{n}(qiskit_runtime_service):\n    pass\n"
IMPORT: Final = "import qiskit_ibm_runtime\n"


def _fixture(options: Options) -> Iterator[Row]:
    tests = {"bare": BARE, "world": WORLD, "service": SERVICE}
    projects = {
        name: Project(options.folder, name, tests=options.size(100, 20), test=test, plugins=[OURS], conftest=IMPORT)
        for name, test in tests.items()
    }
    times = alternate({name: project.warm for name, project in projects.items()}, options.runs)
    added = Ratio.added(times["service"], times["bare"], 1e3)
    what = "qiskit_runtime_service, a new service in a new world, added to a bare test"
    yield row("P12", what, added, "ms", limit=5, rounds=options.runs)
    added = Ratio.added(times["service"], times["world"], 1e3)
    yield row("P12", "the same, added to a test with qruntime", added, "ms", rounds=options.runs)
