"""While a trace is judged the garbage collector rests, and afterwards all is as it was."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from dataclasses import replace

import pytest

from pytest_qruntime.contracts import CATALOGUE, check
from pytest_qruntime.contracts.contract import Outcome
from pytest_qruntime.contracts.facts import Facts
from pytest_qruntime.model import Trace


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
