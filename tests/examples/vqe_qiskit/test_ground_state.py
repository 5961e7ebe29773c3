"""A library around `qiskit_ibm_runtime`, tested with the real client and no account.

`ground_state.py` is what a user runs against the real service: it finds its account by itself, transpiles for a
backend, opens a session and sends one job after another. The fixture `qiskit_runtime_service` makes sure that whatever
service it builds is the fake. `ground_state_queues.py` gives its estimator the backend in place of the session: all
results are right, and each job waits in the queue by itself. `tests/examples/test_planted_bugs.py` runs this file
against it, and it fails.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from qiskit_ibm_runtime import RuntimeJobFailureError

from ground_state import search
from pytest_qruntime import QRuntime

pytestmark = [
    pytest.mark.qruntime(backend="fake_manila"),
    pytest.mark.usefixtures("qiskit_runtime_service"),
]


def test_the_lowest_energy_is_found(qruntime: QRuntime) -> None:
    found = search("fake_manila", steps=8)
    assert found.finished
    assert found.energy == pytest.approx(0.2, abs=0.1)


def test_every_step_is_a_job_of_one_session_that_is_closed_at_the_end(qruntime: QRuntime) -> None:
    search("fake_manila", steps=3)
    [session] = qruntime.workloads()
    assert [job.session_id for job in qruntime.jobs()] == [session.session_id] * 3
    assert session.status() == "Closed"


def test_only_the_first_job_waits_in_the_queue(qruntime: QRuntime) -> None:
    qruntime.next_jobs(3, quantum="10s")
    for hour in range(24):
        qruntime.other_users(20, quantum="3m", after=f"{hour}h")  # an hour of work in every hour
    search("fake_manila", steps=3)
    took = timedelta(microseconds=qruntime.world.now_us)
    assert took < timedelta(hours=2), f"three steps of ten seconds took {took}"


def test_when_the_session_is_over_the_best_so_far_is_returned(qruntime: QRuntime) -> None:
    qruntime.next_jobs(None, quantum="10m")
    found = search("fake_manila", steps=8, max_time="25m")
    assert not found.finished
    assert found.energy < 0.4


def test_a_job_that_fails_is_reported_and_the_session_is_closed(qruntime: QRuntime) -> None:
    qruntime.next_jobs(code=9707, reason="Temporary Internal Error", blame="system")
    with pytest.raises(RuntimeJobFailureError, match="Temporary Internal Error"):
        search("fake_manila", steps=3)
    assert [session.status() for session in qruntime.workloads()] == ["Closed"]
