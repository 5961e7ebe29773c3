"""What the service says of backends. The keys are those that the Python client needs to build a target."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import ConfigDict, with_config
from typing_extensions import NotRequired, TypedDict

from pytest_qruntime.rest.wire.common import Timestamp, answer

as_it_is = with_config(ConfigDict(extra="allow"))
"""Decorates a document that a real device once had: with these keys and whatever else it has."""


@answer
class DeviceStatus(TypedDict):
    """Whether the device takes jobs, and why not."""

    name: Literal["online", "paused", "offline"]
    reason: str


@answer
class Clops(TypedDict):
    """Circuit layer operations per second."""

    type: str
    value: int


@answer
class ProcessorType(TypedDict):
    """The family of the processor."""

    family: str
    revision: str
    segment: NotRequired[str]


@answer
class TwoQubitErrorBest(TypedDict):
    """The best two-qubit gate of the device."""

    value: float
    gate: str
    unit: str
    qubits: list[float]


@answer
class TwoQubitErrorLayered(TypedDict):
    """The error per layered gate."""

    value: float
    unit: str


@answer
class PerformanceMetrics(TypedDict):
    """Error figures of the device."""

    two_q_error_best: TwoQubitErrorBest | None
    two_q_error_layered: TwoQubitErrorLayered


_Class = TypedDict("_Class", {"class": NotRequired[Literal["mock"]]})


@answer
class Device(_Class):
    """A row of the list of backends. `physical_qubits` and `class` are read by the client since 0.51."""

    name: str
    status: DeviceStatus
    is_simulator: bool
    qubits: int
    physical_qubits: NotRequired[int]
    clops: NotRequired[Clops]
    processor_type: NotRequired[ProcessorType]
    queue_length: int
    performance_metrics: PerformanceMetrics


@answer
class Devices(TypedDict):
    """GET /v1/backends."""

    devices: list[Device]


@answer
class BackendStatus(TypedDict):
    """GET /v1/backends/{id}/status."""

    state: bool
    status: str
    message: str
    length_queue: int
    backend_version: str


@answer
class GateConfiguration(TypedDict):
    """A gate of the basis and the qubits that it acts on."""

    name: str
    parameters: list[str]
    qasm_def: str
    coupling_map: list[list[int]]


@answer
class TimingConstraints(TypedDict):
    """Granularities of schedules, in samples."""

    acquire_alignment: int
    granularity: int
    min_length: int
    pulse_alignment: int


@answer
class BackendConfiguration(TypedDict):
    """GET /v1/backends/{id}/configuration: every key that the Python client requires, and those that it uses."""

    backend_name: str
    backend_version: str
    n_qubits: int
    basis_gates: list[str]
    gates: list[GateConfiguration]
    coupling_map: list[list[int]]
    local: bool
    simulator: bool
    conditional: bool
    open_pulse: bool
    memory: bool
    online_date: Timestamp
    description: str
    credits_required: bool
    dynamic_reprate_enabled: bool
    rep_delay_range: list[float]
    default_rep_delay: float
    max_shots: int
    max_experiments: int
    meas_map: list[list[int]]
    processor_type: ProcessorType
    supported_features: list[str]
    supported_instructions: list[str]
    timing_constraints: TimingConstraints
    dt: float
    dtm: float
    parametric_pulses: list[str]
    quantum_volume: int
    sample_name: str
    n_registers: int
    clops: Clops


@as_it_is
class SnapshotConfiguration(TypedDict):
    """The configuration of a snapshot: the keys that the Python client requires, and others."""

    backend_name: str
    backend_version: str
    n_qubits: int
    basis_gates: list[str]
    gates: list[dict[str, Any]]
    coupling_map: list[list[int]] | None
    local: bool
    simulator: bool
    conditional: bool
    open_pulse: bool
    memory: bool
    online_date: Timestamp


ConfigurationAnswer = BackendConfiguration | SnapshotConfiguration
"""GET /v1/backends/{id}/configuration."""


@answer
class Parameter(TypedDict):
    """A measured figure."""

    date: Timestamp
    name: str
    unit: str
    value: float


@answer
class GateProperties(TypedDict):
    """The measured figures of a gate."""

    qubits: list[int]
    gate: str
    parameters: list[Parameter]
    name: str


@answer
class BackendProperties(TypedDict):
    """The measured figures of a backend."""

    backend_name: str
    backend_version: str
    last_update_date: Timestamp
    qubits: list[list[Parameter]]
    gates: list[GateProperties]
    general: list[Parameter]


@answer
class NoProperties(TypedDict):
    """There were no properties yet at the asked time."""


@as_it_is
class SnapshotProperties(TypedDict):
    """The properties of a snapshot: the keys that the Python client requires, and others."""

    backend_name: str
    backend_version: str
    last_update_date: Timestamp
    qubits: list[list[dict[str, Any]]]
    gates: list[dict[str, Any]]
    general: list[dict[str, Any]]


PropertiesAnswer = BackendProperties | NoProperties | SnapshotProperties
"""GET /v1/backends/{id}/properties."""


@answer
class BackendDefaults(TypedDict):
    """GET /v1/backends/{id}/defaults. There is no pulse access any more, so there is nothing to calibrate."""

    qubit_freq_est: list[float]
    meas_freq_est: list[float]
    buffer: int
    pulse_library: list[str]
    cmd_def: list[str]
