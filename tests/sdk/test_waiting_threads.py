"""Threads that wait for jobs share the virtual time: the same trace every time, and no wait without an end."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from qiskit_ibm_runtime import QiskitRuntimeService, Session
from qiskit_ibm_runtime.exceptions import RuntimeJobTimeoutError

from pytest_qruntime import NothingPendingError, QRuntime, QRuntimeError, Trace, world
from tests.sdk.client import bell, sampler, submit

FROZEN_OR_NOT = pytest.mark.parametrize("freeze", [True, False])


def story(trace: Trace) -> list[tuple[int, str]]:
    """What happened when, whichever of two threads that began at one instant was faster to submit."""
    return [(event.at_us, event.kind) for event in trace]


def two_optimisers(freeze: bool) -> tuple[Trace, list[str]]:
    """Two loops in one session, each in a thread, whose steps take them different times."""
    with world(backend="fake_manila", freeze=freeze) as qruntime:
        qruntime.next_jobs(None, classical=3, quantum=7.3)
        with Session(QiskitRuntimeService().backend("fake_manila")) as session:
            samplers = [sampler(session) for _ in range(2)]
            circuit = bell()

            def optimise(which: int) -> str:
                for _ in range(4):
                    job = samplers[which].run([circuit])
                    assert job.result() is not None
                    time.sleep(1.7 if which else 0.3)
                return str(job.status())

            with ThreadPoolExecutor(2) as pool:
                ends = list(pool.map(optimise, range(2)))
        qruntime.clock.tick("1h")
        return qruntime.trace, ends


@FROZEN_OR_NOT
def test_two_optimisers_in_threads_give_the_same_trace_every_time(freeze: bool) -> None:
    (first, ends), *others = [two_optimisers(freeze) for _ in range(3)]
    assert ends == ["DONE", "DONE"]
    assert [story(trace) for trace, _ in others] == [story(first)] * 2


@FROZEN_OR_NOT
def test_eight_threads_wait_for_a_job_each(freeze: bool) -> None:
    with world(backend="fake_manila", freeze=freeze, lanes=3) as qruntime:
        backend = QiskitRuntimeService().backend("fake_manila")
        qruntime.next_jobs(None, classical=0, quantum=600)
        with ThreadPoolExecutor(8) as pool:
            results = list(pool.map(lambda _: submit(backend).result(), range(8)))
        assert len(results) == 8
        assert qruntime.world.now_us == 4_800_000_000


def test_eight_threads_wait_for_the_same_job(qruntime: QRuntime, qiskit_runtime_service: QiskitRuntimeService) -> None:
    qruntime.next_jobs(classical="8h", quantum=60)
    job = submit(qiskit_runtime_service.backend("fake_manila"))
    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(lambda _: qiskit_runtime_service.job(job.job_id()).result() is not None, range(8)))
    assert statuses == [True] * 8
    assert qruntime.world.now_us == 28_860_000_000


def test_eight_threads_take_up_one_session(qruntime: QRuntime, qiskit_runtime_service: QiskitRuntimeService) -> None:
    session = Session(qiskit_runtime_service.backend("fake_manila"))

    def take_up(_: int) -> str:
        mine = Session.from_id(session.session_id, service=qiskit_runtime_service)
        sampler(mine).run([bell()]).result()
        return str(mine.session_id)

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(take_up, range(8))) == {session.session_id}
    assert len(qruntime.jobs()) == 8


def test_a_timeout_in_a_thread_is_honoured(qruntime: QRuntime, qiskit_runtime_service: QiskitRuntimeService) -> None:
    backend = qiskit_runtime_service.backend("fake_manila")
    qruntime.next_jobs(None, quantum="1h")
    jobs = [submit(backend) for _ in range(3)]

    def gives_up(which: int) -> int:
        with pytest.raises(RuntimeJobTimeoutError, match=f"after {which + 1} secs"):
            jobs[which].result(timeout=which + 1)
        return qruntime.world.now_us

    with ThreadPoolExecutor(3) as pool:
        assert list(pool.map(gives_up, range(3))) == [1_000_000, 2_000_000, 3_000_000]


def test_waits_in_threads_that_nothing_can_end_end(
    qruntime: QRuntime, qiskit_runtime_service: QiskitRuntimeService
) -> None:
    backend = qiskit_runtime_service.backend("fake_manila")
    qruntime.backend().set_status("paused")
    with pytest.warns(UserWarning, match="fake_manila"):
        jobs = [submit(backend) for _ in range(2)]

    def wait(job: Any) -> str:
        with pytest.raises(NothingPendingError, match=f"job {job.job_id()} is Queued"):
            job.result()
        return str(job.status())

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(wait, jobs)) == ["QUEUED", "QUEUED"]


def test_a_wait_ends_when_another_thread_cancels(
    qruntime: QRuntime, qiskit_runtime_service: QiskitRuntimeService
) -> None:
    qruntime.next_jobs(quantum="2h")
    job = submit(qiskit_runtime_service.backend("fake_manila"))

    def cancel() -> None:
        time.sleep(1800)
        qiskit_runtime_service.job(job.job_id()).cancel()

    thread = threading.Thread(target=cancel)
    thread.start()
    job.wait_for_final_state()
    thread.join()
    assert job.status() == "CANCELLED"
    assert qruntime.world.now_us < 1_801_000_000


@FROZEN_OR_NOT
def test_a_thread_that_still_waits_when_its_world_is_closed_is_told_so(freeze: bool) -> None:
    told: list[Exception] = []
    waits = threading.Event()

    def wait(look: Callable[[], Any]) -> None:
        try:
            look()
        except Exception as error:
            told.append(error)

    with world(backend="fake_manila", freeze=freeze) as qruntime:
        qruntime.next_jobs(quantum="2h")
        job = submit(QiskitRuntimeService().backend("fake_manila"))
        status = job.status

        def status_and_tell() -> Any:
            shown = status()
            waits.set()
            return shown

        job.status = status_and_tell
        thread = threading.Thread(target=wait, args=[job.wait_for_final_state])
        thread.start()
        waits.wait()
    thread.join()
    (error,) = told
    assert isinstance(error, QRuntimeError)
    assert "its world is closed" in str(error)
