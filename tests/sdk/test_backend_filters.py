"""`backends`, `backend` and `least_busy` with each of their arguments, through code that makes its own service."""

from __future__ import annotations

from typing import Any

import pytest
from qiskit.providers import QiskitBackendNotFoundError
from qiskit_ibm_runtime import IBMInputValueError, QiskitRuntimeService

from pytest_qruntime import QRuntime
from tests.sdk.conftest import Asked
from tests.sdk.needs import needs_client


def names(backends: list[Any]) -> list[str]:
    return [backend.name for backend in backends]


@pytest.fixture
def service(qruntime: QRuntime) -> QiskitRuntimeService:
    """A service that sees five qubits, 27 (offline) and, with control flow and fractional gates, 127."""
    qruntime.backend("fake_montreal").set_status("offline")
    qruntime.backend("ibm_large", qubits=127)
    qruntime.other_users(9)  # on the default backend, fake_manila
    return QiskitRuntimeService()


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({}, ["fake_manila", "fake_montreal", "ibm_large"]),
        ({"name": "fake_montreal"}, ["fake_montreal"]),
        ({"name": "nobody"}, []),
        ({"min_num_qubits": 27}, ["fake_montreal", "ibm_large"]),
        ({"min_num_qubits": 128}, []),
        ({"operational": True}, ["fake_manila", "ibm_large"]),
        ({"operational": False}, ["fake_montreal"]),
        ({"simulator": False, "operational": True, "min_num_qubits": 6}, ["ibm_large"]),
        ({"simulator": True}, []),
        ({"dynamic_circuits": True}, ["ibm_large"]),
        ({"dynamic_circuits": False}, ["fake_manila", "fake_montreal"]),
        ({"n_qubits": 5}, ["fake_manila"]),
        ({"filters": lambda backend: backend.num_qubits > 100}, ["ibm_large"]),
        ({"filters": lambda backend: backend.status().pending_jobs > 0}, ["fake_manila"]),
        ({"use_fractional_gates": True}, ["fake_manila", "fake_montreal", "ibm_large"]),
    ],
)
def test_backends_are_chosen(service: QiskitRuntimeService, filters: dict[str, Any], found: list[str]) -> None:
    assert names(service.backends(**filters)) == found


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({}, "ibm_large"),
        ({"operational": True, "simulator": False}, "ibm_large"),
        ({"min_num_qubits": 20}, "ibm_large"),
        ({"dynamic_circuits": False, "operational": True}, "fake_manila"),
        ({"filters": lambda backend: backend.num_qubits < 10}, "fake_manila"),
    ],
)
def test_the_least_busy_backend_is_chosen(service: QiskitRuntimeService, filters: dict[str, Any], found: str) -> None:
    assert service.least_busy(**filters).name == found


@pytest.mark.parametrize("filters", [{"min_num_qubits": 128}, {"operational": False}, {"simulator": True}])
def test_there_may_be_no_least_busy_backend(service: QiskitRuntimeService, filters: dict[str, Any]) -> None:
    with pytest.raises(QiskitBackendNotFoundError, match="No backend matches the criteria"):
        service.least_busy(**filters)


def test_the_least_busy_backend_of_all_instances_and_of_one(qruntime: QRuntime, service: QiskitRuntimeService) -> None:
    german = qruntime.instance("german", region="eu-de")
    qruntime.backend("ibm_german", qubits=5, region="eu-de")
    qruntime.other_users(6, backend="ibm_large")
    everywhere = QiskitRuntimeService(token=qruntime.api_key)
    assert everywhere.least_busy().name == "ibm_german"
    assert everywhere.least_busy(instance=german.crn).name == "ibm_german"
    assert everywhere.least_busy(instance=qruntime.crn).name == "ibm_large"


def test_the_backends_of_one_instance_of_several(qruntime: QRuntime) -> None:
    german = qruntime.instance("german", region="eu-de")
    qruntime.backend("ibm_german", qubits=5, region="eu-de")
    qruntime.backend("ibm_east", qubits=5, region="us-east")
    everywhere = QiskitRuntimeService(token=qruntime.api_key)
    assert names(everywhere.backends()) == ["fake_manila", "ibm_east", "ibm_german"]
    for instance in (german.crn, "german"):
        assert names(everywhere.backends(instance=instance)) == ["fake_manila", "ibm_german"]
        assert everywhere.active_instance() == german.crn
    assert everywhere.backend("ibm_german").status().operational


def test_an_unknown_backend_is_told_where_to_look(service: QiskitRuntimeService) -> None:
    with pytest.raises(QiskitBackendNotFoundError, match=r"No backend matches the criteria.*guides/qpu-information"):
        service.backend("ibm_nowhere")


@needs_client("0.44.0", "the client's look at fractional gates")
def test_a_backend_without_fractional_gates_is_refused_to_those_who_want_them(service: QiskitRuntimeService) -> None:
    with pytest.raises(IBMInputValueError, match="Backend 'fake_manila' does not support fractional gates"):
        service.backend("fake_manila", use_fractional_gates=True)


@pytest.mark.parametrize(("wanted", "there"), [(False, False), (True, True), (None, True)])
def test_fractional_gates(service: QiskitRuntimeService, wanted: bool | None, there: bool) -> None:
    backend = service.backend("ibm_large", use_fractional_gates=wanted)
    assert ({"rx", "rzz"} <= set(backend.basis_gates)) is there
    assert ("rzz" in backend.target.operation_names) is there
    assert "if_else" in backend.target.operation_names


def test_a_calibration_id_goes_with_every_request(service: QiskitRuntimeService, asked: Asked) -> None:
    backend = service.backend("fake_manila", calibration_id="cal-7")
    assert (backend.calibration_id, backend.target.num_qubits) == ("cal-7", 5)
    of_the_backend = [request for request in asked.whole if "/backends/fake_manila/" in request.path]
    assert [request.query.partition("&")[0] for request in of_the_backend] == ["calibration_id=cal-7"] * 2


def test_a_backend_that_came_later_is_found_by_a_service_of_one_instance(
    qruntime: QRuntime, service: QiskitRuntimeService
) -> None:
    qruntime.backend("ibm_new", qubits=2)
    assert service.backend("ibm_new").num_qubits == 2


def test_a_configuration_is_read_once_and_the_status_each_time(service: QiskitRuntimeService, asked: Asked) -> None:
    for _ in range(3):
        service.backend("fake_manila").status()
    assert asked.count("GET /v1/backends/fake_manila/configuration") == 1
    assert asked.count("GET /v1/backends/fake_manila/status") == 3
