"""A VQE loop over the REST API, tested.

`vqe.py` opens a session, asks for one energy after another and closes the session at the end. It is what a user would
run against the real service, and knows nothing of this test: the fixture `qruntime` answers its calls of `requests` in
process, and its `time.sleep` costs nothing. What matters most is seen only when something goes wrong: a session that is
not closed after an error holds the backend, and is charged, until it times out. `vqe_leaks.py` has exactly that bug;
`tests/examples/test_planted_bugs.py` runs this file against it, and it fails.
"""

from __future__ import annotations

import pytest

from pytest_qruntime import QRuntime
from vqe import JobFailed, minimise


@pytest.fixture
def headers(qruntime: QRuntime) -> dict[str, str]:
    return {
        "Accept": "application/json",
        "Content-Type": "application/json",
        "Authorization": f"Bearer {qruntime.token}",
        "Service-CRN": qruntime.crn,
    }


def left_open(qruntime: QRuntime) -> list[str]:
    """The sessions that still take jobs."""
    return [f"{found} is {found.status()!r}" for found in qruntime.workloads() if found.details()["accepting_jobs"]]


def test_every_energy_is_a_job_of_one_session(qruntime: QRuntime, headers: dict[str, str]) -> None:
    minimise(headers, "fake_backend", steps=3)
    [session] = qruntime.workloads()
    assert [job.session_id for job in qruntime.jobs()] == [session.session_id] * 6


def test_the_session_is_closed_at_the_end(qruntime: QRuntime, headers: dict[str, str]) -> None:
    minimise(headers, "fake_backend", steps=1)
    assert left_open(qruntime) == [], "minimise() returned and left its session open"


def test_the_session_is_closed_when_a_job_fails(qruntime: QRuntime, headers: dict[str, str]) -> None:
    qruntime.next_jobs(3, quantum="10s")
    qruntime.next_jobs(code=9707, reason="Temporary Internal Error")
    with pytest.raises(JobFailed, match="Temporary Internal Error"):
        minimise(headers, "fake_backend", steps=3)
    assert left_open(qruntime) == [], "a job failed, and minimise() left its session open"


def test_the_session_is_closed_when_the_optimiser_raises(qruntime: QRuntime, headers: dict[str, str]) -> None:
    def give_up(theta: float) -> None:
        raise ArithmeticError(f"theta is {theta}")

    with pytest.raises(ArithmeticError):
        minimise(headers, "fake_backend", steps=3, report=give_up)
    assert left_open(qruntime) == [], "the optimiser raised, and minimise() left its session open"


def test_hours_in_the_queue_cost_nothing_but_the_session_is_charged_from_its_first_job(
    qruntime: QRuntime, headers: dict[str, str]
) -> None:
    qruntime.other_users(10, quantum="3m")  # half an hour of them
    minimise(headers, "fake_backend", steps=1)
    [session] = qruntime.workloads()
    usage = session.usage()
    assert usage is not None
    assert usage < 60
    assert qruntime.world.now_us > 30 * 60 * 1_000_000
