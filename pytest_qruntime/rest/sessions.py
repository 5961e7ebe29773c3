"""Sessions and batches: create, read, close (PATCH) and cancel (DELETE .../close, RST-01)."""

from __future__ import annotations

from typing import Final

from pydantic import TypeAdapter

from pytest_qruntime.model.workload import Workload
from pytest_qruntime.rest.answers import NO_CONTENT, json_answer
from pytest_qruntime.rest.call import Call, body_of
from pytest_qruntime.rest.http import Response
from pytest_qruntime.rest.timestamps import SECOND_US, iso
from pytest_qruntime.rest.wire import requests, sessions

_CREATE: Final = body_of(TypeAdapter(requests.CreateSession))
_UPDATE: Final = body_of(TypeAdapter(requests.UpdateSession))


def create(call: Call, _: str) -> Response:
    """POST /v1/sessions answers the whole session (RST-03)."""
    body = _CREATE(call)
    backend = body.get("backend") or body.get("backend_name")
    if backend is not None:
        call.service.mocks.meet(backend)
    workload = call.world.open(
        body["mode"],
        backend=backend,
        instance=call.instance,
        max_ttl_s=body.get("max_ttl"),
        interactive_ttl_s=body.get("interactive_ttl"),
        active_ttl_s=body.get("active_ttl"),
    )
    if call.service.on_open is not None:
        call.service.on_open(workload.id)
    return json_answer(document(workload, call))


def get(call: Call, session_id: str) -> Response:
    """GET /v1/sessions/{id}."""
    return json_answer(document(call.world.workload(session_id, instance=call.instance), call))


def update(call: Call, session_id: str) -> Response:
    """PATCH /v1/sessions/{id}: false closes gracefully, true takes jobs again (CLS)."""
    call.world.set_accepting(session_id, _UPDATE(call)["accepting_jobs"], instance=call.instance)
    return NO_CONTENT


def cancel(call: Call, session_id: str) -> Response:
    """DELETE /v1/sessions/{id}/close cancels (CAN)."""
    call.world.cancel_workload(session_id, instance=call.instance)
    return NO_CONTENT


def document(workload: Workload, call: Call) -> sessions.Session:
    """The session as the service shows it (DET-02)."""
    at, start_unix_us = call.at, call.start_unix_us
    usage_us = workload.usage_us(call.now_us)
    return {
        "id": workload.id,
        "backend_name": workload.backend_name(),
        "mode": workload.mode,  # type: ignore[typeddict-item]  # the model keeps its two modes as plain words
        "state": workload.state,
        "state_reason": workload.state_reason,
        "accepting_jobs": workload.accepting,
        "max_ttl": workload.max_ttl_s,
        "active_ttl": workload.active_ttl_s(call.now_us),
        "interactive_ttl": workload.interactive_ttl_s,
        "created_at": iso(start_unix_us + workload.opened_us),
        "started_at": at(workload.started_us),
        "activated_at": at(workload.activated_us),
        "closed_at": at(workload.closed_us),
        "last_job_started": at(workload.last_job_started_us),
        "last_job_completed": at(workload.last_job_completed_us),
        "elapsed_time": None if usage_us is None else usage_us / SECOND_US,
        "user_id": workload.instance.user_id,
        "timestamps": [
            {"status": state, "timestamp": iso(start_unix_us + at_us)} for state, at_us in workload.timestamps
        ],
    }
