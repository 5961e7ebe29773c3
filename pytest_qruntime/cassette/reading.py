"""From the text of a recording to a tape."""

from __future__ import annotations

from typing import Any, Final, TypeAlias

from pytest_qruntime.cassette import offsets
from pytest_qruntime.cassette.decoding import decoded
from pytest_qruntime.cassette.events import Events
from pytest_qruntime.cassette.quick import ABSOLUTE
from pytest_qruntime.cassette.tape import Exchange, Provenance, Tape
from pytest_qruntime.cassette.values import Values
from pytest_qruntime.rest import timestamps

FORMAT: Final = 1
_CLOCKS: Final = ("virtual", "real")

Source: TypeAlias = "Events | Values"
"""What is read: YAML or JSON."""


def read(text: str, name: str, limit: int, form: type[Source] = Events) -> Tape:
    """The tape of a file's text.

    Args:
        text: of the file.
        name: of the file, for errors.
        limit: the most bytes that a compressed body may become.
        form: `Events` for YAML, `Values` for JSON.

    Raises:
        CassetteError: it is not a recording; with the line and the place.
    """
    events = form(text, name)
    if events.is_list():
        events.fail("the file", "it is a list, as vcrpy before 1.0 wrote it; expected a mapping. Record it again")
    provenance, exchanges = None, None
    for key in events.entries("the file"):
        if key == "version":
            version = events.whole("version")
            if version != 1:
                events.fail("version", f"expected 1, found {version}")
        elif key == "qruntime":
            provenance = _provenance(events)
        elif key == "interactions":
            exchanges = [_exchange(events, index, limit) for index in events.items("interactions")]
        else:
            events.skip(key)
    if exchanges is None:
        events.fail("the file", "interactions is missing; expected a list of them. Record it again")
    events.end(marked=provenance is not None)
    _check_times(events, provenance, exchanges)
    return Tape(provenance, tuple(exchange for exchange, _ in exchanges))


def _check_times(events: Source, provenance: Provenance | None, exchanges: list[tuple[Exchange, int | None]]) -> None:
    for index, (_, line) in enumerate(exchanges if provenance is not None else ()):
        if line is not None:
            events.fail_at(line, f"interaction {index}", "at is missing; expected the time when it was sent")


def _provenance(events: Source) -> Provenance:
    place = "qruntime"
    found: dict[str, Any] = {"recorded": None, "test": None, "versions": {}}
    for key in events.entries(place):
        where = f"{place}, {key}"
        if key == "format":
            found[key] = events.whole(where)
        elif key in ("service", "began", "clock"):
            found[key] = events.text(where)
        elif key in ("recorded", "test"):
            found[key] = events.text_or_none(where)
        elif key == "versions":
            found[key] = {package: events.text(f"{where}, {package}") for package in events.entries(where)}
        elif key == "settings":
            found[key] = {name: events.plain(f"{where}, {name}") for name in events.entries(where)}
        else:
            events.skip(where)
        _check(events, key, found.get(key), where)
    _require(events, place, found, ("format", "service", "began", "clock"))
    del found["format"]
    return Provenance(**found)


def _check(events: Source, key: str, value: Any, place: str) -> None:
    if key == "format" and value != FORMAT:
        events.fail(place, f"expected {FORMAT}, found {value}. Update pytest-qruntime, or record it again")
    if key == "clock" and value not in _CLOCKS:
        events.fail(place, f"expected 'virtual' or 'real', found {value!r}")
    if key == "began" or (key == "recorded" and value is not None):
        try:
            timestamps.parse(value)
        except ValueError as error:
            events.fail(place, str(error))


def _exchange(events: Source, index: int, limit: int) -> tuple[Exchange, int | None]:
    """One interaction; and its line if it does not say when it was sent."""
    if isinstance(events, Values) and (saved := events.exchange()) is not None:
        return saved, None
    place = f"interaction {index}"
    line = events.line
    at_us: int | None = None
    request: dict[str, Any] | None = None
    response: dict[str, Any] | None = None
    for key in events.entries(place):
        if key == "at":
            at_us = _at(events, f"{place}, at")
        elif key == "request":
            request = _request(events, f"{place}, request")
        elif key == "response":
            response = _response(events, f"{place}, response", limit)
        else:
            events.skip(f"{place}, {key}")
    if request is None or response is None:
        events.fail_at(line, place, f"{'request' if request is None else 'response'} is missing")
    return Exchange(at_us=at_us or 0, **request, **response), line if at_us is None else None


def _at(events: Source, place: str) -> int:
    text = events.text(place)
    try:
        at_us, problem = offsets.read(text), None
    except ValueError as error:
        at_us, problem = 0, str(error)
    if problem is not None:
        events.fail(place, problem)
    return at_us


def _request(events: Source, place: str) -> dict[str, Any]:
    found: dict[str, Any] = {"request_body": b"", "request_headers": {}}
    line = events.line
    for key in events.entries(place):
        where = f"{place}, {key}"
        if key == "method":
            found["method"] = events.text(where).upper()
        elif key == "uri":
            found["url"] = events.text(where)
            if not ABSOLUTE.match(found["url"]):
                events.fail(where, f"expected an absolute URL, found {found['url'][:40]!r}")
        elif key == "body":
            found["request_body"] = events.body(where)
        elif key == "headers":
            found["request_headers"] = _headers(events, where)
        else:
            events.skip(where)
    for name, key in (("method", "method"), ("url", "uri")):
        if name not in found:
            events.fail_at(line, place, f"{key} is missing")
    return found


def _response(events: Source, place: str, limit: int) -> dict[str, Any]:
    """An answer; vcrpy wrote ``status_code`` and ``content`` for httpx before its version 6."""
    status, headers, body = None, {}, b""
    line = events.line
    for key in events.entries(place):
        where = f"{place}, {key}"
        if key == "status":
            status = _status(events, where)
        elif key == "status_code":
            status = events.whole(where)
        elif key == "headers":
            headers = _headers(events, where)
        elif key == "body":
            body = _string(events, where)
        elif key == "content":
            body = events.body(where)
        else:
            events.skip(where)
    if status is None or not 100 <= status <= 999:
        events.fail_at(line, place, f"expected a status of three digits, found {status}")
    try:
        headers, body = decoded(headers, body, limit)
    except ValueError as error:
        events.fail_at(line, f"{place}, body", str(error))
    return {"status": status, "response_headers": headers, "response_body": body}


def _status(events: Source, place: str) -> int | None:
    code = None
    for key in events.entries(place):
        if key == "code":
            code = events.whole(f"{place}, code")
        else:
            events.skip(f"{place}, {key}")
    return code


def _string(events: Source, place: str) -> bytes:
    body = b""
    for key in events.entries(place):
        if key == "string":
            body = events.body(f"{place}, string")
        else:
            events.skip(f"{place}, {key}")
    return body


def _headers(events: Source, place: str) -> dict[str, str]:
    """Under lower-case names; values of one name are joined as HTTP joins them."""
    if isinstance(events, Values) and (saved := events.headers()) is not None:
        return saved
    headers: dict[str, str] = {}
    for name in events.entries(place):
        where = f"{place}, {name}"
        several = events.is_list()
        values = [events.header(where) for _ in events.items(where)] if several else [events.header(where)]
        key = name.lower()
        before = [headers[key]] if key in headers else []
        headers[key] = ", ".join([*before, *values])
    return headers


def _require(events: Source, place: str, found: dict[str, Any], names: tuple[str, ...]) -> None:
    for name in names:
        if name not in found:
            events.fail(place, f"{name} is missing")
