"""From a tape to the text of a recording in JSON, which vcrpy's serializer `json` reads: the same bytes every time."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pytest_qruntime.cassette.checks import headers_of, plain, reason, sent_at
from pytest_qruntime.cassette.reading import FORMAT
from pytest_qruntime.cassette.tape import Exchange, Provenance, Tape


def write(tape: Tape) -> str:
    """The text of a tape's file, in ASCII. Raises ValueError for a tape that cannot be written."""
    document: dict[str, Any] = {"version": 1}
    if tape.provenance is not None:
        document["qruntime"] = _provenance(tape.provenance)
    interactions = document["interactions"] = []
    for index, exchange in enumerate(tape.exchanges):
        try:
            interactions.append(_exchange(exchange, timed=tape.provenance is not None))
        except ValueError as error:
            raise ValueError(f"interaction {index}: {error}") from None
    return json.dumps(document, indent=1) + "\n"


def _provenance(provenance: Provenance) -> dict[str, Any]:
    names = ("service", "began", "clock", "recorded", "test")
    document = {"format": FORMAT, **{name: getattr(provenance, name) for name in names}}
    document["versions"] = dict(sorted(provenance.versions.items()))
    if provenance.settings is not None:
        document["settings"] = plain(provenance.settings)
    return document


def _exchange(exchange: Exchange, *, timed: bool) -> dict[str, Any]:
    at = sent_at(exchange, timed=timed)
    return {
        **({} if at is None else {"at": at}),
        "request": {
            "method": exchange.method,
            "uri": exchange.url,
            "headers": _headers(exchange.request_headers),
            "body": _body(exchange.request_body) or None,
        },
        "response": {
            "status": {"code": exchange.status, "message": reason(exchange.status)},
            "headers": _headers(exchange.response_headers),
            "body": {"string": _body(exchange.response_body)},
        },
    }


def _headers(headers: Mapping[str, str]) -> dict[str, list[str]]:
    return {name: [value] for name, value in headers_of(headers)}


def _body(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        raise ValueError("a body is not text, which JSON cannot hold; save this recording as .yaml") from None
