"""A made-up device of n qubits, as today's hardware is built: cz, fractional gates, dynamic circuits.

Its documents have every key that the Python client needs to build a target. Figures are in the range of today's
hardware and mean nothing.
"""

from __future__ import annotations

from functools import cached_property, lru_cache
from random import Random
from typing import Any, Final

from pytest_qruntime.model.world import random_stream
from pytest_qruntime.rest import lattice
from pytest_qruntime.rest.answers import to_bytes
from pytest_qruntime.rest.hardware import Gates, Row
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
ENTANGLING: Final = "cz"
CONTROL_FLOW: Final = ("if_else", "for_loop", "switch_case")
_DT_NS: Final = 4.0

# Of each gate its parameters, its definition in OpenQASM 3, its length in nanoseconds and its error as a multiple of
# the figure of its qubit or pair. rx and rzz are the fractional gates, which the Python client hides unless asked.
_ONE_QUBIT: Final[dict[str, tuple[list[str], str, float, float]]] = {
    "id": ([], "gate id q { U(0, 0, 0) q; }", 32.0, 1.0),
    "rx": (["theta"], "gate rx(theta) q { U(theta, -pi/2, pi/2) q; }", 32.0, 1.1),
    "rz": (["theta"], "gate rz(theta) q { U(0, 0, theta) q; }", 0.0, 0.0),
    "sx": ([], "gate sx q { U(pi/2, 3*pi/2, pi/2) q; }", 32.0, 1.0),
    "x": ([], "gate x q { U(pi, 0, pi) q; }", 32.0, 1.0),
}
_TWO_QUBIT: Final[dict[str, tuple[list[str], str, float, float]]] = {
    "cz": ([], "gate cz q0, q1 { ctrl @ U(0, 0, pi) q0, q1; }", 68.0, 1.0),
    "rzz": (["theta"], "gate rzz(theta) q0, q1 { cx q0, q1; rz(theta) q1; cx q0, q1; }", 68.0, 1.3),
}
BASIS: Final = (*_ONE_QUBIT, *_TWO_QUBIT)


@lru_cache(maxsize=64)
def gates_of(qubits: int) -> Gates:
    """What a made-up device of so many qubits can run; nothing is drawn for that."""
    pairs = frozenset(pair for low, high in lattice.edges(qubits) for pair in ((low, high), (high, low)))
    return Gates(frozenset((*BASIS, *CONTROL_FLOW)), dict.fromkeys(_TWO_QUBIT, pairs))


class Device:
    """One device, whose figures are drawn and whose documents are made when they are first asked for.

    Args:
        seed: that of the world.
        stream: the random numbers of the world that its figures come from.
        name: what clients call it.
        qubits: how many it has.
        start_unix_us: when it went online and was last calibrated.
    """

    def __init__(self, seed: int, stream: str, name: str, qubits: int, start_unix_us: int) -> None:
        self._drawn_from = seed, stream
        self._name = name
        self._qubits = qubits
        self._since = iso(start_unix_us)
        self._documents: dict[str, bytes] = {}

    @property
    def version(self) -> str:
        """The version of its documents."""
        return VERSION

    @property
    def gates(self) -> Gates:
        """What it can run."""
        return gates_of(self._qubits)

    @cached_property
    def row(self) -> Row:
        """Its figures for lists."""
        return Row(PROCESSOR, CLOPS, self._qubits + len(self._figures.edges), self._figures.metrics())

    def document(self, kind: str) -> bytes:
        """The JSON of ``configuration``, ``properties`` or ``defaults``."""
        if kind not in self._documents:
            self._documents[kind] = to_bytes(getattr(self._figures, kind)())
        return self._documents[kind]

    @cached_property
    def _figures(self) -> Figures:
        return Figures(self._name, self._qubits, random_stream(*self._drawn_from), self._since)


made_up: Final = lru_cache(maxsize=32)(Device)
"""The device of these arguments. Most worlds of a process have the same seed, and share it, across threads too."""


class Figures:
    """Everything that is drawn for one device, and the documents that show it."""

    def __init__(self, name: str, qubits: int, random: Random, since: str) -> None:
        self.name = name
        self.qubits = qubits
        self.since = since
        self.edges = lattice.edges(qubits)
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
        return {
            "backend_name": self.name,
            "backend_version": VERSION,
            "n_qubits": self.qubits,
            "basis_gates": list(BASIS),
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
            "supported_features": ["qobj", "qasm3", "dynamic_circuits", "parameters"],
            "supported_instructions": [*BASIS, "measure", "delay", "reset", *CONTROL_FLOW],
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
        each, pairs = [[qubit] for qubit in range(self.qubits)], self._both_ways()
        places = {**dict.fromkeys(_ONE_QUBIT, each), **dict.fromkeys(_TWO_QUBIT, pairs)}
        return [
            {"name": name, "parameters": parameters, "qasm_def": definition, "coupling_map": places[name]}
            for name, (parameters, definition, _, _) in {**_ONE_QUBIT, **_TWO_QUBIT}.items()
        ]

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
        return [
            self._gate(gate, [qubit], error * factor, length_ns)
            for gate, (_, _, length_ns, factor) in _ONE_QUBIT.items()
            for qubit, error in enumerate(self.gate_errors)
        ]

    def _two_qubit_gates(self) -> list[GateProperties]:
        pairs = list(zip(self.edges, self.edge_errors, strict=True))
        return [
            self._gate(gate, qubits, error * factor, length_ns)
            for gate, (_, _, length_ns, factor) in _TWO_QUBIT.items()
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
            "two_q_error_best": {"value": self.edge_errors[best], "gate": ENTANGLING, "unit": "", "qubits": qubits},
            "two_q_error_layered": {"value": sum(self.edge_errors) / len(self.edges), "unit": ""},
        }
