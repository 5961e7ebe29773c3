"""Every exchange with the API is an event by itself: what was asked, and what was told."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from pytest_qruntime.cassette.tape import Exchange
from pytest_qruntime.rest import routes
from tests.cassette.derive.telling import JOB, SESSION, answers, close, derived, error, look, open_at, submit
from tests.cassette.replay.tapes import said


def only(*exchanges: Exchange) -> dict[str, Any]:
    [event] = answers(*exchanges)
    return dict(event.data)


def test_an_answer_has_all_that_a_rule_may_ask_for() -> None:
    [event] = answers(look(3, state="open"))

    assert event[:5] == (3_000_000, "request.answered", None, SESSION, None)
    assert dict(event.data) == {
        "operation": "read session",
        "method": "GET",
        "path": f"/api/v1/sessions/{SESSION}",
        "region": "us-east",
        "query": {},
        "status": 200,
        "asked": None,
        "bytes": 0,
        "told": {"id": SESSION, "mode": "dedicated", "max_ttl": 600, "state": "open", "accepting_jobs": True},
        "empty": False,
        "compact": None,
        "headers": {"service-crn": ""},
        "exchange": 0,
    }


def test_it_stands_after_what_the_exchange_brought_about() -> None:
    events = [(event.kind, event.data["exchange"]) for event in derived(open_at(1), submit(1), close(1))]

    assert events == [
        ("workload.opened", 0),
        ("request.answered", 0),
        ("job.queued", 1),
        ("request.answered", 1),
        ("workload.draining", 2),
        ("request.answered", 2),
    ]


def test_a_refused_request_is_answered_too() -> None:
    refused = said(1, "POST /jobs", sent={"session_id": SESSION}, **error(400, 1217, "Session has been closed."))

    assert [event.kind for event in derived(refused)] == ["request.rejected", "request.answered"]
    assert only(refused)["told"]["errors"] == [{"code": 1217, "message": "Session has been closed."}]


@pytest.mark.parametrize("endpoint", routes.ENDPOINTS, ids=lambda endpoint: f"{endpoint.method} {endpoint.route}")
def test_every_endpoint_has_a_name(endpoint: Any) -> None:
    path = endpoint.route.removeprefix("/v1").replace("{id}", JOB)
    assert only(said(1, f"{endpoint.method} {path}", {}))["operation"] != "other"


def test_names_of_operations_are_those_of_refused_requests() -> None:
    names = {only(close(1))["operation"], only(close(1, accepting=True))["operation"]}
    assert names == {"close", "reopen"}
    assert only(said(1, f"POST /sessions/{SESSION}/close"))["operation"] == "other"


def test_what_does_not_belong_to_the_api_is_not_told() -> None:
    assert answers(said(1, "POST https://iam.cloud.ibm.com/identity/token", {"access_token": "t"})) == []


def test_ids_are_those_that_the_exchange_named() -> None:
    submitted, asked, listed = answers(
        submit(1), said(2, f"GET /jobs/{JOB}/metrics", {}), said(3, f"GET /jobs?session_id={SESSION}", {"jobs": []})
    )

    assert submitted[2:5] == ("ibm_fez", SESSION, JOB)
    assert asked[3:5] == (SESSION, JOB)  # as somebody said that it belongs to it
    assert listed[3:5] == (SESSION, None)
    assert listed.data["query"] == {"session_id": (SESSION,)}


def test_nothing_of_what_a_program_was_given_is_kept_nor_what_it_gave() -> None:
    params = {"params": {"pubs": ["secret"], "version": 2}}
    sent = said(1, "POST /jobs", {"id": JOB}, sent={"program_id": "sampler", **params})
    read = said(1, f"GET /jobs/{JOB}", {"id": JOB, **params})
    results = said(1, f"GET /jobs/{JOB}/results", {"results": ["secret"]})

    assert "secret" not in derived(sent, read, results).to_jsonl()
    assert only(read)["told"] == {"id": JOB, "params": ["pubs", "version"]}
    assert only(said(1, f"GET /jobs/{JOB}", {"params": ["secret"]}))["told"] == {"params": []}
    assert only(said(1, "GET /jobs", {"jobs": [params, 5]}))["told"] == {"jobs": [{"params": ["pubs", "version"]}, 5]}
    assert only(results)["told"] is None
    assert not only(results)["empty"]


@pytest.mark.parametrize(("body", "empty"), [(b"", True), (b"no JSON", False), (b"[" * 100_000, False)])
def test_what_is_no_json_is_none(body: bytes, empty: bool) -> None:
    data = only(said(1, f"GET /jobs/{JOB}", body))
    assert (data["told"], data["empty"]) == (None, empty)


@pytest.mark.parametrize(
    ("body", "compact"),
    [
        (b'{"errors":[{"code":1217,"message":"a: b, c"}]}', True),
        ('{"errors":[{"code":1217,"message":"é"}]}'.encode(), True),
        (b'{"errors":[{"code":1217,"message":"\\u00e9"}]}', True),
        (b'{"errors": [{"code": 1217}]}', False),
        (b"", None),
    ],
)
def test_it_is_known_whether_an_error_is_compact(body: bytes, compact: bool | None) -> None:
    assert only(said(1, "POST /jobs", body, 400))["compact"] is compact


def test_credentials_are_told_by_their_kind_alone() -> None:
    headers = {
        "authorization": "Bearer secret",
        "service-crn": "crn:v1:bluemix:public:quantum-computing:us-east:a/secret:secret::",
        "ibm-api-version": "2026-04-15",
        "user-agent": "secret",
    }
    plain = replace(look(1), request_headers={"authorization": "secret"})

    assert only(replace(look(1), request_headers=headers))["headers"] == {
        "authorization": "Bearer",
        "service-crn": "us-east",
        "ibm-api-version": "2026-04-15",
    }
    assert only(plain)["headers"] == {"authorization": ""}
