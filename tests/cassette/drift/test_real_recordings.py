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
from pytest_qruntime.cassette.tape import Exchange, Provenance, Tape
from pytest_qruntime.cassette.taping import Taping
from pytest_qruntime.model import World
from pytest_qruntime.rest import Service, timestamps
from pytest_qruntime.rest.http import Request
from tests.cassette.drift.plays import found, none, of_service
from tests.cassette.replay.stages import BELL
from tests.cassette.replay.test_any_lifecycle import ACTIONS, GRID_S, Action, recorded

BEGAN = "2026-03-01T09:00:00.000000Z"
BEGAN_US = timestamps.parse(BEGAN)
ACCOUNT_ID = "0123456789abcdef0123456789abcdef"
CRN = f"crn:v1:bluemix:public:quantum-computing:eu-de:a/{ACCOUNT_ID}:b0b5ba1d-fd9a-4c2b-8e7c-aa11bb22cc33::"
HOST = "eu-de.quantum.cloud.ibm.com"
HEADERS = {"service-crn": CRN, "authorization": "Bearer scrubbed-token-1"}
SESSION = "0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d"
JOB = {"program_id": "sampler", "backend": "ibm_fez", "params": {"pubs": [[BELL]]}, "session_id": SESSION}


def said(at_s: float, what: str, answer: Any = None, *, status: int = 200, sent: Any = None) -> Exchange:
    method, path = what.split(" ")
    url = path if path.startswith("http") else f"https://{HOST}/api/v1{path}"
    body = sent if isinstance(sent, bytes) else b"" if sent is None else json.dumps(sent).encode()
    answered = b"" if answer is None else json.dumps(answer).encode()
    return Exchange(round(at_s * 1e6), method, url, HEADERS, body, status, {}, answered)


def tape(*exchanges: Exchange) -> Tape:
    ordered = sorted(exchanges, key=lambda one: one.at_us)
    return Tape(Provenance("IBM Quantum Platform", BEGAN, "real", None, {}, None), tuple(ordered))


def at(seconds: float | None) -> str | None:
    return None if seconds is None else timestamps.iso(BEGAN_US + round(seconds * 1e6))


def job(name: str, status: str, *, seconds: float = 0, **state: Any) -> dict[str, Any]:
    return {
        "id": name,
        "backend": "ibm_fez",
        "state": {"status": status, "reason": None, **state},
        "status": status,
        "program": {"id": "sampler"},
        "created": at(1),
        "runtime": "",
        "cost": 10_800,
        "tags": [],
        "user_id": "IBMid-user1",
        "usage": {"seconds": seconds},
        "private": False,
        "estimated_running_time_seconds": 3.5,
        "params": JOB["params"],
        "session_id": SESSION,
    }


def session(state: str, *, started: float | None = None, ended: float | None = None, **others: Any) -> dict[str, Any]:
    return {
        "id": SESSION,
        "backend_name": "ibm_fez",
        "mode": "dedicated",
        "state": state,
        "state_reason": "why",
        "accepting_jobs": state != "closed",
        "max_ttl": 14_400,
        "active_ttl": 14_400,
        "interactive_ttl": 60,
        "created_at": at(0),
        "started_at": at(started),
        "activated_at": at(started),
        "closed_at": at(ended),
        "last_job_started": at(started),
        "last_job_completed": at(ended),
        "elapsed_time": None if started is None else 3,
        "user_id": "IBMid-user1",
        "timestamps": [{"status": "open", "timestamp": at(0)}],
        **others,
    }


OPENED = said(0, "POST /sessions", session("open"), sent={"mode": "dedicated", "backend": "ibm_fez"})


def submitted(at_s: float, name: str) -> Exchange:
    return said(at_s, "POST /jobs", {"id": name, "backend": "ibm_fez", "session_id": SESSION}, sent=JOB)


def look(at_s: float, name: str, status: str, **others: Any) -> Exchange:
    return said(at_s, f"GET /jobs/{name}", job(name, status, **others))


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


# -- the account ------------------------------------------------------------------------------------------------------

PLAN = "53bb9c3a-0d5f-4d3c-9c3e-3c0c9a1d2e4f"
FORM = (
    b"grant_type=urn%3Aibm%3Aparams%3Aoauth%3Agrant-type%3Aapikey&apikey=scrubbed_api_key_000000000000000000000000001"
)
TOKEN = {
    "access_token": "t",
    "refresh_token": "not_supported",
    "token_type": "Bearer",
    "expires_in": 3600,
    "expiration": 1772359200,
    "scope": "ibm openid",
}
FOUND = {"items": [{"crn": CRN, "name": "instance-1", "service_plan_unique_id": PLAN}], "limit": 100}
CATALOG = {
    "id": PLAN,
    "name": "internal",
    "kind": "plan",
    "active": True,
    "disabled": False,
    "tags": [],
    "overview_ui": {"en": {"display_name": "Open", "description": "d"}},
    "metadata": {"pricing": {"type": "free", "origin": "o"}},
}
SEARCH = {
    "query": f'service_name:quantum-computing AND crn:"{CRN}"',
    "fields": ["crn", "name", "service_plan_unique_id"],
}
REFUSED = {
    "errors": [{"code": 1352, "message": "no", "solution": "s", "more_info": "m"}],
    "trace": "00000000-0000-4000-8000-000000000000",
}
ACCOUNT = (
    said(0, "POST https://iam.cloud.ibm.com/identity/token", TOKEN, sent=FORM),
    said(
        0,
        f"POST https://api.global-search-tagging.cloud.ibm.com/v3/resources/search?account_id={ACCOUNT_ID}",
        FOUND,
        sent=SEARCH,
    ),
    said(0, f"GET https://globalcatalog.cloud.ibm.com/api/v1/{PLAN}", CATALOG),
)


def test_the_account_is_found_with_its_plan() -> None:
    dedicated = {"mode": "dedicated", "backend": "ibm_fez"}

    assert found(tape(*ACCOUNT, said(1, "POST /sessions", REFUSED, status=400, sent=dedicated))) == []
    assert found(tape(*ACCOUNT, replace(OPENED, at_us=1_000_000))) == [
        ("status", "POST /v1/sessions", "status", "200", "400 with code 1352", 1)
    ]


def test_what_a_search_found_is_found_again_and_compared() -> None:
    lie = json.loads(ACCOUNT[1].response_body)
    lie["items"][0]["carbon"] = 12

    assert found(tape(ACCOUNT[0], replace(ACCOUNT[1], response_body=json.dumps(lie).encode()))) == [
        ("missing key", "POST /v3/resources/search", "$.items[].carbon", "a number", "no such key", 1)
    ]


@pytest.mark.parametrize("authorization", ["Bearer scrubbed-token-1", f"apikey {'scrubbed' * 5}", None])
def test_requests_are_authorised_anew_unless_they_were_refused(authorization: str | None) -> None:
    error = {"errors": [{"code": 1, "message": "m", "solution": "s", "more_info": "i"}], "trace": "t"}
    headers = {"service-crn": CRN} if authorization is None else {"service-crn": CRN, "authorization": authorization}
    refused = said(0, "GET /jobs", error, status=401)
    accepted = said(1, "GET /jobs", {"jobs": [], "count": 0, "offset": 0, "limit": 200})

    assert found(tape(*(replace(one, request_headers=headers) for one in (refused, accepted)))) == []


def test_a_key_that_nobody_knew_is_not_known() -> None:
    error = {"errorCode": "BXNIM0415E", "errorMessage": "m", "context": {"requestId": "r", "requestType": "t"}}

    assert found(tape(said(0, "POST https://iam.cloud.ibm.com/identity/token", error, status=400, sent=FORM))) == []


def test_an_instance_of_somebody_else_is_one_and_an_unknown_one_is_unknown() -> None:
    error = {"errors": [{"code": 1200, "message": "m", "solution": "s", "more_info": "i"}], "trace": "t"}
    unknown = {"errors": [{"code": 1279, "message": "m", "solution": "s", "more_info": "i"}], "trace": "t"}
    other = CRN.replace("b0b5", "b0b6")
    third = CRN.replace("b0b5", "b0b7")

    def of(one: Exchange, crn: str) -> Exchange:
        return replace(one, request_headers={**HEADERS, "service-crn": crn})

    denied = of(said(1, "GET /jobs", error, status=403), other)
    strange = of(said(1, "GET /jobs", unknown, status=404), third)

    assert found(tape(OPENED, denied, strange)) == []


def test_a_loopback_address_leads_where_it_led() -> None:
    local = "http://127.0.0.1:1"
    lie = tape(
        said(0, f"POST {local}/iam/identity/token", TOKEN, sent=FORM),
        said(0, f"POST {local}/search/v3/resources/search", FOUND, sent=SEARCH),
        replace(OPENED, url=f"{local}/experimental/api/v1/sessions"),
    )

    assert found(lie) == []


@settings(max_examples=30, deadline=None, derandomize=True, database=None)
@given(ACTIONS, st.integers(1, 3))
def test_a_service_that_behaves_as_the_fake_does_has_no_drift(actions: list[Action], lanes: int) -> None:
    _, lifecycle = recorded(actions, GRID_S, lanes)

    assert found(of_service(lifecycle, "IBM Quantum Platform")) == []
