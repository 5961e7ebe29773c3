"""What an error status says, and what takes effect all the same."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_qruntime import QRuntime, ServiceError


@pytest.mark.parametrize(
    ("status", "code", "message"),
    [
        (401, 1219, "Token is expired"),
        (403, 1200, "You are not allowed to do this."),
        (429, 1202, "Too many POST jobs requests received: limit is 5 per minute"),
        (500, "internal_server_error", "Internal Server Error"),
    ],
)
def test_an_error_of_the_service_comes_in_its_envelope(
    qruntime: QRuntime, status: int, code: Any, message: str
) -> None:
    qruntime.fail(status, "submit")
    with pytest.raises(ServiceError) as caught:
        qruntime.run()
    assert (caught.value.status, caught.value.code, caught.value.message) == (status, code, message)
    assert qruntime.jobs() == []


@pytest.mark.parametrize(
    ("status", "title"),
    [
        (502, "502 Bad Gateway"),
        (503, "503 Service Unavailable"),
        (523, "523 Origin Is Unreachable"),
        (599, "599 Error"),
    ],
)
def test_an_error_of_a_gateway_comes_in_html(qruntime: QRuntime, status: int, title: str) -> None:
    qruntime.fail(status)
    answer = qruntime.http.get("/v1/backends")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert f"<h1>{title}</h1>" in answer.text


def test_there_is_a_retry_after_where_the_test_says_so(qruntime: QRuntime) -> None:
    qruntime.fail(429, times=3)
    assert "retry-after" not in qruntime.http.get("/v1/backends").headers
    qruntime.fail(429, retry_after=30)
    qruntime.fail(429, retry_after="Wed, 21 Oct 2015 07:28:00 GMT")
    found = [qruntime.http.get("/v1/backends").headers.get("retry-after") for _ in range(4)]
    assert found == [None, None, "30", "Wed, 21 Oct 2015 07:28:00 GMT"]


@pytest.mark.parametrize(
    ("body", "text", "kind"),
    [
        ("<b>no</b>", "<b>no</b>", "text/html; charset=utf-8"),
        (b"\x00", "\x00", "text/html; charset=utf-8"),
        ({"errors": []}, '{"errors":[]}', "application/json; charset=utf-8"),
    ],
)
def test_a_body_may_be_given(qruntime: QRuntime, body: Any, text: str, kind: str) -> None:
    qruntime.fail(503, body=body)
    answer = qruntime.http.get("/v1/backends")
    assert (answer.text, answer.headers["content-type"]) == (text, kind)
    qruntime.fail("malformed", body=body)
    assert qruntime.http.get("/v1/backends").text == text


@pytest.mark.parametrize(
    ("what", "options", "jobs"),
    [
        (500, {}, 0),
        (500, {"effect": True}, 1),
        ("refused", {}, 0),
        ("connect_timeout", {}, 0),
        ("reset", {}, 0),
        ("read_timeout", {}, 0),
        ("read_timeout", {"effect": True}, 1),
        ("lost", {}, 1),
        ("truncated", {}, 1),
        ("malformed", {}, 1),
        ("slow", {"delay": "1h"}, 1),
    ],
)
def test_what_takes_effect_although_the_client_does_not_know(
    qruntime: QRuntime, what: Any, options: dict[str, Any], jobs: int
) -> None:
    qruntime.fail(what, "submit", **options)
    with pytest.raises(Exception):  # noqa: B017 - each is another one; tests of httpx say which
        qruntime.run()
    assert len(qruntime.jobs()) == jobs


def test_an_answer_without_a_body_cannot_be_cut_and_is_lost(qruntime: QRuntime) -> None:
    session = qruntime.session()
    qruntime.fail("truncated", "close")
    with pytest.raises(Exception, match="Connection reset by peer"):
        session.close()
    assert session.status() == "Closed"


def test_nor_can_it_be_malformed_as_it_is(qruntime: QRuntime) -> None:
    session = qruntime.session()
    qruntime.fail("malformed", "close")
    answer = qruntime.http.patch(f"/v1/sessions/{session.session_id}", json={"accepting_jobs": False})
    assert (answer.status_code, answer.text) == (200, "{")
