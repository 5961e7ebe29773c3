"""A wait for a job costs a handful of polls, and ends at the instant at which polling all the way would have ended."""

from __future__ import annotations

import time
from typing import Any

import pytest
from qiskit_ibm_runtime import Batch, QiskitRuntimeService, RuntimeJobV2, Session
from qiskit_ibm_runtime.exceptions import RuntimeJobMaxTimeoutError, RuntimeJobTimeoutError

from pytest_qruntime import ClockError, NothingPendingError, QRuntime, world
from pytest_qruntime.client import polling
from pytest_qruntime.clock.real import Real
from tests.sdk.client import submit
from tests.sdk.conftest import Asked
from tests.sdk.needs import needs_client

POLLS_FASTER_IN_A_SESSION = needs_client("0.47", "a poll of half a second outside of sessions")


@pytest.fixture
def backend(qiskit_runtime_service: QiskitRuntimeService) -> Any:
    return qiskit_runtime_service.backend("fake_manila")


def polls(asked: Asked, job: RuntimeJobV2) -> int:
    return asked.count(f"GET /v1/jobs/{job.job_id()}")


def test_a_job_that_waits_eight_hours_costs_five_polls_at_most(qruntime: QRuntime, backend: Any, asked: Asked) -> None:
    qruntime.other_users(480, quantum=60)
    job = submit(backend)
    job.wait_for_final_state()
    assert job.status() == "DONE"
    assert qruntime.world.now_us > 8 * 3600 * 1_000_000
    assert polls(asked, job) <= 5


@pytest.mark.parametrize("mode", [Session, Batch])
def test_so_does_one_of_a_session_or_a_batch_and_one_that_another_handle_waits_for(
    qruntime: QRuntime, backend: Any, asked: Asked, mode: type[Session]
) -> None:
    qruntime.next_jobs(None, classical="6h", quantum="2h")
    with mode(backend) as workload:
        job = submit(workload)
    asked.clear()
    QiskitRuntimeService().job(job.job_id()).result()
    assert qruntime.world.now_us >= 8 * 3600 * 1_000_000
    assert polls(asked, job) <= 5


def test_a_timeout_of_seven_hours_costs_no_more(qruntime: QRuntime, backend: Any, asked: Asked) -> None:
    qruntime.next_jobs(classical="6h", quantum="2h")
    job = submit(backend)
    with pytest.raises(RuntimeJobTimeoutError, match="after 25200 secs"):
        job.result(timeout=25_200)
    assert qruntime.world.now_us == 25_200_000_000
    assert polls(asked, job) <= 5


def test_each_state_of_the_job_is_seen_by_a_poll(
    qruntime: QRuntime, backend: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    qruntime.other_users(5, quantum=60)  # one for each lane
    seen: list[str] = []
    status = RuntimeJobV2.status

    def noting(job: RuntimeJobV2) -> Any:
        seen.append(status(job))
        return seen[-1]

    monkeypatch.setattr(RuntimeJobV2, "status", noting)
    submit(backend).result()
    assert seen == ["QUEUED", "RUNNING", "DONE"]


@pytest.mark.parametrize(("ends_s", "seen_s"), [(3.25, 3.5), (3.5, 3.5), (3.500001, 4.0), (0.01, 0.5)])
@POLLS_FASTER_IN_A_SESSION
def test_the_end_is_seen_by_the_next_poll(qruntime: QRuntime, backend: Any, ends_s: float, seen_s: float) -> None:
    qruntime.next_jobs(classical=0, quantum=ends_s)
    submit(backend).wait_for_final_state()
    assert qruntime.world.now_us == seen_s * 1_000_000


@pytest.mark.parametrize("mode", [Session, Batch])
def test_in_a_session_or_a_batch_the_client_polls_ten_times_a_second(
    qruntime: QRuntime, backend: Any, mode: type[Session]
) -> None:
    qruntime.next_jobs(classical=0, quantum=3.25)
    with mode(backend) as workload:
        submit(workload).wait_for_final_state()
    assert qruntime.world.now_us == 3_300_000


@needs_client("0.47", "poll_interval")
def test_an_interval_that_the_caller_gives_is_the_grid(qruntime: QRuntime, backend: Any) -> None:
    qruntime.next_jobs(classical=0, quantum=100)
    job = submit(backend)
    job.result(poll_interval=7)
    assert qruntime.world.now_us == 105_000_000


@needs_client("0.47", "poll_interval")
def test_an_interval_that_is_too_short_warns_as_it_does_with_the_service(qruntime: QRuntime, backend: Any) -> None:
    qruntime.next_jobs(classical=0, quantum=0.25)
    with pytest.warns(UserWarning, match="poll interval"):
        submit(backend).wait_for_final_state(poll_interval=0.01)
    assert qruntime.world.now_us == 300_000


def test_the_grid_begins_where_the_wait_begins(qruntime: QRuntime, backend: Any) -> None:
    qruntime.next_jobs(classical=0, quantum=10)
    job = submit(backend)
    qruntime.clock.tick(0.033)
    job.wait_for_final_state(timeout=60)
    assert (qruntime.world.now_us - 33_000) % 100_000 == 0
    assert 10_000_000 <= qruntime.world.now_us < 10_533_001


def test_a_job_that_is_final_already_costs_one_poll_and_no_time(qruntime: QRuntime, backend: Any, asked: Asked) -> None:
    job = submit(backend)
    qruntime.clock.tick("1h")
    job.wait_for_final_state()
    job.wait_for_final_state()
    assert polls(asked, job) == 1
    assert qruntime.world.now_us == 3_600_000_000


def test_a_job_that_ran_too_long_ends_the_wait(qruntime: QRuntime, backend: Any) -> None:
    qruntime.next_jobs(runs_too_long=True)
    with pytest.raises(RuntimeJobMaxTimeoutError):
        submit(backend).result()


def test_nothing_is_really_slept(qruntime: QRuntime, backend: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr(Real, "sleep", slept.append)
    submit(backend).result()
    assert slept == []


@pytest.mark.qruntime(freeze=False)
def test_it_is_the_same_when_the_process_shows_the_real_time(qruntime: QRuntime, backend: Any, asked: Asked) -> None:
    qruntime.next_jobs(classical="8h", quantum=10)
    job = submit(backend)
    job.wait_for_final_state()
    assert qruntime.world.now_us == 28_810_000_000
    assert polls(asked, job) <= 5
    qruntime.next_jobs(quantum="8h")
    with pytest.raises(RuntimeJobTimeoutError):
        submit(backend).result(timeout=7200)
    assert qruntime.world.now_us == 28_810_000_000 + 7_200_000_000


def test_a_freeze_inside_the_test_does_not_stop_a_wait(qruntime: QRuntime, backend: Any) -> None:
    from freezegun import freeze_time

    job = submit(backend)
    with freeze_time("2031-01-01"):
        job.wait_for_final_state(timeout=3600)
    assert job.status() == "DONE"


def test_code_that_polls_by_itself_sees_the_hours_pass(qruntime: QRuntime, backend: Any) -> None:
    qruntime.next_jobs(classical=0, quantum="2h")
    job = submit(backend)
    began = time.time()
    while not job.in_final_state():
        time.sleep(60)
    assert time.time() - began == 7200


def test_a_job_that_ends_between_a_poll_and_the_sleep_is_seen_by_the_next_poll(
    qruntime: QRuntime, backend: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    job, status = submit(backend), RuntimeJobV2.status
    qruntime.next_jobs(quantum="8h")
    other = submit(backend)

    def ending(self: RuntimeJobV2) -> Any:
        found = status(self)
        if qruntime.world.now_us == 0:
            qruntime.job(self.job_id()).cancel()
        return found

    monkeypatch.setattr(RuntimeJobV2, "status", ending)
    job.wait_for_final_state()
    assert job.status() == "CANCELLED"
    assert 0 < qruntime.world.now_us <= 500_000
    assert other.status() == "RUNNING"


# -- waits that nothing can end ----------------------------------------------------------------------------------------


def poll_for_ever(job: RuntimeJobV2) -> None:
    while not job.in_final_state():
        pass


def test_code_that_polls_without_a_pause_is_told_so(backend: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polling, "LIMIT", 50)
    job = submit(backend)
    with pytest.raises(
        ClockError, match=rf"/v1/jobs/{job.job_id()} was read 50 times in a row .*Sleep between two polls"
    ):
        poll_for_ever(job)


def test_a_wait_that_nothing_can_end_says_why_and_what_to_do(qruntime: QRuntime, backend: Any) -> None:
    qruntime.backend().set_status("paused", "maintenance")
    with pytest.warns(UserWarning, match="paused|maintenance|not active"):
        job = submit(backend)
    with pytest.raises(NothingPendingError) as caught:
        job.result()
    assert f"job {job.job_id()} is Queued and nothing is pending that could change that" in str(caught.value)
    assert "backend fake_manila is paused (maintenance) and starts no job" in str(caught.value)


def test_a_status_that_the_client_never_takes_for_final_is_not_waited_for() -> None:
    with world(backend="fake_manila", policy={"ran_too_long": "status_string"}) as qruntime:
        job = submit(QiskitRuntimeService().backend("fake_manila"))
        qruntime.next_jobs(runs_too_long=True)
        job = submit(QiskitRuntimeService().backend("fake_manila"))
        with pytest.raises(NothingPendingError, match=r"the client does not take .*ran_too_long='status_string'"):
            job.result()
        with pytest.raises(RuntimeJobTimeoutError):
            job.result(timeout=3600)


def test_a_wait_goes_on_in_the_world_of_its_job() -> None:
    with world(seed=1, backend="fake_manila") as outer:
        job = submit(QiskitRuntimeService().backend("fake_manila"))
        outer.next_jobs(quantum="1h")
        with world(seed=2) as inner:
            job.wait_for_final_state()
            assert inner.world.now_us == 0
        assert job.status() == "DONE"
