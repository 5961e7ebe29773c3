"""What the service of a test has: backends made up or from snapshots, their maintenance, instances of the account."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

import pytest_qruntime
from pytest_qruntime import ConfigurationError, JobTimeoutError, NothingPendingError, QRuntime
from pytest_qruntime.rest import snapshots
from tests.lingering import forget_other_threads

# -- backends ----------------------------------------------------------------------------------------------------------


@pytest.mark.qruntime(lanes=3)
def test_a_backend_is_made_when_it_is_first_named(qruntime: QRuntime) -> None:
    narrow = qruntime.backend("narrow", lanes=1, qubits=5)
    assert (narrow.name, narrow.lanes, narrow.qubits) == ("narrow", 1, 5)
    assert qruntime.backend("narrow") is narrow
    assert qruntime.backend("narrow", lanes=1, qubits=5) is narrow
    assert (qruntime.backend("other").lanes, qruntime.backend("other").qubits) == (3, 127)
    assert [device["name"] for device in qruntime.http.get("/v1/backends").json()["devices"]] == [
        "fake_backend",
        "narrow",
        "other",
    ]


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"lanes": 2}, "backend 'fake_backend' exists with lanes=5, not 2; give the new one another name"),
        ({"qubits": 5}, "backend 'fake_backend' exists with qubits=127, not 5"),
        ({"qpu_contention": False}, "backend 'fake_backend' exists, and qpu_contention is decided when"),
        ({"name": "new", "qubits": 0}, "backend new: qubits is 0; expected a whole number, at least 1"),
        ({"name": "new", "lanes": "1"}, "backend new: lanes is '1'"),
        ({"name": "new", "qpu_contention": "no"}, "qpu_contention is 'no'; expected True or False"),
        ({"name": "a/b"}, "backend is 'a/b'; expected a name"),
        ({"name": ""}, "backend is ''; expected a name"),
    ],
)
def test_a_backend_that_cannot_be_is_refused(qruntime: QRuntime, asked: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        qruntime.backend(**asked)
    assert str(caught.value).startswith(message)
    assert list(qruntime.world.backends) == ["fake_backend"]


def test_a_paused_backend_starts_nothing_until_it_is_back(qruntime: QRuntime) -> None:
    qruntime.backend().set_status("paused", "maintenance")
    job = qruntime.run()
    qruntime.clock.tick("1h")
    assert job.status() == "QUEUED"
    qruntime.backend().set_status("online")
    assert job.status() == "RUNNING"


# -- snapshots ---------------------------------------------------------------------------------------------------------


def document(qruntime: QRuntime, backend: str, kind: str = "configuration") -> Any:
    return qruntime.http.get(f"/v1/backends/{backend}/{kind}").json()


def test_a_backend_with_the_name_of_a_fake_backend_is_that_snapshot(qruntime: QRuntime) -> None:
    assert qruntime.backend("fake_manila").qubits == 5
    assert document(qruntime, "fake_manila")["processor_type"] == {
        "family": "Falcon",
        "revision": "5.11",
        "segment": "L",
    }


def test_a_backend_may_be_a_snapshot_under_its_own_name(qruntime: QRuntime) -> None:
    assert qruntime.backend("ibm_mine", snapshot="fake_manila", lanes=1).qubits == 5
    assert document(qruntime, "ibm_mine")["backend_name"] == "ibm_mine"
    assert document(qruntime, "ibm_mine", "properties")["backend_name"] == "ibm_mine"
    assert qruntime.backend("ibm_mine", snapshot="fake_manila") is qruntime.backend("ibm_mine", qubits=5)


@pytest.mark.qruntime(backend="fake_manila")
def test_the_default_backend_may_be_a_snapshot(qruntime: QRuntime) -> None:
    assert (qruntime.default_backend, qruntime.backend().qubits) == ("fake_manila", 5)
    with pytest_qruntime.world(backend="fake_sherbrooke") as inner:
        assert inner.backend().qubits == 127
    assert document(qruntime, "fake_manila")["n_qubits"] == 5


def test_another_name_is_a_made_up_device(qruntime: QRuntime) -> None:
    assert qruntime.backend("fake_nowhere").qubits == 127
    assert document(qruntime, "fake_nowhere")["description"].startswith("A made-up device")


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (
            {"name": "new", "snapshot": "fake_sherbroke"},
            "snapshot is 'fake_sherbroke'; expected one of the * fake backends of qiskit-ibm-runtime, such as "
            "fake_sherbrooke*",
        ),
        ({"name": "new", "snapshot": "FakeManila"}, "snapshot is 'FakeManila'; *fake_manila*"),
        ({"name": "new", "snapshot": "../manila"}, "snapshot is '../manila'; expected one of *"),
        ({"name": "new", "snapshot": 5}, "snapshot is 5; expected one of *"),
        (
            {"name": "new", "snapshot": "fake_manila", "qubits": 7},
            "backend 'new' has the 5 qubits of the snapshot fake_manila, not 7; *",
        ),
        ({"name": "fake_backend", "snapshot": "fake_manila"}, "backend 'fake_backend' exists with no snapshot, not *"),
        ({"name": "new", "region": "EU"}, "region is 'EU'; expected one such as 'us-east' or 'eu-de'"),
        ({"name": "fake_backend", "region": "eu-de"}, "backend 'fake_backend' exists with region=None, not eu-de; *"),
    ],
)
def test_a_snapshot_that_cannot_be_is_refused(qruntime: QRuntime, asked: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        qruntime.backend(**asked)
    assert fits(str(caught.value), message)
    assert list(qruntime.world.backends) == ["fake_backend"]


def fits(text: str, pattern: str) -> bool:
    """Whether a text is a pattern with a star for anything."""
    parts = pattern.split("*")
    position = 0
    for part in parts:
        found = text.find(part, position)
        if found < 0:
            return False
        position = found + len(part)
    return text.startswith(parts[0])


def test_two_snapshots_cannot_have_one_name(qruntime: QRuntime) -> None:
    qruntime.backend("mine", snapshot="fake_manila")
    with pytest.raises(ConfigurationError, match="exists with the snapshot fake_manila, not fake_lima"):
        qruntime.backend("mine", snapshot="fake_lima")


def test_without_the_package_a_snapshot_is_refused_and_a_name_is_a_name(
    qruntime: QRuntime, monkeypatch: pytest.MonkeyPatch
) -> None:
    snapshots.find.cache_clear()
    monkeypatch.setattr(snapshots, "folder", lambda: None)
    with pytest.raises(ConfigurationError) as caught:
        qruntime.backend("mine", snapshot="fake_manila")
    assert "run: pip install 'pytest-qruntime[qiskit]'" in str(caught.value)
    assert qruntime.backend("fake_manila").qubits == 127
    snapshots.find.cache_clear()


# -- maintenance -------------------------------------------------------------------------------------------------------


def test_a_backend_goes_into_maintenance_and_comes_back(qruntime: QRuntime) -> None:
    qruntime.maintenance("2h", after="1h")
    statuses = []
    for _ in range(4):
        statuses.append(document(qruntime, "fake_backend", "status"))
        qruntime.clock.tick("1h")
    assert [shown["status"] for shown in statuses] == ["active", "maintenance", "maintenance", "active"]
    assert [shown["state"] for shown in statuses] == [True] * 4
    assert qruntime.http.get("/v1/backends").json()["devices"][0]["status"]["name"] == "online"


def test_maintenance_may_take_a_backend_offline(qruntime: QRuntime) -> None:
    qruntime.backend("ibm_fez")
    qruntime.maintenance(backend="ibm_fez", status="offline")
    devices = qruntime.http.get("/v1/backends").json()["devices"]
    assert [device["status"] for device in devices] == [
        {"name": "online", "reason": "available"},
        {"name": "offline", "reason": "maintenance"},
    ]
    assert document(qruntime, "ibm_fez", "status")["state"] is False


def test_a_job_that_waits_for_the_end_of_maintenance_has_its_result(qruntime: QRuntime) -> None:
    qruntime.maintenance("2h")
    job = qruntime.run()
    with pytest.raises(JobTimeoutError):
        job.result(timeout="1h")
    job.result()
    assert job.metrics()["timestamps"]["running"] == "2026-01-15T14:00:00.000000Z"


@pytest.mark.parametrize("idle_threads", [0, 1])
def test_a_job_on_a_backend_that_will_not_come_back_is_hopeless_at_once(
    qruntime: QRuntime, idle_threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    forget_other_threads(monkeypatch)
    qruntime.backend().set_status("offline")
    qruntime.maintenance("2h")
    with ThreadPoolExecutor(1) as pool:
        for _ in range(idle_threads):
            pool.submit(int).result()
        with pytest.raises(NothingPendingError):
            qruntime.run().result()
    assert qruntime.world.now_us == 0


def test_a_job_on_a_backend_that_another_thread_may_bring_back_is_waited_for(qruntime: QRuntime) -> None:
    qruntime.backend().set_status("offline")
    qruntime.maintenance("2h")
    waited = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        pool.submit(waited.wait)
        with pytest.raises(NothingPendingError):
            qruntime.run().result()
        waited.set()
    assert qruntime.world.now_us == 7_200_000_000


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"lasting": "5"}, "'5' cannot be used as lasting"),
        ({"lasting": 0}, "maintenance time is 0"),
        ({"after": -1}, "-1 cannot be used as after"),
        ({"backend": "nowhere"}, "backend is 'nowhere'; expected one of"),
        ({"status": "online"}, "status in maintenance is 'online'; expected one of 'paused', 'offline'"),
    ],
)
def test_maintenance_that_cannot_be_is_refused(qruntime: QRuntime, asked: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        qruntime.maintenance(**asked)
    assert str(caught.value).startswith(message)
    assert qruntime.clock.pending() == []
