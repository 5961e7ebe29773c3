"""What the real client's work costs, counted in requests; timings are the benchmarks' business."""

from __future__ import annotations

import re
from typing import Any

import pytest
from qiskit_ibm_runtime import Session

from pytest_qruntime import QRuntime
from pytest_qruntime.clock.real import Real
from tests.sdk.client import bell, sampler, submit
from tests.sdk.conftest import Asked

POLL = re.compile(r"GET /v1/jobs/[^/]+")


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long this process really sleeps."""
    found: list[float] = []
    monkeypatch.setattr(Real, "sleep", found.append)
    return found


def test_a_session_of_five_jobs_is_35_requests_at_most_and_no_sleep(
    qiskit_runtime_service: Any, asked: Asked, slept: list[float]
) -> None:
    backend = qiskit_runtime_service.backend("fake_manila")
    asked.clear()
    with Session(backend=backend) as session:
        primitive = sampler(session)
        jobs = [primitive.run([bell()]) for _ in range(5)]
    assert [len(job.result()) for job in jobs] == [1] * 5
    assert len(asked) <= 35
    assert slept == []


def test_eight_hours_in_the_queue_are_five_polls_at_most_and_no_sleep(
    qiskit_runtime_service: Any, qruntime: QRuntime, asked: Asked, slept: list[float]
) -> None:
    backend = qiskit_runtime_service.backend("fake_manila")
    began = qruntime.clock.now()
    qruntime.other_users(jobs=qruntime.backend().lanes, quantum="8h")
    job = submit(backend)
    asked.clear()
    job.result()
    assert (qruntime.clock.now() - began).total_seconds() > 8 * 3600
    assert len([request for request in asked if POLL.fullmatch(request)]) <= 5
    assert slept == []
