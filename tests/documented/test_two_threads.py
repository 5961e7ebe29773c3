"""Threads in a session, as the page on sessions has them: the same trace on every run, and none hangs."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

import pytest_qruntime
from tests.documented import given, session_page
from tests.documented.play import Play

pytestmark = [
    pytest.mark.filterwarnings("ignore:.*V2.* deprecated:DeprecationWarning"),
    pytest.mark.usefixtures("client"),
]

RUNS = 4


def traces(program: Callable[[dict[str, Any]], object], kind: str) -> set[str]:
    """The traces of several runs, each in a new world."""
    found = set()
    for _ in range(RUNS):
        with pytest_qruntime.world(backend="fake_manila") as qruntime:
            program(given.names(kind))
            found.add(qruntime.trace.to_jsonl() + str([job.tags for job in qruntime.jobs()]))
    return found


def test_two_optimisers_leave_the_same_trace_on_every_run(kind: str) -> None:
    def program(names: dict[str, Any]) -> None:
        Play(session_page.THREADS, kind, names).run()

    assert len(traces(program, kind)) == 1


def test_eight_threads_that_find_the_session_by_its_id_leave_the_same_trace_on_every_run(kind: str) -> None:
    def program(names: dict[str, Any]) -> None:
        def sample(number: int) -> None:
            session = names["Session"].from_id(opened.session_id, service=names["service"])
            sampler = names["Sampler"](mode=session)
            sampler.options.environment.job_tags = [f"thread {number}"]
            sampler.run([names["sampler_circuit"]]).result()

        with names["Session"](backend=names["backend"]) as opened, ThreadPoolExecutor(8) as executor:
            list(executor.map(sample, range(8)))

    assert len(traces(program, kind)) == 1
