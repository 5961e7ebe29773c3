"""What is wrong with a request before anybody asks what it means."""

from __future__ import annotations

import pytest

from pytest_qruntime.rest import Request
from pytest_qruntime.rest.routes import ENDPOINTS
from tests.rest.face import HOST, SAMPLER, Face


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "/v1",
        "/v1/",
        "/v2/jobs",
        "/v1/job",
        "/v1/jobs/",
        "/v1/jobs//results",
        "/v1/jobs/x/results/more",
        "/v1/jobs/x/unknown",
        "/v1/sessions",
        "/v1/sessions/x/close/again",
        "/v1/backends/x",
        "//v1/jobs",
        "/v1/instances",
        "/v1/jobs/x%2Fresults",
    ],
)
def test_an_unknown_path_is_not_found(face: Face, path: str) -> None:
    answer = face.ask("GET", path)

    assert answer.status in (404, 405)
    assert answer.json["errors"][0]["more_info"].startswith("https://")
    assert len(answer.json["trace"]) == 36


def test_a_path_outside_of_the_base_is_not_found(face: Face) -> None:
    for path in ("/v1/jobs", "", "/", "*", "/api", "/API/v1/jobs"):
        assert face.service.handle(Request("GET", HOST, path, "", {}, b"")).status == 404


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/v1/jobs", "GET, POST"),
        ("GET", "/v1/sessions", "POST"),
        ("POST", "/v1/sessions/x", "GET, PATCH"),
        ("GET", "/v1/sessions/x/close", "DELETE"),
        ("GET", "/v1/jobs/x/cancel", "POST"),
        ("POST", "/v1/instances/configuration", "GET, PUT"),
        ("OPTIONS", "/v1/versions", "GET"),
        ("BREW", "/v1/backends", "GET"),
    ],
)
def test_a_method_that_is_not_there_is_answered_with_those_that_are(
    face: Face, method: str, path: str, allowed: str
) -> None:
    answer = face.ask(method, path)

    assert (answer.status, answer.headers["allow"]) == (405, allowed)


def test_an_answer_to_head_has_no_body(face: Face) -> None:
    answer = face.ask("HEAD", "/v1/jobs")

    assert (answer.status, answer.body) == (405, b"")


@pytest.mark.parametrize(
    "content_type", ["application/json", "application/json; charset=utf-8", "Application/JSON", None]
)
def test_json_may_be_announced_in_several_ways(face: Face, content_type: str | None) -> None:
    assert face.ask("POST", "/v1/jobs", SAMPLER, headers={"content-type": content_type}).status == 200


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "application/jsonx", ""])
def test_another_content_type_is_unsupported(face: Face, content_type: str) -> None:
    answer = face.ask("POST", "/v1/jobs", SAMPLER, headers={"content-type": content_type})

    assert answer.status == 415
    assert repr(content_type) in answer.error["message"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"nonsense",
        b"[]",
        b'"text"',
        b"null",
        b"\xff\xfe",
        b'{"accepting_jobs": tru}',
        b'{"accepting_jobs": "false"}',
        b'{"accepting_jobs": 0}',
        b'{"accepting_jobs": null}',
        b"{}",
        b'{"accepting_jobs": true} more',
        b"[" * 100_000,
    ],
)
def test_a_body_that_is_not_the_document_is_refused(face: Face, body: bytes) -> None:
    session_id = face.open()

    answer = face.ask("PATCH", f"/v1/sessions/{session_id}", body=body, headers={"content-type": "application/json"})

    assert (answer.status, answer.code) == (400, "bad_request")
    assert "Traceback" not in answer.body.decode()
    assert face.session(session_id)["accepting_jobs"] is True


@pytest.mark.parametrize(
    "params",
    [b'{"x":NaN}', b'{"x":-Infinity}', b'{"x":' + b"9" * 5000 + b"}", b'{"x":"\\ud800"}', b'{"x":' + b"[" * 500],
)
def test_params_that_are_not_json_are_refused(face: Face, params: bytes) -> None:
    body = b'{"program_id":"sampler","backend":"fake_backend","params":' + params + b"}"

    assert face.ask("POST", "/v1/jobs", body=body, headers={"content-type": "application/json"}).status == 400


def test_a_number_too_large_for_json_comes_back_as_null(face: Face) -> None:
    body = b'{"program_id":"sampler","backend":"fake_backend","params":{"x":1e999}}'
    job_id = face.ask("POST", "/v1/jobs", body=body, headers={"content-type": "application/json"}).json["id"]

    assert face.job(job_id)["params"] == {"x": None}


def test_an_id_may_be_percent_encoded(face: Face) -> None:
    job_id = face.submit()

    assert face.ask("GET", f"/v1/jobs/%{ord(job_id[0]):x}{job_id[1:]}").status == 200
    assert "Job ID: a/b" in face.ask("GET", "/v1/jobs/a%2Fb").error["message"]


def test_a_refused_request_changes_nothing(face: Face) -> None:
    face.ask("POST", "/v1/jobs", {**SAMPLER, "session_id": "unknown"})

    assert face.world.jobs == {}
    assert [event.kind for event in face.world.trace] == ["request.rejected"]


def test_traces_of_errors_differ_and_come_from_the_seed() -> None:
    def traces(face: Face) -> list[str]:
        return [face.ask("GET", "/v1/nowhere").json["trace"] for _ in range(2)]

    first = traces(Face())
    assert first == traces(Face())
    assert first[0] != first[1]


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: f"{endpoint.method} {endpoint.route}")
def test_every_endpoint_but_versions_asks_who_is_asking(face: Face, endpoint: object) -> None:
    method, route = endpoint.method, endpoint.route.replace("{id}", "x")  # type: ignore[attr-defined]

    answer = face.ask(method, route, headers={"authorization": None})

    assert answer.status == (200 if route == "/v1/versions" else 401)
