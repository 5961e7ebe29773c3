"""What a job of the client shows while it waits, runs and has ended, and which of it is the handle's own memory."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest
from qiskit_ibm_runtime import Batch, QiskitRuntimeService, RuntimeInvalidStateError, Session

from pytest_qruntime import QRuntime
from tests.sdk.client import bell, estimator, submit, zz
from tests.sdk.conftest import Asked
from tests.sdk.needs import needs_client

MODES = pytest.mark.parametrize("mode", [Session, Batch, lambda backend: backend], ids=["session", "batch", "job"])


@pytest.fixture
def backend(qiskit_runtime_service: QiskitRuntimeService) -> Any:
    return qiskit_runtime_service.backend("fake_manila")


def shown(job: Any) -> tuple[bool, ...]:
    return (job.running(), job.done(), job.cancelled(), job.errored(), job.in_final_state())


@pytest.mark.qruntime(lanes=1)
def test_a_job_waits_runs_and_is_done(qruntime: QRuntime, backend: Any) -> None:
    qruntime.other_users(1, quantum=600)
    qruntime.next_jobs(classical=0, quantum=60)
    job = submit(backend)
    assert (job.status(), shown(job)) == ("QUEUED", (False, False, False, False, False))
    qruntime.clock.tick("10m")
    assert (job.status(), shown(job)) == ("RUNNING", (True, False, False, False, False))
    qruntime.clock.tick("1m")
    assert (job.status(), shown(job)) == ("DONE", (False, True, False, False, True))
    assert job.error_message() is None


@MODES
def test_a_job_knows_what_it_was_submitted_with(qruntime: QRuntime, backend: Any, mode: Any) -> None:
    workload = mode(backend)
    job = estimator(workload, environment={"job_tags": ["vqe"]}).run([(bell().remove_final_measurements(False), zz())])
    assert (job.primitive_id, job.tags, job.private) == ("estimator", ["vqe"], False)
    assert job.session_id == getattr(workload, "session_id", None)
    assert (job.backend().name, job.instance) == ("fake_manila", qruntime.crn)
    assert job.creation_date == datetime(2026, 1, 15, 12, tzinfo=timezone.utc)
    assert job.usage_estimation["quantum_seconds"] > 0
    again = backend.service.job(job.job_id())
    assert (again.primitive_id, again.tags, again.session_id) == ("estimator", ["vqe"], job.session_id)
    assert again.result()[0].data.evs == job.result()[0].data.evs


def test_metrics_tell_the_virtual_instants_and_the_place_in_the_queue(qruntime: QRuntime, backend: Any) -> None:
    qruntime.next_jobs(classical=20, quantum=60)
    qruntime.clock.tick("1h")
    job = submit(backend)
    job.wait_for_final_state()
    assert job.metrics()["timestamps"] == {
        "created": "2026-01-15T13:00:00.000000Z",
        "running": "2026-01-15T13:00:00.000000Z",
        "finished": "2026-01-15T13:01:20.000000Z",
    }


@needs_client("0.51", "usage that is charged while a job runs")
def test_usage_is_zero_until_it_is_final(qruntime: QRuntime, backend: Any) -> None:
    qruntime.next_jobs(classical=0, quantum=60)
    job = submit(backend)
    qruntime.clock.tick("30s")
    assert job.usage() == 0
    job.wait_for_final_state()
    assert job.usage() == job.usage(partial=True) == 60


def test_the_properties_are_asked_for_as_of_the_time_at_which_the_job_ran(
    qruntime: QRuntime, backend: Any, asked: Asked
) -> None:
    qruntime.clock.tick("1h")
    job = submit(backend)
    qruntime.clock.tick("3d")
    assert job.properties(refresh=True).backend_name == "fake_manila"
    assert "updated_before=2026-01-15T13%3A00%3A00" in asked.whole[-1].query


def test_logs_are_empty_until_the_job_has_ended(qruntime: QRuntime, backend: Any) -> None:
    job = submit(backend)
    assert job.logs() == ""
    job.wait_for_final_state()
    assert "2026-01-15" in job.logs()


def test_each_result_is_read_from_the_service_again_and_is_the_same(backend: Any, asked: Asked) -> None:
    job = submit(backend)
    counts = [job.result()[0].data.meas.get_counts() for _ in range(3)]
    assert counts[0] == counts[1] == counts[2]
    assert asked.count(f"GET /v1/jobs/{job.job_id()}/results") == 3


def test_a_handle_that_has_seen_the_end_asks_no_more(backend: Any, asked: Asked) -> None:
    job = submit(backend)
    job.wait_for_final_state()
    asked.clear()
    assert (job.status(), job.in_final_state(), job.error_message()) == ("DONE", True, None)
    assert asked == []


@MODES
def test_a_cancelled_job_has_no_result(qruntime: QRuntime, backend: Any, mode: Any) -> None:
    qruntime.next_jobs(quantum="1h")
    job = submit(mode(backend))
    job.cancel()
    assert (job.status(), job.cancelled(), job.error_message()) == ("CANCELLED", True, None)
    with pytest.raises(RuntimeInvalidStateError, match=r"Unable to retrieve result for job .* Job was cancelled"):
        job.result()
    assert backend.service.job(job.job_id()).status() == "CANCELLED"


def test_a_cancel_that_is_answered_too_late_is_what_the_handle_remembers_and_not_what_happened(
    qruntime: QRuntime, backend: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = submit(backend)
    monkeypatch.setattr(job._api_client, "job_cancel", lambda _: None)
    job.cancel()
    qruntime.clock.tick("1h")
    assert job.status() == "CANCELLED"
    assert backend.service.job(job.job_id()).status() == "DONE"


def test_tags_are_those_of_the_handle_until_they_are_updated_or_the_job_is_asked_for_again(backend: Any) -> None:
    job = submit(backend, environment={"job_tags": ["old"]})
    other = backend.service.job(job.job_id())
    assert sorted(other.update_tags(["new", "newer"])) == ["new", "newer"]
    assert job.tags == ["old"]
    assert sorted(backend.service.job(job.job_id()).tags) == ["new", "newer"]
    assert other.update_tags([]) == []


def test_a_private_job_in_a_session_shows_its_result_once(backend: Any) -> None:
    with Session(backend) as session:
        job = submit(session, environment={"private": True})
    assert job.result() is not None
    assert (job.private, backend.service.job(job.job_id()).private, job.inputs) == (True, True, {})
    with pytest.raises(Exception, match="can be read only once"):
        job.result()
