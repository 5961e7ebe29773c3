"""Backends: the list, and the documents of each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pytest_qruntime.model.backend import Backend
from pytest_qruntime.model.maintenance import REASON as MAINTENANCE
from pytest_qruntime.rest.answers import json_answer, json_bytes
from pytest_qruntime.rest.call import Call
from pytest_qruntime.rest.http import Response
from pytest_qruntime.rest.mocks import PREFIX, mock_of
from pytest_qruntime.rest.wire import backends as wire

_STATUS: Final[dict[str, tuple[bool, str]]] = {
    "online": (True, "active"),
    "paused": (True, "internal"),
    "offline": (False, "off"),
}
"""`state` (operational) and `status`: the client uses a backend whose state is true, and warns unless it is active."""


def get_all(call: Call, _: str) -> Response:
    """GET /v1/backends: those that the instance sees; with ``include_mocks=True`` also the mock of each."""
    seen = [backend for backend in call.service.mocks.originals() if backend.seen_by(call.instance)]
    with_mocks = bool(call.request.query) and call.query().boolean("include_mocks", False)
    shown = [_device(backend, call) for backend in seen]
    devices: wire.Devices = {"devices": [*shown, *_mocks(seen, shown, call)] if with_mocks else shown}
    return json_answer(devices)


def _device(backend: Backend, call: Call) -> wire.Device:
    row = call.service.devices.of(backend).row
    shown: wire.Device = {
        "name": backend.name,
        "status": {"name": backend.status, "reason": backend.status_reason},
        "is_simulator": False,
        "qubits": backend.qubits,
        "queue_length": backend.queue_length,
        "performance_metrics": row.metrics,
    }
    if row.physical_qubits is not None:
        shown["physical_qubits"] = row.physical_qubits
    if row.clops is not None:
        shown["clops"] = row.clops
    if row.processor_type is not None:
        shown["processor_type"] = row.processor_type
    return shown


def _mocks(seen: list[Backend], shown: list[wire.Device], call: Call) -> Iterator[wire.Device]:
    """The mocks are always online, and named only once each."""
    named = set(call.world.backends) - call.service.mocks.names
    for backend, device in zip(seen, shown, strict=True):
        name = mock_of(backend.name)
        if name not in named and not backend.name.startswith(PREFIX):
            named.add(name)
            made = call.world.backends.get(name)
            mock: wire.Device = {
                **device,
                "name": name,
                "class": "mock",
                "status": {"name": "online", "reason": "available"},
                "queue_length": 0 if made is None else made.queue_length,
            }
            yield mock


def status(call: Call, name: str) -> Response:
    """GET /v1/backends/{id}/status."""
    backend = _backend(call, name)
    operational, word = _STATUS[backend.status]
    shown: wire.BackendStatus = {
        "state": operational,
        "status": MAINTENANCE if backend.status_reason == MAINTENANCE else word,
        "message": backend.status_reason,
        "length_queue": backend.queue_length,
        "backend_version": call.service.devices.of(backend).version,
    }
    return json_answer(shown)


def configuration(call: Call, name: str) -> Response:
    """GET /v1/backends/{id}/configuration; any ``calibration_id`` is that of the one calibration."""
    return json_bytes(call.service.devices.document(_backend(call, name), "configuration"))


def properties(call: Call, name: str) -> Response:
    """GET /v1/backends/{id}/properties: one calibration, of the world's first instant; before it there was none."""
    backend = _backend(call, name)
    updated_before = call.query().instant("updated_before")
    if updated_before is not None and updated_before < call.start_unix_us:
        return json_answer({})
    return json_bytes(call.service.devices.document(backend, "properties"))


def defaults(call: Call, name: str) -> Response:
    """GET /v1/backends/{id}/defaults."""
    return json_bytes(call.service.devices.document(_backend(call, name), "defaults"))


def _backend(call: Call, name: str) -> Backend:
    call.service.mocks.meet(name)
    return call.world.backend(name, instance=call.instance)
