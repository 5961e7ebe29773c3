"""What a request costs, counted in calls of Python functions: the same on a full service as on an empty one."""

from __future__ import annotations

import gc
import sys
from types import FrameType
from typing import Any

import pytest

from pytest_qruntime.model import JobRequest
from pytest_qruntime.rest import Request
from tests.rest.face import HOST, Face


def calls(face: Face, method: str, path: str, query: str = "", body: bytes = b"") -> int:
    """How many Python functions are called to answer a request."""
    counted = 0

    def count(_frame: FrameType, event: str, _argument: Any) -> None:
        nonlocal counted
        counted += event == "call"

    headers = {"authorization": f"Bearer {face.service.token()}", "service-crn": face.service.crn()}
    request = Request(method, HOST, "/api" + path, query, headers, body)
    face.service.handle(request)  # what is made once is not counted
    gc.disable()  # a collection calls whoever listens, such as Hypothesis
    sys.setprofile(count)
    try:
        response = face.service.handle(request)
    finally:
        sys.setprofile(None)
        gc.enable()
    assert response.status < 300, response.body
    return counted


def busy(jobs: int) -> tuple[Face, str, str]:
    face = Face()
    session_id = face.open("batch")
    for _ in range(jobs):
        face.world.submit(JobRequest(workload=session_id))
    return face, session_id, face.submit(session_id=session_id)


@pytest.mark.parametrize(
    ("method", "path", "query", "body"),
    [
        ("GET", "/v1/jobs/{job}", "exclude_params=true", b""),
        ("GET", "/v1/jobs/{job}/metrics", "", b""),
        ("GET", "/v1/sessions/{session}", "", b""),
        ("PATCH", "/v1/sessions/{session}", "", b'{"accepting_jobs":true}'),
        ("PUT", "/v1/jobs/{job}/tags", "", b'{"tags":["a"]}'),
        ("GET", "/v1/jobs", "limit=5", b""),
        ("GET", "/v1/jobs", "limit=5&pending=true", b""),
        ("GET", "/v1/jobs", "limit=5&session_id={session}", b""),
        ("GET", "/v1/jobs", "limit=5&pending=true&session_id={session}", b""),
        ("GET", "/v1/backends/fake_backend/status", "", b""),
        ("GET", "/v1/instances/usage", "", b""),
        ("POST", "/v1/jobs", "", b'{"program_id":"sampler","backend":"fake_backend","session_id":"{session}"}'),
    ],
)
def test_a_request_costs_the_same_whatever_lies_in_the_queue(method: str, path: str, query: str, body: bytes) -> None:
    def cost(jobs: int) -> int:
        face, session_id, job_id = busy(jobs)
        place = {"{session}": session_id, "{job}": job_id}
        filled_path, filled_query, filled_body = path, query, body.decode()
        for name, value in place.items():
            filled_path, filled_query = filled_path.replace(name, value), filled_query.replace(name, value)
            filled_body = filled_body.replace(name, value)
        return calls(face, method, filled_path, filled_query, filled_body.encode())

    assert cost(1000) == cost(20)
