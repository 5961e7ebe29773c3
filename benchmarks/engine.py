"""P7: the engine without HTTP, bytes in and bytes out, with few and with very many jobs and workloads."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import islice
from time import process_time
from typing import Any, Final

from benchmarks.fake import Engine, new_engine
from benchmarks.measure import Ratio, Times, alternate, each, looped
from benchmarks.options import Options
from benchmarks.report import Row, row
from benchmarks.traffic import REQUESTS, job, lifecycle
from pytest_qruntime.model import JobRequest
from pytest_qruntime.rest.http import Request

SESSION: Final = {"mode": "dedicated", "backend": "fake_backend"}
CALLS: Final = 200
OPERATIONS: Final = ("submit", "get", "details", "cancel")

Calls = Iterable[Callable[[], object]]


def measure(options: Options) -> Iterator[Row]:
    """Microseconds per request, then the growth of each operation."""
    many, few = options.size(100_000, 2_000), 100
    engines = {few: with_jobs(few), many: with_jobs(many)}
    cases = {f"{what} {size}": each(partial(calls, what, engines[size])) for what in OPERATIONS for size in engines}
    steps = recorded()
    cases |= {"request": partial(per_request, steps), "lifecycle": looped(partial(replay, steps))}
    times = alternate(cases, options.runs)
    one = Ratio.plain(times["request"], 1e6)
    yield row("P7", "one of the 16 requests, bytes in and bytes out", one, "us", limit=25, rounds=options.runs)
    whole = Ratio.plain(times["lifecycle"], 1e6 / REQUESTS)
    what = "the same with a sixteenth of a new world and of all events"
    yield row("P7", what, whole, "us", rounds=options.runs)
    yield from _jobs(times, few, many, options.runs)
    yield from _workloads(options)


def _jobs(times: Times, few: int, many: int, rounds: int) -> Iterator[Row]:
    for what in OPERATIONS:
        one = Ratio.plain(times[f"{what} {many}"], 1e6)
        yield row("P7", f"{what}, {many} jobs in one session", one, "us", limit=25, rounds=rounds)
    for what in OPERATIONS:
        growth = Ratio.of(times[f"{what} {many}"], times[f"{what} {few}"])
        yield row("P7", f"{what}, {many} jobs / {few} jobs", growth, limit=1.2, rounds=rounds)


def _workloads(options: Options) -> Iterator[Row]:
    many, few = options.size(10_000, 500), 100
    engines = {few: with_sessions(few), many: with_sessions(many)}
    cases = {f"{what} {size}": each(partial(calls, what, engines[size])) for what in OPERATIONS for size in engines}
    cases |= {f"drain {size}": partial(drain, size) for size in engines}
    times = alternate(cases, options.runs)
    for what in OPERATIONS:
        growth = Ratio.of(times[f"{what} {many}"], times[f"{what} {few}"])
        yield row("P7", f"{what}, {many} sessions with a job each / {few}", growth, limit=1.2, rounds=options.runs)
    growth = Ratio.of(times[f"drain {many}"], times[f"drain {few}"])
    what = f"an event while {many} sessions with a job each are worked off / {few}"
    yield row("P7", what, growth, rounds=options.runs, note="the garbage collector's share; 1.3 × without it")


# -- the states ------------------------------------------------------------------------------------------------------


def with_jobs(number: int) -> Engine:
    """A service with one session and so many queued jobs in it."""
    engine = new_engine()
    session = open_session(engine)
    fill(engine, session, number)
    return engine


def with_sessions(number: int) -> Engine:
    """A service with so many sessions, one queued job in each."""
    engine = new_engine()
    for _ in range(number):
        fill(engine, open_session(engine), 1)
    return engine


def open_session(engine: Engine) -> str:
    """Open a session and return its id."""
    session: str = engine.send("POST", "/v1/sessions", SESSION)["id"]
    return session


def fill(engine: Engine, session: str, number: int) -> None:
    """Submit so many jobs; straight to the model, which is what they weigh on."""
    params = job(session)["params"]
    for _ in range(number):
        engine.service.world.submit(JobRequest(workload=session, payload=params))


# -- what is timed ---------------------------------------------------------------------------------------------------


def calls(what: str, engine: Engine) -> Calls:
    """So many calls of one operation, prepared. What is submitted to be cancelled leaves nothing queued behind."""
    world = engine.service.world
    session = next(reversed(world.workloads))
    if what == "submit":
        requests = [engine.request("POST", "/v1/jobs", job(session))] * CALLS
    elif what == "details":
        requests = [engine.request("GET", f"/v1/sessions/{name}") for name in _spread(list(world.workloads))]
    elif what == "get":
        requests = [engine.request("GET", f"/v1/jobs/{name}?exclude_params=true") for name in _spread(list(world.jobs))]
    else:
        requests = [engine.request("POST", f"/v1/jobs/{_submit(engine, session)}/cancel") for _ in range(CALLS)]
    return [partial(_ask, engine, request) for request in requests]


def drain(sessions: int) -> float:
    """Work off so many sessions; seconds per event of the trace."""
    world = with_sessions(sessions).service.world
    before = len(world.trace)
    began = process_time()
    while (at_us := world.next_event_us()) is not None:
        world.advance_to(at_us)
    return (process_time() - began) / (len(world.trace) - before)


Steps = list["Request | None"]
"""The requests of a lifecycle; None where time passes."""


def recorded() -> Steps:
    """The lifecycle as bytes: with the same seed every world takes the same requests."""
    recorder = new_engine()
    steps: Steps = []

    def send(method: str, path: str, body: dict[str, Any] | None) -> Any:
        steps.append(recorder.request(method, path, body))
        return recorder.send(method, path, body)

    def pass_time() -> None:
        steps.append(None)
        recorder.pass_time()

    lifecycle(send, pass_time)
    return steps


def replay(steps: Steps) -> float:
    """The lifecycle on a new world; the seconds that its requests took."""
    engine, seconds = new_engine(), 0.0
    for request in steps:
        if request is None:
            engine.pass_time()
            continue
        began = process_time()
        response = engine.service.handle(request)
        seconds += process_time() - began
        if response.status >= 400:
            raise RuntimeError(f"{request.method} {request.path} was refused")
    return seconds


def per_request(steps: Steps) -> float:
    """Seconds per request, without what is around them."""
    return sum(replay(steps) for _ in range(CALLS)) / CALLS / REQUESTS


def _ask(engine: Engine, request: Request) -> None:
    path, _, query = request.path.partition("?")
    response = engine.service.handle(request._replace(path=path, query=query) if query else request)
    if response.status >= 400:
        raise RuntimeError(f"{request.method} {request.path} answered {response.body!r}")


def _submit(engine: Engine, session: str) -> str:
    created: str = json.loads(engine.ask("POST", "/v1/jobs", job(session)).body)["id"]
    return created


def _spread(names: list[str]) -> Iterator[str]:
    """So many of these, evenly spread."""
    step = max(1, len(names) // CALLS)
    return islice(iter(names[::step] * CALLS), CALLS)
