"""Where the time of a missed goal goes: the functions that cost most, by cProfile."""

from __future__ import annotations

import cProfile
import io
import pstats
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from benchmarks.options import installed
from pytest_qruntime.rest import conformance

ROWS: Final = 15


def profiles(goals: Iterable[str]) -> Iterator[tuple[str, str]]:
    """A title and a table for each of these goals that is about something that runs in this process."""
    subjects = {
        "P3": _fresh,
        "P4": _frozen,
        "P5": _lifecycle,
        "P6": _strict,
        "P7": _engine,
        "P8": _events,
        "P9": _replay,
        "P10": _loading,
        "P12": _real_client,
        "P15": _judging,
        "P16": _params,
    }
    for goal in goals:
        if goal in subjects:
            title, work = subjects[goal]()
            yield f"{goal}: {title}", _table(work)


Subject = tuple[str, Callable[[], object]]


def _fresh(*, freeze: bool = False) -> Subject:
    from pytest_qruntime import world

    def work() -> None:
        with world(freeze=freeze) as qruntime:
            qruntime.http  # noqa: B018

    return f"500 worlds with a client, clock {'frozen' if freeze else 'real'}", _times(work, 500)


def _frozen() -> Subject:
    return _fresh(freeze=True)


def _lifecycle() -> Subject:
    from benchmarks.lifecycle import own_transport

    return "200 lifecycles through FakeTransport", _times(own_transport, 200)


def _strict() -> Subject:
    from benchmarks.strict import check_compiled, checked

    if installed("fastjsonschema"):
        return "100 lifecycles, validated by compiled validators", _times(lambda: checked(check_compiled), 100)
    return "20 lifecycles, validated by jsonschema", _times(lambda: checked(conformance.check), 20)


def _engine() -> Subject:
    from benchmarks.engine import recorded, replay

    steps = recorded()
    return "500 lifecycles without HTTP", _times(lambda: replay(steps), 500)


def _events() -> Subject:
    from benchmarks.events import ours

    return "40000 events", lambda: ours(10_000)


def _real_client() -> Subject:
    from benchmarks.client_work import circuit_for, client, session_of_five

    def work() -> None:
        with client() as opened:
            circuit = circuit_for(opened.backend)
            for _ in range(20):
                session_of_five(opened.backend, circuit)

    return "20 sessions of 5 jobs by the real client, in a new world", _times(work, 1)


def _judging() -> Subject:
    from benchmarks.crowd import crowd
    from pytest_qruntime.contracts import Terms, check

    world = crowd(10_000)
    terms = Terms.of(world)
    return "10000 events of the fake's own trace, judged thrice", _times(lambda: check(world.trace, terms=terms), 3)


def _params() -> Subject:
    from benchmarks.fake import new_engine
    from benchmarks.params import blobs, body, floats, submit

    bodies = [body(form(1_000_000)) for form in (floats, blobs)]

    def work() -> None:
        for content in bodies:
            submit(new_engine(), content)

    return "10 submits of a megabyte of floats, and 10 of blobs", _times(work, 10)


def _replay() -> Subject:
    from benchmarks.cassettes import recording
    from benchmarks.replay import ours

    tape = recording(10)
    return "a recording of 10 requests, replayed 20 times, each as if it was the first", lambda: ours(tape)


def _loading() -> Subject:
    from benchmarks.cassettes import recording
    from pytest_qruntime.cassette import jsonwriting
    from pytest_qruntime.cassette.files import LIMIT
    from pytest_qruntime.cassette.reading import read
    from pytest_qruntime.cassette.values import Values

    text = jsonwriting.write(recording(100))
    return "a recording of 100 requests, read 20 times from JSON", _times(lambda: read(text, "it", LIMIT, Values), 20)


def _times(work: Callable[[], object], number: int) -> Callable[[], object]:
    work()

    def repeated() -> None:
        for _ in range(number):
            work()

    return repeated


def _table(work: Callable[[], object]) -> str:
    profile = cProfile.Profile()
    profile.runcall(work)
    text = io.StringIO()
    stats = pstats.Stats(profile, stream=text)
    shares = _shares(stats)
    stats.strip_dirs().sort_stats("tottime").print_stats(ROWS)
    lines = text.getvalue().strip().splitlines()
    first = next(number for number, line in enumerate(lines) if line.lstrip().startswith("ncalls"))
    rows = [re.sub(r" at 0x[0-9a-f]+", "", line.rstrip()) for line in lines[first:] if line.strip()]
    return "\n".join([shares, *rows])


def _shares(stats: pstats.Stats) -> str:
    """How much of the time was spent in the functions of which package."""
    spent: Counter[str] = Counter()
    functions: dict[tuple[str, int, str], tuple[Any, ...]] = stats.stats  # type: ignore[attr-defined]
    for (file, _, _), (_, _, own_s, *_) in functions.items():
        found = re.search(r"(pytest_qruntime|benchmarks|site-packages)[/\\](\w+)", file)
        name = "the standard library and C" if found is None else found[2] if found[1] == "site-packages" else found[1]
        spent[name] += own_s
    whole = sum(spent.values())
    return ", ".join(f"{name} {seconds / whole:.0%}" for name, seconds in spent.most_common(5))
