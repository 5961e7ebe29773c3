"""P12: how much of a job by the real client is the fake's, and how much of that is its engine's."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from time import process_time
from typing import Final, NamedTuple

from benchmarks.client_work import LARGE, PROGRAMS, SMALL, client
from benchmarks.measure import Ratio
from benchmarks.options import Options, installed
from benchmarks.report import Row, absent, row
from benchmarks.stopwatch import Stopwatch
from pytest_qruntime.model import World
from pytest_qruntime.programs.engines import Sampling
from pytest_qruntime.rest import Service

FAKE: Final = ((Service, "handle"), (World, "advance_to"))
"""Where the fake works: it answers requests; and when the client sleeps, time moves on, and params are read."""

ENGINE: Final = ((Sampling, "sample"), (Sampling, "expectations"))
BESIDE: Final = "executor Estimator"
"""It measures every qubit of the backend, many times over: no goal, and fewer jobs."""

Case = tuple[str, str, str]
"""Program, backend, engine."""


class Split(NamedTuple):
    """Seconds of processor time per job: in all, in the fake (its engine included), in its engine."""

    whole: float
    fake: float
    engine: float

    @property
    def client(self) -> float:
        """What is not the fake's."""
        return self.whole - self.fake


def measure(options: Options) -> Iterator[Row]:
    """Each program on a small and on a large backend; then each engine with one program."""
    jobs = options.size(20, 2)
    shared: list[Case] = [(program, backend, "ideal") for program in PROGRAMS for backend in (SMALL, LARGE)]
    found = in_turns(shared, jobs, options.runs)
    for case in shared:
        yield from _shares(case, found[case])
    engines = ["ideal", "schema", *(["aer", "aer-noisy"] if installed("qiskit_aer") else [])]
    compared: list[Case] = [("SamplerV2", SMALL, engine) for engine in engines]
    found = in_turns(compared, jobs, options.runs)
    for case in compared:
        yield from _engine(case[2], found[case])
    if "aer" not in engines:
        yield absent("P12", "the engines aer and aer-noisy", "qiskit-aer")


def in_turns(cases: list[Case], jobs: int, rounds: int) -> dict[Case, list[Split]]:
    """Every case once per round, in a world of its own."""
    found: dict[Case, list[Split]] = {case: [] for case in cases}
    for _ in range(rounds):
        for case in cases:
            found[case].append(split(case, 1 if case[0] == BESIDE else jobs))
    return found


def split(case: Case, jobs: int) -> Split:
    """So many jobs, after one that is not counted."""
    program, backend, engine = case
    with client(backend, engine=engine) as opened:
        work = PROGRAMS[program](opened.backend)
        work()
        return parts(work, jobs)


def parts(work: Callable[[], object], times: int) -> Split:
    """What a piece of work is made of, done so many times."""
    gc.collect()
    with Stopwatch().watching(*FAKE) as fake, Stopwatch().watching(*ENGINE) as engine:
        began = process_time()
        for _ in range(times):
            work()
        whole = process_time() - began
    return Split(whole / times, fake.seconds / times, engine.seconds / times)


def _shares(case: Case, splits: list[Split]) -> Iterator[Row]:
    program, backend, _ = case
    whole = [part.whole for part in splits]
    job = f"{program}, 2 qubits on {backend}"
    limit = None if program == BESIDE else 0.25
    fake = Ratio.of([part.fake for part in splits], whole)
    yield row("P12", f"{job}: the fake's share of run and result", fake, limit=limit, rounds=len(splits))
    engine = Ratio.of([part.engine for part in splits], whole)
    yield row("P12", f"{job}: the share of the fake's engine", engine, rounds=len(splits))
    yield row("P12", f"{job}: run and result", Ratio.plain(whole, 1e3), "ms", rounds=len(splits))


def _engine(name: str, splits: list[Split]) -> Iterator[Row]:
    engine = [part.engine for part in splits]
    ratio = Ratio.of(engine, [part.client for part in splits])
    what = f"the engine {name}, 2 qubits on {SMALL}"
    yield row("P12", f"{what} / the client's own time for a SamplerV2 job", ratio, limit=1.0, rounds=len(splits))
    yield row("P12", what, Ratio.plain(engine, 1e3), "ms", rounds=len(splits))
    whole = Ratio.plain([part.whole for part in splits], 1e3)
    yield row("P12", f"a job with the engine {name}, run and result", whole, "ms", rounds=len(splits))
