"""While a trace is judged the garbage collector rests, and afterwards all is as it was."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from pytest_qruntime.cassette.derive import derive
from pytest_qruntime.cassette.files import load
from pytest_qruntime.contracts import CATALOGUE, Terms, check
from pytest_qruntime.contracts.contract import Outcome
from pytest_qruntime.contracts.facts import Facts
from pytest_qruntime.model import Durations, JobRequest, RefusedError, Trace, World
from pytest_qruntime.model.durations import SECOND_US

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def collector() -> Iterator[None]:
    was = gc.isenabled()
    yield
    (gc.enable if was else gc.disable)()


def seen_by_a_contract() -> bool:
    """Whether a contract finds the collector at work."""
    found: list[bool] = []

    def look(facts: Facts) -> Iterator[Outcome]:
        found.append(gc.isenabled())
        yield True

    check(Trace(), contracts=[replace(CATALOGUE[0], monitor=look)])
    [at_work] = found
    return at_work


@pytest.mark.usefixtures("collector")
def test_nothing_is_collected_while_a_trace_is_judged() -> None:
    gc.enable()

    at_work = seen_by_a_contract()

    assert not at_work
    assert gc.isenabled()


@pytest.mark.usefixtures("collector")
def test_a_collector_that_was_off_stays_off() -> None:
    gc.disable()

    seen_by_a_contract()

    assert not gc.isenabled()


@pytest.mark.usefixtures("collector")
def test_the_collector_works_again_after_a_contract_that_fails() -> None:
    def fail(facts: Facts) -> Iterator[Outcome]:
        raise ZeroDivisionError
        yield True

    gc.enable()

    with pytest.raises(ZeroDivisionError):
        check(Trace(), contracts=[replace(CATALOGUE[0], monitor=fail)])

    assert gc.isenabled()


def life() -> World:
    """A session whose jobs wait for each other, a plain one that waits for them, a refusal, an end."""
    world = World(lanes=1)
    world.add_backend("fake_backend")
    session = world.open("dedicated", backend="fake_backend")
    for workload in (session.id, session.id, None):
        world.submit(JobRequest(workload=workload, durations=Durations.of(1, 1)))
    world.set_accepting(session.id, False)
    with suppress(RefusedError):
        world.submit(JobRequest(workload=session.id))
    world.advance_to(3600 * SECOND_US)
    return world


def ours_in_the_garbage() -> list[str]:
    """What of this package only the collector can free; other threads of the process leave something now and then."""
    gc.set_debug(gc.DEBUG_SAVEALL)
    try:
        gc.collect()
        return [repr(one) for one in gc.garbage if str(getattr(one, "__module__", "")).startswith("pytest_qruntime.")]
    finally:
        gc.set_debug(0)
        gc.garbage.clear()


@pytest.mark.usefixtures("collector")
def test_judging_leaves_nothing_that_only_the_collector_could_free() -> None:
    world, recording = life(), load(ROOT / "cassettes" / "httpx" / "batch_of_three_jobs.yaml")
    judged = [(world.trace, Terms.of(world)), (derive(recording), Terms(alone=True))]
    for trace, terms in judged:
        check(trace, terms=terms)  # whatever is made once is made now
    gc.collect()
    gc.disable()

    for trace, terms in judged:
        check(trace, terms=terms)

    assert ours_in_the_garbage() == []
