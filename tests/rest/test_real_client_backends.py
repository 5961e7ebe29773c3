"""What the real client makes of the backends: targets, transpiled circuits, queues, pauses, maintenance."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from qiskit import QuantumCircuit
from qiskit.providers import QiskitBackendNotFoundError
from qiskit.transpiler import generate_preset_pass_manager
from qiskit_ibm_runtime import IBMBackend

from pytest_qruntime import QRuntime
from tests.rest.real_client import service
from tests.sdk.needs import needs_client

BASIS = {"id", "rz", "sx", "x", "cz"}
DYNAMIC = {"if_else", "for_loop", "switch_case"}
ALWAYS = {"measure", "delay", "reset"}


def names(backends: list[IBMBackend]) -> list[str]:
    return [backend.name for backend in backends]


def dynamic() -> QuantumCircuit:
    """A circuit with everything that today's hardware can do."""
    circuit = QuantumCircuit(3, 1)
    circuit.h(0)
    circuit.cx(0, 1)
    circuit.rzz(0.3, 1, 2)
    circuit.measure(0, 0)
    with circuit.if_test((circuit.clbits[0], 1)):
        circuit.x(1)
    circuit.reset(2)
    circuit.measure_all()
    return circuit


def transpiled(backend: IBMBackend) -> set[str]:
    """The instructions that a circuit consists of once it is transpiled for a backend."""
    return set(generate_preset_pass_manager(1, backend=backend, seed_transpiler=1).run(dynamic()).count_ops())


@pytest.mark.parametrize("qubits", [3, 20, 127])
def test_a_made_up_device_has_a_target(qruntime: QRuntime, qubits: int) -> None:
    qruntime.backend("mine", qubits=qubits)
    backend = service(qruntime).backend("mine")
    target = backend.target
    assert backend.num_qubits == target.num_qubits == qubits
    assert set(target.operation_names) == BASIS | DYNAMIC | ALWAYS
    assert 0 < target["cz"][(0, 1)].error < 0.01
    assert target["measure"][(0,)].duration == pytest.approx(1.4e-6)
    assert (target.dt, backend.default_rep_delay) == (4e-9, pytest.approx(250e-6))
    assert target.qubit_properties[0].t1 > 1e-4


@needs_client("0.51.0", "the number of physical qubits")
def test_a_device_has_couplers_beside_its_qubits(qruntime: QRuntime) -> None:
    backend = service(qruntime).backend("fake_backend")
    assert backend.physical_qubits == 127 + len(backend.target.build_coupling_map().get_edges()) // 2


def test_a_dynamic_circuit_is_transpiled_for_a_made_up_device(qruntime: QRuntime) -> None:
    used = transpiled(service(qruntime).backend("fake_backend"))
    assert {"cz", "if_else", "reset"} <= used <= BASIS | DYNAMIC | ALWAYS | {"barrier"}


def test_fractional_gates_are_there_for_those_who_ask(qruntime: QRuntime) -> None:
    found = service(qruntime)
    backend = found.backend("fake_backend", use_fractional_gates=True)
    assert set(backend.target.operation_names) == BASIS | DYNAMIC | ALWAYS | {"rx", "rzz"}
    assert "rzz" in transpiled(backend)
    assert "rzz" not in found.backend("fake_backend").target.operation_names


@pytest.mark.parametrize(
    "name",
    [
        "fake_manila",
        "fake_torino",
        pytest.param("fake_nighthawk", marks=needs_client("0.44.0", "fake_nighthawk")),
    ],
)
def test_a_snapshot_has_its_target(qruntime: QRuntime, name: str) -> None:
    known = qruntime.backend("ibm_mine", snapshot=name)
    backend = service(qruntime).backend("ibm_mine")
    assert (backend.name, backend.num_qubits) == ("ibm_mine", known.qubits)
    entangling = {"fake_manila": "cx"}.get(name, "cz")
    assert backend.target[entangling].keys() <= set(backend.target.build_coupling_map().get_edges())
    assert entangling in transpiled(backend)
    assert backend.properties().backend_name == "ibm_mine"


@needs_client("0.47.0", "fake_berlin")
def test_dates_fit_the_world(qruntime: QRuntime) -> None:
    qruntime.backend("mine", snapshot="fake_berlin")
    for name in ("mine", "fake_backend"):
        backend = service(qruntime).backend(name)
        assert backend.online_date <= datetime.now(timezone.utc)
        assert backend.properties().last_update_date == datetime(2026, 1, 15, 12, tzinfo=timezone.utc)


def test_properties_of_the_past_are_none(qruntime: QRuntime) -> None:
    backend = service(qruntime).backend("fake_backend")
    qruntime.clock.tick("1d")
    now = datetime.now(timezone.utc)
    assert backend.properties(datetime=now - timedelta(hours=1)) is not None
    assert backend.properties(datetime=now - timedelta(days=2)) is None


def test_a_calibration_id_is_carried_along(qruntime: QRuntime) -> None:
    backend = service(qruntime).backend("fake_backend", calibration_id="cal-1")
    assert backend.calibration_id == "cal-1"
    assert backend.target.num_qubits == 127
    backend.refresh()
    assert backend.target.num_qubits == 127


def test_features_can_be_asked_for(qruntime: QRuntime) -> None:
    qruntime.backend("fake_manila")
    found = service(qruntime)
    assert names(found.backends(dynamic_circuits=True)) == ["fake_backend"]
    assert names(found.backends(min_num_qubits=100)) == ["fake_backend"]
    assert names(found.backends(simulator=False)) == ["fake_backend", "fake_manila"]


def test_an_unknown_backend_is_not_found(qruntime: QRuntime) -> None:
    with pytest.raises(QiskitBackendNotFoundError):
        service(qruntime).backend("ibm_nowhere")


# -- queues and pauses -------------------------------------------------------------------------------------------------


def test_the_least_busy_backend_has_the_shortest_queue(qruntime: QRuntime) -> None:
    for name, jobs in (("ibm_a", 9), ("ibm_b", 7), ("ibm_c", 8)):
        qruntime.backend(name)
        qruntime.other_users(jobs, backend=name)
    qruntime.other_users(20)
    found = service(qruntime)
    assert found.least_busy().name == "ibm_b"
    assert found.backend("ibm_b").status().pending_jobs == 2


def test_the_least_busy_backend_is_online(qruntime: QRuntime) -> None:
    qruntime.other_users(9)
    qruntime.backend("ibm_paused").set_status("paused")
    qruntime.backend("ibm_offline").set_status("offline")
    qruntime.backend("ibm_maintained")
    qruntime.maintenance("1h", backend="ibm_maintained")
    assert service(qruntime).least_busy().name == "fake_backend"
    qruntime.backend().set_status("offline")
    with pytest.raises(QiskitBackendNotFoundError):
        service(qruntime).least_busy()


def test_backends_that_are_paused_are_operational_and_those_that_are_offline_are_not(qruntime: QRuntime) -> None:
    qruntime.backend("ibm_paused").set_status("paused")
    qruntime.backend("ibm_offline").set_status("offline")
    found = service(qruntime)
    assert names(found.backends()) == ["fake_backend", "ibm_paused", "ibm_offline"]
    assert names(found.backends(operational=True)) == ["fake_backend", "ibm_paused"]
    assert names(found.backends(operational=True, status_msg="active")) == ["fake_backend"]


def test_maintenance_is_seen_and_over_again(qruntime: QRuntime) -> None:
    qruntime.maintenance("2h", after="1h", status="offline")
    backend = service(qruntime).backend("fake_backend")
    seen = []
    for _ in range(4):
        status = backend.status()
        seen.append((status.operational, status.status_msg))
        qruntime.clock.tick("1h")
    assert seen == [(True, "active"), (False, "maintenance"), (False, "maintenance"), (True, "active")]


# -- mocks -------------------------------------------------------------------------------------------------------------


@needs_client("0.51.0", "mocks")
def test_mocks_are_there_for_those_who_ask(qruntime: QRuntime) -> None:
    qruntime.backend("ibm_fez", qubits=5)
    found = service(qruntime)
    assert names(found.backends()) == ["fake_backend", "ibm_fez"]
    assert names(found.backends(include_mocks=True)) == ["fake_backend", "ibm_fez", "mock_backend", "mock_fez"]
    mock = found.backend("mock_fez")
    assert (mock.is_mock, mock.num_qubits) == (True, 5)
