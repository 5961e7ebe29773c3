"""requests' retry policy: every case is also put to a real server, and both must do the same."""

from __future__ import annotations

import io
import time
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import pytest
import requests
from urllib3.util.retry import Retry

from pytest_qruntime.rest.http import Response
from pytest_qruntime.transport import Interception

if TYPE_CHECKING:
    from tests.transport.conftest import LocalServer, Stub


# the policy of the Qiskit Runtime client, see its api/session.py
STATUSES = (500, 502, 503, 504, 520, 521, 522, 524)
CLIENT_POLICY = Retry(total=5, connect=3, backoff_factor=0.5, status_forcelist=STATUSES)
POST_TOO = CLIENT_POLICY.new(allowed_methods=None)


def failing(status: int, *headers: tuple[str, str]) -> Response:
    return Response(status, (("content-length", "2"), *headers), b"no")


class Outcome(NamedTuple):
    """What a caller can tell of a request and its retries."""

    attempts: int
    sleeps: list[float]
    result: object
    body: bytes


def outcome(url: str, handler: Stub, sleeps: list[float], policy: Any, method: str, body: Any = None) -> Outcome:
    handler.requests.clear()
    sleeps.clear()
    with requests.Session() as session:
        session.trust_env = False
        adapter = requests.adapters.HTTPAdapter(max_retries=policy)
        session.mount("https://", adapter)
        session.mount("http://", adapter)
        result: object
        try:
            response = session.request(method, url + "/api/v1/sessions?a=b", data=body)
            retries: Any = response.raw.retries
            result = (response.status_code, response.content, len(retries.history))
        except requests.RequestException as error:
            cause, asked = error.args[0], cast("requests.PreparedRequest", error.request)
            result = (type(error), type(cause), str(getattr(cause, "reason", cause)), asked.method)
    return Outcome(len(handler.requests), list(sleeps), result, b"".join(sent.body for sent in handler.requests))


CASES = {
    "get": (CLIENT_POLICY, "GET", failing(500)),
    "put": (CLIENT_POLICY, "PUT", failing(524)),
    "delete": (CLIENT_POLICY, "DELETE", failing(503)),
    "post is not retried": (CLIENT_POLICY, "POST", failing(500)),
    "post is retried": (POST_TOO, "POST", failing(500)),
    "patch is not retried": (CLIENT_POLICY, "PATCH", failing(500)),
    "404 is not retried": (CLIENT_POLICY, "GET", failing(404)),
    "too many requests": (CLIENT_POLICY, "GET", failing(429)),
    "retry-after": (CLIENT_POLICY, "GET", failing(429, ("Retry-After", "7"))),
    "retry-after of a post": (CLIENT_POLICY, "POST", failing(429, ("Retry-After", "7"))),
    "retry-after of 0": (CLIENT_POLICY, "GET", failing(503, ("Retry-After", "0"))),
    "retry-after in the past": (CLIENT_POLICY, "GET", failing(413, ("Retry-After", "Wed, 21 Oct 2015 07:28:00 GMT"))),
    "retry-after not respected": (
        CLIENT_POLICY.new(respect_retry_after_header=False),
        "GET",
        failing(429, ("Retry-After", "7")),
    ),
    "retry-after is nonsense": (CLIENT_POLICY, "GET", failing(503, ("Retry-After", "soon"))),
    "response instead of an error": (CLIENT_POLICY.new(raise_on_status=False), "GET", failing(502)),
    "no policy": (0, "GET", failing(500)),
    "a number": (3, "GET", failing(500)),
    "a number and retry-after": (3, "GET", failing(503, ("Retry-After", "2"))),
    "status only": (Retry(total=None, status=2, status_forcelist=[500]), "GET", failing(500)),
    "switched off": (Retry(total=False, status_forcelist=[500]), "GET", failing(500)),
    "redirects are the session's": (CLIENT_POLICY, "GET", failing(302)),
}


@pytest.mark.parametrize("case", CASES)
def test_the_policy_does_what_it_does_on_the_network(
    case: str, stub: Stub, local_server: LocalServer, sleeps: list[float]
) -> None:
    policy, method, answer = CASES[case]
    stub.script.extend([answer] * 20)
    local_server.stub.script.extend([answer] * 20)

    expected = outcome(local_server.url, local_server.stub, sleeps, policy, method)

    assert outcome("https://quantum.cloud.ibm.com", stub, sleeps, policy, method) == expected


def test_six_attempts_and_fifteen_seconds_of_sleep_end_in_a_retry_error(stub: Stub, sleeps: list[float]) -> None:
    stub.script.extend([failing(500)] * 20)

    got = outcome("https://quantum.cloud.ibm.com", stub, sleeps, CLIENT_POLICY, "GET")

    assert (got.attempts, got.sleeps) == (6, [1.0, 2.0, 4.0, 8.0])
    assert got.result[0] is requests.exceptions.RetryError  # type: ignore[index]


def test_the_error_names_the_host_and_the_url_as_urllib3_does(stub: Stub, sleeps: list[float]) -> None:
    stub.script.extend([failing(500)] * 20)
    with requests.Session() as session:
        session.mount("https://", requests.adapters.HTTPAdapter(max_retries=CLIENT_POLICY))
        with pytest.raises(requests.exceptions.RetryError) as caught:
            session.get("https://quantum.cloud.ibm.com/api/v1/jobs?limit=1")

    assert str(caught.value) == (
        "HTTPSConnectionPool(host='quantum.cloud.ibm.com', port=443): Max retries exceeded with url: "
        "/api/v1/jobs?limit=1 (Caused by ResponseError('too many 500 error responses'))"
    )


def test_closing_a_session_is_sent_once(stub: Stub, sleeps: list[float]) -> None:
    stub.script.extend([failing(503)] * 20)

    got = outcome("https://quantum.cloud.ibm.com", stub, sleeps, CLIENT_POLICY, "PATCH", b"{}")

    assert (got.attempts, got.sleeps, got.body) == (1, [], b"{}")


def test_an_attempt_that_succeeds_ends_the_retries(stub: Stub, sleeps: list[float]) -> None:
    stub.script.extend([failing(500), failing(429, ("Retry-After", "30"))])

    got = outcome("https://quantum.cloud.ibm.com", stub, sleeps, CLIENT_POLICY, "GET")

    assert (got.attempts, got.sleeps) == (3, [30])
    assert got.result == (200, b'{"from": "stub"}', 2)


@pytest.mark.parametrize("body", [b"bytes", "text", io.BytesIO(b"a file")], ids=["bytes", "text", "file"])
def test_each_attempt_sends_the_body_from_where_it_began(
    body: Any, stub: Stub, local_server: LocalServer, sleeps: list[float]
) -> None:
    for handler in (stub, local_server.stub):
        handler.script.extend([failing(500), failing(500), failing(404)])

    expected = outcome(local_server.url, local_server.stub, sleeps, POST_TOO, "POST", body)
    if hasattr(body, "seek"):
        body.seek(0)

    assert expected.attempts == 3
    assert outcome("https://quantum.cloud.ibm.com", stub, sleeps, POST_TOO, "POST", body) == expected


def test_a_body_that_can_be_read_once_is_sent_once(stub: Stub, sleeps: list[float]) -> None:
    stub.script.append(failing(500))

    got = outcome("https://quantum.cloud.ibm.com", stub, sleeps, POST_TOO, "POST", iter([b"once"]))

    assert (got.attempts, got.body) == (2, b"once")


def test_a_retry_may_be_answered_by_a_service_that_changed_while_it_slept(
    stub: Stub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "sleep", lambda _: stub.script.clear())
    stub.script.extend([failing(503, ("Retry-After", "60"))] * 20)

    got = outcome("https://quantum.cloud.ibm.com", stub, [], CLIENT_POLICY, "GET")

    assert got.attempts == 2


def test_an_interception_that_stops_while_a_retry_sleeps_still_answers_it(
    make_stub: type[Stub], monkeypatch: pytest.MonkeyPatch
) -> None:
    handler = make_stub()
    handler.script.append(failing(503, ("Retry-After", "60")))
    interception = Interception(handler, label="this test")
    monkeypatch.setattr(time, "sleep", lambda _: interception.stop())
    interception.start()

    got = outcome("https://quantum.cloud.ibm.com", handler, [], CLIENT_POLICY, "GET")

    assert got.attempts == 2
