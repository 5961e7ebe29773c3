"""What a test decides about what happens: outcomes of jobs, other users, calibrations."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from pytest_qruntime import ClockError, ConfigurationError, JobFailedError, QRuntime


def outcomes(qruntime: QRuntime, number: int, **options: Any) -> list[str]:
    jobs = [qruntime.run(**options) for _ in range(number)]
    for job in jobs:
        job.wait_for_final_state()
    return [job.status() for job in jobs]


# -- the next jobs ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("quantum", [20, "20s", timedelta(seconds=20), 20.0])
def test_the_next_job_takes_as_long_as_was_said(qruntime: QRuntime, quantum: Any) -> None:
    qruntime.next_jobs(classical="10s", quantum=quantum)
    job = qruntime.run()
    job.result()
    assert (qruntime.world.now_us, job.usage()) == (30_000_000, 20)


def test_the_next_three_jobs_fail_and_the_fourth_does_not(qruntime: QRuntime) -> None:
    qruntime.next_jobs(3, code=9707)
    assert outcomes(qruntime, 4) == ["ERROR", "ERROR", "ERROR", "DONE"]


def test_every_job_on_a_backend_fails(qruntime: QRuntime) -> None:
    qruntime.backend("broken")
    qruntime.next_jobs(None, code=9707, backend=qruntime.backend("broken"))
    assert outcomes(qruntime, 3, backend="broken") == ["ERROR"] * 3
    assert outcomes(qruntime, 1) == ["DONE"]


def test_only_jobs_of_a_program_a_tag_or_a_session_fail(qruntime: QRuntime) -> None:
    session, other = qruntime.session(), qruntime.batch()
    qruntime.next_jobs(code=1, program="estimator")
    qruntime.next_jobs(code=2, tag="doomed")
    qruntime.next_jobs(code=3, session=session)
    qruntime.next_jobs(code=4, session=other.session_id)
    jobs = [
        qruntime.run(),
        qruntime.run("estimator"),
        qruntime.run(tags=["doomed"]),
        session.run(),
        other.run(),
        session.run(),
    ]
    codes = []
    for job in jobs:
        job.wait_for_final_state()
        codes.append(job.details()["state"].get("reason_code"))
    assert codes == [None, 1, 2, 3, 4, None]


def test_a_fault_of_the_system_is_not_charged_and_one_of_the_user_is(qruntime: QRuntime) -> None:
    qruntime.next_jobs(code=9707, blame="system", quantum=20)
    qruntime.next_jobs(code=1517, blame="user", quantum=20)
    jobs = [qruntime.run(), qruntime.run()]
    for job in jobs:
        with pytest.raises(JobFailedError):
            job.result()
    assert [job.usage() for job in jobs] == [0, 20]


@pytest.mark.parametrize(
    ("decision", "message"),
    [
        ({}, "next_jobs() decides nothing; give classical or quantum (how long they take), code (they fail), or"),
        ({"tag": "vqe"}, "next_jobs() decides nothing"),
        ({"times": 0, "code": 1}, "times is 0; expected None or a whole number, at least 1"),
        ({"times": "3", "code": 1}, "times is '3'; expected None or a whole number"),
        ({"code": "1517"}, "failure code is '1517'"),
        ({"code": 1, "blame": "nobody"}, "failure blame is 'nobody'; expected one of 'user', 'system'"),
        ({"code": 1, "runs_too_long": True}, "next_jobs() has a code and runs_too_long=True; a job ends in one way"),
        ({"quantum": "20"}, "'20' cannot be used as quantum; a number in quotes needs its unit"),
        ({"classical": -1}, "-1 cannot be used as classical"),
        ({"code": 1, "backend": "nowhere"}, "backend is 'nowhere'; expected one of 'fake_backend'"),
        (
            {"code": 1, "session": "nothing"},
            "session is 'nothing'; expected one of the sessions and batches that exist",
        ),
        ({"reason": "why"}, "next_jobs() has the reason 'why' and no code; a job that fails has a code"),
    ],
)
def test_a_decision_that_makes_no_sense_is_refused_at_once(
    qruntime: QRuntime, decision: dict[str, Any], message: str
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        qruntime.next_jobs(**decision)
    assert str(caught.value).startswith(message)
    assert outcomes(qruntime, 1) == ["DONE"]


# -- other users -------------------------------------------------------------------------------------------------------


@pytest.mark.qruntime(lanes=1)
def test_other_users_are_served_first_if_they_came_first(qruntime: QRuntime) -> None:
    qruntime.other_users(3, classical="30s", quantum="30s")
    job = qruntime.run()
    assert job.status() == "QUEUED"
    job.result()
    assert job.metrics()["timestamps"]["running"] == "2026-01-15T12:03:00.000000Z"


@pytest.mark.qruntime(lanes=1)
def test_other_users_may_come_later(qruntime: QRuntime) -> None:
    qruntime.other_users(after="1h", quantum="1h")
    early = qruntime.run()
    early.result()
    qruntime.clock.tick("1h")
    late = qruntime.run()
    assert late.status() == "QUEUED"
    late.result()
    assert late.metrics()["timestamps"]["running"] == "2026-01-15T14:00:00.000000Z"


def test_other_users_jobs_cannot_be_seen(qruntime: QRuntime) -> None:
    qruntime.other_users(3)
    assert qruntime.http.get("/v1/jobs").json()["jobs"] == []
    assert qruntime.http.get("/v1/backends").json()["devices"][0]["queue_length"] == 0
    qruntime.other_users(5)
    assert qruntime.http.get("/v1/backends").json()["devices"][0]["queue_length"] == 3


@pytest.mark.qruntime(lanes=1)
def test_a_calibration_waits_for_a_session_and_not_for_a_batch(qruntime: QRuntime) -> None:
    running: Callable[[], bool] = lambda: any(  # noqa: E731
        job.request.program == "calibration" for job in qruntime.backend().running.values()
    )
    session = qruntime.session()
    session.run().result()
    qruntime.calibrate("5m")
    assert not running()
    session.close()
    assert running()
    qruntime.clock.tick("5m")
    with qruntime.batch() as batch:
        batch.run().result()
        qruntime.calibrate("5m")
        assert running()


def test_a_calibration_may_be_due_later(qruntime: QRuntime) -> None:
    qruntime.calibrate("5m", after="10m")
    assert [str(due).partition(" (")[0] for due in qruntime.clock.pending()] == ["in 10m"]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda qruntime: qruntime.other_users(0), "jobs is 0; expected a whole number, at least 1"),
        (lambda qruntime: qruntime.other_users(quantum="soon"), "'soon' cannot be used as quantum"),
        (lambda qruntime: qruntime.other_users(after="yesterday"), "'yesterday' cannot be used as after"),
        (lambda qruntime: qruntime.other_users(after=-1), "-1 cannot be used as after; time only goes forward"),
        (lambda qruntime: qruntime.other_users(backend="nowhere"), "backend is 'nowhere'; expected one of"),
        (lambda qruntime: qruntime.calibrate("5"), "'5' cannot be used as lasting"),
        (lambda qruntime: qruntime.calibrate(backend="nowhere"), "backend is 'nowhere'; expected one of"),
    ],
)
def test_what_cannot_happen_is_refused_at_once(
    qruntime: QRuntime, call: Callable[[QRuntime], None], message: str
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        call(qruntime)
    assert str(caught.value).startswith(message)
    assert qruntime.clock.pending() == []
    assert not issubclass(ConfigurationError, ClockError)
