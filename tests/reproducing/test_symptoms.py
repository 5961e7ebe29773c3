"""Each way in which a test can fail has its shortest program, and that fails in the same way."""

from __future__ import annotations

import sys
import threading
from contextlib import suppress
from typing import Any

import httpx
import pytest

from pytest_qruntime import Plan, QRuntime, ServiceError
from pytest_qruntime.clock.watch import Watch
from pytest_qruntime.reproducing.finding import found_in
from pytest_qruntime.reproducing.shortest import shortest
from pytest_qruntime.reproducing.symptoms import FAILS, PASSES
from tests.model import mutants
from tests.reproducing.playing import Play, body, contracts, found, found_after, marker, played


def loop(qruntime: QRuntime) -> Any:
    """A small library: three jobs, one after the other, in a session that nobody closes."""
    session = qruntime.session(max_time="2h")
    for _ in range(3):
        session.run(shots=100, tags=["loop"]).result()
    return session


def refused_after_close(qruntime: QRuntime) -> None:
    session = loop(qruntime)
    session.close()
    session.run()


def refused_after_max_time(qruntime: QRuntime) -> None:
    session = loop(qruntime)
    qruntime.clock.tick("3h")
    session.run()


def refused_as_unused(qruntime: QRuntime) -> None:
    session = qruntime.session(max_time="2h")
    qruntime.clock.tick("45m")
    session.run()


def refused_by_the_plan(qruntime: QRuntime) -> None:
    qruntime.run().result()
    qruntime.session()


def unknown(qruntime: QRuntime) -> None:
    loop(qruntime).close()
    qruntime.http.get("/v1/jobs/nobody").raise_for_status()


def too_late_to_cancel(qruntime: QRuntime) -> None:
    job = qruntime.run()
    job.result()
    job.cancel()


def bad_tags(qruntime: QRuntime) -> None:
    qruntime.run(tags=["x"] * 9)


def too_much_asked(qruntime: QRuntime) -> None:
    qruntime.session(max_time="9h")


def out_of_service(qruntime: QRuntime) -> None:
    qruntime.fail(503, "read job", after=2, times=None)
    loop(qruntime)


def connection_reset(qruntime: QRuntime) -> None:
    qruntime.fail("reset", method="GET", path="/v1/jobs/**")
    loop(qruntime)


def slow(qruntime: QRuntime) -> None:
    qruntime.fail("slow", "submit", delay="1m", after=1)
    loop(qruntime)


def failed(qruntime: QRuntime) -> None:
    qruntime.next_jobs(2, quantum="7m")
    qruntime.next_jobs(code=1517, reason="bad input", blame="system")
    loop(qruntime)


def failed_at_the_end(qruntime: QRuntime) -> None:
    session = loop(qruntime)
    qruntime.backend().set_status("paused")
    job = session.run()
    session.cancel()
    job.result()


def cancelled(qruntime: QRuntime) -> None:
    qruntime.run()
    job = qruntime.run()
    job.cancel()
    qruntime.clock.tick("5m")
    job.result()


def bad_circuit(qruntime: QRuntime) -> None:
    qruntime.run("sampler", [["OPENQASM 3.0; nonsense"]]).result()


def ran_too_long(qruntime: QRuntime) -> None:
    qruntime.next_jobs(runs_too_long=True)
    qruntime.run(max_execution_time="1m").result()


def timed_out(qruntime: QRuntime) -> None:
    qruntime.other_users(8, quantum="1h")
    qruntime.clock.tick("17.25m")
    with qruntime.session() as session:
        session.run().result(timeout="30m")


def hopeless(qruntime: QRuntime) -> None:
    qruntime.clock.tick("1h")
    qruntime.backend().set_status("offline")
    with qruntime.session() as session:
        session.run().result()


def told_of_a_session(qruntime: QRuntime) -> None:
    with qruntime.session() as session:
        session.run()
        qruntime.clock.tick("3s")
    assert session.status() == "Closed"


def told_of_a_job(qruntime: QRuntime) -> None:
    loop(qruntime).close()
    job = qruntime.run()
    qruntime.clock.tick("3s")
    assert job.status() == "DONE"


def told_of_usage(qruntime: QRuntime) -> None:
    with qruntime.session() as session:
        session.run().result()
        qruntime.clock.tick("20s")
    used = session.usage()
    assert used == 3.0, f"used {used}"


def told_of_the_usage_of_a_job(qruntime: QRuntime) -> None:
    job = qruntime.run(shots=100)
    job.result()
    assert job.usage() == 2.0


def not_exercised(qruntime: QRuntime) -> None:
    loop(qruntime).close()
    contracts(qruntime).assert_holds("CAN-02")


def submitted_late(qruntime: QRuntime) -> None:
    session = loop(qruntime)
    session.close()
    with suppress(ServiceError):
        session.run()
    contracts(qruntime).assert_no_submits_after_close(session)


def too_many(qruntime: QRuntime) -> None:
    with qruntime.batch() as batch:
        for _ in range(30):
            batch.run()


def wrapped(qruntime: QRuntime) -> None:
    try:
        refused_after_close(qruntime)
    except ServiceError as error:
        raise RuntimeError("the minimiser failed") from error


RUN = "session.run()"
JOB = "job = qruntime.run()"
REFUSED = f"{RUN}  # refused: HTTP 400, code 1217"
CASES: list[tuple[Play, dict[str, Any], list[str]]] = [
    (refused_after_close, {}, ["session = qruntime.session()", "session.close()", REFUSED]),
    (
        refused_after_max_time,
        {},
        ['session = qruntime.session(max_time="2h")', RUN, 'qruntime.clock.tick("2h")', REFUSED],
    ),
    (refused_as_unused, {}, ["session = qruntime.session()", 'qruntime.clock.tick("30m")', REFUSED]),
    (refused_by_the_plan, {"plan": "open"}, ["qruntime.session()  # refused: HTTP 400, code 1352"]),
    (unknown, {}, ['qruntime.job("nobody")  # refused: HTTP 404, code 1291']),
    (
        too_late_to_cancel,
        {},
        [JOB, 'qruntime.clock.tick("10s")', "job.cancel()  # refused: HTTP 409, code 3208"],
    ),
    (bad_tags, {}, [f"qruntime.run(tags={['x'] * 9!r})  # refused: HTTP 400, code 1204".replace("'", '"')]),
    (too_much_asked, {}, ['qruntime.session(max_time="9h")  # refused: HTTP 400, code bad_request']),
    (out_of_service, {}, [JOB, 'qruntime.fail(503, "read job")', "job.status()  # refused: HTTP 503"]),
    (connection_reset, {}, [JOB, 'qruntime.fail("reset", "read job")', "job.status()  # goes wrong: reset"]),
    (
        slow,
        {},
        ['qruntime.fail("slow", "submit", delay="1m")', "qruntime.run()  # goes wrong: slow"],
    ),
    (failed, {}, ["qruntime.next_jobs(code=1517)", JOB, "job.result()"]),
    (
        failed_at_the_end,
        {},
        [
            "session = qruntime.session()",
            'qruntime.backend().set_status("paused")',
            "job = session.run()",
            "session.cancel()",
            "job.result()",
        ],
    ),
    (cancelled, {}, [JOB, "job.cancel()", "job.result()"]),
    (bad_circuit, {}, ["qruntime.next_jobs(code=1506)", JOB, "job.result()"]),
    (ran_too_long, {}, ["qruntime.next_jobs(runs_too_long=True)", JOB, "job.result()"]),
    (
        timed_out,
        {"lanes": 1},
        ['qruntime.other_users(5, quantum="1h")', JOB, 'job.result(timeout="30m")'],
    ),
    (hopeless, {}, ['qruntime.backend().set_status("offline")', JOB, "job.result()"]),
    (
        told_of_a_session,
        {},
        [
            "session = qruntime.session()",
            RUN,
            "session.close()",
            'assert session.status() == "In progress, not accepting new jobs"  # as the failing test was told',
        ],
    ),
    (told_of_a_job, {}, [JOB, 'assert job.status() == "RUNNING"  # as the failing test was told']),
    (
        told_of_usage,
        {},
        [
            "session = qruntime.session()",
            RUN,
            'qruntime.clock.tick("25.124s")',
            "session.close()",
            "assert session.usage() == 25.124  # as the failing test was told",
        ],
    ),
    (
        told_of_the_usage_of_a_job,
        {},
        [
            'qruntime.next_jobs(quantum="2.025s")',
            JOB,
            'qruntime.clock.tick("5s")',
            "assert job.usage() == 2.025  # as the failing test was told",
        ],
    ),
    (not_exercised, {}, ['qruntime_contracts.assert_holds("CAN-02")']),
    (
        submitted_late,
        {},
        [
            "session = qruntime.session()",
            "session.close()",
            "with suppress(ServiceError):  # refused: HTTP 400, code 1217",
            "    session.run()",
            "qruntime_contracts.assert_no_submits_after_close(session=session)",
        ],
    ),
    (
        too_many,
        {"plan": Plan.named("premium").but(pending_limit=12)},
        ["for _ in range(12):", "    qruntime.run()", "qruntime.run()  # refused: HTTP 400, code 3458"],
    ),
    (wrapped, {}, ["session = qruntime.session()", "session.close()", REFUSED]),
]


@pytest.mark.parametrize(("play", "settings", "lines"), CASES, ids=[play.__name__ for play, *_ in CASES])
def test_a_failure_has_its_shortest_program(play: Play, settings: dict[str, Any], lines: list[str]) -> None:
    shortest = found(play, **settings)
    assert body(shortest) == lines
    assert shortest is not None
    assert shortest.says == (PASSES if lines[-1].startswith("assert ") else FAILS)


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

    assert body(found(play))[-1] == REFUSED


def test_a_program_that_is_long_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pytest_qruntime.reproducing.shortest.LONGEST", 2)
    assert found(refused_after_close) == ("The shortest program that shows this is 3 lines long.", "")


def test_what_is_left_open_is_not_closed() -> None:
    assert body(found_after(loop)) == ["session = qruntime.session()", RUN, "# nobody closes it"]
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
