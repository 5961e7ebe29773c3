"""What the journal knows of requests, and what can be asserted about them."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import httpx
import pytest
import requests

from pytest_qruntime import QRuntime
from pytest_qruntime.model import ConfigurationError, QRuntimeError
from pytest_qruntime.network import Journal, RequestAssertionError
from pytest_qruntime.network import journal as room
from pytest_qruntime.rest import Request, Response


def test_every_request_stands_in_the_journal_in_order(qruntime: QRuntime) -> None:
    with qruntime.session() as session:
        qruntime.clock.tick("1m")
        session.run(tags=["a"])
    assert [str(one) for one in qruntime.requests] == [
        "POST /v1/sessions [open] -> 200",
        "POST /v1/jobs [submit] -> 200",
        f"PATCH /v1/sessions/{session.session_id} [close] -> 204",
    ]
    submitted = qruntime.requests[1]
    assert submitted.at == datetime(2026, 1, 15, 12, 1, tzinfo=timezone.utc)
    assert (submitted.method, submitted.path, submitted.raw_path) == ("POST", "/v1/jobs", "/api/v1/jobs")
    assert (submitted.status, submitted.fault, submitted.client) == (200, None, "httpx")
    assert submitted.json["tags"] == ["a"]
    assert submitted.answer["session_id"] == session.session_id


def test_a_query_is_read_when_it_is_asked_for(qruntime: QRuntime) -> None:
    qruntime.http.get("/v1/jobs", params={"tags": ["a", "b"], "limit": 1})
    asked = qruntime.requests.one()
    assert asked.query == {"tags": ["a", "b"], "limit": ["1"]}
    assert (asked.json, asked.body) == (None, b"")
    assert str(asked) == "GET /v1/jobs?tags=a&tags=b&limit=1 [list jobs] -> 200"


def test_a_fault_stands_beside_its_request(qruntime: QRuntime) -> None:
    qruntime.fail("refused")
    with pytest.raises(httpx.ConnectError):
        qruntime.http.get("/v1/backends")
    failed = qruntime.requests.where(failed=True).one()
    assert failed.fault is not None
    assert (failed.fault.what, failed.status, failed.answer) == ("refused", None, None)
    assert str(failed) == "GET /v1/backends [list backends] -> no answer (fault: refused)"
    qruntime.requests.where(failed=False).none()


def test_who_asked(qruntime: QRuntime) -> None:
    headers = {"Service-CRN": qruntime.crn, "Authorization": f"Bearer {qruntime.token}"}
    requests.get(qruntime.base_url + "/v1/backends", headers=headers)
    qruntime.http.get("/v1/backends")
    qruntime.http.get("/v1/backends", headers={"User-Agent": "own"})
    assert [one.client for one in qruntime.requests] == ["requests", "httpx", None]


@pytest.fixture
def three(qruntime: QRuntime) -> QRuntime:
    """Three requests: one that opens, one that submits, one that is refused."""
    session = qruntime.session()
    session.run()
    qruntime.http.get("/v1/jobs/nothing")
    return qruntime


@pytest.mark.parametrize(
    ("chosen", "count"),
    [
        ({}, 3),
        ({"operation": "submit"}, 1),
        ({"method": "POST"}, 2),
        ({"path": "/v1/jobs/*"}, 1),
        ({"method": "GET", "path": "/v1/jobs/**"}, 1),
        ({"status": 404}, 1),
        ({"status": 200, "method": "POST"}, 2),
        ({"operation": "close"}, 0),
        ({"failed": True}, 0),
    ],
)
def test_requests_are_chosen_by_what_they_are(three: QRuntime, chosen: dict[str, Any], count: int) -> None:
    found = three.requests.where(**chosen)
    assert (found.count, len(found), len(list(found))) == (count, count, count)


def test_choices_add_up(three: QRuntime) -> None:
    assert three.requests.where(method="POST").where(path="/v1/jobs").one().operation == "submit"


def test_one_request_is_expected_and_another_number_was_sent(three: QRuntime) -> None:
    with pytest.raises(RequestAssertionError) as caught:
        three.requests.where(method="POST").one()
    assert str(caught.value) == (
        "expected one request (POST), and there were 2:\n"
        "  2026-01-15T12:00:00Z POST /v1/sessions [open] -> 200\n"
        "  2026-01-15T12:00:00Z POST /v1/jobs [submit] -> 200"
    )
    assert isinstance(caught.value, AssertionError)


def test_one_is_expected_and_everything_else_was_sent(three: QRuntime) -> None:
    with pytest.raises(RequestAssertionError) as caught:
        three.requests.where("close").one()
    assert str(caught.value) == (
        "expected one request (close), and there was none. All 3:\n"
        "  2026-01-15T12:00:00Z POST /v1/sessions [open] -> 200\n"
        "  2026-01-15T12:00:00Z POST /v1/jobs [submit] -> 200\n"
        "  2026-01-15T12:00:00Z GET /v1/jobs/nothing [read job] -> 404"
    )


def test_none_is_expected(three: QRuntime) -> None:
    three.requests.where("close").none()
    with pytest.raises(RequestAssertionError, match=r"expected no request \(answered 404\), and there were 1:"):
        three.requests.where(status=404).none()


def test_a_choice_that_nothing_can_match_is_told(three: QRuntime) -> None:
    with pytest.raises(ConfigurationError, match="did you mean 'submit'"):
        three.requests.where("sumbit")
    with pytest.raises(ConfigurationError, match="which no path of the service matches"):
        three.requests.where(path="/v1/job")
    for status in ("200", 99, 600, True, 200.0):
        with pytest.raises(ConfigurationError, match=f"status is {status!r}; expected that of an answer"):
            three.requests.where(status=status)  # type: ignore[arg-type]
    with pytest.raises(ConfigurationError, match="failed is 'no'; expected True or False"):
        three.requests.where(failed="no")  # type: ignore[arg-type]


def test_of_many_requests_the_first_and_the_last_are_shown(qruntime: QRuntime) -> None:
    for _ in range(30):
        qruntime.http.get("/v1/backends")
    lines = str(qruntime.requests).splitlines()
    assert (len(lines), lines[11]) == (22, "  ... 10 more")
    assert repr(qruntime.requests).startswith("<Requests: 30 (any request)\n")


def test_nothing_secret_is_shown(qruntime: QRuntime) -> None:
    qruntime.http.get("/v1/backends")
    httpx.post("https://iam.cloud.ibm.com/identity/token", data={"apikey": qruntime.api_key}, verify=False)
    shown = repr(qruntime.requests) + repr(list(qruntime.requests))
    assert "identity/token [token]" in shown
    assert qruntime.api_key not in shown
    assert qruntime.token not in shown


def test_what_was_taken_from_the_journal_does_not_change(qruntime: QRuntime) -> None:
    before = qruntime.requests
    qruntime.http.get("/v1/backends")
    assert (before.count, qruntime.requests.count) == (0, 1)


# -- how much it keeps ------------------------------------------------------------------------------------------------

ASKED = Request("GET", "quantum.cloud.ibm.com", "/api/v1/jobs", "", {}, b"")


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> Journal:
    """A journal of three requests, and of the bodies of about two."""
    monkeypatch.setattr(room, "LIMIT", 3)
    monkeypatch.setattr(room, "BODIES", 1800)
    return Journal()


def test_of_very_many_requests_the_latest_are_kept_and_nothing_is_said_of_all(small: Journal) -> None:
    for status in range(200, 207):
        small.note(0, ASKED, Response(status, (), b""))
    found = small.requests()
    assert [one.status for one in found] == [204, 205, 206]
    for say in (lambda: found.count, found.one, found.none, found.where("submit").none):
        with pytest.raises(QRuntimeError, match="has let go of 4 earlier ones"):
            say()


def test_of_very_large_bodies_the_latest_are_kept(small: Journal) -> None:
    for _ in range(3):
        small.note(0, ASKED._replace(method="POST", body=b"1" * 500), Response(200, (), b"2" * 500))
    first, second, third = small.requests()
    for one in (first, second):
        with pytest.raises(QRuntimeError, match="has let go of this body"):
            _ = one.body
        with pytest.raises(QRuntimeError, match="has let go of this body"):
            _ = one.answer
        assert (one.method, one.status) == ("POST", 200)
    assert third.body == b"1" * 500


def test_what_is_let_go_of_in_both_ways_is_counted_once(small: Journal) -> None:
    for number in range(40):
        small.note(number, ASKED, Response(200, (), bytes(number * 20)))
    assert sum(map(len, (room_body(one) for one in small.requests()))) <= room.BODIES
    small.note(40, ASKED, Response(200, (), b"1"))
    assert small.requests()[-1].answer == 1


def room_body(one: Any) -> bytes:
    """What a record still has of its answer."""
    found: bytes = one._answer
    return b"" if found is room.LET_GO else found


def test_bodies_of_requests_that_were_let_go_of_take_no_room(small: Journal) -> None:
    for _ in range(10):
        small.note(0, ASKED, Response(200, (), b"1" * 200))
    assert [len(room_body(one)) for one in small.requests()] == [200] * 6
