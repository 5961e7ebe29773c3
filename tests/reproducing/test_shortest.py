"""Programs are as short as they can be, say what they depend on, and there is none where there is nothing to show."""

from __future__ import annotations

import sys
import threading
from contextlib import suppress
from typing import Any

import httpx
import pytest

from pytest_qruntime import QRuntime, ServiceError
from pytest_qruntime.clock.watch import Watch
from pytest_qruntime.reproducing.finding import found_in
from pytest_qruntime.reproducing.program import Program
from pytest_qruntime.reproducing.shortest import shortest
from pytest_qruntime.reproducing.steps import Step, Var
from pytest_qruntime.reproducing.symptoms import Unsuccessful
from tests.model import mutants
from tests.reproducing.playing import (
    body,
    failed,
    found,
    found_after,
    loop,
    marker,
    played,
    refused_after_close,
    refused_by_the_plan,
)


def maintained_before_the_next_job(qruntime: QRuntime) -> None:
    """At one instant the first job ends and the maintenance begins, which comes before the scheduler's look."""
    qruntime.next_jobs(classical=0, quantum="1m")
    qruntime.run()
    job = qruntime.run()
    qruntime.maintenance("1m", after="1m")
    qruntime.clock.tick("1m")
    assert job.status() == "RUNNING"


def test_what_others_do_may_have_to_come_before_other_events_of_its_instant() -> None:
    assert body(found(maintained_before_the_next_job, lanes=1))[-1].startswith('assert job.status() == "QUEUED"')


def test_a_job_that_fails_otherwise_is_another_symptom() -> None:
    step = Step(None, "next_jobs", (), (("code", 1517),))
    run = Step(None, "run", makes=Var("job", 1))
    result = Step(Var("job", 1), "result")
    outcome = Program({}, (step, run), (result,)).run()
    assert [Unsuccessful(code=code).shown(outcome) for code in (1517, 9707)] == [True, False]
    assert not Unsuccessful(cancelled=True).shown(outcome)


def test_a_thread_that_is_left_behind_costs_no_time() -> None:
    """Each look at a thread that computes takes a real second."""
    stop, looks = threading.Event(), 0

    def compute() -> None:
        while not stop.is_set():
            sum(range(1_000))

    def profile(frame: Any, event: str, _: object) -> None:
        nonlocal looks
        looks += event == "call" and frame.f_code is Watch.quiet.__code__

    story, error = played(failed)
    thread = threading.Thread(target=compute)
    thread.start()
    try:
        assert error is not None
        symptom = found_in(story, error)
        assert symptom is not None
        sys.setprofile(profile)
        assert shortest(symptom, story.world, "it", {}) is not None
    finally:
        sys.setprofile(None)
        stop.set()
        thread.join()
    assert looks == 0


def test_of_several_errors_at_once_each_is_looked_at() -> None:
    class Several(Exception):  # an ExceptionGroup, which Python 3.10 does not have
        exceptions: tuple[BaseException, ...] = ()

    def play(qruntime: QRuntime) -> None:
        try:
            refused_after_close(qruntime)
        except ServiceError as error:
            several = Several("two tasks failed")
            several.exceptions = (KeyError("x"), error)
        raise several

    assert body(found(play))[-1] == "session.run()  # refused: HTTP 400, code 1217"


def test_a_program_that_is_long_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pytest_qruntime.reproducing.shortest.LONGEST", 2)
    assert found(refused_after_close) == ("The shortest program that shows this is 3 lines long.", "")


def test_what_is_left_open_is_not_closed() -> None:
    assert body(found_after(loop)) == ["session = qruntime.session()", "session.run()", "# nobody closes it"]
    assert body(found_after(lambda qruntime: qruntime.batch())) == ["qruntime.batch()", "# nobody closes it"]


def test_a_broken_contract_is_broken_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def play(qruntime: QRuntime) -> None:
        for _ in range(2):
            session = qruntime.session()
            session.run()
            qruntime.clock.tick("5s")
            session.cancel()
            qruntime.run().result()

    mutants.cancels_running_jobs(monkeypatch)
    shortest = found_after(play)
    assert body(shortest)[-2:] == ["session.cancel()", "# the service has broken its contract"]
    assert len(body(shortest)) == 4


def test_the_marker_says_what_has_to_do_with_it() -> None:
    def lazy(qruntime: QRuntime) -> None:
        session = qruntime.session()
        session.close()
        assert session.status() == "Closed"

    policy = {"idle_close": "lazy", "queue_order": "fair_share"}
    assert marker(found(lazy, plan="flex", lanes=2, policy=policy)) == 'policy={"idle_close": "lazy"}'
    assert marker(found(refused_by_the_plan, plan="open")) == 'plan="open"'


def test_the_marker_says_what_is_not_left_to_its_default_where_it_is_pasted() -> None:
    said = {"lanes": 1, "policy": {"idle_close": "lazy"}, "leaks": "warn", "seed": 7}
    shortest = found(refused_after_close, said, lanes=1, policy=said["policy"])
    assert marker(shortest) == 'lanes=1, policy={"idle_close": "lazy"}'
    assert marker(found_after(loop, said, lanes=1)) == 'lanes=1, policy={"idle_close": "immediate"}, leaks="fail"'


def test_a_program_that_leaves_something_open_is_not_about_that() -> None:
    def busy(qruntime: QRuntime) -> None:
        session = qruntime.session()
        job = session.run()
        assert session.status() == "Pending", job

    assert marker(found(busy)) == 'leaks="off"'


@pytest.mark.parametrize(
    "error",
    [
        KeyError("x"),
        httpx.ConnectError("elsewhere"),
        AssertionError("of something else"),
        ServiceError(418, None, "another service", "", "GET /"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_the_service_has_nothing_to_do_with_has_no_program(error: Exception) -> None:
    def play(qruntime: QRuntime) -> None:
        with suppress(ServiceError):
            refused_after_close(qruntime)
        qruntime.run().result()
        raise error

    assert found(play) is None
