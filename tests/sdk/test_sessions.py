"""Sessions and batches of the client: what a handle shows, and which guard is the client's own or the service's."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from qiskit_ibm_runtime import Batch, IBMInputValueError, IBMRuntimeError, QiskitRuntimeService, Session
from qiskit_ibm_runtime.api.exceptions import RequestsApiError

from pytest_qruntime import QRuntime
from tests.sdk.client import bell, sampler, submit
from tests.sdk.conftest import Asked

MODES = pytest.mark.parametrize(("mode", "wire"), [(Session, "dedicated"), (Batch, "batch")])


@pytest.fixture
def backend(qiskit_runtime_service: QiskitRuntimeService) -> Any:
    return qiskit_runtime_service.backend("fake_manila")


# -- what a handle shows -----------------------------------------------------------------------------------------------


@MODES
def test_a_workload_goes_through_its_states(qruntime: QRuntime, backend: Any, mode: type[Session], wire: str) -> None:
    qruntime.next_jobs(None, classical=0, quantum=30)
    with mode(backend, max_time="1h 30m") as workload:
        seen = [workload.status()]
        job = submit(workload)
        seen.append(workload.status())
        job.result()
        running = submit(workload)
    seen.append(workload.status())
    running.result()
    seen.append(workload.status())
    assert seen == ["Pending", "In progress, accepting new jobs", "In progress, not accepting new jobs", "Closed"]
    details = workload.details()
    assert (details["id"], details["mode"], details["backend_name"]) == (workload.session_id, wire, "fake_manila")
    assert (details["max_time"], details["state"], details["accepting_jobs"]) == (5400, "closed", False)
    assert details["usage_time"] == workload.usage() == pytest.approx(60, abs=0.5)


def test_details_tell_the_virtual_instants(qruntime: QRuntime, backend: Any) -> None:
    qruntime.next_jobs(classical=0, quantum=30)
    session = Session(backend)
    qruntime.clock.tick("10m")
    submit(session).wait_for_final_state()
    session.close()
    details = session.details()
    assert (
        details["started_at"] == details["activated_at"] == details["last_job_started"] == "2026-01-15T12:10:00.000000Z"
    )
    assert details["last_job_completed"] == details["closed_at"] == "2026-01-15T12:10:30.000000Z"
    assert (details["interactive_timeout"], details["active_timeout"]) == (60, 28_800)


@pytest.mark.parametrize(("max_time", "seconds"), [(300, 300), ("5m", 300), ("1h 30m 10s", 5410), (None, 28_800)])
def test_the_maximum_time_is_given_in_seconds_or_in_words(backend: Any, max_time: Any, seconds: int) -> None:
    assert Session(backend, max_time=max_time).details()["max_time"] == seconds


def test_a_maximum_time_in_words_without_a_unit_is_refused_by_the_client(backend: Any, asked: Asked) -> None:
    with pytest.raises(IBMInputValueError, match="Invalid max_time value"):
        Session(backend, max_time="90")
    assert asked == []


def test_a_maximum_time_beyond_the_plan_is_refused_by_the_service_in_the_constructor(backend: Any) -> None:
    with pytest.raises(RequestsApiError, match="exceeds the maximum of the plan") as caught:
        Session(backend, max_time="9h")
    assert caught.value.status_code == 400


@pytest.mark.qruntime(plan="open")
def test_on_the_open_plan_there_are_batches_only(qruntime: QRuntime, backend: Any) -> None:
    with pytest.raises(RequestsApiError, match='"code":1352,"message":"You are not authorized to run a session'):
        Session(backend)
    assert Batch(backend).status() == "Pending"


# -- taking up a workload ----------------------------------------------------------------------------------------------


@MODES
def test_a_workload_is_taken_up_by_its_id(backend: Any, mode: type[Session], wire: str) -> None:
    workload = mode(backend, max_time=600)
    again = mode.from_id(workload.session_id, backend.service)
    assert again.details() == workload.details()
    assert submit(again).session_id == workload.session_id


@pytest.mark.parametrize(("made", "taken", "is_mode"), [(Session, Batch, "dedicated"), (Batch, Session, "batch")])
def test_a_workload_of_the_other_mode_is_not_taken_up(
    backend: Any, made: type[Session], taken: type[Session], is_mode: str
) -> None:
    with pytest.raises(IBMInputValueError, match=f"has execution mode {is_mode} instead of"):
        taken.from_id(made(backend).session_id, backend.service)


def test_an_unknown_session_is_not_found(backend: Any) -> None:
    with pytest.raises(IBMInputValueError, match=r"Session not found: .*Session ID: nowhere"):
        Session.from_id("nowhere", backend.service)


def test_a_session_of_another_instance_is_found_by_a_service_of_all_and_its_instance_is_active_then(
    qruntime: QRuntime,
) -> None:
    german = qruntime.instance("german", region="eu-de")
    qruntime.backend("ibm_german", qubits=2, region="eu-de")
    session = Session(QiskitRuntimeService(token=qruntime.api_key, instance="german").backend("ibm_german"))
    everywhere = QiskitRuntimeService(token=qruntime.api_key)
    everywhere.jobs(instance=qruntime.crn)
    again = Session.from_id(session.session_id, everywhere)
    assert again.details()["state"] == "open"
    assert everywhere.active_instance() == german.crn
    with pytest.raises(IBMInputValueError, match="Session not found"):
        Session.from_id(session.session_id, QiskitRuntimeService(token=qruntime.api_key, instance=qruntime.crn))


# -- whose guard -------------------------------------------------------------------------------------------------------


def test_a_handle_that_was_closed_asks_nobody(backend: Any, asked: Asked) -> None:
    session = Session(backend)
    session.close()
    asked.clear()
    with pytest.raises(IBMRuntimeError, match=r"^'The session is closed\.'$"):
        submit(session)
    assert "POST /v1/jobs" not in asked


def test_another_handle_of_a_session_that_drains_reaches_the_service_which_refuses(
    qruntime: QRuntime, backend: Any, asked: Asked
) -> None:
    session = Session(backend)
    submit(session)
    session.close()
    other = Session.from_id(session.session_id, backend.service)
    with pytest.raises(IBMRuntimeError, match=r'Failed to run program: .*"code":1217,"message":"Session has been clos'):
        submit(other)
    assert asked.count("POST /v1/jobs") == 2
    assert len(qruntime.jobs()) == 1


def test_a_session_that_is_closed_already_is_taken_up_closed(backend: Any, asked: Asked) -> None:
    session = Session(backend)
    session.close()
    other = Session.from_id(session.session_id, backend.service)
    with pytest.raises(IBMRuntimeError, match="The session is closed"):
        submit(other)
    assert "POST /v1/jobs" not in asked


def fail_within(session: Session) -> None:
    """Submit two jobs, and fail."""
    with session:
        submit(session)
        submit(session)
        raise ZeroDivisionError


def test_an_exception_closes_the_session_and_cancels_nothing(qruntime: QRuntime, backend: Any) -> None:
    qruntime.next_jobs(None, classical=0, quantum=600)
    session = Session(backend)
    with pytest.raises(ZeroDivisionError):
        fail_within(session)
    assert session.status() == "In progress, not accepting new jobs"
    assert [job.result() is not None for job in backend.service.jobs(session_id=session.session_id)] == [True, True]
    assert session.status() == "Closed"


@pytest.mark.qruntime(lanes=1)
def test_cancelling_a_session_cancels_what_waits_in_it(qruntime: QRuntime, backend: Any) -> None:
    qruntime.next_jobs(None, classical=0, quantum=600)
    session = Session(backend)
    jobs = [submit(session) for _ in range(3)]
    session.cancel()
    for job in jobs:
        job.wait_for_final_state()
    assert [job.status() for job in jobs].count("DONE") == 1
    assert session.status() == "Closed"


def test_closing_and_cancelling_twice_is_harmless(backend: Any) -> None:
    session = Session(backend)
    for end in (session.close, session.close, session.cancel):
        end()
    assert session.status() == "Closed"


# -- the session of a with block ---------------------------------------------------------------------------------------


def test_a_thread_does_not_inherit_the_session_of_the_block(backend: Any) -> None:
    with (
        Session(backend),
        ThreadPoolExecutor(1) as pool,
        pytest.raises(ValueError, match="A backend or session must be specified"),
    ):
        pool.submit(sampler).result()


def test_a_block_within_a_block_ends_both(backend: Any) -> None:
    with Session(backend):
        with Batch(backend) as inner:
            assert sampler().run([bell()]).session_id == inner.session_id
        with pytest.raises(ValueError, match="A backend or session must be specified"):
            sampler()


def test_a_primitive_for_the_backend_joins_the_block_and_one_for_another_object_of_it_is_refused(
    qiskit_runtime_service: QiskitRuntimeService, backend: Any
) -> None:
    with Session(backend) as session:
        assert submit(backend).session_id == session.session_id
        with pytest.raises(ValueError, match="backend"):
            sampler(qiskit_runtime_service.backend("fake_manila"))
