"""Whatever a machine finds, the test function that it prints fails in the same way without Hypothesis."""

from __future__ import annotations

from collections import deque
from datetime import timedelta
from typing import Any, ClassVar

import httpx
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.errors import Flaky
from hypothesis.stateful import Bundle, initialize, invariant, multiple, rule, run_state_machine_as_test

from pytest_qruntime import RuntimeMachine, ServiceError
from pytest_qruntime.machine.case import ALIKE, UNLIKE
from pytest_qruntime.machine.failures import Failure, reported
from pytest_qruntime.machine.program import program
from pytest_qruntime.machine.script import Script
from pytest_qruntime.rest import Service
from pytest_qruntime.rest.http import Request, Response
from tests.machine.running import QUICK, UNSHRUNK, call, failure, found, functions, only, run
from tests.model import mutants

FEW = only("open_session", "submit", "close", "let_time_pass")


class OwnInvariant(RuntimeMachine):
    weights = FEW

    @invariant()
    def nothing_is_closed(self) -> None:
        assert [one.status() for one in self.qruntime.workloads() if one.status() == "Closed"] == []


class OwnRules(RuntimeMachine):
    weights = FEW
    plans = Bundle("plans")

    @initialize(shots=st.sampled_from([1, 2]))
    def begin(self, shots: int) -> None:
        self.shots = shots

    @rule(target=plans, pause=st.just(timedelta(seconds=4)), tags=st.lists(st.sampled_from("ab"), max_size=2))
    def plan(self, pause: timedelta, tags: list[str]) -> Any:
        return multiple({"pause": pause}, tags)

    @rule(plan=plans, session=RuntimeMachine.sessions, data=st.data())
    def follow(self, plan: Any, session: Any, data: st.DataObject) -> None:
        number = data.draw(st.integers(0, 9), label="number")
        if isinstance(plan, list) and number > 3:
            raise ValueError(f"{plan} {number} {self.shots} {session.session_id}")


def bill(http: httpx.Client) -> float:
    """A small library with a mistake: it believes that every job that is done was charged for."""
    jobs = http.get("/v1/jobs").json()["jobs"]
    return float(sum(1 / job["usage"]["seconds"] for job in jobs if job["status"] == "Completed"))


class CodeUnderTest(RuntimeMachine):
    settings: ClassVar = {"lanes": 1}
    weights = only("submit_plain", "let_time_pass")
    quantum_times = st.sampled_from(["0s", "5s"])

    @rule()
    def charge(self) -> None:
        bill(self.qruntime.http)


class Remembers(RuntimeMachine):
    """An invariant that is right the first few times it is asked."""

    weights = FEW
    asked = 0

    @invariant()
    def is_patient(self) -> None:
        self.asked += 1
        assert self.asked < 4


class Counts(RuntimeMachine):
    """Without the calls of its invariant that passed it fails too, and says something else."""

    weights = FEW
    asked = 0

    @invariant()
    def counts(self) -> None:
        self.asked += 1
        assert self.qruntime.workloads() == [], f"asked {self.asked} times"


class LeavesJobs(RuntimeMachine):
    weights = FEW

    def teardown(self) -> None:
        assert self.qruntime.jobs() == []


FOUND: dict[type[RuntimeMachine], list[str]] = {
    OwnInvariant: ["nothing_is_closed()", "session"],
    OwnRules: ["begin(shots=1)", "tags=[]", "follow(data=Drawn(4), plan=", "session="],
    CodeUnderTest: ["@pytest.mark.qruntime(lanes=1", 'quantum="0s"', "machine.charge()"],
    Remembers: ["is_patient()"],
    Counts: ["session_1 = qruntime.session()", "machine.counts()"],
    LeavesJobs: ["job_1 = session_1.run()", "machine.teardown()"],
}


@pytest.mark.parametrize("machine", FOUND, ids=lambda machine: machine.__name__)
def test_a_failure_is_printed_as_a_function_that_fails_alike(machine: type[RuntimeMachine]) -> None:
    error, function = found(machine)

    assert [part for part in FOUND[machine] if part not in function] == []
    with pytest.raises(type(error)) as again:
        call(function, {}, **machine.settings)
    assert str(again.value) == str(error)


def test_invariants_that_passed_are_left_out_unless_they_matter() -> None:
    assert found(OwnInvariant)[1].count("machine.nothing_is_closed()") == 1
    assert found(Remembers)[1].count("machine.is_patient()") == 4
    assert found(Counts)[1].count("machine.counts()") == 2
    assert "no_server_errors" not in found(Remembers)[1]


def test_of_an_error_that_names_no_other_the_last_failure_is_told() -> None:
    kept = deque(Failure(ValueError(text), Script(), ()) for text in ("first", "last"))
    assert [str(one.error) for one in reported(KeyError(), kept)] == ["last"]
    assert [str(one.error) for one in reported(kept[0].error, kept)] == ["first"]
    assert reported(KeyError(), deque()) == []


class Cancels(RuntimeMachine):
    settings: ClassVar = {"lanes": 1}
    weights = only("open_session", "submit", "cancel", "pass_to_the_next_event")


def test_a_broken_contract_is_asserted_by_its_id(monkeypatch: pytest.MonkeyPatch) -> None:
    mutants.cancels_running_jobs(monkeypatch)
    error, printed = failure(Cancels, UNSHRUNK)
    (function,) = functions(printed)

    assert "qruntime_contracts.assert_holds(" in function
    assert "machine" not in function.partition("def ")[2].partition("\n")[2]
    with pytest.raises(AssertionError) as again:
        call(function, {}, lanes=1)
    assert str(again.value) == str(error)


def fail_sometimes(monkeypatch: pytest.MonkeyPatch, method: str) -> None:
    """A service that answers with a server error to this method, once there are two jobs."""
    handle = Service.handle

    def answer(self: Service, request: Request) -> Response:
        response = handle(self, request)
        return Response(500, (), b"") if request.method == method and len(self.world.jobs) > 1 else response

    monkeypatch.setattr(Service, "handle", answer)


@pytest.mark.parametrize("method", ["POST", "GET"])
def test_a_server_error_is_a_failure(method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    class Polite(RuntimeMachine):
        """Its code swallows every error."""

        weights = only("submit_plain")

        @rule()
        def look(self) -> None:
            self.qruntime.http.get("/v1/jobs")

    fail_sometimes(monkeypatch, method)
    error, printed = failure(Polite, UNSHRUNK)
    (function,) = functions(printed)

    assert isinstance(error, ServiceError if method == "POST" else AssertionError)
    with pytest.raises(type(error)) as again:
        call(function, {"Polite": Polite})
    assert str(again.value) == str(error)
    assert "HTTP 500" in str(error)


def test_refusals_are_suppressed_with_the_reason() -> None:
    class Refused(RuntimeMachine):
        settings: ClassVar = {"plan": "open"}
        weights = only("open_session")

        @invariant()
        def nothing_was_refused(self) -> None:
            assert not [event for event in self.qruntime.trace if event.kind == "request.rejected"]

    printed = failure(Refused, UNSHRUNK)[1]
    assert "    with suppress(ServiceError):  # refused: HTTP " in printed
    assert "from contextlib import suppress\n\nimport pytest\nfrom pytest_qruntime import ServiceError\n" in printed
    assert "# Refused cannot be imported: paste this where it is defined" in printed


def test_what_depends_on_other_examples_is_said_to_be_unlike() -> None:
    asked: list[int] = []

    class Shared(RuntimeMachine):
        weights = FEW

        def teardown(self) -> None:
            asked.append(len(asked))
            assert asked != [0]

    error, printed = failure(Shared, UNSHRUNK)
    assert isinstance(error, Flaky)
    assert UNLIKE in printed
    assert ALIKE not in printed


def test_the_note_of_hypothesis_has_it_where_no_test_case_prints() -> None:
    with pytest.raises(AssertionError) as caught:
        run_state_machine_as_test(LeavesJobs, settings=UNSHRUNK)
    assert "def test_leaves_jobs(qruntime):" in "\n".join(getattr(caught.value, "__notes__", ()))


class Lives(RuntimeMachine):
    """Every example, as it happened and as it is printed."""

    backends = ("fake_backend", "ibm_other")
    played: ClassVar[list[tuple[str, str]]] = []

    def teardown(self) -> None:
        assert self._script is not None
        failed = Failure(AssertionError(), self._script, tuple(self._script.lines))
        self.played.append((self.qruntime.trace.to_jsonl(), program(failed, Lives, {}, checks=False).text()))


def test_every_example_can_be_written_down_and_has_the_same_trace() -> None:
    Lives.played.clear()
    run(Lives, settings(QUICK, max_examples=30, stateful_step_count=20))
    assert len(Lives.played) >= 30
    for trace, function in Lives.played:
        recorded: list[str] = []
        body = function.rstrip("\n").replace("    machine.teardown()", "")
        call(f"{body}\n    recorded.append(qruntime.trace.to_jsonl())\n", {"recorded": recorded})
        assert recorded == [trace], function
