"""The REST face reads no clock but the world's, and builds no pydantic model once it is imported."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import json
from pytest_qruntime.model import World
from pytest_qruntime.rest import Request, Service
from freezegun import freeze_time
import pydantic

def refuse(*args, **kwargs):
    raise AssertionError("a model was built while the clock was frozen")

with freeze_time("1999-12-31"):
    pydantic.TypeAdapter.__init__ = refuse
    world = World()
    world.add_backend("fake_backend")
    service = Service(world)
    headers = {"authorization": "Bearer " + service.token(), "service-crn": service.crn()}
    body = b'{"mode": "batch", "backend": "fake_backend"}'
    answer = service.handle(Request("POST", "quantum.cloud.ibm.com", "/api/v1/sessions", "", headers, body))
    assert json.loads(answer.body)["created_at"] == "2026-01-15T12:00:00.000000Z", answer
    query = "created_after=2026-01-15T12:00:00Z"
    answer = service.handle(Request("GET", "quantum.cloud.ibm.com", "/api/v1/workloads", query, headers, b""))
    assert json.loads(answer.body)["total_count"] == 1, answer
    body = b'{"program_id": "sampler", "backend": "fake_backend", "params": {"pubs": [["OPENQASM 3.0; qubit q;"]]}}'
    answer = service.handle(Request("POST", "quantum.cloud.ibm.com", "/api/v1/jobs", "", headers, body))
    assert answer.status == 200, answer

assert "jsonschema" not in __import__("sys").modules
"""


def test_a_frozen_clock_changes_nothing() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=60, check=False)

    assert (done.returncode, done.stderr) == (0, "")
