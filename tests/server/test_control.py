"""The control interface: what it does, and what it says to what it cannot use."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from pytest_qruntime import QRuntime
from pytest_qruntime.server.loopback import LoopbackServer
from tests.server.caller import Caller, Control


def test_the_server_tells_what_it_was_asked_for(qruntime_server: LoopbackServer, control: Control) -> None:
    httpx.get(qruntime_server.url, headers={"Host": "evil.example"})
    with pytest.raises(httpx.ProxyError, match="403"):
        httpx.get("https://example.org", proxy=qruntime_server.url)
    told = control.of("")
    assert (told["url"], told["worlds"]) == (qruntime_server.url, ["1"])
    assert told["requests"] == qruntime_server.requests == 2
    assert told["refused"] == {"evil.example": 1}
    assert told["refused_tunnels"] == qruntime_server.refused_tunnels == {"example.org:443": 1}
    assert told["failures"] == []


def test_time_is_told_and_moved(jobs_take: QRuntime, caller: Caller, control: Control) -> None:
    caller.submit()
    assert control.of("/worlds/1/time") == {
        "mode": "auto",
        "now": "2026-01-15T12:00:00Z",
        "now_us": 0,
        "next_event": "2026-01-15T12:00:10Z",
        "next_event_us": 10_000_000,
    }
    assert control("POST", "/worlds/1/time", next_event=True).json()["now"] == "2026-01-15T12:00:10Z"
    assert control("POST", "/worlds/1/time", advance_by="1m").json()["next_event"] is None
    assert control("POST", "/worlds/1/time", advance_by=2.5).json()["now_us"] == 72_500_000
    moved = control("POST", "/worlds/1/time", advance_to="2026-01-16T00:00:00Z").json()
    assert moved["now"] == "2026-01-16T00:00:00Z"
    assert jobs_take.clock.now().isoformat() == "2026-01-16T00:00:00+00:00"


def test_pending_events_and_the_trace_are_those_of_the_world(
    jobs_take: QRuntime, caller: Caller, control: Control
) -> None:
    job = caller.submit()
    assert control.of("/worlds/1/pending")["pending"] == [
        {
            "at": "2026-01-15T12:00:10Z",
            "in_us": 10_000_000,
            "kind": "job",
            "subject": job,
            "text": "is ready for the QPU",
        }
    ]
    told = control.of("/worlds/1/trace")["trace"]
    assert told == [json.loads(line) for line in jobs_take.trace.to_jsonl().splitlines()]
    assert [event["kind"] for event in told] == ["job.queued", "job.running"]


def test_the_outcome_of_jobs_is_decided(caller: Caller, control: Control) -> None:
    control("POST", "/worlds/1/next-jobs", code=1517, reason="Out of memory", program="sampler")
    job = caller.submit()
    assert [caller.status(job), caller.status(job)] == ["Running", "Failed"]
    state = caller.json("GET", f"/v1/jobs/{job}")["state"]
    assert (state["reason_code"], state["reason"]) == (1517, "Out of memory")
    assert control("POST", "/worlds/1/next-jobs", times=None, classical=0, quantum="1m").status_code == 204


def test_other_users_calibrations_and_maintenance_come(qruntime: QRuntime, caller: Caller, control: Control) -> None:
    assert control("POST", "/worlds/1/other-users", jobs=7, quantum="1m").status_code == 204
    assert control("POST", "/worlds/1/calibrations", lasting="5m", after="1h").status_code == 204
    assert control("POST", "/worlds/1/maintenances", lasting="1h", after="2h").status_code == 204
    assert caller.json("GET", "/v1/backends/fake_backend/status")["length_queue"] == 2
    kinds = [due["text"] for due in control.of("/worlds/1/pending")["pending"]]
    assert "a calibration arrives" in kinds
    qruntime.clock.tick("2h")
    assert qruntime.backend().status == "paused"


def test_a_backend_changes_its_status_and_another_one_comes(
    qruntime: QRuntime, caller: Caller, control: Control
) -> None:
    assert control("POST", "/worlds/1/backend-status", status="offline", reason="on fire").status_code == 204
    assert (qruntime.backend().status, qruntime.backend().status_reason) == ("offline", "on fire")
    assert control("POST", "/worlds/1/backends", name="ibm_small", qubits=5).status_code == 201
    names = [device["name"] for device in caller.json("GET", "/v1/backends")["devices"]]
    assert names == ["fake_backend", "ibm_small"]


def test_an_event_after_the_end_of_the_calendar_is_told_as_its_end(control: Control) -> None:
    control("POST", "/worlds/1/calibrations", after=1e18)
    assert control.of("/worlds/1/time")["next_event"] == "9999-12-31T00:00:00Z"
    assert [due["at"] for due in control.of("/worlds/1/pending")["pending"]] == ["9999-12-31T00:00:00Z"]


def test_the_world_of_a_test_stays_for_the_test(control: Control) -> None:
    for method, path in (("DELETE", "/worlds/1"), ("POST", "/worlds/1/reset")):
        refused = control(method, path)
        assert (refused.status_code, "belongs to the test" in refused.json()["error"]) == (400, True)
    refused = control("POST", "/worlds/1/time", mode="real")
    assert (refused.status_code, "the world of a test has the test's clock" in refused.json()["error"]) == (400, True)


# -- bad input ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "body", "says"),
    [
        ("/worlds", {"plan": "gold"}, "plan is 'gold'; expected one of open, payg, flex, premium or a Plan"),
        ("/worlds", {"lanes": 0}, "lanes is 0; expected a whole number, at least 1"),
        ("/worlds", {"lanes": "5"}, 'lanes is "5"; expected a whole number'),
        ("/worlds", {"lanes": True}, "lanes is true; expected a whole number"),
        ("/worlds", {"seed": None}, "seed is null; expected a whole number"),
        ("/worlds", {"colour": 1}, "the body has an unknown 'colour'; expected some of plan, policy"),
        ("/worlds", {"policy": {"no_knob": 1}}, "no_knob"),
        ("/worlds", {"time": "slow"}, "time is 'slow'; expected one of 'auto', 'manual', 'real'"),
        ("/worlds", {"start": "yesterday"}, "start is 'yesterday'; expected ISO 8601 text"),
        ("/worlds", {"backends": [{"qubits": 5}]}, "backends[0] has no 'name'; expected text"),
        ("/worlds", {"backends": ["ibm_x"]}, 'backends[0] is "ibm_x"; expected an object'),
        ("/worlds", {"instances": [{"name": "a", "size": 1}]}, "instances[0] has an unknown 'size'"),
        ("/worlds", {"backends": [{"name": "fake_backend", "qubits": 3}]}, "backend 'fake_backend' exists with qubits"),
        ("/worlds/1/time", {}, "the body has nothing; expected one of advance_by, advance_to, next_event, mode"),
        ("/worlds/1/time", {"advance_by": 1, "next_event": True}, "the body has advance_by, next_event; expected one"),
        ("/worlds/1/time", {"advance_by": -1}, "time only goes forward"),
        ("/worlds/1/time", {"advance_by": 1e308}, "1e+308 cannot be used as a time to pass"),
        ("/worlds/1/time", {"advance_by": 1e30}, "the clock ends with the year 9999"),
        ("/worlds/1/time", {"advance_by": "soon"}, "'soon' cannot be used as a time to pass"),
        ("/worlds/1/time", {"advance_to": "2020-01-01T00:00:00Z"}, "the clock only goes forward"),
        ("/worlds/1/time", {"next_event": False}, "next_event is false; expected true"),
        ("/worlds/1/time", {"next_event": True}, "nothing is pending"),
        ("/worlds/1/time", {"mode": "fast"}, "time is 'fast'; expected one of"),
        ("/worlds/1/next-jobs", {}, "next_jobs() decides nothing"),
        ("/worlds/1/next-jobs", {"quantum": 1, "backend": "none"}, "backend is 'none'; expected one of"),
        ("/worlds/1/next-jobs", {"quantum": 1, "session": "none"}, "session is 'none'; expected one of the sessions"),
        ("/worlds/1/next-jobs", {"code": "1305"}, 'code is "1305"; expected a whole number'),
        ("/worlds/1/next-jobs", {"code": 1, "blame": "nobody"}, "blame is 'nobody'; expected one of"),
        ("/worlds/1/other-users", {"jobs": 0}, "jobs is 0; expected a whole number, at least 1"),
        ("/worlds/1/calibrations", {"backend": "none"}, "backend is 'none'; expected one of"),
        ("/worlds/1/maintenances", {"status": "online"}, "status"),
        ("/worlds/1/backend-status", {}, "the body has no 'status'; expected text"),
        ("/worlds/1/backend-status", {"status": "tired"}, "backend status is 'tired'; expected one of"),
        ("/worlds/1/backend-status", {"status": "paused", "backend": "none"}, "backend is 'none'; expected one of"),
        ("/worlds/1/backends", {}, "the body has no 'name'"),
        ("/worlds/1/instances", {"name": "a", "plan": "gold"}, "plan is 'gold'"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_gets_a_sentence_and_changes_nothing(
    qruntime: QRuntime, control: Control, path: str, body: dict[str, Any], says: str
) -> None:
    before = (qruntime.trace.to_jsonl(), qruntime.world.now_us, list(qruntime.world.backends))
    answered = httpx.post(control.url + path, json=body)
    assert (answered.status_code, list(answered.json())) == (400, ["error"])
    assert says in answered.json()["error"]
    assert (qruntime.trace.to_jsonl(), qruntime.world.now_us, list(qruntime.world.backends)) == before
    assert [world["world"] for world in control.of("/worlds")["worlds"]] == ["1"]


@pytest.mark.parametrize("body", [b"{", b"[]", b"NaN", b'"text"', b"\xff", b'{"lanes": Infinity}', b"[" * 100_000])
def test_what_is_no_object_is_refused(control: Control, body: bytes) -> None:
    answered = httpx.post(control.url + "/worlds", content=body)
    assert (answered.status_code, "expected an object" in answered.json()["error"]) == (400, True)


@pytest.mark.parametrize(
    ("method", "path", "status", "says"),
    [
        ("GET", "/world", 404, "there is no /qruntime/world; there are /qruntime, /qruntime/worlds, "),
        ("GET", "/worlds/7", 404, "there is no world '7'; the worlds are: 1"),
        ("POST", "/worlds/7/time", 404, "there is no world '7'"),
        ("GET", "/worlds/1/time/now", 404, "there is no /qruntime/worlds/1/time/now"),
        ("PUT", "/worlds/1/time", 405, "PUT does not go with /qruntime/worlds/1/time; expected GET, POST"),
        ("HEAD", "/worlds", 405, ""),
    ],
)
def test_an_address_that_there_is_not_is_told_so(
    control: Control, method: str, path: str, status: int, says: str
) -> None:
    answered = httpx.request(method, control.url + path, json={"advance_by": 1} if "time" in path else None)
    assert answered.status_code == status
    assert says in answered.text
    assert status != 405 or answered.headers["allow"]


def test_faults_come_and_go(caller: Caller, control: Control) -> None:
    assert control("POST", "/worlds/1/faults", what=503, operation="list backends", times=None).status_code == 204
    assert caller.http.get("/v1/backends").status_code == 503
    assert control("DELETE", "/worlds/1/faults").status_code == 204
    assert caller.http.get("/v1/backends").status_code == 200
    found = control("GET", "/worlds/1/requests").json()["requests"]
    assert [(one["operation"], one["status"], one["fault"], one["client"]) for one in found] == [
        ("list backends", 503, 503, "httpx"),
        ("list backends", 200, None, "httpx"),
    ]


def test_a_scenario_is_played_and_a_limit_is_set(qruntime: QRuntime, caller: Caller, control: Control) -> None:
    assert control("POST", "/worlds/1/scenarios", name="rate_limited").status_code == 204
    assert control("POST", "/worlds/1/usage-limits", limit="10m").status_code == 204
    caller.submit()
    assert caller.http.post("/v1/jobs").status_code == 429
    assert qruntime.scenario == "rate_limited"
    assert qruntime.world.instance.usage_limit_s == 600


@pytest.mark.parametrize(
    ("path", "body", "words"),
    [
        ("faults", {"what": 200}, "status is 200; expected an error"),
        ("faults", {"operation": "submit"}, "the body has no 'what'"),
        ("faults", {"what": "reset", "rate": "often"}, 'rate is "often"; expected a number'),
        ("scenarios", {"name": "outrage"}, "did you mean 'outage'"),
        ("usage-limits", {}, "the body has no 'limit'"),
    ],
)
def test_what_cannot_go_wrong_gets_a_sentence(control: Control, path: str, body: dict[str, Any], words: str) -> None:
    answer = control("POST", f"/worlds/1/{path}", **body)
    assert answer.status_code == 400
    assert words in answer.json()["error"]
