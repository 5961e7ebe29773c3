"""A wait jumps from event to event: hours of virtual time, a handful of requests, and never a hang."""

from __future__ import annotations

import threading
import time
from datetime import timedelta

import httpx
import pytest

from pytest_qruntime import (
    ConfigurationError,
    Job,
    JobFailedError,
    JobTimeoutError,
    NothingPendingError,
    QRuntime,
    Session,
)
from pytest_qruntime.client import RealPatience
from tests.lingering import forget_other_threads


def test_eight_hours_in_the_queue_cost_a_handful_of_requests(qruntime: QRuntime, asked: list[str]) -> None:
    qruntime.other_users(480, quantum="1m")
    job = qruntime.run()
    asked.clear()
    job.result()
    assert qruntime.world.now_us > 8 * 3600 * 1_000_000
    assert len(asked) <= 5


def test_a_job_that_is_final_is_not_waited_for(qruntime: QRuntime) -> None:
    job = qruntime.run()
    job.result()
    now = qruntime.clock.now()
    job.result(timeout=0)
    assert qruntime.clock.now() == now


def test_the_wait_ends_at_the_instant_at_which_the_job_does(qruntime: QRuntime) -> None:
    qruntime.next_jobs(classical=1.25, quantum=0.000001)
    qruntime.run().result()
    assert qruntime.world.now_us == 1_250_001


@pytest.mark.parametrize(
    ("timeout", "waited_us"),
    [(90, 90_000_000), (0.1 + 0.2, 300_000), ("1m30s", 90_000_000), (timedelta(minutes=1), 60_000_000), (0, 0)],
)
def test_a_timeout_ends_the_wait_to_the_microsecond(
    qruntime: QRuntime, timeout: str | float | timedelta, waited_us: int
) -> None:
    qruntime.clock.tick(0.7)
    qruntime.next_jobs(quantum="1h")
    job = qruntime.run()
    began_us = qruntime.world.now_us
    with pytest.raises(JobTimeoutError, match=f"job {job.job_id()} is still RUNNING after waiting"):
        job.result(timeout)
    assert qruntime.world.now_us - began_us == waited_us


def test_a_timeout_is_a_timeout_error_of_python_too(qruntime: QRuntime) -> None:
    qruntime.next_jobs(quantum="1h")
    with pytest.raises(TimeoutError):
        qruntime.run().wait_for_final_state(timeout=1)


def test_a_job_that_ends_exactly_at_the_timeout_has_ended(qruntime: QRuntime) -> None:
    qruntime.next_jobs(quantum=60)
    assert qruntime.run().result(timeout=60) is not None


def test_waiting_can_go_on_after_a_timeout(qruntime: QRuntime) -> None:
    qruntime.next_jobs(quantum="1h")
    job = qruntime.run()
    with pytest.raises(JobTimeoutError):
        job.result(timeout="59m")
    assert job.result() is not None


@pytest.mark.parametrize("timeout", [-1, "soon", "60", float("nan"), True])
def test_a_timeout_that_makes_no_sense_is_refused(qruntime: QRuntime, timeout: str) -> None:
    with pytest.raises(ConfigurationError, match="cannot be used as a timeout"):
        qruntime.run().result(timeout)


def test_a_wait_that_nothing_can_end_says_why_and_what_to_do(qruntime: QRuntime) -> None:
    qruntime.backend().set_status("paused", "maintenance")
    job = qruntime.run()
    with pytest.raises(NothingPendingError) as caught:
        job.result()
    assert str(caught.value) == (
        f"job {job.job_id()} is Queued and nothing is pending that could change that: backend fake_backend is paused "
        "(maintenance) and starts no job. Bring it back with "
        "qruntime.backend('fake_backend').set_status('online'), or wait with a timeout; nothing was pending when the "
        "wait began"
    )


def test_a_wait_that_nothing_can_end_raises_at_once_and_lists_what_is_pending(
    qruntime: QRuntime, monkeypatch: pytest.MonkeyPatch
) -> None:
    forget_other_threads(monkeypatch)
    session = qruntime.session()
    qruntime.backend().set_status("paused")
    job = qruntime.run()
    with pytest.raises(NothingPendingError, match=f"pending when the wait began:\n.*{session.session_id}"):
        job.result()
    assert qruntime.world.now_us == 0


def test_a_wait_for_a_job_that_its_session_s_timer_will_end_goes_on_until_then(qruntime: QRuntime) -> None:
    session = qruntime.session(max_time="1h")
    session.run().result()
    qruntime.backend().set_status("offline")
    job = session.run()
    with pytest.raises(JobFailedError, match="4001"):
        job.result()


def test_a_wait_with_a_timeout_that_nothing_can_end_reaches_the_timeout(qruntime: QRuntime) -> None:
    qruntime.backend().set_status("offline")
    with pytest.raises(JobTimeoutError, match="is still QUEUED after waiting 3600 s"):
        qruntime.run().result("1h")


def test_a_wait_ends_when_another_thread_brings_the_backend_back(qruntime: QRuntime) -> None:
    qruntime.backend().set_status("paused")
    job = qruntime.run()

    def mend() -> None:
        time.sleep(3600)
        qruntime.backend().set_status("online")

    thread = threading.Thread(target=mend)
    thread.start()
    assert job.result() is not None
    thread.join()
    assert qruntime.world.now_us >= 3_600_000_000


def test_a_wait_ends_when_another_thread_cancels(qruntime: QRuntime) -> None:
    qruntime.next_jobs(quantum="2h")
    job = qruntime.run()

    def cancel() -> None:
        time.sleep(1800)
        job.cancel()

    thread = threading.Thread(target=cancel)
    thread.start()
    job.wait_for_final_state()
    thread.join()
    assert job.status() == "CANCELLED"
    assert qruntime.world.now_us == 1_800_000_000


def test_threads_can_wait_for_their_own_jobs(qruntime: QRuntime) -> None:
    results: list[object] = []
    threads = [threading.Thread(target=lambda: results.append(qruntime.run().result())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 4
    assert all(results)


def test_polling_code_sees_the_hours_pass(qruntime: QRuntime) -> None:
    qruntime.next_jobs(quantum="2h")
    job = qruntime.run()
    began = time.time()
    while job.status() != "DONE":
        time.sleep(60)
    assert time.time() - began == 7200


# -- on the wall clock -----------------------------------------------------------------------------------------------


class Answers(httpx.BaseTransport):
    """Says "Queued" so many times, then "Completed"."""

    def __init__(self, polls: int) -> None:
        self.polls = polls

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.polls -= 1
        status = "Completed" if self.polls < 0 else "Queued"
        return httpx.Response(200, json={"state": {"status": status}}, request=request)


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    return slept


def test_with_any_other_client_a_wait_polls(slept: list[float]) -> None:
    with httpx.Client(transport=Answers(polls=3), base_url="https://example.test") as http:
        Job(http, "a-job").wait_for_final_state()
    assert slept == [0.5, 0.5, 0.5]


def test_the_last_poll_is_as_short_as_the_timeout_needs(slept: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "monotonic", lambda: sum(slept))
    with httpx.Client(transport=Answers(polls=9), base_url="https://example.test") as http:
        job = Job(http, "a-job", patience=RealPatience(poll_s=2))
        with pytest.raises(JobTimeoutError, match="after waiting 5 s"):
            job.wait_for_final_state(timeout=5)
    assert slept == [2, 2, 1]


def test_a_sessions_jobs_wait_as_the_session_was_told(slept: list[float]) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        body = {"id": "an-id", "state": {"status": "Completed" if slept else "Running"}}
        return httpx.Response(200, json=body, request=request)

    with httpx.Client(transport=httpx.MockTransport(answer), base_url="https://example.test") as http:
        Session(http, backend="ibm_fez", patience=RealPatience(poll_s=7)).run().wait_for_final_state()
    assert slept == [7]
