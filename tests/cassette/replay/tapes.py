"""Recordings written by hand, and one-line requests to them."""

from __future__ import annotations

import json
from typing import Any

from pytest_qruntime.cassette.replay import Deck
from pytest_qruntime.cassette.tape import Exchange, Provenance, Tape
from pytest_qruntime.rest.http import Request

BEGAN = "2026-03-01T09:00:00.000000Z"
JSON = {"content-type": "application/json"}


def encoded(document: Any) -> bytes:
    return document if isinstance(document, bytes) else b"" if document is None else json.dumps(document).encode()


def said(
    at_s: float, what: str, answer: Any = None, status: int = 200, *, sent: Any = None, crn: str = "crn:a"
) -> Exchange:
    """An exchange such as ``said(5, "GET /jobs/j", {"id": "j"})``."""
    method, path = what.split(" ")
    url = path if path.startswith("http") else f"https://quantum.cloud.ibm.com/api/v1{path}"
    headers = {"service-crn": crn}
    return Exchange(round(at_s * 1e6), method, url, headers, encoded(sent), status, JSON, encoded(answer))


def tape(*exchanges: Exchange) -> Tape:
    return Tape(Provenance("unknown", BEGAN, "real", None, {}, None), exchanges)


def ask(deck: Deck, what: str, sent: Any = None, *, crn: str = "crn:a") -> Any:
    """The document of the answer, or its status if there is none."""
    method, path = what.split(" ")
    path, _, query = path.partition("?")
    request = Request(method, "quantum.cloud.ibm.com", f"/api/v1{path}", query, {"service-crn": crn}, encoded(sent))
    response = deck.handle(request)
    return json.loads(response.body) if response.body else response.status


def state(status: str) -> dict[str, Any]:
    return {"id": "j", "state": {"status": status}}


JOB = {"backend": "fake_backend", "program_id": "sampler"}
SUBMITTED = said(0, "POST /jobs", {"id": "j"}, sent=JOB)


def to(deck: Deck, seconds: float) -> Deck:
    deck.world.advance_to(round(seconds * 1e6))
    return deck
