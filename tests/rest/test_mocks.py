"""Mocks: the backends of the client's dry runs."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_qruntime.model import JobScript
from pytest_qruntime.model.request import Failure
from tests.rest.face import Face


@pytest.fixture
def fez(face: Face) -> Face:
    """A world that has ibm_fez too."""
    face.world.add_backend("ibm_fez", qubits=5, region="us-east")
    return face


def names(face: Face, query: str = "", **changes: Any) -> list[str]:
    return [device["name"] for device in face.ask("GET", "/v1/backends", query=query, **changes).json["devices"]]


def test_mocks_are_listed_to_those_who_ask(fez: Face) -> None:
    assert names(fez) == ["fake_backend", "ibm_fez"]
    assert names(fez, "include_mocks=false") == ["fake_backend", "ibm_fez"]
    assert names(fez, "include_mocks=True") == ["fake_backend", "ibm_fez", "mock_backend", "mock_fez"]


def test_a_mock_is_online_and_idle_whatever_its_backend_is(fez: Face) -> None:
    fez.world.backends["ibm_fez"].set_status("offline")
    *_, original, _, mock = fez.ask("GET", "/v1/backends", query="include_mocks=True").json["devices"]
    assert (mock["class"], mock["status"]["name"], mock["queue_length"]) == ("mock", "online", 0)
    assert "class" not in original
    assert fez.ask("GET", "/v1/backends/mock_fez/status").json["status"] == "active"
    assert fez.ask("GET", "/v1/backends/ibm_fez/status").json["status"] == "off"


def test_two_backends_of_one_device_share_a_mock(fez: Face) -> None:
    fez.world.add_backend("alt_fez")
    assert names(fez, "include_mocks=True") == ["fake_backend", "ibm_fez", "alt_fez", "mock_backend", "mock_fez"]


def test_a_backend_that_is_called_like_a_mock_is_none(fez: Face) -> None:
    fez.world.add_backend("mock_fez", qubits=7)
    assert names(fez, "include_mocks=True") == ["fake_backend", "ibm_fez", "mock_fez", "mock_backend"]
    fez.submit(backend="mock_fez")
    assert fez.ask("GET", "/v1/jobs").json["count"] == 1


@pytest.mark.parametrize("kind", ["configuration", "properties"])
def test_a_mock_has_the_device_of_its_backend(fez: Face, kind: str) -> None:
    original, mock = (fez.ask("GET", f"/v1/backends/{name}/{kind}").json for name in ("ibm_fez", "mock_fez"))
    assert mock == {**original, "backend_name": "mock_fez"}


def test_a_mock_is_never_seen_unasked(fez: Face) -> None:
    fez.submit(backend="mock_fez")
    assert names(fez) == ["fake_backend", "ibm_fez"]
    assert names(fez, "include_mocks=True") == ["fake_backend", "ibm_fez", "mock_backend", "mock_fez"]
    assert fez.ask("GET", "/v1/instance").json["backends"] == ["fake_backend", "ibm_fez"]


def test_a_mock_of_nothing_is_unknown(fez: Face) -> None:
    assert fez.ask("GET", "/v1/backends/mock_nothing/status").status == 404
    assert fez.ask("GET", "/v1/backends/mock/status").status == 404


def test_a_mock_is_seen_from_where_its_backend_is(fez: Face) -> None:
    there = fez.world.add_instance("there", region="eu-de")
    german: dict[str, Any] = {"headers": {"service-crn": fez.service.crn(there)}, "host": "eu-de.quantum.cloud.ibm.com"}
    assert names(fez, "include_mocks=True", **german) == ["fake_backend", "mock_backend"]
    assert fez.ask("GET", "/v1/backends/mock_fez/status", **german).status == 404


def test_a_job_on_a_mock_needs_no_qpu_and_is_not_charged(fez: Face) -> None:
    job_id = fez.submit(backend="mock_fez")

    assert fez.job(job_id)["status"] == "Running"
    job = fez.at(20).job(job_id)

    assert (job["status"], job["backend"], job["usage"]) == ("Completed", "mock_fez", {"seconds": 0.0})
    assert fez.ask("GET", f"/v1/jobs/{job_id}/results").json["results"]


def test_a_job_on_a_mock_belongs_to_no_session(fez: Face) -> None:
    session_id = fez.open(backend="ibm_fez")

    created = fez.ask(
        "POST", "/v1/jobs", {"program_id": "sampler", "backend": "mock_fez", "session_id": session_id, "params": {}}
    )

    assert (created.status, "session_id" in created.json) == (200, False)
    assert fez.session(session_id)["state"] == "open"


def test_a_job_on_a_mock_can_be_scripted(fez: Face) -> None:
    fez.world.script(JobScript(backend="mock_fez", failure=Failure(code=9707, reason="Temporary Internal Error")))

    job_id = fez.submit(backend="mock_fez")

    assert fez.at(30).job(job_id)["state"]["reason_code"] == 9707


def test_jobs_on_mocks_are_listed_to_those_who_ask(fez: Face) -> None:
    job_id, dry_id = fez.submit(), fez.submit(backend="mock_fez")

    def listed(path: str, rows: str, query: str = "") -> list[str]:
        return [row["id"] for row in fez.ask("GET", path, query=query).json[rows]]

    assert listed("/v1/jobs", "jobs") == [job_id]
    assert listed("/v1/jobs", "jobs", "include_mocks=True") == [dry_id, job_id]
    assert fez.ask("GET", "/v1/jobs").json["count"] == 1
    assert listed("/v1/workloads", "workloads") == [job_id]
    assert listed("/v1/workloads", "workloads", "include_mocks=True") == [job_id, dry_id]


def test_a_session_may_be_opened_on_a_mock(fez: Face) -> None:
    assert fez.session(fez.open(backend="mock_fez"))["backend_name"] == "mock_fez"
