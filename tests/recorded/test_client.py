"""The same lifecycles, replayed from what the real client recorded over a socket.

Every test here recorded its cassette.
"""

from __future__ import annotations

import time
from typing import Any

import pytest
from qiskit import QuantumCircuit
from qiskit_ibm_runtime import Batch, QiskitRuntimeService, Session
from qiskit_ibm_runtime.exceptions import IBMRuntimeError, RuntimeJobFailureError

from tests.recorded.marks import recorded
from tests.sdk.client import sampler

DEVICE = "fake_manila"  # five qubits: what it says of itself is short
FEW = 100  # shots: two seconds of QPU time
MANY = 1_000_000  # shots: four minutes of QPU time


def submit(mode: Any, shots: int = FEW, **options: Any) -> Any:
    """One job that measures a qubit."""
    circuit = QuantumCircuit(1)
    circuit.measure_all()
    return sampler(mode, **options).run([circuit], shots=shots)


def statuses(jobs: list[Any]) -> list[str]:
    return [str(job.status()) for job in jobs]


def wait_while(job: Any, *status: str) -> None:
    """Poll, as a program does that has no results to wait for."""
    while job.status() in status:
        time.sleep(5)


def fail_after(job: Any) -> None:
    """What an optimiser does that gives up."""
    job.result()
    raise ArithmeticError


@recorded("client/graceful_close", backend=DEVICE, lanes=1)
def test_a_closed_session_finishes_its_jobs_and_takes_no_more(qiskit_runtime_service: QiskitRuntimeService) -> None:
    session = Session(qiskit_runtime_service.backend(DEVICE))
    another_handle = Session.from_id(session.session_id, qiskit_runtime_service)
    jobs = [submit(session) for _ in range(3)]
    wait_while(jobs[0], "QUEUED")
    session.close()
    assert session.status() == "In progress, not accepting new jobs"
    with pytest.raises(IBMRuntimeError, match="1217"):
        submit(another_handle)
    for job in jobs:
        job.result()
    assert statuses(jobs) == ["DONE"] * 3
    assert session.status() == "Closed"


@recorded("client/cancel_with_queued_jobs", backend=DEVICE, lanes=1)
def test_when_a_session_is_cancelled_its_running_job_ends_and_its_queued_jobs_fail(
    qiskit_runtime_service: QiskitRuntimeService,
) -> None:
    session = Session(qiskit_runtime_service.backend(DEVICE))
    jobs = [submit(session, MANY) for _ in range(3)]
    wait_while(jobs[0], "QUEUED")
    session.cancel()
    assert statuses(jobs) == ["RUNNING", "ERROR", "ERROR"]
    jobs[0].wait_for_final_state()
    assert statuses(jobs) == ["DONE", "ERROR", "ERROR"]


@recorded("client/max_ttl", backend=DEVICE, lanes=1)
def test_at_the_maximum_time_the_running_job_goes_on_and_the_queued_one_fails(
    qiskit_runtime_service: QiskitRuntimeService,
) -> None:
    session = Session(qiskit_runtime_service.backend(DEVICE), max_time="5m")
    jobs = [submit(session, MANY) for _ in range(3)]
    while session.status() != "Closed":
        time.sleep(10)
    assert statuses(jobs) == ["DONE", "RUNNING", "ERROR"]
    assert session.usage() == 300
    jobs[1].wait_for_final_state()
    assert statuses(jobs) == ["DONE", "DONE", "ERROR"]


@recorded("client/interactive_ttl", backend=DEVICE)
def test_a_session_that_was_idle_is_active_again_with_its_next_job(
    qiskit_runtime_service: QiskitRuntimeService,
) -> None:
    session = Session(qiskit_runtime_service.backend(DEVICE))
    submit(session).result()
    time.sleep(90)
    assert session.details()["state"] == "inactive"
    submit(session).result()
    assert session.details()["state"] == "active"
    session.close()
    assert session.status() == "Closed"


@recorded("client/unused_session", backend=DEVICE)
def test_a_session_that_nobody_uses_closes_by_itself(qiskit_runtime_service: QiskitRuntimeService) -> None:
    session = Session(qiskit_runtime_service.backend(DEVICE))
    polls = 0
    while session.status() != "Closed":
        time.sleep(60)
        polls += 1
    assert polls == 30
    assert session.usage() == 0


@recorded("client/batch_of_three_jobs", backend=DEVICE)
def test_a_batch_is_closed_when_its_last_job_has_ended(qiskit_runtime_service: QiskitRuntimeService) -> None:
    with Batch(qiskit_runtime_service.backend(DEVICE)) as batch:
        jobs = [submit(batch) for _ in range(3)]
    assert batch.status() == "In progress, not accepting new jobs"
    for job in jobs:
        job.result()
    assert statuses(jobs) == ["DONE"] * 3
    assert batch.status() == "Closed"


@recorded("client/error_in_a_session", backend=DEVICE)
def test_an_error_closes_the_session_on_the_way_out(qiskit_runtime_service: QiskitRuntimeService) -> None:
    backend = qiskit_runtime_service.backend(DEVICE)
    with pytest.raises(ArithmeticError), Session(backend) as session:
        fail_after(submit(session))
    assert session.status() == "Closed"


@recorded("client/failed_job", backend=DEVICE)
def test_a_job_that_fails_leaves_its_session_open(qiskit_runtime_service: QiskitRuntimeService) -> None:
    with Session(qiskit_runtime_service.backend(DEVICE)) as session:
        job = submit(session, 20_000_000)
        with pytest.raises(RuntimeJobFailureError, match="1520"):
            job.result()
        assert job.status() == "ERROR"
        assert session.status() == "In progress, accepting new jobs"


@recorded("client/private_job", backend=DEVICE)
def test_the_results_of_a_private_job_are_given_once(qiskit_runtime_service: QiskitRuntimeService) -> None:
    job = submit(qiskit_runtime_service.backend(DEVICE), environment={"private": True})
    assert job.result()[0].data.meas.num_shots == FEW
    found = qiskit_runtime_service.job(job.job_id())
    with pytest.raises(Exception, match="only once"):
        found.result()


@recorded("client/open_plan", backend=DEVICE, plan="open")
def test_the_open_plan_has_no_sessions(qiskit_runtime_service: QiskitRuntimeService) -> None:
    backend = qiskit_runtime_service.backend(DEVICE)
    with pytest.raises(Exception, match="1352"):
        Session(backend)
    submit(backend).result()
