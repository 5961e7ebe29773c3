"""Mocks: what the Python client calls the backends of its dry runs. Each backend has one, with the same device.

A job on a mock needs no QPU, is not charged, belongs to no session, and has random results of the right shape. Lists
show mocks and their jobs only to those who ask for them. A mock is made when it is first named.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from pytest_qruntime.model.backend import Backend
from pytest_qruntime.model.durations import Durations
from pytest_qruntime.model.request import JobRequest
from pytest_qruntime.model.world import World
from pytest_qruntime.rest.devices import Devices

PREFIX: Final = "mock"


def mock_of(name: str) -> str:
    """The mock of a backend, as the client finds it: ``mock_fez`` for ``ibm_fez``."""
    _, underscore, rest = name.partition("_")
    return PREFIX + underscore + rest


class Mocks:
    """The mocks of one world."""

    def __init__(self, world: World, devices: Devices) -> None:
        self._world = world
        self._devices = devices
        self.names: set[str] = set()

    def meet(self, name: str) -> bool:
        """Whether the backend of that name is a mock; it is made if it is one that nobody has named yet."""
        if not name.startswith(PREFIX):
            return False
        if name not in self._world.backends:
            self._make(name)
        return name in self.names

    def dry(self, request: JobRequest) -> JobRequest:
        """The same job without the QPU, and outside of its session."""
        classical_us = self._world.durations(request).classical_us
        return replace(request, workload=None, durations=Durations(classical_us, 0))

    def originals(self) -> list[Backend]:
        """Every backend that is no mock, in the order in which they were made."""
        backends = list(self._world.backends.values())
        return [backend for backend in backends if backend.name not in self.names] if self.names else backends

    def _make(self, name: str) -> None:
        for original in self.originals():
            if mock_of(original.name) == name:
                self._world.add_backend(
                    name, qubits=original.qubits, lanes=original.lanes, qpu_contention=False, region=original.region
                )
                self._devices.mirror(name, original.name)
                self.names.add(name)
                return
