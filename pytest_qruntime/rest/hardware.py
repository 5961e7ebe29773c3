"""What is known of a device: the seam between made-up devices, snapshots of real ones, and those who ask."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple, Protocol

from pytest_qruntime.rest.wire.backends import Clops, PerformanceMetrics, ProcessorType

TUNABLE_COUPLERS: Final = frozenset({"Heron", "Nighthawk"})
"""Families whose couplers count among the physical qubits: 156 qubits and 176 couplers are 332 on a Heron r2."""

CONTROL_FLOW: Final = frozenset({"if_else", "for_loop", "switch_case", "while_loop"})


class Row(NamedTuple):
    """What the list of backends says of the device itself; None: nothing."""

    processor_type: ProcessorType | None
    clops: Clops | None
    physical_qubits: int | None
    metrics: PerformanceMetrics


class Gates(NamedTuple):
    """What a device can run: the names of its instructions, and of some gates the (ordered) qubits that have them.

    Control flow is among the names if the device has it; measure, delay, reset and barrier always exist.
    """

    names: frozenset[str]
    places: Mapping[str, frozenset[tuple[int, ...]]]


class Hardware(Protocol):
    """One device under the name of one backend."""

    @property
    def version(self) -> str:
        """The version of its documents."""

    @property
    def row(self) -> Row:
        """Its figures for lists."""

    @property
    def gates(self) -> Gates:
        """What it can run."""

    def document(self, kind: str) -> bytes:
        """The JSON of ``configuration``, ``properties`` or ``defaults``."""
