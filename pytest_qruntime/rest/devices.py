"""The devices behind the backends of a world: made up, or snapshots of real ones."""

from __future__ import annotations

from typing import Any

from pydantic_core import from_json

from pytest_qruntime.model.backend import Backend
from pytest_qruntime.model.world import World
from pytest_qruntime.programs import Target
from pytest_qruntime.rest.device import made_up
from pytest_qruntime.rest.hardware import Hardware
from pytest_qruntime.rest.snapshots import Snapshot, SnapshotDevice


class Devices:
    """The devices of one world, by the names of their backends."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._snapshots: dict[str, Snapshot] = {}
        self._mirrored: dict[str, str] = {}
        self._devices: dict[str, Hardware] = {}
        self._documents: dict[tuple[str, str], bytes] = {}
        self._targets: dict[str, Target] = {}

    def take(self, name: str, snapshot: Snapshot) -> None:
        """The backend of that name is a snapshot; without this call its device is made up."""
        self._snapshots[name] = snapshot

    def mirror(self, name: str, original: str) -> None:
        """The backend `name` has the same device as the backend `original`."""
        self._mirrored[name] = original

    def snapshot(self, name: str) -> Snapshot | None:
        """The snapshot that a backend is; None if its device is made up."""
        return self._snapshots.get(self._mirrored.get(name, name))

    def of(self, backend: Backend) -> Hardware:
        """The device of a backend."""
        device = self._devices.get(backend.name)
        if device is None:
            device = self._devices[backend.name] = self._made(backend)
        return device

    def document(self, backend: Backend, kind: str) -> bytes:
        """The JSON of ``configuration``, ``properties`` or ``defaults``."""
        key = (backend.name, kind)
        if key not in self._documents:
            self._documents[key] = self.of(backend).document(kind)
        return self._documents[key]

    def target(self, backend: Backend) -> Target:
        """What the backend can run, for those who check circuits or want its noise. Draws nothing of a made-up one."""
        target = self._targets.get(backend.name)
        if target is None:
            gates = self.of(backend).gates
            target = Target(backend.qubits, gates.names, gates.places, lambda: self._parsed(backend))
            self._targets[backend.name] = target
        return target

    def _parsed(self, backend: Backend) -> tuple[dict[str, Any], dict[str, Any]]:
        return from_json(self.document(backend, "configuration")), from_json(self.document(backend, "properties"))

    def _made(self, backend: Backend) -> Hardware:
        snapshot, world = self.snapshot(backend.name), self._world
        if snapshot is not None:
            return SnapshotDevice(snapshot, backend.name, world.start_unix_us)
        stream = f"device:{self._mirrored.get(backend.name, backend.name)}"
        return made_up(world.seed, stream, backend.name, backend.qubits, world.start_unix_us)
