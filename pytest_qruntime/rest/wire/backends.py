"""What the service says of backends. The keys are those that the Python client needs to build a target."""

from __future__ import annotations

from typing import Literal

from typing_extensions import TypedDict

from pytest_qruntime.rest.wire.common import Timestamp, answer


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
    segment: str


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


@answer
class Device(TypedDict):
    """A row of the list of backends."""

    name: str
    status: DeviceStatus
    is_simulator: bool
    qubits: int
    clops: Clops
    processor_type: ProcessorType
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


PropertiesAnswer = BackendProperties | NoProperties
"""GET /v1/backends/{id}/properties."""


@answer
class BackendDefaults(TypedDict):
    """GET /v1/backends/{id}/defaults. There is no pulse access any more, so there is nothing to calibrate."""

    qubit_freq_est: list[float]
    meas_freq_est: list[float]
    buffer: int
    pulse_library: list[str]
    cmd_def: list[str]
