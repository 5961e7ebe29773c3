"""Every exchange against the JSON Schemas, in both directions."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

from jsonschema import ValidationError

from pytest_qruntime.cassette.derive.documents import document
from pytest_qruntime.cassette.lint.findings import INDEX, Findings
from pytest_qruntime.cassette.tape import Exchange, Tape
from pytest_qruntime.rest.conformance import ANSWER, Violation, violations
from pytest_qruntime.rest.http import Request, Response

OWN: Final = "pytest-qruntime"
_TYPES: Final[dict[type, str]] = {
    dict: "object",
    list: "array",
    str: "string",
    bool: "boolean",
    int: "integer",
    float: "number",
    type(None): "null",
}
_OF_NOBODY: Final = (408, 429)


def check(tape: Tape, found: Findings) -> None:
    """Note what does not conform. Whatever only a newer service would say is a warning, unless it is our own server."""
    own = tape.provenance is not None and tape.provenance.service == OWN
    known: dict[object, list[Violation]] = {}
    for number, exchange in enumerate(tape.exchanges):
        key = (exchange.method, exchange.url, exchange.status, exchange.request_body, exchange.response_body)
        if key not in known:  # a poll is often answered with the same bytes
            known[key] = _violations(exchange)
        for violation in known[key]:
            _note(violation, number, exchange, found, own=own)


def _violations(exchange: Exchange) -> list[Violation]:
    if exchange.status >= 500 or exchange.status in _OF_NOBODY:
        return []  # a gateway, or a fault: these have no form of the API's
    url = _address(exchange)
    if url is None:
        return [Violation("route", "request", "")]
    host, body = url.netloc.rpartition("@")[2], exchange.request_body
    request = Request(exchange.method, host, url.path, url.query, exchange.request_headers, body)
    response = Response(exchange.status, tuple(exchange.response_headers.items()), exchange.response_body)
    try:
        found = list(violations(request, response))
    except RecursionError:
        return [Violation("form", ANSWER, "it is nested too deeply, JSON or not")]
    routes = [violation for violation in found if violation.kind == "route"]
    return routes or [violation for violation in found if not _of_a_program(violation, exchange)]


def _of_a_program(violation: Violation, exchange: Exchange) -> bool:
    """What programs compute has the form of each, and Qiskit's own encoding; only the plain one is described."""
    return violation.text.startswith("answer Results:") and "results" not in document(exchange.response_body)


def _address(exchange: Exchange) -> SplitResult | None:
    try:
        return urlsplit(exchange.url)
    except ValueError:
        return None


def _note(violation: Violation, number: int, exchange: Exchange, found: Findings, *, own: bool) -> None:
    if violation.kind == "number" and not own:
        return  # only our own server promises how numbers are written
    if violation.kind == "route":
        url = _address(exchange)
        problem = f"there is no such endpoint at {url.hostname if url is not None else 'an address that is none'}"
        found.add("route-unknown", problem, number=number, place="request", group="")
        return
    side = "response" if violation.what == ANSWER else "request"
    check = "schema-unknown" if not own and violation.kind in ("extra", "status") else "schema"
    if violation.error is None:
        problem = _of_the_answer(violation, exchange, side)
        found.add(check, problem, number=number, place=side, group=f"{exchange.method} {side}")
        return
    path = violation.error.json_path
    group = f"{violation.text.partition(':')[0]} {INDEX.sub('[]', path)}"
    found.add(check, _said(violation.error), number=number, place=f"{side} body, {path}", group=group)


def _of_the_answer(violation: Violation, exchange: Exchange, side: str) -> str:
    """What is wrong, without anything of the body."""
    if violation.kind == "status":
        return f"the status {exchange.status} is not one that {exchange.method} is described to answer here"
    if "JSON" in violation.text:
        return f"the {side} body is not JSON"
    if violation.text.startswith("content-type"):
        return "the content type is not the one that is described"
    return "there is a body where none is described"


def _said(error: ValidationError) -> str:
    """What a schema says is wrong, without the value, which could be a secret."""
    if error.validator == "required":
        return error.message
    if error.validator == "additionalProperties":
        declared = error.schema.get("properties", {}) if isinstance(error.schema, dict) else {}
        found: Any = error.instance
        extra = sorted(str(key) for key in found if key not in declared)
        return f"nothing of the name {', '.join(extra)} is described"
    if error.validator == "type":
        return f"expected {_words(error.validator_value)}, found {_TYPES.get(type(error.instance), 'something else')}"
    if error.validator in ("enum", "const"):
        return f"expected {error.validator_value}, found something else"
    if error.validator == "format":
        return f"it is no {error.validator_value}"
    if error.validator in ("anyOf", "oneOf"):
        return _closest(error)
    return f"expected {error.validator} {error.validator_value}"


def _closest(error: ValidationError) -> str:
    """Of several forms, the one in which the least is wrong."""
    forms: dict[object, list[ValidationError]] = {}
    for part in error.context or ():
        forms.setdefault(part.schema_path[0], []).append(part)
    if not forms:
        return "it has none of the forms that are described"
    best = min(forms.values(), key=lambda parts: (any(part.validator == "type" for part in parts), len(parts)))
    return "; ".join(f"{part.json_path}: {_said(part)}" for part in best)


def _words(types: Any) -> str:
    return " or ".join(types) if isinstance(types, list) else str(types)
