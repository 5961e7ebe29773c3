"""A timeout that the caller gives is honoured to the poll: as if the client had polled all the way."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from qiskit_ibm_runtime import QiskitRuntimeService
from qiskit_ibm_runtime.exceptions import RuntimeJobTimeoutError

from pytest_qruntime import QRuntime, world
from pytest_qruntime.sdk.waiting import Wait
from tests.sdk.client import submit
from tests.sdk.conftest import Asked
from tests.sdk.needs import at_least

HAS_INTERVAL = at_least("0.47")
POLL_S = 0.5 if HAS_INTERVAL else 0.1


@pytest.fixture
def backend(qiskit_runtime_service: QiskitRuntimeService) -> Any:
    return qiskit_runtime_service.backend("fake_manila")


def test_a_timeout_of_three_seconds_is_three_seconds(qruntime: QRuntime, backend: Any, asked: Asked) -> None:
    qruntime.next_jobs(quantum="1h")
    job = submit(backend)
    asked.clear()
    with pytest.raises(RuntimeJobTimeoutError, match="after 3 secs"):
        job.result(timeout=3)
    assert qruntime.world.now_us == 3_000_000
    assert len(asked) <= 3


def test_a_timeout_between_two_polls_is_noticed_by_the_second(qruntime: QRuntime, backend: Any) -> None:
    qruntime.next_jobs(quantum="1h")
    with pytest.raises(RuntimeJobTimeoutError):
        submit(backend).wait_for_final_state(timeout=2.95)
    assert qruntime.world.now_us == 3_000_000


@pytest.mark.parametrize("timeout", [0, -1, 0.0, Decimal(0)])
def test_no_time_at_all_is_one_poll(qruntime: QRuntime, backend: Any, timeout: Any) -> None:
    with pytest.raises(RuntimeJobTimeoutError):
        submit(backend).wait_for_final_state(timeout=timeout)
    assert qruntime.world.now_us == 0


def test_a_timeout_without_end_is_none(qruntime: QRuntime, backend: Any) -> None:
    job = submit(backend)
    job.wait_for_final_state(timeout=float("inf"))
    assert job.status() == "DONE"


def test_a_timeout_of_a_century_is_none(qruntime: QRuntime, backend: Any) -> None:
    job = submit(backend)
    job.wait_for_final_state(timeout=3_153_600_000)
    assert job.status() == "DONE"


def test_a_timeout_that_is_no_number_fails_as_it_does_with_the_service(qruntime: QRuntime, backend: Any) -> None:
    with pytest.raises(TypeError):
        submit(backend).wait_for_final_state(timeout="3 s")


def test_waiting_can_go_on_after_a_timeout(qruntime: QRuntime, backend: Any) -> None:
    qruntime.next_jobs(quantum="1h")
    job = submit(backend)
    with pytest.raises(RuntimeJobTimeoutError):
        job.result(timeout=3500)
    assert job.result() is not None
    assert qruntime.world.now_us == 3_600_000_000


def test_a_wait_with_a_timeout_that_nothing_can_end_reaches_the_timeout(qruntime: QRuntime, backend: Any) -> None:
    job = submit(backend)
    qruntime.clock.tick(0.001)
    qruntime.backend().set_status("paused")
    with pytest.warns(UserWarning, match="fake_manila"):
        waiting = submit(backend)
    with pytest.raises(RuntimeJobTimeoutError):
        waiting.result(timeout=7200)
    assert job.status() == "DONE"
    assert qruntime.world.now_us == 7_200_001_000


def outcome(
    monkeypatch: pytest.MonkeyPatch, ends_s: float, timeout: float | None, offset_s: float, interval_s: float | None
) -> tuple[int, str]:
    """When and how a wait ends: the instant, and the last status or the error."""
    given_s = {"poll_interval": interval_s} if HAS_INTERVAL and interval_s is not None else {}
    with world(backend="fake_manila") as qruntime:
        qruntime.clock.tick(offset_s)
        qruntime.next_jobs(classical=0, quantum=ends_s)
        job = submit(QiskitRuntimeService().backend("fake_manila"))
        try:
            job.wait_for_final_state(timeout, **given_s)
        except RuntimeJobTimeoutError as error:
            return qruntime.world.now_us, str(error)
        return qruntime.world.now_us, job.status()


def poll_all_the_way(wait: Wait, poll_s: float) -> None:
    """What the client's loop asks for, and no more."""
    wait._clock.sleep(poll_s)


@settings(max_examples=25, deadline=None, derandomize=True)
@example(ends_s=8.0, timeout=0.3, offset_s=0.0, interval_s=0.1)  # at the third poll the loop sees 0.29999995 s
@given(
    ends_s=st.one_of(st.integers(1, 80).map(lambda tenth: tenth / 10), st.floats(0.000001, 8)),
    timeout=st.one_of(st.none(), st.integers(1, 80).map(lambda tenth: tenth / 10), st.floats(0.000001, 8)),
    offset_s=st.one_of(st.just(0.0), st.floats(0, 3)),
    interval_s=st.sampled_from([None, 0.1, 0.3, 0.7, 1 / 3]),
)
def test_a_wait_ends_when_and_how_polling_all_the_way_does(
    ends_s: float, timeout: float | None, offset_s: float, interval_s: float | None
) -> None:
    with pytest.MonkeyPatch.context() as monkeypatch:
        jumping = outcome(monkeypatch, ends_s, timeout, offset_s, interval_s)
        monkeypatch.setattr(Wait, "sleep", poll_all_the_way)
        polling = outcome(monkeypatch, ends_s, timeout, offset_s, interval_s)
    assert jumping == polling
