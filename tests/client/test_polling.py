"""Code that polls without a pause is told so, rather than left to hang; whoever else reads much is not."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
import requests

import pytest_qruntime
from pytest_qruntime import ClockError, QRuntime, Session
from pytest_qruntime.client import polling
from pytest_qruntime.clock.real import Real

LIMIT = 50


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Polls that are patient with nobody."""
    monkeypatch.setattr(polling, "LIMIT", LIMIT)


def headers(qruntime: QRuntime) -> dict[str, str]:
    return {"Authorization": f"Bearer {qruntime.token}", "Service-CRN": qruntime.crn}


def with_the_built_in_client(qruntime: QRuntime) -> Callable[[], object]:
    return qruntime.run().status


def with_httpx(qruntime: QRuntime) -> Callable[[], object]:
    client, url = httpx.Client(headers=headers(qruntime)), f"{qruntime.base_url}/v1/jobs/{qruntime.run().job_id()}"
    return lambda: client.get(url).raise_for_status()


def with_requests(qruntime: QRuntime) -> Callable[[], object]:
    url = f"{qruntime.base_url}/v1/jobs/{qruntime.run().job_id()}"
    return lambda: requests.get(url, headers=headers(qruntime)).raise_for_status()


def for_a_second(poll: Callable[[], object]) -> None:
    until_s = Real.monotonic() + 1
    while Real.monotonic() < until_s:
        poll()


@pytest.mark.parametrize("freeze", [True, False])
@pytest.mark.parametrize("ask", [with_the_built_in_client, with_httpx, with_requests])
def test_the_same_question_again_and_again_is_answered_so_often_and_then_refused(
    ask: Callable[[QRuntime], Callable[[], object]], freeze: bool
) -> None:
    with pytest_qruntime.world(freeze=freeze) as qruntime:
        poll = ask(qruntime)
        for _ in range(LIMIT):
            poll()
        with pytest.raises(ClockError, match=rf"/v1/jobs/.* was read {LIMIT} times in a row .*Sleep between two polls"):
            for_a_second(poll)  # other threads of the test run are believed to rest when they have done so for a while


def test_an_executor_that_has_nothing_to_do_keeps_nobody_waiting() -> None:
    with pytest_qruntime.world() as qruntime, ThreadPoolExecutor(1) as pool:
        pool.submit(int).result()
        poll = with_the_built_in_client(qruntime)
        with pytest.raises(ClockError, match=f"was read {LIMIT} times"):
            for_a_second(poll)


def poll_for_ever(session: Session) -> None:
    while session.status() != "Closed":
        pass


def test_a_loop_that_waits_for_a_session_to_end_is_told_so() -> None:
    with pytest_qruntime.world() as qruntime:
        session = qruntime.session()
        with pytest.raises(ClockError, match=f"/v1/sessions/{session.session_id}"):
            poll_for_ever(session)


def test_a_coroutine_that_only_gives_way_is_told_so() -> None:
    async def poll(qruntime: QRuntime) -> None:
        job = qruntime.run()
        while not job.in_final_state():
            await asyncio.sleep(0)

    with pytest_qruntime.world() as qruntime, pytest.raises(ClockError):
        asyncio.run(poll(qruntime))


@pytest.mark.parametrize("pause", [lambda qruntime: time.sleep(0.001), lambda qruntime: qruntime.clock.tick(0.001)])
def test_who_lets_time_pass_may_go_on(pause: Callable[[QRuntime], None]) -> None:
    with pytest_qruntime.world() as qruntime:
        job = qruntime.run()
        for _ in range(3 * LIMIT):
            job.status()
            pause(qruntime)


def test_who_asks_for_something_else_may_go_on() -> None:
    with pytest_qruntime.world() as qruntime:
        jobs = [qruntime.run() for _ in range(2)]
        for _ in range(3 * LIMIT):
            assert {job.status() for job in jobs} <= {"QUEUED", "RUNNING"}


def test_while_another_thread_works_nobody_is_refused() -> None:
    polled = threading.Event()

    def work() -> None:
        while not polled.is_set():
            pass

    with pytest_qruntime.world() as qruntime:
        job = qruntime.run()
        thread = threading.Thread(target=work)
        thread.start()
        for _ in range(3 * LIMIT):
            job.status()
        polled.set()
        thread.join()


def test_while_another_thread_sleeps_nobody_is_refused_and_time_passes() -> None:
    with pytest_qruntime.world() as qruntime:
        job = qruntime.run()
        thread = threading.Thread(target=time.sleep, args=[600])
        thread.start()
        while not job.in_final_state():
            pass
        thread.join()


def test_a_thread_that_waits_for_work_lets_no_time_pass() -> None:
    with pytest_qruntime.world() as qruntime, ThreadPoolExecutor(1) as pool:
        pool.submit(int).result()
        session = qruntime.session()
        with pytest.raises(ClockError, match="in a row"):
            poll_for_ever(session)
