"""The documents of a made-up device of n qubits: configuration, properties, defaults.

They have every key that the Python client needs to build a target. Figures are drawn from the world's seed and the
backend's name, in the range of today's hardware; they mean nothing. Each document is made once and kept as bytes.
"""

from __future__ import annotations

from random import Random
from typing import Any, Final

from pytest_qruntime.model.backend import Backend
from pytest_qruntime.model.world import World
from pytest_qruntime.rest import lattice
from pytest_qruntime.rest.answers import to_bytes
from pytest_qruntime.rest.timestamps import iso
from pytest_qruntime.rest.wire.backends import (
    BackendConfiguration,
    BackendDefaults,
    BackendProperties,
    Clops,
    GateConfiguration,
    GateProperties,
    Parameter,
    PerformanceMetrics,
    ProcessorType,
)

VERSION: Final = "1.0.0"
PROCESSOR: Final[ProcessorType] = {"family": "Heron", "revision": "2", "segment": "fake"}
CLOPS: Final[Clops] = {"type": "hardware", "value": 195_000}
ONE_QUBIT_GATES: Final = ("id", "rz", "sx", "x")
TWO_QUBIT_GATE: Final = "cz"
_DT_NS: Final = 4.0


class Devices:
    """The documents of the backends of one world."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._bytes: dict[tuple[str, str], bytes] = {}
        self._metrics: dict[str, PerformanceMetrics] = {}

    def document(self, backend: Backend, kind: str) -> bytes:
        """The JSON of ``configuration``, ``properties`` or ``defaults``."""
        key = (backend.name, kind)
        if key not in self._bytes:
            device = Device(backend, self._world)
            self._bytes[key] = to_bytes(getattr(device, kind)())
        return self._bytes[key]

    def metrics(self, backend: Backend) -> PerformanceMetrics:
        """The error figures for the list of backends."""
        if backend.name not in self._metrics:
            self._metrics[backend.name] = Device(backend, self._world).metrics()
        return self._metrics[backend.name]


class Device:
    """One device, drawn anew from its own random stream: the same figures every time."""

    def __init__(self, backend: Backend, world: World) -> None:
        random = world.random(f"device:{backend.name}")
        self.name = backend.name
        self.qubits = backend.qubits
        self.since = iso(world.start_unix_us)
        self.edges = lattice.edges(backend.qubits)
        self.qubit_figures = [self._qubit(random) for _ in range(self.qubits)]
        self.gate_errors = [random.uniform(1e-4, 6e-4) for _ in range(self.qubits)]
        self.edge_errors = [random.uniform(2e-3, 9e-3) for _ in self.edges]

    def _qubit(self, random: Random) -> list[Parameter]:
        readout = random.uniform(0.004, 0.02)
        return [
            self._parameter("T1", random.uniform(120, 320), "us"),
            self._parameter("T2", random.uniform(80, 240), "us"),
            self._parameter("frequency", random.uniform(4.6, 5.2), "GHz"),
            self._parameter("anharmonicity", random.uniform(-0.35, -0.3), "GHz"),
            self._parameter("readout_error", readout),
            self._parameter("prob_meas0_prep1", readout * 1.1),
            self._parameter("prob_meas1_prep0", readout * 0.9),
            self._parameter("readout_length", 1400.0, "ns"),
        ]

    def _parameter(self, name: str, value: float, unit: str = "") -> Parameter:
        return {"date": self.since, "name": name, "unit": unit, "value": value}

    def _both_ways(self) -> list[list[int]]:
        return [pair for low, high in self.edges for pair in ([low, high], [high, low])]

    # -- configuration -----------------------------------------------------------------------------------------------

    def configuration(self) -> BackendConfiguration:
        """GET /v1/backends/{id}/configuration."""
        instructions = [*ONE_QUBIT_GATES, TWO_QUBIT_GATE, "measure", "delay", "reset", "if_else"]
        return {
            "backend_name": self.name,
            "backend_version": VERSION,
            "n_qubits": self.qubits,
            "basis_gates": [*ONE_QUBIT_GATES, TWO_QUBIT_GATE],
            "gates": self._gates(),
            "coupling_map": self._both_ways(),
            "local": False,
            "simulator": False,
            "conditional": False,
            "open_pulse": False,
            "memory": True,
            "online_date": self.since,
            "description": f"A made-up device of {self.qubits} qubits; its figures mean nothing.",
            "credits_required": True,
            "dynamic_reprate_enabled": True,
            "rep_delay_range": [0.0, 500.0],
            "default_rep_delay": 250.0,
            "max_shots": 100_000,
            "max_experiments": 300,
            "meas_map": [list(range(self.qubits))],
            "processor_type": PROCESSOR,
            "supported_features": ["qasm3"],
            "supported_instructions": instructions,
            "timing_constraints": {"acquire_alignment": 1, "granularity": 1, "min_length": 1, "pulse_alignment": 1},
            "dt": _DT_NS,
            "dtm": _DT_NS,
            "parametric_pulses": [],
            "quantum_volume": 128,
            "sample_name": "family: Heron, revision: 2",
            "n_registers": 1,
            "clops": CLOPS,
        }

    def _gates(self) -> list[GateConfiguration]:
        each = [[qubit] for qubit in range(self.qubits)]
        gates: list[GateConfiguration] = [
            {"name": "id", "parameters": [], "qasm_def": "gate id q { U(0, 0, 0) q; }", "coupling_map": each},
            {
                "name": "rz",
                "parameters": ["theta"],
                "qasm_def": "gate rz(theta) q { U(0, 0, theta) q; }",
                "coupling_map": each,
            },
            {
                "name": "sx",
                "parameters": [],
                "qasm_def": "gate sx q { U(pi/2, 3*pi/2, pi/2) q; }",
                "coupling_map": each,
            },
            {"name": "x", "parameters": [], "qasm_def": "gate x q { U(pi, 0, pi) q; }", "coupling_map": each},
        ]
        cz: GateConfiguration = {
            "name": TWO_QUBIT_GATE,
            "parameters": [],
            "qasm_def": "gate cz q0, q1 { ctrl @ U(0, 0, pi) q0, q1; }",
            "coupling_map": self._both_ways(),
        }
        return [*gates, cz]

    # -- properties --------------------------------------------------------------------------------------------------

    def properties(self) -> BackendProperties:
        """GET /v1/backends/{id}/properties."""
        return {
            "backend_name": self.name,
            "backend_version": VERSION,
            "last_update_date": self.since,
            "qubits": self.qubit_figures,
            "gates": [*self._one_qubit_gates(), *self._two_qubit_gates()],
            "general": [],
        }

    def _one_qubit_gates(self) -> list[GateProperties]:
        lengths = {"id": 32.0, "rz": 0.0, "sx": 32.0, "x": 32.0}
        return [
            self._gate(gate, [qubit], 0.0 if gate == "rz" else error, lengths[gate])
            for gate in ONE_QUBIT_GATES
            for qubit, error in enumerate(self.gate_errors)
        ]

    def _two_qubit_gates(self) -> list[GateProperties]:
        pairs = zip(self.edges, self.edge_errors, strict=True)
        return [
            self._gate(TWO_QUBIT_GATE, qubits, error, 68.0)
            for (low, high), error in pairs
            for qubits in ([low, high], [high, low])
        ]

    def _gate(self, gate: str, qubits: list[int], error: float, length_ns: float) -> GateProperties:
        return {
            "qubits": qubits,
            "gate": gate,
            "parameters": [self._parameter("gate_error", error), self._parameter("gate_length", length_ns, "ns")],
            "name": gate + "_".join(str(qubit) for qubit in qubits),
        }

    # -- the rest ----------------------------------------------------------------------------------------------------

    def defaults(self) -> BackendDefaults:
        """GET /v1/backends/{id}/defaults."""
        frequencies: list[Any] = [figures[2]["value"] for figures in self.qubit_figures]
        return {
            "qubit_freq_est": frequencies,
            "meas_freq_est": [7.0] * self.qubits,
            "buffer": 0,
            "pulse_library": [],
            "cmd_def": [],
        }

    def metrics(self) -> PerformanceMetrics:
        """The error figures of the list of backends."""
        if not self.edges:
            return {"two_q_error_best": None, "two_q_error_layered": {"value": 0.0, "unit": ""}}
        best = min(range(len(self.edges)), key=self.edge_errors.__getitem__)
        qubits = [float(qubit) for qubit in self.edges[best]]
        return {
            "two_q_error_best": {"value": self.edge_errors[best], "gate": TWO_QUBIT_GATE, "unit": "", "qubits": qubits},
            "two_q_error_layered": {"value": sum(self.edge_errors) / len(self.edges), "unit": ""},
        }
