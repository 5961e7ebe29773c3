"""Snapshots of real devices: the documents that qiskit-ibm-runtime ships for its own fake backends, by name.

The files are found and read without importing that package, which would cost a second. Each is parsed once per process.
"""

from __future__ import annotations

from difflib import get_close_matches
from functools import cached_property, lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from pydantic_core import from_json

from pytest_qruntime.model.errors import ConfigurationError
from pytest_qruntime.rest.answers import to_bytes
from pytest_qruntime.rest.hardware import CONTROL_FLOW, TUNABLE_COUPLERS, Gates, Row
from pytest_qruntime.rest.timestamps import iso, parse
from pytest_qruntime.rest.wire.backends import BackendDefaults, Clops, PerformanceMetrics, ProcessorType

PREFIX: Final = "fake_"
FRACTIONAL: Final = frozenset({"rx", "rzz"})


@lru_cache(maxsize=1)
def folder() -> Path | None:
    """Where the installed package has them; None if it is not installed."""
    package = find_spec("qiskit_ibm_runtime")
    places = [] if package is None else package.submodule_search_locations or []
    found = (Path(place) / "fake_provider" / "backends" for place in places)
    return next((path for path in found if path.is_dir()), None)


def names() -> list[str]:
    """Every snapshot, by the name of its fake backend."""
    where = folder()
    return [] if where is None else sorted(PREFIX + path.parent.name for path in where.glob("*/conf_*.json"))


@lru_cache(maxsize=128)
def find(name: str) -> Snapshot | None:
    """The snapshot of that name; None if there is none, or the package is not installed."""
    where = folder() if name.startswith(PREFIX) else None
    if where is None:
        return None
    device = name.removeprefix(PREFIX)
    configuration = where / device / f"conf_{device}.json"
    return Snapshot(name, configuration, where / device / f"props_{device}.json") if configuration.is_file() else None


def named(name: object) -> Snapshot:
    """The snapshot of that name. Raises `ConfigurationError` if there is none, or the package is not installed."""
    snapshot = find(name) if isinstance(name, str) else None
    if snapshot is not None:
        return snapshot
    if folder() is None:
        raise ConfigurationError(
            f"snapshot {name!r} comes with qiskit-ibm-runtime, which is not installed; "
            "run: pip install 'pytest-qruntime[qiskit]'"
        )
    near = get_close_matches(str(name).lower(), names(), n=5) or names()[:5]
    raise ConfigurationError(
        f"snapshot is {name!r}; expected one of the {len(names())} fake backends of qiskit-ibm-runtime, "
        f"such as {', '.join(near)}"
    )


class Snapshot:
    """One device as it was on one day.

    Args:
        name: that of its fake backend.
        configuration: the file of its configuration.
        properties: the file of its properties.
    """

    def __init__(self, name: str, configuration: Path, properties: Path) -> None:
        self.name = name
        self.files = configuration, properties

    @cached_property
    def configuration(self) -> Configuration:
        """What its configuration says."""
        return Configuration(from_json(self.files[0].read_bytes()))

    @cached_property
    def properties(self) -> Properties:
        """What its properties say."""
        return Properties(from_json(self.files[1].read_bytes()), self.configuration)


class Configuration:
    """The facts of a configuration, and the rest of it as JSON: all but what each backend has of its own."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.qubits: int = document["n_qubits"]
        self.version: str = document["backend_version"]
        self.online_unix_us = parse(document.pop("online_date"))
        self.processor_type = _processor_type(document.get("processor_type"))
        self.clops = _clops(document)
        self.basis: list[str] = document["basis_gates"]
        self.edges = {(min(pair), max(pair)) for pair in document["coupling_map"] or ()}
        self.gates = _gates(document)
        del document["backend_name"]
        self.rest = to_bytes(document)

    @property
    def physical_qubits(self) -> int | None:
        """Qubits and couplers of a device whose couplers count, else None."""
        family = "" if self.processor_type is None else self.processor_type["family"]
        return self.qubits + len(self.edges) if family in TUNABLE_COUPLERS else None


class Properties:
    """The facts of properties, and the rest of them as JSON."""

    def __init__(self, document: dict[str, Any], configuration: Configuration) -> None:
        self.metrics = _metrics(document["gates"], configuration.basis)
        self.frequencies = [_figure(figures, "frequency") for figures in document["qubits"]]
        del document["backend_name"], document["last_update_date"]
        self.rest = to_bytes(document)


class SnapshotDevice:
    """A snapshot under the name of a backend, in a world that began at some instant.

    It is last calibrated when the world begins, and went online at its own date, or then if that is still to come. The
    dates of single figures are the snapshot's.
    """

    def __init__(self, snapshot: Snapshot, name: str, start_unix_us: int) -> None:
        self._snapshot = snapshot
        self._name = name
        self._start_unix_us = start_unix_us

    @property
    def gates(self) -> Gates:
        """What it can run."""
        return self._snapshot.configuration.gates

    @property
    def version(self) -> str:
        """The version of its documents."""
        return self._snapshot.configuration.version

    @property
    def row(self) -> Row:
        """Its figures for lists."""
        known = self._snapshot.configuration
        metrics = self._snapshot.properties.metrics
        return Row(known.processor_type, known.clops, known.physical_qubits, metrics)

    def document(self, kind: str) -> bytes:
        """The JSON of ``configuration``, ``properties`` or ``defaults``."""
        if kind == "defaults":
            return to_bytes(self._defaults())
        own: dict[str, object] = {"backend_name": self._name}
        if kind == "configuration":
            online_unix_us = min(self._snapshot.configuration.online_unix_us, self._start_unix_us)
            return _joined({**own, "online_date": iso(online_unix_us)}, self._snapshot.configuration.rest)
        return _joined({**own, "last_update_date": iso(self._start_unix_us)}, self._snapshot.properties.rest)

    def _defaults(self) -> BackendDefaults:
        frequencies = self._snapshot.properties.frequencies
        return {
            "qubit_freq_est": frequencies,
            "meas_freq_est": [7.0] * len(frequencies),
            "buffer": 0,
            "pulse_library": [],
            "cmd_def": [],
        }


def _joined(own: dict[str, object], rest: bytes) -> bytes:
    return to_bytes(own)[:-1] + b"," + rest[1:]


def _processor_type(document: dict[str, Any] | None) -> ProcessorType | None:
    """Older snapshots have numbers for revisions."""
    if not document:
        return None
    known: ProcessorType = {"family": str(document["family"]), "revision": str(document["revision"])}
    if document.get("segment"):
        known["segment"] = str(document["segment"])
    return known


def _clops(document: dict[str, Any]) -> Clops | None:
    value = document.get("clops_h") or document.get("clops")
    return {"type": "hardware", "value": value} if isinstance(value, int) else None


def _gates(document: dict[str, Any]) -> Gates:
    """Gates that are on all qubits, or whose configuration says nothing of qubits, need no places."""
    signatures = (signature["name"] for signature in document.get("instruction_signatures") or ())
    control_flow = CONTROL_FLOW.intersection(document.get("supported_instructions") or ())
    places = {gate["name"]: frozenset(map(tuple, gate.get("coupling_map") or ())) for gate in document["gates"]}
    everywhere = frozenset((qubit,) for qubit in range(document["n_qubits"]))
    somewhere = {name: on for name, on in places.items() if on and on != everywhere}
    return Gates(frozenset((*document["basis_gates"], *signatures, *control_flow)), somewhere)


def _metrics(gates: list[dict[str, Any]], basis: list[str]) -> PerformanceMetrics:
    """The least and the mean error of the entangling gate; errors of 1 mark gates that do not work."""
    candidates = [gate for gate in gates if len(gate["qubits"]) == 2 and gate["gate"] in set(basis) - FRACTIONAL]
    errors = [(_figure(gate["parameters"], "gate_error"), gate) for gate in candidates]
    working = [(error, gate) for error, gate in errors if error < 1]
    if not working:
        return {"two_q_error_best": None, "two_q_error_layered": {"value": 0.0, "unit": ""}}
    error, gate = min(working, key=lambda found: found[0])
    qubits = [float(qubit) for qubit in gate["qubits"]]
    return {
        "two_q_error_best": {"value": error, "gate": gate["gate"], "unit": "", "qubits": qubits},
        "two_q_error_layered": {"value": sum(error for error, _ in working) / len(working), "unit": ""},
    }


def _figure(parameters: list[dict[str, Any]], name: str) -> float:
    return next((float(parameter["value"]) for parameter in parameters if parameter["name"] == name), 0.0)
