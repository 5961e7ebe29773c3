"""Each way in which a test can fail has its shortest program, and that fails in the same way."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest

from pytest_qruntime import Plan, QRuntime, ServiceError
from pytest_qruntime.reproducing.symptoms import FAILS, PASSES
from tests.reproducing.playing import (
    Play,
    body,
    contracts,
    failed,
    found,
    loop,
    refused_after_close,
    refused_by_the_plan,
)


def refused_after_max_time(qruntime: QRuntime) -> None:
    session = loop(qruntime)
    qruntime.clock.tick("3h")
    session.run()


def refused_as_unused(qruntime: QRuntime) -> None:
    session = qruntime.session(max_time="2h")
    qruntime.clock.tick("45m")
    session.run()


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
        for number in range(30):
            qruntime.next_jobs(quantum=number + 1)
            batch.run(tags=[str(number)])


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
