"""P15: what it costs to judge a trace by the whole catalogue of contracts, per event, and whether that is linear."""

from __future__ import annotations

import gc
import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from benchmarks.crowd import crowd, recorded
from benchmarks.fake import Engine, service
from benchmarks.lifecycle import own_transport
from benchmarks.measure import Ratio, Times, alternate, each, looped
from benchmarks.options import Options
from benchmarks.report import Row, row
from benchmarks.traffic import lifecycle
from pytest_qruntime.cassette.derive import derive
from pytest_qruntime.contracts import CATALOGUE, Terms, check
from pytest_qruntime.contracts.reading import read
from pytest_qruntime.model import Trace

SIZES: Final = (10_000, 100_000)
PER_SESSION: Final = 44
"""How many events the exchanges about one session of `crowd.recorded` show."""

Case = tuple[Trace, Terms, str]
"""A trace, what is known of the service besides, and the trace as JSON."""


def measure(options: Options) -> Iterator[Row]:
    """Two sizes of the fake's own trace and of one that exchanges show; then what is judged after a single test."""
    sizes = [options.size(size, size // 20) for size in SIZES]
    for kind, made in (("own trace", own), ("trace of exchanges", shown)):
        cases = {size: made(size) for size in sizes}
        timed = {f"{what} {size}": timer for size in sizes for what, timer in timers(*cases[size]).items()}
        yield from _rows(kind, sizes, alternate(timed, options.runs), options.runs)
    yield from _one_test(options)


def own(size: int) -> Case:
    """What the fake writes down itself."""
    world = crowd(size)
    return _checked(world.trace, Terms.of(world))


def shown(size: int) -> Case:
    """What exchanges show."""
    return _checked(derive(recorded(size // PER_SESSION)), Terms(alone=True))


def _checked(trace: Trace, terms: Terms) -> Case:
    report = check(trace, terms=terms)
    if report.broken:
        raise RuntimeError("\n".join(map(report.describe, report.broken)))
    return trace, terms, "[" + ",".join(trace.to_jsonl().splitlines()) + "]"


def timers(trace: Trace, terms: Terms, text: str) -> dict[str, Callable[[], float]]:
    """Seconds per event of whatever is compared."""
    works = {
        "judged": lambda: check(trace, terms=terms),
        "read": lambda: read(trace, terms),
        "pass": lambda: plain_pass(trace),
        "json": lambda: json.loads(text),
    }
    timed = {name: _per_event(each(lambda work=work: [work]), len(trace)) for name, work in works.items()}  # type: ignore[misc]
    return {**timed, "judged without gc": _uncollected(timed["judged"])}


def _per_event(timer: Callable[[], float], events: int) -> Callable[[], float]:
    return lambda: timer() / events


def _uncollected(timer: Callable[[], float]) -> Callable[[], float]:
    def timed() -> float:
        with _no_gc():
            return timer()

    return timed


@contextmanager
def _no_gc() -> Iterator[None]:
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def plain_pass(trace: Trace) -> int:
    """The floor: one look at every event, and one note about it."""
    kinds: Counter[str] = Counter()
    last_us = 0
    for event in trace:
        kinds[event.kind] += 1
        last_us = event.at_us
    return last_us


def _rows(kind: str, sizes: list[int], times: Times, rounds: int) -> Iterator[Row]:
    small, large = sizes
    for size in sizes:
        judged = times[f"judged {size}"]
        what = f"{kind}, {size} events, by {len(CATALOGUE)} contracts: an event"
        yield row("P15", what, Ratio.plain(judged, 1e6), "us", limit=5, rounds=rounds)
        for name, beside in (
            ("one plain pass", "pass"),
            ("json.loads", "json"),
            ("the facts alone", "read"),
            ("without the garbage collector", "judged without gc"),
        ):
            what = f"{kind}, {size} events: judging / {name}"
            yield row("P15", what, Ratio.of(judged, times[f"{beside} {size}"]), rounds=rounds)
        what = f"floor: {kind}, {size} events: one plain pass, an event"
        yield row("P15", what, Ratio.plain(times[f"pass {size}"], 1e6), "us", rounds=rounds)
    growth = Ratio.of(times[f"judged {large}"], times[f"judged {small}"])
    yield row("P15", f"{kind}: an event among {large} / one among {small}", growth, limit=2.0, rounds=rounds)


def _one_test(options: Options) -> Iterator[Row]:
    fake = Engine(service())
    lifecycle(fake.send, fake.pass_time)
    world = fake.service.world
    terms = Terms.of(world)
    cases = {"judged": looped(lambda: check(world.trace, terms=terms)), "lifecycle": looped(own_transport)}
    times = alternate(cases, options.runs)
    share = Ratio.of(times["judged"], times["lifecycle"])
    what = f"judging the {len(world.trace)} events of a lifecycle of 16 requests / that lifecycle"
    yield row("P15", what, share, limit=0.1, rounds=options.runs)
