"""Threads that make services of their own, and coroutines that wait for jobs in threads or block their loop."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import Any

import pytest
from qiskit_ibm_runtime import QiskitRuntimeService, Session
from qiskit_ibm_runtime.exceptions import RuntimeJobTimeoutError

from pytest_qruntime import QRuntime, Trace, world
from tests.sdk.client import submit

HOUR_US = 3_600_000_000
FROZEN_OR_NOT = pytest.mark.parametrize(
    "freeze", [pytest.param(yes, marks=pytest.mark.qruntime(freeze=yes)) for yes in (True, False)]
)


def everything_by_itself(number: int, ends: list[str]) -> None:
    """A service, a session, two jobs, and a pause between them that differs from thread to thread."""
    with Session(QiskitRuntimeService().least_busy()) as session:
        submit(session).result()
        time.sleep(number + 1)
        job = submit(session)
        job.result()
    ends.append(job.status())


def in_threads(number: int, *, freeze: bool) -> Trace:
    """In threads of their own: in a pool, which of its threads takes what is a matter of luck."""
    ends: list[str] = []
    with world(backend="fake_manila", freeze=freeze) as qruntime:
        threads = [threading.Thread(target=everything_by_itself, args=[which, ends]) for which in range(number)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert ends == ["DONE"] * number
        qruntime.clock.tick("1h")
        return qruntime.trace


@pytest.mark.parametrize("freeze", [True, False])
def test_eight_threads_with_a_service_each_come_to_their_ends(freeze: bool) -> None:
    in_threads(8, freeze=freeze)


@pytest.mark.parametrize("freeze", [True, False])
def test_two_threads_with_a_service_each_leave_the_same_trace_every_time(freeze: bool) -> None:
    """Two: what eight compute before they submit takes longer on a busy machine than one waits for another's turn."""
    first, second = ([(event.at_us, event.kind) for event in in_threads(2, freeze=freeze)] for _ in range(2))
    assert first == second


@pytest.fixture
def backend(qruntime: QRuntime, qiskit_runtime_service: QiskitRuntimeService) -> Any:
    qruntime.next_jobs(None, classical=0, quantum="1h")
    return qiskit_runtime_service.backend("fake_manila")


@FROZEN_OR_NOT
def test_coroutines_that_wait_in_threads_see_each_job_end_at_its_instant(
    qruntime: QRuntime, backend: Any, freeze: bool
) -> None:
    jobs = [submit(backend) for _ in range(3)]
    order: list[tuple[str, int]] = []

    async def wait_for(number: int) -> None:
        await asyncio.to_thread(jobs[number].result)
        order.append((f"job {number}", qruntime.world.now_us))

    async def work() -> None:
        for _ in range(4):
            await asyncio.sleep(2000)
            order.append(("work", qruntime.world.now_us))

    async def main() -> None:
        await asyncio.gather(*map(wait_for, range(3)), work())

    asyncio.run(main())
    assert order == [
        ("work", 2000 * 1_000_000),
        ("job 0", HOUR_US),
        ("work", 4000 * 1_000_000),
        ("work", 6000 * 1_000_000),
        ("job 1", 2 * HOUR_US),
        ("work", 8000 * 1_000_000),
        ("job 2", 3 * HOUR_US),
    ]


def test_a_coroutine_that_waits_for_a_job_without_a_thread_blocks_its_loop(qruntime: QRuntime, backend: Any) -> None:
    woke: list[int] = []

    async def sleep_a_minute() -> None:
        await asyncio.sleep(60)
        woke.append(qruntime.world.now_us)

    async def main() -> None:
        task = asyncio.create_task(sleep_a_minute())
        await asyncio.sleep(0)
        submit(backend).result()
        assert woke == []
        await task

    asyncio.run(main())
    assert woke == [HOUR_US]


@FROZEN_OR_NOT
def test_a_timeout_that_a_thread_of_asyncio_gives_is_honoured(qruntime: QRuntime, backend: Any, freeze: bool) -> None:
    job = submit(backend)

    async def main() -> None:
        with pytest.raises(RuntimeJobTimeoutError, match="after 600 secs"):
            await asyncio.to_thread(job.result, timeout=600)
        assert qruntime.world.now_us == 600 * 1_000_000
        assert job.status() == "RUNNING"

    asyncio.run(main())


def test_a_timeout_of_asyncio_is_honoured_while_a_task_of_the_loop_sleeps(qruntime: QRuntime, backend: Any) -> None:
    job = submit(backend)

    async def main() -> None:
        heart = asyncio.create_task(asyncio.sleep(24 * 3600))
        waiting = asyncio.create_task(asyncio.to_thread(job.wait_for_final_state))
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(asyncio.shield(waiting), timeout=600)
        assert qruntime.world.now_us == 600 * 1_000_000
        heart.cancel()
        await waiting  # since 3.13 a loop that ends waits for its threads no longer than five minutes

    asyncio.run(main())
    assert job.status() == "DONE"
