"""Backends: the list, and the documents of each."""

from __future__ import annotations

from typing import Final

from pytest_qruntime.model.backend import Backend
from pytest_qruntime.rest.answers import json_answer, json_bytes
from pytest_qruntime.rest.call import Call
from pytest_qruntime.rest.devices import CLOPS, PROCESSOR, VERSION
from pytest_qruntime.rest.http import Response
from pytest_qruntime.rest.wire import backends as wire

_STATUS: Final[dict[str, tuple[bool, str]]] = {
    "online": (True, "active"),
    "paused": (True, "internal"),
    "offline": (False, "off"),
}
"""`state` (operational) and `status`: the client uses a backend whose state is true, and warns unless it is active."""


def get_all(call: Call, _: str) -> Response:
    """GET /v1/backends."""
    devices: wire.Devices = {"devices": [_device(backend, call) for backend in call.world.backends.values()]}
    return json_answer(devices)


def _device(backend: Backend, call: Call) -> wire.Device:
    return {
        "name": backend.name,
        "status": {"name": backend.status, "reason": backend.status_reason},
        "is_simulator": False,
        "qubits": backend.qubits,
        "clops": CLOPS,
        "processor_type": PROCESSOR,
        "queue_length": backend.queue_length,
        "performance_metrics": call.service.devices.metrics(backend),
    }


def status(call: Call, name: str) -> Response:
    """GET /v1/backends/{id}/status."""
    backend = call.world.backend(name)
    operational, word = _STATUS[backend.status]
    shown: wire.BackendStatus = {
        "state": operational,
        "status": word,
        "message": backend.status_reason,
        "length_queue": backend.queue_length,
        "backend_version": VERSION,
    }
    return json_answer(shown)


def configuration(call: Call, name: str) -> Response:
    """GET /v1/backends/{id}/configuration."""
    return json_bytes(call.service.devices.document(call.world.backend(name), "configuration"))


def properties(call: Call, name: str) -> Response:
    """GET /v1/backends/{id}/properties: one calibration, of the world's first instant; before it there was none."""
    backend = call.world.backend(name)
    updated_before = call.query().instant("updated_before")
    if updated_before is not None and updated_before < call.start_unix_us:
        return json_answer({})
    return json_bytes(call.service.devices.document(backend, "properties"))


def defaults(call: Call, name: str) -> Response:
    """GET /v1/backends/{id}/defaults."""
    return json_bytes(call.service.devices.document(call.world.backend(name), "defaults"))
