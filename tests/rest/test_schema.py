from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from pytest_qruntime.rest import Request, Response, platform, routes, schema
from pytest_qruntime.rest.conformance import ConformanceError, check, declared, problems
from tests.rest.face import HOST, SAMPLER, Face

JSON = (("content-type", "application/json; charset=utf-8"),)


@pytest.mark.parametrize("name", schema.MODELS)
def test_the_committed_schemas_are_those_of_the_wire_models(name: str) -> None:
    assert schema.load(name) == schema.generate(name), "run: python -m pytest_qruntime.rest.schema"


def test_no_schema_is_left_of_a_document_that_is_no_more(tmp_path: Path) -> None:
    (tmp_path / "Gone.json").write_text("{}")

    schema.write(tmp_path)

    assert {path.stem for path in tmp_path.iterdir()} == set(schema.MODELS)
    assert {path.stem for path in schema.FOLDER.glob("*.json")} == set(schema.MODELS)


@pytest.mark.parametrize("name", schema.MODELS)
def test_every_schema_is_a_valid_schema_of_2020_12(name: str) -> None:
    document = schema.load(name)

    Draft202012Validator.check_schema(document)
    assert document["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_every_document_of_every_endpoint_has_a_schema() -> None:
    named = {name for endpoint in routes.ENDPOINTS for name in (*declared(endpoint).values(), endpoint.body)}
    named |= {name for endpoint in platform.ENDPOINTS for name in (endpoint.schema, endpoint.body)}
    named |= set(platform.ERROR_SCHEMAS.values())

    assert named - {None, routes.TEXT} <= set(schema.MODELS)
    assert set(schema.MODELS) - named == {"Token", "IamError"}


def get_session(body: Any, status: int = 200, headers: tuple[tuple[str, str], ...] = JSON) -> list[str]:
    request = Request("GET", HOST, "/api/v1/sessions/x", "", {}, b"")
    return list(problems(request, Response(status, headers, json.dumps(body).encode())))


def test_a_wrong_answer_does_not_conform(face: Face) -> None:
    session = face.session(face.open())

    assert get_session(session) == []
    assert get_session({**session, "state": "opened"})
    assert get_session({**session, "max_ttl": 1.5})
    assert get_session({**session, "max_ttl": "28800"})
    assert get_session({**session, "created_at": "yesterday"})
    assert get_session({**session, "created_at": "2026-01-15T12:00:00"})
    assert get_session({**session, "surprise": 1})
    assert get_session({name: value for name, value in session.items() if name != "mode"})
    assert get_session(session, headers=(("content-type", "text/plain"),))
    assert get_session(session, status=201)
    assert get_session({"error": "singular"}, status=404)


def test_a_number_that_is_written_as_an_integer_does_not_conform() -> None:
    """Typed clients, such as the Rust client that is made from the description, read an f64 and refuse 10."""
    request = Request("GET", HOST, "/api/v1/workloads", "", {}, b"")
    page = {"workloads": [], "total_count": 0.0, "limit": 10.0}

    def found(**changes: object) -> list[str]:
        return list(problems(request, Response(200, JSON, json.dumps({**page, **changes}).encode())))

    assert found() == []
    assert found(limit=10) == ["answer Workloads: $.limit 10 is written as an integer; expected a number such as 10.0"]
    assert found(limit=True)
    assert found(limit="10")


def test_a_request_is_held_to_its_schema_only_if_it_was_accepted() -> None:
    bad = json.dumps({**SAMPLER, "cost": "much"}).encode()
    request = Request("POST", HOST, "/api/v1/jobs", "", {}, bad)
    accepted = Response(200, JSON, b'{"id":"x","backend":"y"}')
    refused = Response(400, JSON, b'{"errors":[{"code":1,"message":"","more_info":""}],"trace":"t"}')

    assert any("cost" in problem for problem in problems(request, accepted))
    assert list(problems(request, refused)) == []


def test_a_body_where_none_may_be_does_not_conform() -> None:
    request = Request("DELETE", HOST, "/api/v1/sessions/x/close", "", {}, b"")

    with pytest.raises(ConformanceError, match="an empty body was expected"):
        check(request, Response(204, (), b"{}"))


def test_an_answer_that_is_not_json_does_not_conform() -> None:
    request = Request("GET", HOST, "/api/v1/jobs", "", {}, b"")

    with pytest.raises(ConformanceError, match="is not JSON"):
        check(request, Response(200, JSON, b"<html>"))


def test_an_endpoint_that_is_not_there_may_only_be_not_found() -> None:
    request = Request("GET", HOST, "/api/v1/nowhere", "", {}, b"")

    with pytest.raises(ConformanceError, match="no such endpoint"):
        check(request, Response(200, JSON, b"{}"))
