"""P8: how many events a second the model makes, with its full trace, and what it costs to jump over idle hours."""

from __future__ import annotations

import gc
from collections.abc import Callable, Generator, Iterator
from time import process_time
from typing import Any, Final

from benchmarks.heap_loop import CLASSICAL_US, LANES, QUANTUM_US, HeapService
from benchmarks.measure import Ratio, Timer, alternate
from benchmarks.options import Options, installed
from benchmarks.report import Row, absent, row
from pytest_qruntime.model import Durations, JobRequest, World

PER_JOB: Final = 4  # queued, running, on the QPU, completed
SIZES: Final = {10_000: 250, 100_000: 150, 1_000_000: 80}
"""How many events, and how many thousand a second the goal asks for."""

HOURS_US: Final = 8 * 3600 * 1_000_000
DURATIONS: Final = Durations(CLASSICAL_US, QUANTUM_US)


def measure(options: Options) -> Iterator[Row]:
    """Three sizes; at each, ours beside the hand-written loop and simpy."""
    per_event = {}
    for size, thousands in SIZES.items():
        if options.quick and size > 10_000:
            continue
        rounds = options.runs if size < 1_000_000 else max(3, options.runs // 3)
        cases: dict[str, Callable[[int], int]] = {"ours": ours, "loop": heap_loop}
        if installed("simpy") and size < 1_000_000:  # half a minute that would say nothing new
            cases["simpy"] = simpy_resource
        times = alternate({name: timed(case, size) for name, case in cases.items()}, rounds, warm=size < 1_000_000)
        per_event[size] = times["ours"]
        yield from _rows(times, size, thousands, rounds)
    if len(per_event) == len(SIZES):
        growth = [median / small for median, small in zip(per_event[1_000_000], per_event[10_000], strict=False)]
        yield row("P8", "cost of an event at 1000000 / at 10000", Ratio.plain(growth), limit=4.0, rounds=len(growth))
    yield from _jump(options)


def _rows(times: dict[str, list[float]], size: int, thousands: int, rounds: int) -> Iterator[Row]:
    rate = Ratio.plain([1e-3 / seconds for seconds in times["ours"]])
    what = f"{size} events: the hand-written loop's time / ours"
    yield row("P8", what, Ratio.of(times["loop"], times["ours"]), limit=0.3, at_least=True, rounds=rounds)
    yield row("P8", f"{size} events: ours", rate, "k/s", limit=thousands, at_least=True, rounds=rounds)
    loop = Ratio.plain([1e-3 / seconds for seconds in times["loop"]])
    yield row("P8", f"floor: {size} events by the hand-written loop", loop, "k/s", rounds=rounds)
    what = f"{size} events: simpy's time / ours"
    if "simpy" in times:
        yield row("P8", what, Ratio.of(times["simpy"], times["ours"]), rounds=rounds)
    elif not installed("simpy"):
        yield absent("P8", what, "simpy")


def timed(case: Callable[[int], int], size: int) -> Timer:
    """Seconds per event."""

    def run() -> float:
        gc.collect()
        began = process_time()
        events = case(size // PER_JOB)
        return (process_time() - began) / events

    return run


# -- the engines -----------------------------------------------------------------------------------------------------


def ours(jobs: int) -> int:
    """One batch, so many jobs, until the last has ended. Submitting is part of it: it is the first of the events."""
    world = World()
    world.add_backend("fake_backend")
    batch = world.open("batch", backend="fake_backend", max_ttl_s=8 * 3600)
    request = JobRequest(workload=batch.id, durations=Durations(CLASSICAL_US // 1000, QUANTUM_US // 1000))
    for _ in range(jobs):
        world.submit(request)
    world.advance_to(HOURS_US)
    completed = sum(job.status == "Completed" for job in batch.jobs.values())
    if completed != jobs:
        raise RuntimeError(f"{completed} of {jobs} jobs completed")
    return len(world.trace)


def heap_loop(jobs: int) -> int:
    """The floor."""
    service = HeapService()
    for _ in range(jobs):
        service.submit()
    service.run()
    return len(service.trace)


def simpy_resource(jobs: int) -> int:
    """The same with simpy's resources, as one would write it: a process for each job."""
    import simpy

    env = simpy.Environment()
    lanes, qpu = simpy.Resource(env, LANES), simpy.Resource(env, 1)
    trace: list[dict[str, Any]] = []

    def note(kind: str, name: str) -> None:
        trace.append({"at_us": env.now, "kind": kind, "job": name, "data": {}})

    def job(name: str) -> Generator[Any, Any, None]:
        note("job.queued", name)
        with lanes.request() as lane:
            yield lane
            note("job.running", name)
            yield env.timeout(CLASSICAL_US)
            with qpu.request() as turn:
                yield turn
                note("job.on_qpu", name)
                yield env.timeout(QUANTUM_US)
            note("job.completed", name)

    for number in range(jobs):
        env.process(job(f"job{number}"))
    env.run()
    return len(trace)


# -- idle time -------------------------------------------------------------------------------------------------------


def _jump(options: Options) -> Iterator[Row]:
    worlds = options.size(50, 5)

    def eight_hours() -> float:
        prepared = [ten_timers() for _ in range(worlds)]
        began = process_time()
        for world in prepared:
            world.advance_to(world.now_us + HOURS_US)
        return (process_time() - began) / worlds

    times = alternate({"jump": eight_hours}, options.runs)
    jump = Ratio.plain(times["jump"], 1e6)
    yield row("P8", "a jump of 8 hours over ten timers that fire", jump, "us", limit=100, rounds=options.runs)


def ten_timers() -> World:
    """Five sessions on backends of their own, a job of each done: an interactive and a max TTL are left of each."""
    world = World()
    for number in range(5):
        backend = world.add_backend(f"fake_{number}").name
        session = world.open("dedicated", backend=backend, max_ttl_s=HOURS_US // 1_000_000)
        world.submit(JobRequest(workload=session.id, backend=backend, durations=DURATIONS))
    world.advance_to(30_000_000)
    if len(world.pending()) != 10:
        raise RuntimeError(f"{len(world.pending())} timers are pending, not ten: {world.pending()}")
    return world
