"""Each example has a world of its own, which is gone when it ends, however it ends."""

from __future__ import annotations

import time
import unittest
from collections.abc import Iterator
from datetime import datetime
from io import StringIO
from typing import Any, ClassVar

import httpx
import pytest
import requests
from hypothesis.stateful import initialize, invariant, rule

from pytest_qruntime import RuntimeMachine, world
from pytest_qruntime.clock.held import HELD
from pytest_qruntime.transport.interception import _routes
from tests.machine.running import BRIEF, UNSHRUNK, case, failure, functions, only, run

SLOW = time.sleep


@pytest.fixture(autouse=True)
def _nothing_is_left() -> Iterator[None]:
    yield
    assert HELD == []
    assert _routes.active == ()
    assert time.sleep is SLOW


class Looking(RuntimeMachine):
    weights = only("open_session", "let_time_pass")
    seen: ClassVar[list[Any]] = []

    @initialize()
    def is_new(self) -> None:
        assert self.qruntime.workloads() == []
        assert len(HELD) == 1  # the worlds of other examples are closed
        assert datetime.now() == datetime(2026, 1, 15, 12)

    @rule()
    def sleep(self) -> None:
        before = self.qruntime.clock.now()
        time.sleep(3600)
        assert (self.qruntime.clock.now() - before).total_seconds() == 3600

    @rule()
    def ask(self) -> None:
        headers = {"Authorization": f"Bearer {self.qruntime.token}", "Service-CRN": self.qruntime.crn}
        for get in (httpx.get, requests.get):
            answer: Any = get(f"{self.qruntime.base_url}/v1/backends", headers=headers)
            self.seen.append(answer.status_code)


def test_code_under_test_reaches_the_world_of_the_example() -> None:
    Looking.seen.clear()
    run(Looking)
    assert set(Looking.seen) == {200}


class Failing(RuntimeMachine):
    weights = only("open_session")

    @rule()
    def fail(self) -> None:
        raise ValueError("a rule")


class FailingInvariant(RuntimeMachine):
    weights = only("open_session")

    @invariant()
    def fail(self) -> None:
        raise ValueError("an invariant")


class FailingAtTheEnd(RuntimeMachine):
    """Its teardown does not call the one above."""

    weights = only("open_session")

    def teardown(self) -> None:
        assert self.qruntime.workloads() is not None
        raise ValueError("the end")


class FailingAtTheBeginning(RuntimeMachine):
    def __init__(self) -> None:
        super().__init__()
        raise ValueError("the beginning")


class EndsTwice(RuntimeMachine):
    weights = only("open_session")

    def teardown(self) -> None:
        super().teardown()
        raise ValueError("called above")


@pytest.mark.parametrize("machine", [Failing, FailingInvariant, FailingAtTheEnd, FailingAtTheBeginning, EndsTwice])
def test_a_world_is_gone_however_its_example_ends(machine: type[RuntimeMachine]) -> None:
    assert isinstance(failure(machine, UNSHRUNK)[0], ValueError)


def test_a_machine_that_cannot_be_made_leaves_no_world() -> None:
    with pytest.raises(ValueError, match="the beginning"):
        FailingAtTheBeginning()


def test_a_machine_that_nobody_tears_down_is_closed_with_its_test_case(monkeypatch: pytest.MonkeyPatch) -> None:
    def leave(machine: type[RuntimeMachine], *, settings: object) -> None:
        machine()
        assert HELD

    monkeypatch.setattr("pytest_qruntime.machine.case.run_state_machine_as_test", leave)
    run(Failing)


def test_unittest_runs_it(capsys: pytest.CaptureFixture[str]) -> None:
    suite = unittest.TestSuite([case(Looking, BRIEF), case(Failing, UNSHRUNK)])
    result = unittest.TextTestRunner(stream=StringIO()).run(suite)
    assert (result.testsRun, len(result.errors), result.failures) == (2, 1, [])
    assert "def test_failing(qruntime):" in capsys.readouterr().out


def test_a_machine_can_be_put_on_a_world_that_there_is() -> None:
    with world(seed=7) as qruntime:
        machine = Looking.on(qruntime)
        machine.open_session(max_time="1m", backend=None)
        machine.let_time_pass(duration="1h")
        assert machine.qruntime is qruntime
        assert [one.status() for one in qruntime.workloads()] == ["Closed"]
        machine.teardown()
        assert qruntime.clock.held


def test_rules_may_call_rules() -> None:
    class Nested(RuntimeMachine):
        weights = only("open_session")

        @rule()
        def open_and_submit(self) -> None:
            session = self.open_session(max_time=None, backend=None)
            self.submit(session=session, classical=None, quantum=None, outcome="completed")
            assert len(self.qruntime.jobs()) < 2

    (function,) = functions(failure(Nested, UNSHRUNK)[1])
    assert "machine.open_and_submit()" in function
    assert ".run()" not in function
