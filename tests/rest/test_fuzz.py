"""Whatever a client sends, the service answers, and the answer conforms."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_qruntime.rest import Request
from pytest_qruntime.rest.conformance import check
from pytest_qruntime.rest.routes import ENDPOINTS
from tests.rest.face import BELL, HOST, Face


def encoded(document: dict[str, Any]) -> bytes:
    return json.dumps(document).encode()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)
WORDS = st.sampled_from(
    ["dedicated", "batch", "fake_backend", "sampler", "estimator", "true", "false", "ASC", "10", "", "2026-01-15", BELL]
)
FIELDS = [
    *("mode", "backend", "backend_name", "max_ttl", "interactive_ttl", "active_ttl", "accepting_jobs", "program_id"),
    *("params", "tags", "cost", "log_level", "private", "session_id", "runtime", "remote_storage", "instance_limit"),
]
QUERY_NAMES = [
    *("limit", "offset", "pending", "program", "backend", "created_after", "created_before", "sort", "tags", "tags[]"),
    *("session_id", "exclude_params", "user", "next", "previous", "search", "status", "mode", "type", "updated_before"),
]
documents = st.dictionaries(st.sampled_from(FIELDS), JSON | WORDS, max_size=6).map(encoded)
likely_documents = st.fixed_dictionaries(
    {
        "mode": st.sampled_from(["dedicated", "batch", "job"]),
        "backend": st.sampled_from(["fake_backend", "fake_backend", "nowhere"]),
        "program_id": st.sampled_from(["sampler", "estimator", "executor"]),
        "accepting_jobs": st.booleans(),
        "tags": st.lists(st.text()),
    },
    optional={"max_ttl": st.integers(), "cost": st.integers(), "params": st.dictionaries(st.text(), JSON)},
).map(encoded)
bodies = st.binary(max_size=60) | documents | likely_documents
anything = st.text(st.characters(exclude_categories=()), max_size=30)  # half characters, too
queries = anything | st.lists(st.tuples(st.sampled_from(QUERY_NAMES), anything | WORDS), max_size=4).map(
    lambda pairs: "&".join(f"{name}={value}" for name, value in pairs)
)
methods = st.sampled_from(["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]) | anything
headers = st.dictionaries(
    st.sampled_from(["authorization", "service-crn", "content-type", "ibm-api-version", "accept"]),
    anything | st.sampled_from(["application/json", "Bearer x", "apikey 0123456789abcdef", "2026-03-15"]),
    max_size=2,
)


def ask(face: Face, method: str, path: str, query: str, sent: dict[str, str], body: bytes, host: str = HOST) -> Any:
    credentials = {"authorization": f"Bearer {face.service.token()}", "service-crn": face.service.crn()}
    request = Request(method, host, path, query, {**credentials, **sent}, body)
    response = face.service.handle(request)
    check(request, response)
    assert b"Traceback" not in response.body
    return json.loads(response.body) if response.body.startswith(b"{") else None


@settings(max_examples=300, deadline=None)
@given(methods, anything, queries, headers, bodies, st.sampled_from([HOST, "iam.cloud.ibm.com", "x", ""]))
def test_any_request_is_answered(
    method: str, path: str, query: str, sent: dict[str, str], body: bytes, host: str
) -> None:
    face = Face()

    for tried in (path, "/api/v1/" + path, "/identity/token"):
        ask(face, method, tried, query, sent, body, host)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(ENDPOINTS), queries, st.just({}) | headers, bodies, st.integers(0, 100)),
        min_size=1,
        max_size=6,
    ),
)
def test_any_request_to_an_endpoint_is_answered_whatever_happened_before(steps: list[Any]) -> None:
    face = Face()
    known = ["fake_backend", face.open(), face.open("batch"), face.submit(), face.submit(private=True)]

    for endpoint, query, sent, body, number in steps:
        path = "/api" + endpoint.route.replace("{id}", known[number % len(known)])
        shown = ask(face, endpoint.method, path, query, sent, body)
        if shown is not None and isinstance(shown.get("id"), str):
            known.append(shown["id"])
        face.world.advance_to(face.world.now_us + number * 1_000_000)
