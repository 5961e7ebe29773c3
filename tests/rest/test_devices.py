"""The devices behind backends: made up or snapshots, their documents, and what they can run."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from pydantic import TypeAdapter
from pydantic_core import from_json

from pytest_qruntime.model import World
from pytest_qruntime.rest import Service, snapshots
from pytest_qruntime.rest.wire import backends as wire
from tests.rest.face import Face

START = "2026-01-15T12:00:00.000000Z"
KINDS = ("configuration", "properties", "defaults", "status")


def taken(face: Face, name: str, snapshot: str) -> Any:
    """A backend that is a snapshot; its documents by kind."""
    known = snapshots.named(snapshot)
    face.world.add_backend(name, qubits=known.configuration.qubits)
    face.service.devices.take(name, known)
    return {kind: face.ask("GET", f"/v1/backends/{name}/{kind}").json for kind in KINDS}


# -- snapshots ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", snapshots.names())
def test_every_snapshot_can_be_a_backend(face: Face, name: str) -> None:
    known, devices = snapshots.named(name), face.service.devices
    backend = face.world.add_backend("ibm_mine", qubits=known.configuration.qubits)
    devices.take("ibm_mine", known)

    configuration, properties, defaults = (from_json(devices.document(backend, kind)) for kind in KINDS[:3])

    qubits = configuration["n_qubits"]
    assert configuration["backend_name"] == properties["backend_name"] == "ibm_mine"
    assert len(properties["qubits"]) == len(defaults["qubit_freq_est"]) == qubits == backend.qubits
    assert properties["last_update_date"] == START
    assert configuration["online_date"] <= START
    assert set(configuration["basis_gates"]) <= (devices.target(backend).basis_gates or set())
    assert devices.of(backend).version == configuration["backend_version"]


def test_there_are_snapshots_to_test() -> None:
    assert {"fake_manila", "fake_sherbrooke", "fake_fez"} <= set(snapshots.names())


def test_a_snapshot_is_the_file_but_for_its_name_and_dates(face: Face) -> None:
    documents = taken(face, "ibm_mine", "fake_manila")

    known = snapshots.named("fake_manila")
    for kind, path in zip(("configuration", "properties"), known.files, strict=True):
        original = from_json(path.read_bytes())
        own = {"backend_name", "online_date" if kind == "configuration" else "last_update_date"}
        assert {key: value for key, value in documents[kind].items() if key not in own} == {
            key: value for key, value in original.items() if key not in own
        }
    assert documents["configuration"]["online_date"] == "2021-04-28T04:00:00.000000Z"


def test_a_device_that_is_younger_than_the_world_goes_online_with_it(face: Face) -> None:
    assert taken(face, "ibm_mine", "fake_berlin")["configuration"]["online_date"] == START


def test_properties_of_a_snapshot_did_not_exist_before_the_world(face: Face) -> None:
    taken(face, "mine", "fake_manila")
    path = "/v1/backends/mine/properties"

    assert face.ask("GET", path, query="updated_before=2026-01-15T11:59:59Z").json == {}
    assert face.ask("GET", path, query="updated_before=2026-01-15T12:00:00Z&calibration_id=x").json["general"]


def test_a_snapshot_has_its_processor_and_the_errors_of_its_entangling_gate(face: Face) -> None:
    taken(face, "ibm_mine", "fake_fez")

    device = face.ask("GET", "/v1/backends").json["devices"][1]

    assert (device["processor_type"], device["physical_qubits"]) == ({"family": "Heron", "revision": "2"}, 332)
    assert device["clops"] == {"type": "hardware", "value": 195_000}
    best = device["performance_metrics"]["two_q_error_best"]
    assert (best["gate"], best["qubits"]) == ("cz", [22.0, 23.0])
    assert 0 < best["value"] < device["performance_metrics"]["two_q_error_layered"]["value"] < 1


def test_an_old_snapshot_leaves_out_what_nobody_knew(face: Face) -> None:
    taken(face, "mine", "fake_almaden")

    device = face.ask("GET", "/v1/backends").json["devices"][1]

    assert {"clops", "processor_type", "physical_qubits"}.isdisjoint(device)


def test_a_snapshot_of_one_qubit_has_no_entangling_gate(face: Face) -> None:
    taken(face, "mine", "fake_armonk")

    metrics = face.ask("GET", "/v1/backends").json["devices"][1]["performance_metrics"]

    assert metrics == {"two_q_error_best": None, "two_q_error_layered": {"value": 0.0, "unit": ""}}


def test_each_snapshot_is_parsed_once_in_a_process(face: Face, monkeypatch: pytest.MonkeyPatch) -> None:
    taken(face, "one", "fake_quito")
    monkeypatch.setattr(snapshots, "from_json", lambda _: pytest.fail("parsed again"))

    other = Face()

    assert taken(other, "two", "fake_quito")["configuration"]["backend_name"] == "two"
    assert other.ask("GET", "/v1/backends").status == 200


def test_reading_snapshots_imports_nothing_of_qiskit() -> None:
    code = (
        "import sys; from pytest_qruntime.rest import snapshots; snapshots.named('fake_manila').properties;"
        "print(*(name for name in sys.modules if name.startswith(('qiskit', 'numpy', 'requests'))))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert found.split() == []


@pytest.mark.parametrize("name", ["fake_backend", "fake_", "fake_..", "fake_manila/../lima", "ibm_fez", "", "manila"])
def test_another_name_is_no_snapshot(name: str) -> None:
    assert snapshots.find(name) is None


# -- made up -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("qubits", [1, 2, 7, 127])
def test_a_made_up_device_is_described_in_full(face: Face, qubits: int) -> None:
    face.world.add_backend("mine", qubits=qubits)

    configuration, properties = (face.ask("GET", f"/v1/backends/mine/{kind}").json for kind in KINDS[:2])

    TypeAdapter(wire.BackendConfiguration).validate_python(configuration, strict=True)
    TypeAdapter(wire.BackendProperties).validate_python(properties, strict=True)
    assert set(configuration["basis_gates"]) == {"id", "rx", "rz", "sx", "x", "cz", "rzz"}
    assert {"if_else", "measure", "delay", "reset"} <= set(configuration["supported_instructions"])
    assert "dynamic_circuits" in configuration["supported_features"]


def test_worlds_of_one_seed_share_what_they_draw() -> None:
    def device(seed: int, name: str = "mine", start: int = 0) -> object:
        world = World(seed=seed, start_unix_us=start)
        return Service(world).devices.of(world.add_backend(name, qubits=5))

    assert device(1) is device(1)
    assert len({id(device(1)), id(device(2)), id(device(1, "other")), id(device(1, start=1))}) == 4


def test_threads_that_draw_one_device_at_once_see_the_same() -> None:
    def draw(_: int) -> bytes:
        world = World(seed=77)
        return Service(world).devices.document(world.add_backend("raced"), "properties")

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(draw, range(8)))) == 1


# -- what a device can run ---------------------------------------------------------------------------------------------


def test_the_target_of_a_made_up_device_has_its_gates_and_pairs(face: Face) -> None:
    small = face.world.add_backend("small", qubits=3)

    target = face.service.devices.target(small)

    assert target.qubits == 3
    assert set(target.basis_gates or ()) == {
        "id",
        "rx",
        "rz",
        "sx",
        "x",
        "cz",
        "rzz",
        "if_else",
        "for_loop",
        "switch_case",
    }
    assert target.couplings == dict.fromkeys(("cz", "rzz"), frozenset({(0, 1), (1, 0), (1, 2), (2, 1)}))
    assert face.service.devices.target(small) is target


def test_the_target_of_a_snapshot_has_the_directions_of_its_gates(face: Face) -> None:
    taken(face, "mine", "fake_sherbrooke")

    target = face.service.devices.target(face.world.backends["mine"])

    assert set(target.basis_gates or ()) == {"id", "rz", "sx", "x", "ecr", "if_else", "for_loop", "switch_case"}
    assert target.couplings is not None
    assert set(target.couplings) == {"ecr"}
    pairs = target.couplings["ecr"]
    assert len(pairs) == 144
    assert not any((high, low) in pairs for low, high in pairs)


def test_documents_of_a_target_are_new_each_time(face: Face) -> None:
    target = face.service.devices.target(face.backend)
    assert target.documents is not None

    (first, _), (second, properties) = target.documents(), target.documents()
    first["gates"].clear()

    assert second["gates"]
    assert properties["backend_name"] == "fake_backend"
    assert target.documents()[0] == second


def test_a_target_that_nobody_looks_into_draws_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pytest_qruntime.rest.device.Figures", lambda *_: pytest.fail("drawn"))
    face = Face(seed=4711)

    assert face.service.devices.target(face.backend).basis_gates
    assert face.ask("GET", "/v1/backends/fake_backend/status").status == 200
    face.submit()
