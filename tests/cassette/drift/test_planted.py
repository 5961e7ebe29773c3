"""Each kind of difference is found where it was planted, and named; what differs for another reason is not."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from pytest_qruntime.cassette.drift import KINDS, drift
from pytest_qruntime.cassette.tape import Exchange, Tape
from pytest_qruntime.rest import Response, routes
from tests.cassette.drift.plays import answer, edited, found, none, story, taped
from tests.cassette.replay.stages import Client

GONE = "3fa85f64-5717-4562-b3fc-2c963f66afa6"
JOB = "GET /v1/jobs/{id}"


@pytest.fixture(scope="module")
def tape() -> Tape:
    return taped()


def without(name: str) -> Any:
    return answer(lambda document: document.pop(name))


def with_value(name: str, value: object) -> Any:
    return answer(lambda document: document.update({name: value}))


def with_state(status: str) -> Any:
    return answer(lambda document: document["state"].update(status=status))


def polls(tape: Tape) -> int:
    """How often a single job was looked at."""
    return sum(
        one.method == "GET" and one.url.split("/api/v1")[1].count("/") == 2 and "/jobs/" in one.url
        for one in tape.exchanges
    )


def test_there_is_none_before_anything_is_planted(tape: Tape) -> None:
    assert none(drift(tape))


def test_another_status(tape: Tape) -> None:
    lie = edited(tape, "PATCH /sessions/", lambda one: replace(one, status=200))

    (finding,) = drift(lie).findings

    assert (finding.kind, finding.route, finding.place) == ("status", "PATCH /v1/sessions/{id}", "status")
    assert (finding.recorded, finding.found, finding.count) == ("200", "204", 1)
    (number,) = finding.interactions
    assert lie.exchanges[number].method == "PATCH"
    assert finding.at_us == lie.exchanges[number].at_us
    assert finding.means == KINDS["status"][True]


def test_an_error_is_named_by_its_code(tape: Tape) -> None:
    def refused(one: Exchange) -> Exchange:
        body = {"errors": [{"code": 1352, "message": "no"}]}
        return replace(one, status=400, response_body=json.dumps(body).encode())

    assert ("status", "GET /v1/instance", "status", "400 with code 1352", "200", 1) in found(
        edited(tape, "GET /instance", refused, which=0)
    )


def test_a_missing_key_in_every_poll_is_one_finding(tape: Tape) -> None:
    lie = edited(tape, "GET /jobs/", with_value("carbon", 12.5))
    times = len([one for one in lie.exchanges if b"carbon" in one.response_body])

    kinds = {(row[0], row[2], row[3], row[4]) for row in found(lie)}

    assert kinds == {("missing key", "$.carbon", "a number", "no such key")}
    assert sum(row[5] for row in found(lie)) == times
    assert [row[5] for row in found(lie) if row[1] == JOB] == [polls(tape)]


def test_an_added_key(tape: Tape) -> None:
    assert found(edited(tape, "GET /sessions/", without("interactive_ttl"))) == [
        ("added key", "GET /v1/sessions/{id}", "$.interactive_ttl", "no such key", "a number", 1)
    ]


def test_another_type_deep_in_a_list(tape: Tape) -> None:
    lie = edited(tape, "GET /backends", answer(lambda document: document["devices"][0].update(qubits="127")))

    assert found(lie) == [("type", "GET /v1/backends", "$.devices[].qubits", "text", "a number", 1)]


def test_null_instead_of_text(tape: Tape) -> None:
    assert found(edited(tape, "GET /sessions/", with_value("closed_at", None))) == [
        ("null", "GET /v1/sessions/{id}", "$.closed_at", "null", "text", 1)
    ]


def test_text_instead_of_null(tape: Tape) -> None:
    lie = edited(tape, "GET /jobs/", answer(lambda document: document["state"].update(reason="why")), which=0)

    assert found(lie) == [("null", JOB, "$.state.reason", "text", "null", 1)]


def test_no_body_instead_of_a_document(tape: Tape) -> None:
    lie = edited(tape, "GET /instances/usage", lambda one: replace(one, response_body=b""))

    assert found(lie) == [("body", "GET /v1/instances/usage", "$", "nothing", "JSON", 1)]


def test_another_order_of_states(tape: Tape) -> None:
    def is_of(number: int) -> bool:
        return b'"status":"Running"' in tape.exchanges[number].response_body

    running = [number for number, one in enumerate(tape.exchanges) if one.method == "GET" and is_of(number)]
    exchanges = list(tape.exchanges)
    exchanges[running[1]] = with_state("Queued")(exchanges[running[1]])

    assert found(replace(tape, exchanges=tuple(exchanges))) == [
        (
            "states",
            JOB,
            "$.state.status",
            "Running, Queued, Running, Completed",
            "Running, Completed",
            1,
        )
    ]


def test_a_state_that_came_later_than_recorded_is_another_timing(tape: Tape) -> None:
    lie = edited(tape, "GET /jobs/", with_state("Completed"), which=10)

    assert {row[0] for row in found(lie)} == {"timing"}
    assert drift(lie).findings[0].recorded == drift(lie).findings[0].found


def test_a_route_that_the_fake_does_not_have(tape: Tape) -> None:
    lie = edited(tape, "GET /instance", lambda one: replace(one, url=one.url.replace("/instance", "/carbon")), which=0)

    assert found(lie) == [("route", "GET /v1/carbon", "status", "200", "404 with code not_found", 1)]


def test_a_route_that_the_fake_does_not_have_is_one_for_every_job(tape: Tape) -> None:
    lie = edited(tape, "GET /jobs/", lambda one: replace(one, url=f"{one.url}/carbon"))
    times = sum(one.url.endswith("/carbon") for one in lie.exchanges)

    kinds = [row for row in found(lie) if row[1] == "GET /v1/jobs/{id}/carbon"]

    assert kinds == [("route", "GET /v1/jobs/{id}/carbon", "status", "200", "404 with code not_found", times - 2)]


def test_a_method_that_the_fake_does_not_have(tape: Tape) -> None:
    lie = edited(tape, "GET /workloads", lambda one: replace(one, method="PATCH"))

    assert found(lie) == [("route", "PATCH /v1/workloads", "status", "200", "405 with code method_not_allowed", 1)]


def test_an_id_that_was_never_given(tape: Tape) -> None:
    def other(one: Exchange) -> Exchange:
        return replace(one, url=one.url.rpartition("/")[0] + f"/{GONE}")

    assert found(edited(tape, "GET /sessions/", other)) == [
        ("unknown id", "GET /v1/sessions/{id}", "status", "200", "404 with code not_found", 1)
    ]


def test_a_job_for_a_session_that_was_never_opened(tape: Tape) -> None:
    def other(one: Exchange) -> Exchange:
        body = {**json.loads(one.request_body), "session_id": GONE}
        return replace(one, request_body=json.dumps(body).encode())

    result = drift(edited(tape, "POST /jobs", other, which=1))

    assert result.findings[0].kind == "unknown id"
    assert result.findings[0].route == "POST /v1/jobs"


def test_what_follows_from_a_refusal_is_counted_and_not_compared(tape: Tape) -> None:
    def refused(one: Exchange) -> Exchange:
        return replace(one, request_body=b'{"mode": "dedicated", "backend": "fake_backend", "max_ttl": 0}')

    result = drift(edited(tape, "POST /sessions", refused))

    assert [finding.kind for finding in result.findings][:1] == ["status"]
    assert result.findings[0].route == "POST /v1/sessions"
    assert result.skipped > len(tape.exchanges) // 2
    assert not [finding for finding in result.findings if "{id}" in finding.route]


def test_a_fake_that_breaks_is_a_finding_and_the_rest_is_compared(tape: Tape, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_: object) -> Response:
        raise KeyError("usage")

    known = routes.match("/api/v1/instance")
    assert known is not None
    monkeypatch.setitem(known[0].endpoints, "GET", known[0].endpoints["GET"]._replace(handler=breaks))

    assert found(tape) == [
        ("status", "GET /v1/instance", "status", "200", "an error in the fake: KeyError: 'usage'", 1)
    ]


def test_values_dates_and_numbers_are_no_difference(tape: Tape) -> None:
    def others(document: Any) -> None:
        document.update(cost=7, created="2031-01-01T00:00:00Z", user_id="somebody", tags=[])
        document["usage"]["seconds"] = 1

    assert none(
        drift(edited(tape, "GET /jobs/", lambda one: answer(others)(one) if b'"cost"' in one.response_body else one))
    )


def test_findings_are_sorted_by_kind_and_route(tape: Tape) -> None:
    lie = edited(tape, "GET /sessions/", without("mode"))
    lie = edited(lie, "GET /instance", without("plan_id"), which=0)
    lie = edited(lie, "PATCH /sessions/", lambda one: replace(one, status=200))

    assert [(row[0], row[1]) for row in found(lie)] == [
        ("status", "PATCH /v1/sessions/{id}"),
        ("added key", "GET /v1/instance"),
        ("added key", "GET /v1/sessions/{id}"),
    ]


def test_nothing_is_changed_in_the_recording(tape: Tape) -> None:
    assert tape == taped(story)


def test_what_follows_from_another_state_is_no_difference_of_its_own(tape: Tape) -> None:
    def fails(document: Any) -> None:
        document["state"].update(status="Failed", reason="not ISA", reason_code=1517)

    last = next(number for number, one in enumerate(tape.exchanges) if b'"status":"Completed"' in one.response_body)
    exchanges = list(tape.exchanges)
    exchanges[last] = answer(fails)(exchanges[last])

    assert {row[0] for row in found(replace(tape, exchanges=tuple(exchanges)))} == {"states"}


def test_a_session_that_goes_on_to_take_jobs_is_in_another_state() -> None:
    def closing(client: Client) -> None:
        session = client.open()
        job = client.submit(session, "one")
        client.session(session)
        client.close(session)
        client.session(session)
        client.wait(job)

    lie = edited(taped(closing), "GET /sessions/", with_value("accepting_jobs", True))

    assert found(lie) == [
        ("states", "GET /v1/sessions/{id}", "$.state", "open, active", "open, active, active and closing", 1)
    ]
