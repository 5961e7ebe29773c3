"""What a service that is not the fake might have said, written by hand."""

from __future__ import annotations

import json
from typing import Any

from pytest_qruntime.cassette.tape import Exchange, Provenance, Tape
from pytest_qruntime.rest import timestamps
from tests.cassette.replay.stages import BELL

BEGAN = "2026-03-01T09:00:00.000000Z"
BEGAN_US = timestamps.parse(BEGAN)
ACCOUNT_ID = "0123456789abcdef0123456789abcdef"
CRN = f"crn:v1:bluemix:public:quantum-computing:eu-de:a/{ACCOUNT_ID}:b0b5ba1d-fd9a-4c2b-8e7c-aa11bb22cc33::"
HOST = "eu-de.quantum.cloud.ibm.com"
HEADERS = {"service-crn": CRN, "authorization": "Bearer scrubbed-token-1"}
SESSION = "0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d"
JOB = {"program_id": "sampler", "backend": "ibm_fez", "params": {"pubs": [[BELL]]}, "session_id": SESSION}


def said(at_s: float, what: str, answer: Any = None, *, status: int = 200, sent: Any = None) -> Exchange:
    method, path = what.split(" ")
    url = path if path.startswith("http") else f"https://{HOST}/api/v1{path}"
    body = sent if isinstance(sent, bytes) else b"" if sent is None else json.dumps(sent).encode()
    answered = b"" if answer is None else json.dumps(answer).encode()
    return Exchange(round(at_s * 1e6), method, url, HEADERS, body, status, {}, answered)


def tape(*exchanges: Exchange) -> Tape:
    ordered = sorted(exchanges, key=lambda one: one.at_us)
    return Tape(Provenance("IBM Quantum Platform", BEGAN, "real", None, {}, None), tuple(ordered))


def at(seconds: float | None) -> str | None:
    return None if seconds is None else timestamps.iso(BEGAN_US + round(seconds * 1e6))


def job(name: str, status: str, *, seconds: float = 0, **state: Any) -> dict[str, Any]:
    return {
        "id": name,
        "backend": "ibm_fez",
        "state": {"status": status, "reason": None, **state},
        "status": status,
        "program": {"id": "sampler"},
        "created": at(1),
        "runtime": "",
        "cost": 10_800,
        "tags": [],
        "user_id": "IBMid-user1",
        "usage": {"seconds": seconds},
        "private": False,
        "estimated_running_time_seconds": 3.5,
        "params": JOB["params"],
        "session_id": SESSION,
    }


def session(state: str, *, started: float | None = None, ended: float | None = None, **others: Any) -> dict[str, Any]:
    return {
        "id": SESSION,
        "backend_name": "ibm_fez",
        "mode": "dedicated",
        "state": state,
        "state_reason": "why",
        "accepting_jobs": state != "closed",
        "max_ttl": 14_400,
        "active_ttl": 14_400,
        "interactive_ttl": 60,
        "created_at": at(0),
        "started_at": at(started),
        "activated_at": at(started),
        "closed_at": at(ended),
        "last_job_started": at(started),
        "last_job_completed": at(ended),
        "elapsed_time": None if started is None else 3,
        "user_id": "IBMid-user1",
        "timestamps": [{"status": "open", "timestamp": at(0)}],
        **others,
    }


OPENED = said(0, "POST /sessions", session("open"), sent={"mode": "dedicated", "backend": "ibm_fez"})


def submitted(at_s: float, name: str) -> Exchange:
    return said(at_s, "POST /jobs", {"id": name, "backend": "ibm_fez", "session_id": SESSION}, sent=JOB)


def look(at_s: float, name: str, status: str, **others: Any) -> Exchange:
    return said(at_s, f"GET /jobs/{name}", job(name, status, **others))
