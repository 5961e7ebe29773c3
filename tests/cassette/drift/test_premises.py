"""The fake is made as the recorded service was: of the settings, or of what the exchanges show."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pytest_qruntime.cassette.drift.entries import entries_of
from pytest_qruntime.cassette.drift.premises import service_of
from pytest_qruntime.cassette.drift.shown import Shown
from pytest_qruntime.cassette.tape import Exchange
from pytest_qruntime.rest import Service
from tests.cassette.drift.real import BEGAN_US, CRN, OPENED, said, session, tape

SENT = {"mode": "dedicated", "backend": "ibm_fez"}
LANES = 4


def made(*exchanges: Exchange, service: str = "IBM Quantum Platform", **provenance: Any) -> Service:
    one = tape(*exchanges)
    assert one.provenance is not None
    told = replace(one.provenance, service=service, **provenance)
    return service_of(told, BEGAN_US, Shown(entries_of(one), LANES))


def test_instances_have_their_crns_and_regions() -> None:
    service = made(OPENED)

    assert service.crn() == CRN
    assert service.world.instance.region == "eu-de"


def test_sessions_have_the_limits_that_those_of_the_recording_had() -> None:
    granted = session("open", max_ttl=200_000, interactive_ttl=300)
    asked = said(0, "POST /sessions", granted, sent={**SENT, "max_ttl": 200_000})
    plan = made(asked).world.instance.plan

    assert (plan.session_max_ttl_s, plan.session_ittl_s, plan.batch_max_ttl_s) == (200_000, 300, 28_800)
    assert (
        made(said(0, "POST /sessions", session("open", max_ttl=60), sent=SENT)).world.instance.plan.session_max_ttl_s
        == 60
    )


def test_the_usage_limit_is_the_first_one_that_is_told() -> None:
    def limited(at_s: float, limit: int) -> Exchange:
        return said(at_s, "GET /instances/configuration", {"instance_limit": limit})

    set_it = said(1, "PUT /instances/configuration", status=204, sent={"instance_limit": 900})

    assert made(OPENED, limited(0, 600), limited(2, 900)).world.instance.usage_limit_s == 600
    assert made(OPENED, set_it, limited(2, 900)).world.instance.usage_limit_s is None
    assert made(limited(0, 600), service="pytest-qruntime", settings={}).world.instance.usage_limit_s is None


def test_backends_have_their_qubits_and_mocks_come_by_themselves() -> None:
    devices = [
        {"name": "lab_one", "qubits": 20},
        {"name": "mock_one", "qubits": 20},
        {"name": "mock_free", "qubits": 3},
    ]
    backends = made(said(0, "GET /backends", {"devices": devices})).world.backends

    assert {name: backend.qubits for name, backend in backends.items()} == {"lab_one": 20, "mock_free": 3}


def test_a_real_device_is_its_snapshot() -> None:
    for name, service in (("ibm_fez", "IBM Quantum Platform"), ("fake_fez", "pytest-qruntime")):
        answer = said(0, f"GET /backends/{name}/status", {})
        snapshot = made(answer, service=service).devices.snapshot(name)
        assert snapshot is not None
        assert snapshot.name == "fake_fez"

    assert (
        made(said(0, "GET /backends/ibm_fez/status", {}), service="pytest-qruntime").devices.snapshot("ibm_fez") is None
    )


def test_without_any_name_there_is_the_default_backend() -> None:
    assert list(made().world.backends) == ["fake_backend"]
    assert list(made(service="pytest-qruntime", settings={"backend": "lab"}).world.backends) == ["lab"]


def test_settings_come_before_what_is_shown() -> None:
    settings = {
        "seed": 7,
        "lanes": 2,
        "plan": "flex",
        "engine": "schema",
        "qpu_contention": False,
        "policy": {"batch_autoend": 0},
    }
    service = made(OPENED, service="pytest-qruntime", settings=settings)
    world = service.world

    assert (world.seed, world.lanes, world.instance.plan.name, world.qpu_contention) == (7, 2, "flex", False)
    assert (service.engine, world.policy.batch_autoend) == ("schema", 0)


def test_what_is_not_told_is_the_default_of_its_service() -> None:
    own, real = made(service="pytest-qruntime"), made()

    assert (own.engine, own.world.qpu_contention, own.world.lanes) == ("ideal", True, LANES)
    assert (real.engine, real.world.qpu_contention, real.world.lanes) == ("schema", False, LANES)
    assert made(service="pytest-qruntime", settings={}).world.lanes == 5


def test_the_recording_begins_when_it_began() -> None:
    for start, passed_s in (("2026-03-01T08:59:00Z", 60), ("2027-01-01T00:00:00Z", 0), (None, 0)):
        settings = None if start is None else {"start": start}
        world = made(service="pytest-qruntime", settings=settings).world

        assert (world.start_unix_us + world.now_us, world.now_us) == (BEGAN_US, passed_s * 1_000_000)
