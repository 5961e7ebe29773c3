"""The metrics and the log of a job."""

from __future__ import annotations

import pytest

from pytest_qruntime.model import Durations, Failure, JobScript, Policy
from tests.rest.face import Face


def test_metrics_show_when_and_how_much(face: Face) -> None:
    job_id = face.at(5).submit()

    metrics = face.at(40).ask("GET", f"/v1/jobs/{job_id}/metrics", headers={"ibm-api-version": "2026-04-15"}).json

    assert metrics["timestamps"] == {
        "created": "2026-01-15T12:00:05.000000Z",
        "running": "2026-01-15T12:00:05.000000Z",
        "finished": "2026-01-15T12:00:35.000000Z",
    }
    assert metrics["usage"] == {"qpu_charge_time_seconds": 10.0, "status": "complete"}
    assert "bss" not in metrics


def test_usage_is_pending_until_the_job_has_ended(face: Face) -> None:
    metrics = face.ask("GET", f"/v1/jobs/{face.submit()}/metrics").json

    assert metrics["usage"]["status"] == "pending"
    assert metrics["timestamps"]["finished"] is None


@pytest.mark.parametrize(
    ("version", "always", "old_keys"),
    [(None, False, True), ("2025-05-01", False, True), ("2026-03-15", False, False), ("2026-04-15", True, True)],
)
def test_old_usage_keys_are_sent_to_old_clients(version: str | None, always: bool, old_keys: bool) -> None:
    face = Face(policy=Policy(legacy_usage_keys=always))
    job_id = face.submit()

    metrics = face.at(30).ask("GET", f"/v1/jobs/{job_id}/metrics", headers={"ibm-api-version": version}).json

    assert ("bss" in metrics, "quantum_seconds" in metrics["usage"]) == (old_keys, old_keys)
    assert metrics["usage"]["qpu_charge_time_seconds"] == 10.0


def test_logs_exist_once_a_job_has_run(face: Face) -> None:
    job_id = face.submit()
    early = face.ask("GET", f"/v1/jobs/{job_id}/logs")

    late = face.at(30).ask("GET", f"/v1/jobs/{job_id}/logs")

    assert (early.status, early.error["message"]) == (404, "logs not found")
    assert late.headers["content-type"] == "text/plain; charset=utf-8"
    assert late.body.decode().splitlines()[-1] == "2026-01-15T12:00:30.000000Z INFO Completed"


def test_a_job_that_never_ran_has_no_time_of_running(face: Face) -> None:
    """JOB-04"""
    face.backend.lanes = 1
    face.submit()
    waiting = face.submit()
    queued = face.at(5).ask("GET", f"/v1/jobs/{waiting}/metrics").json["timestamps"]
    face.ask("POST", f"/v1/jobs/{waiting}/cancel")

    cancelled = face.at(60).ask("GET", f"/v1/jobs/{waiting}/metrics").json["timestamps"]

    created = "2026-01-15T12:00:00.000000Z"
    assert queued == {"created": created, "running": None, "finished": None}
    assert cancelled == {"created": created, "running": None, "finished": "2026-01-15T12:00:05.000000Z"}


@pytest.mark.parametrize(("quantum", "whole"), [(10, 10), (9.000001, 10), (0.2, 1), (0, 0)])
def test_the_old_usage_keys_are_whole_seconds_rounded_up(face: Face, quantum: float, whole: int) -> None:
    """USG-13"""
    face.world.script(JobScript(durations=Durations.of(1, quantum)))

    metrics = face.ask("GET", f"/v1/jobs/{_ended(face)}/metrics").json

    assert (metrics["usage"]["quantum_seconds"], metrics["usage"]["seconds"]) == (whole, whole)
    assert metrics["bss"] == {"seconds": whole}
    assert metrics["usage"]["qpu_charge_time_seconds"] == quantum


def _ended(face: Face) -> str:
    job_id = face.submit()
    face.at(100)
    return job_id


def test_the_log_of_a_failed_job_ends_with_the_error(face: Face) -> None:
    face.world.script(JobScript(failure=Failure(code=9707, reason="Temporary Internal Error")))

    log = face.ask("GET", f"/v1/jobs/{_ended(face)}/logs").body.decode()

    assert log.splitlines()[-1] == "2026-01-15T12:00:30.000000Z ERROR Temporary Internal Error"
    assert log.count("ERROR") == 1
