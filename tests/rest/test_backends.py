from __future__ import annotations

import pytest

from pytest_qruntime.model import World
from pytest_qruntime.rest import lattice
from pytest_qruntime.rest.devices import Devices
from tests.rest.face import Face


def test_backends_are_listed_with_status_qubits_and_queue(face: Face) -> None:
    face.world.add_backend("small", qubits=1)

    devices = face.ask("GET", "/v1/backends").json["devices"]

    assert [(device["name"], device["qubits"], device["queue_length"]) for device in devices] == [
        ("fake_backend", 127, 0),
        ("small", 1, 0),
    ]
    assert devices[0]["status"] == {"name": "online", "reason": "available"}
    assert devices[1]["performance_metrics"]["two_q_error_best"] is None


def test_the_queue_grows_with_other_users_jobs(face: Face) -> None:
    face.backend.lanes = 1
    for _ in range(4):
        face.world.add_load("fake_backend", quantum_s=10)

    assert face.ask("GET", "/v1/backends").json["devices"][0]["queue_length"] == 3
    assert face.ask("GET", "/v1/backends/fake_backend/status").json["length_queue"] == 3


def test_the_queue_shrinks_when_a_job_that_waits_is_cancelled(face: Face) -> None:
    face.backend.lanes = 1
    _running, waiting = face.submit(), face.submit()
    before = face.ask("GET", "/v1/backends/fake_backend/status").json["length_queue"]

    face.ask("POST", f"/v1/jobs/{waiting}/cancel")

    assert before == 1
    assert face.ask("GET", "/v1/backends/fake_backend/status").json["length_queue"] == 0


@pytest.mark.parametrize(
    ("status", "operational", "word"),
    [("online", True, "active"), ("paused", True, "internal"), ("offline", False, "off")],
)
def test_status_says_whether_the_backend_is_used(face: Face, status: str, operational: bool, word: str) -> None:
    face.backend.set_status(status, "because")  # type: ignore[arg-type]

    shown = face.ask("GET", "/v1/backends/fake_backend/status").json

    assert (shown["state"], shown["status"], shown["message"]) == (operational, word, "because")


@pytest.mark.parametrize("document", ["configuration", "properties", "defaults", "status"])
def test_an_unknown_backend_is_not_found(face: Face, document: str) -> None:
    answer = face.ask("GET", f"/v1/backends/nowhere/{document}")

    assert (answer.status, answer.code, answer.error["message"]) == (404, "not_found", "device not found")


def test_the_answer_for_an_unknown_backend_names_those_that_exist(face: Face) -> None:
    face.world.add_backend("fake_second")

    answer = face.ask("GET", "/v1/backends/nowhere/status")

    assert answer.error["message"] == "device not found"
    assert answer.error["solution"] == "Name a backend that exists: fake_backend, fake_second."


@pytest.mark.parametrize("qubits", [1, 2, 20, 127])
def test_configuration_and_properties_speak_of_the_same_device(face: Face, qubits: int) -> None:
    face.world.add_backend("device", qubits=qubits)

    configuration = face.ask("GET", "/v1/backends/device/configuration").json
    properties = face.ask("GET", "/v1/backends/device/properties").json
    defaults = face.ask("GET", "/v1/backends/device/defaults").json

    assert configuration["n_qubits"] == qubits == len(properties["qubits"]) == len(defaults["qubit_freq_est"])
    gates = {gate["name"]: sorted(gate["coupling_map"]) for gate in configuration["gates"]}
    for name, places in gates.items():
        assert sorted(gate["qubits"] for gate in properties["gates"] if gate["gate"] == name) == places
    assert gates["cz"] == sorted(configuration["coupling_map"])
    assert set(configuration["basis_gates"]) == set(gates)


def test_properties_did_not_exist_before_the_world(face: Face) -> None:
    path = "/v1/backends/fake_backend/properties"

    assert face.ask("GET", path, query="updated_before=2026-01-15T11:59:59Z").json == {}
    assert face.ask("GET", path, query="updated_before=2026-01-15T12:00:00Z").json["backend_name"] == "fake_backend"
    assert face.ask("GET", path, query="updated_before=now").status == 400


def test_figures_depend_on_the_seed_and_the_name_alone() -> None:
    def properties(seed: int, *names: str) -> bytes:
        world = World(seed=seed)
        devices = Devices(world)
        for name in names:
            devices.document(world.add_backend(name, qubits=5), "configuration")
        return devices.document(world.backends["device"], "properties")

    assert properties(1, "device") == properties(1, "other", "device") != properties(2, "device")


@pytest.mark.parametrize("qubits", range(1, 160))
def test_the_lattice_is_connected_with_at_most_three_neighbours(qubits: int) -> None:
    edges = lattice.edges(qubits)

    neighbours: dict[int, set[int]] = {qubit: set() for qubit in range(qubits)}
    for low, high in edges:
        assert 0 <= low < high < qubits
        neighbours[low].add(high)
        neighbours[high].add(low)
    reached, frontier = {0}, [0]
    while frontier:
        frontier = [other for qubit in frontier for other in neighbours[qubit] - reached]
        reached.update(frontier)
    assert reached == set(range(qubits))
    assert max(len(others) for others in neighbours.values()) <= 3
