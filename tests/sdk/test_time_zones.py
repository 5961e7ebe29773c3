"""Dates that the client shows are local times of the process, and dates that it is given are taken for such."""

from __future__ import annotations

import copy
import pickle
import time
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import numpy as np
import pytest
from qiskit_ibm_runtime import QiskitRuntimeService

from pytest_qruntime import QRuntime
from tests.sdk.client import submit
from tests.sdk.conftest import Asked

HOUR = timedelta(hours=1)
BEGIN = datetime(2026, 1, 15, 12, tzinfo=timezone.utc)

pytestmark = pytest.mark.skipif(not hasattr(time, "tzset"), reason="the zone of a process cannot be changed here")


@pytest.fixture(params=["UTC", "America/New_York", "Asia/Kolkata", "Pacific/Auckland"])
def zone(request: pytest.FixtureRequest) -> Iterator[str]:
    """The process's time zone: one after the other."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setenv("TZ", request.param)
        time.tzset()
        yield request.param
    time.tzset()


@pytest.fixture
def backend(zone: str, qiskit_runtime_service: QiskitRuntimeService) -> Any:
    return qiskit_runtime_service.backend("fake_manila")


def ids(jobs: list[Any]) -> list[str]:
    return [job.job_id() for job in jobs]


@pytest.fixture
def two(qruntime: QRuntime, backend: Any) -> list[str]:
    """The ids of two jobs, submitted at noon and two hours later; now it is a quarter past two."""
    first = submit(backend)
    qruntime.clock.tick("2h")
    second = submit(backend)
    qruntime.clock.tick("15m")
    return ids([first, second])


def test_a_job_shows_when_it_was_created_in_local_time(qruntime: QRuntime, backend: Any) -> None:
    job = submit(backend)
    qruntime.clock.tick("3h")
    assert job.creation_date == BEGIN
    assert job.creation_date.replace(tzinfo=None) == datetime.now() - 3 * HOUR
    assert job.creation_date.utcoffset() == datetime.now().astimezone().utcoffset()


def test_jobs_are_found_by_naive_dates(qiskit_runtime_service: QiskitRuntimeService, two: list[str]) -> None:
    jobs, now = qiskit_runtime_service.jobs, datetime.now()
    assert ids(jobs(created_after=now - HOUR)) == two[1:]
    assert ids(jobs(created_before=now - HOUR)) == two[:1]
    assert ids(jobs(created_after=now - 3 * HOUR, created_before=now)) == two[::-1]
    assert ids(jobs(created_after=now)) == []


def test_jobs_are_found_by_dates_in_utc_and_in_the_process_s_zone(
    qiskit_runtime_service: QiskitRuntimeService, two: list[str]
) -> None:
    jobs = qiskit_runtime_service.jobs
    for now in (datetime.now(timezone.utc), datetime.now().astimezone()):
        assert ids(jobs(created_after=now - HOUR)) == two[1:]
        assert ids(jobs(created_before=now - HOUR)) == two[:1]


def test_the_service_is_asked_for_dates_in_utc(
    qiskit_runtime_service: QiskitRuntimeService, zone: str, asked: Asked
) -> None:
    qiskit_runtime_service.jobs(created_after=datetime.now())
    assert "created_after=2026-01-15T12%3A00%3A00" in asked.whole[-1].query


def test_the_client_takes_dates_of_a_third_zone_for_local_ones(
    qiskit_runtime_service: QiskitRuntimeService, zone: str, asked: Asked
) -> None:
    elsewhere = datetime.now().replace(tzinfo=timezone(3 * HOUR))
    for date in (elsewhere, elsewhere.replace(tzinfo=None)):
        qiskit_runtime_service.jobs(created_before=date)
    queries = [request.query for request in asked.whole[-2:]]
    assert queries[0] == queries[1]
    assert "created_before=2026-01-15T12%3A00%3A00" in queries[0]


def test_the_properties_of_a_time_are_asked_for_in_local_time(qruntime: QRuntime, backend: Any) -> None:
    qruntime.clock.tick("1d")
    assert backend.properties(datetime=datetime.now() - HOUR) is not None
    assert backend.properties(datetime=datetime.now() - timedelta(days=2)) is None


def test_so_are_those_of_a_job(backend: Any) -> None:
    job = submit(backend)
    job.wait_for_final_state()
    assert job.properties().last_update_date == BEGIN


def test_dates_of_the_client_go_through_numpy_pickle_and_copies(backend: Any) -> None:
    created = submit(backend).creation_date
    assert isinstance(created, datetime)
    assert np.datetime64(created.astimezone(timezone.utc).replace(tzinfo=None)) == np.datetime64("2026-01-15T12:00")
    assert pickle.loads(pickle.dumps(created)) == copy.deepcopy(created) == BEGIN


def test_execution_spans_are_naive_and_in_utc_as_the_client_documents(qruntime: QRuntime, backend: Any) -> None:
    qruntime.next_jobs(classical=20, quantum=10)
    spans = submit(backend).result().metadata["execution"]["execution_spans"]
    noon = BEGIN.replace(tzinfo=None)
    assert (spans.start, spans.stop) == (noon + timedelta(seconds=20), noon + timedelta(seconds=30))
    assert spans.duration == 10


@pytest.mark.qruntime(freeze=False)
def test_without_freezing_only_the_process_s_own_now_is_another_time(
    qruntime: QRuntime, qiskit_runtime_service: QiskitRuntimeService, two: list[str]
) -> None:
    now = qruntime.clock.now()
    assert ids(qiskit_runtime_service.jobs(created_after=now - HOUR)) == two[1:]
    assert ids(qiskit_runtime_service.jobs(created_after=now.astimezone().replace(tzinfo=None) - HOUR)) == two[1:]
    assert qiskit_runtime_service.jobs(created_after=datetime.now() - HOUR) == []  # now is years later
