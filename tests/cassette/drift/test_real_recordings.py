"""Recordings of a service that is not the fake: its timing is its own, the order of states counts."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_qruntime.cassette.drift import drift
from pytest_qruntime.cassette.scrub import Scrubber
from pytest_qruntime.cassette.taping import Taping
from pytest_qruntime.model import World
from pytest_qruntime.rest import Service
from pytest_qruntime.rest.http import Request
from tests.cassette.drift.plays import found, none, of_service
from tests.cassette.drift.real import (
    JOB,
    OPENED,
    SESSION,
    at,
    job,
    look,
    said,
    session,
    submitted,
    tape,
)
from tests.cassette.replay.test_any_lifecycle import ACTIONS, GRID_S, Action, recorded

LONG_QUEUE = (
    OPENED,
    submitted(1, "d0aaaaaaaaaaaaaaaaaa"),
    *(look(seconds, "d0aaaaaaaaaaaaaaaaaa", "Queued") for seconds in (3, 300, 900)),
    look(1000, "d0aaaaaaaaaaaaaaaaaa", "Running"),
    look(1007.5, "d0aaaaaaaaaaaaaaaaaa", "Completed", seconds=2),
    said(1008, f"GET /sessions/{SESSION}", session("active", started=950, ended=None, last_job_completed=at(1007))),
    said(1009, f"PATCH /sessions/{SESSION}", status=204, sent={"accepting_jobs": False}),
    said(1010, f"GET /sessions/{SESSION}", session("closed", started=950, ended=1009)),
)


def test_a_job_that_waited_for_others_as_long_as_it_did_is_no_difference() -> None:
    result = drift(tape(*LONG_QUEUE))

    assert result.findings == ()
    assert result.staged == (
        "the job of interaction 1 waits 16m39s for other users, takes 5.5s and 2s on the QPU, as recorded",
    )


def test_scrubbing_makes_no_difference() -> None:
    assert found(Scrubber({}).tape(tape(*LONG_QUEUE))) == []


def test_within_a_session_s_window_nobody_else_is_waited_for() -> None:
    first, second, other = "d0aaaaaaaaaaaaaaaaaa", "d0bbbbbbbbbbbbbbbbbb", "1" + SESSION[1:]
    opened = {**session("open"), "id": other}
    sent = {"mode": "dedicated", "backend": "ibm_fez"}
    submitted_there = said(
        12,
        "POST /jobs",
        {"id": second, "backend": "ibm_fez", "session_id": other},
        sent={**JOB, "session_id": other},
    )
    looks = [look(3, first, "Running"), look(8, first, "Completed"), look(13, second, "Queued")]
    looks += [look(70, second, "Running"), look(80, second, "Completed")]

    assert (
        found(tape(OPENED, submitted(1, first), said(10, "POST /sessions", opened, sent=sent), submitted_there, *looks))
        == []
    )


def test_when_a_state_was_seen_is_no_difference_but_the_order_is() -> None:
    back = look(950, "d0aaaaaaaaaaaaaaaaaa", "Running")

    assert found(tape(*LONG_QUEUE, back)) == []
    assert found(tape(*LONG_QUEUE, look(1008.5, "d0aaaaaaaaaaaaaaaaaa", "Running"))) == [
        (
            "states",
            "GET /v1/jobs/{id}",
            "$.state.status",
            "Queued, Running, Completed, Running",
            "Queued, Running, Completed",
            1,
        )
    ]


def test_an_end_that_never_comes_is_a_difference() -> None:
    lie = [one for one in LONG_QUEUE if one.method != "PATCH"]

    assert found(tape(*lie)) == [
        ("states", "GET /v1/sessions/{id}", "$.state", "open, active, closed", "open, active", 1)
    ]


@pytest.mark.parametrize("seconds", [0, 2])
def test_a_failure_is_the_recorded_one(seconds: float) -> None:
    state = {"reason": "Something broke", "reason_code": 5201, "reason_solution": "Try again"}
    failed = look(40, "d0aaaaaaaaaaaaaaaaaa", "Failed", seconds=seconds, **state)

    result = drift(tape(OPENED, submitted(1, "d0aaaaaaaaaaaaaaaaaa"), failed))

    assert none(result)
    assert "fails with 5201" in result.staged[0]


def test_a_job_is_stopped_when_it_was_stopped() -> None:
    state = {"reason": "Ran too long", "reason_code": 1305}
    name = "d0aaaaaaaaaaaaaaaaaa"
    looks = [look(20, name, "Running"), look(330, name, "Cancelled", seconds=300, **state)]

    assert found(tape(OPENED, submitted(1, name), *looks)) == []


def test_a_job_that_is_never_seen_to_start_stays_queued_until_it_is_cancelled() -> None:
    name = "d0aaaaaaaaaaaaaaaaaa"
    looks = [look(20, name, "Queued"), look(31, name, "Cancelled")]
    cancelled = said(30, f"POST /jobs/{name}/cancel", status=204)

    assert found(tape(OPENED, submitted(1, name), *looks, cancelled)) == []


def test_a_job_whose_end_is_not_recorded_runs_on() -> None:
    name = "d0aaaaaaaaaaaaaaaaaa"

    assert found(tape(OPENED, submitted(1, name), look(20, name, "Running"), look(20_000, name, "Running"))) == []


def test_what_a_real_device_could_run_is_not_judged_by_the_fake() -> None:
    name = "d0aaaaaaaaaaaaaaaaaa"
    params = {"pubs": [["OPENQASM 3.0; nonsense"]]}
    sent = said(
        1, "POST /jobs", {"id": name, "backend": "ibm_fez", "session_id": SESSION}, sent={**JOB, "params": params}
    )
    completed = {**job(name, "Completed"), "params": params}

    assert found(tape(OPENED, sent, said(9, f"GET /jobs/{name}", completed))) == []


def test_dates_in_metrics_tell_when_a_job_ran() -> None:
    name = "d0aaaaaaaaaaaaaaaaaa"
    metrics = {
        "timestamps": {"created": at(1), "running": at(100), "finished": at(130)},
        "usage": {"qpu_charge_time_seconds": 4, "status": "complete", "quantum_seconds": 4, "seconds": 4},
        "qiskit_version": "2.1",
        "estimated_start_time": None,
        "estimated_completion_time": None,
        "position_in_queue": None,
        "position_in_provider": None,
        "bss": {"seconds": 4},
    }
    read = said(601, f"GET /jobs/{name}/metrics", metrics)

    result = drift(tape(OPENED, submitted(1, name), look(600, name, "Completed", seconds=4), read))

    assert none(result)
    assert "waits 1m39s for other users, takes 26s and 4s on the QPU" in result.staged[0]


def test_a_key_that_comes_and_goes_on_both_sides_is_no_difference() -> None:
    name = "d0aaaaaaaaaaaaaaaaaa"
    both = [look(20, name, "Queued"), look(1000, name, "Completed", seconds=1)]
    null = job(name, "Queued")
    null["estimated_running_time_seconds"] = None

    assert found(tape(OPENED, submitted(1, name), *both, said(30, f"GET /jobs/{name}", null))) == []


def test_a_key_that_the_service_never_sends_is_one() -> None:
    name = "d0aaaaaaaaaaaaaaaaaa"
    short = job(name, "Queued")
    del short["estimated_running_time_seconds"]

    assert found(tape(OPENED, submitted(1, name), *(said(at_s, f"GET /jobs/{name}", short) for at_s in (20, 30)))) == [
        ("added key", "GET /v1/jobs/{id}", "$.estimated_running_time_seconds", "no such key", "a number", 2)
    ]


def test_what_the_fake_says_of_how_it_computed_is_none() -> None:
    world = World()
    world.add_backend("ibm_fez")
    service = Service(world)
    taping = Taping(service, world)
    headers = {"authorization": f"Bearer {service.token()}", "service-crn": service.crn()}

    def ask(method: str, path: str, document: Any = None) -> Any:
        body = b"" if document is None else json.dumps(document).encode()
        response = taping.handle(Request(method, "quantum.cloud.ibm.com", f"/api/v1{path}", "", headers, body))
        return json.loads(response.body)

    name = ask("POST", "/jobs", {**JOB, "session_id": None})["id"]
    world.advance_to(60_000_000)
    ask("GET", f"/jobs/{name}")
    ask("GET", f"/jobs/{name}/results")
    recorded = of_service(taping.tape(), "IBM Quantum Platform")
    results = json.loads(recorded.exchanges[-1].response_body)
    for result in (results, *results["results"]):
        result["metadata"].pop("pytest_qruntime", None)
    last = replace(recorded.exchanges[-1], response_body=json.dumps(results).encode())

    assert not [
        row for row in found(replace(recorded, exchanges=(*recorded.exchanges[:-1], last))) if "pytest" in row[2]
    ]


def test_what_the_service_used_before_is_known_from_its_refusal() -> None:
    error = {"code": 4317, "message": "used up", "solution": "wait", "more_info": "there"}
    refused = {"errors": [error], "trace": "00000000-0000-4000-8000-000000000000"}
    plain = {key: value for key, value in JOB.items() if key != "session_id"}

    assert found(tape(said(0, "POST /jobs", refused, status=409, sent=plain))) == []


@pytest.mark.parametrize(
    ("code", "status", "message"),
    [
        (3458, 400, "You have reached the limit of 3 pending jobs. Wait."),
        (1202, 429, "Too many: limit is 3 per minute"),
    ],
)
def test_a_limit_is_known_from_its_refusal(code: int, status: int, message: str) -> None:
    error = {"code": code, "message": message, "solution": "wait", "more_info": "there"}
    refused = {"errors": [error], "trace": "00000000-0000-4000-8000-000000000000"}
    plain = {key: value for key, value in JOB.items() if key != "session_id"}
    accepted = [
        said(number, "POST /jobs", {"id": f"d0aaaaaaaaaaaaaaaaa{number}", "backend": "ibm_fez"}, sent=plain)
        for number in range(3)
    ]
    waiting = [look(9, f"d0aaaaaaaaaaaaaaaaa{number}", "Queued") for number in range(3)]

    lie = tape(*accepted, said(8, "POST /jobs", refused, status=status, sent=plain), *waiting)

    assert [row[:2] for row in found(lie) if row[0] == "status"] == []


def test_sessions_last_as_long_as_the_plan_of_the_recording_says() -> None:
    name = "d0aaaaaaaaaaaaaaaaaa"
    short = session("open", max_ttl=120, active_ttl=120)
    opened = said(0, "POST /sessions", short, sent={"mode": "dedicated", "backend": "ibm_fez"})
    ran = [submitted(1, name), look(2, name, "Running"), look(200, name, "Running")]
    closed = session("closed", started=1.5, ended=121.5, max_ttl=120, last_job_completed=None)

    assert found(tape(opened, *ran, said(199, f"GET /sessions/{SESSION}", closed))) == []


@settings(max_examples=30, deadline=None, derandomize=True, database=None)
@given(ACTIONS, st.integers(1, 3))
def test_a_service_that_behaves_as_the_fake_does_has_no_drift(actions: list[Action], lanes: int) -> None:
    _, lifecycle = recorded(actions, GRID_S, lanes)

    assert found(of_service(lifecycle, "IBM Quantum Platform")) == []
