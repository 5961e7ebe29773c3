"""Exchanges of JSON that stand there as they are saved, read at once: most of the cost of a long recording."""

from __future__ import annotations

import re
from typing import Any, Final

from pytest_qruntime.cassette import offsets
from pytest_qruntime.cassette.tape import Exchange

ABSOLUTE: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/?#]")
_OBJECTS: Final = (dict,) * 5  # an object in which a key stands twice is of another type
_KEYS: Final = (
    {"at", "request", "response"},
    {"method", "uri", "headers", "body"},
    {"status", "headers", "body"},
    {"code", "message"},
    {"string"},
)


def saved_exchange(found: Any) -> Exchange | None:
    """The exchange, if every part of it is as `save` writes it, in ASCII; None if it has to be read with care."""
    try:
        request, response = found["request"], found["response"]
        status, body = response["status"], response["body"]
        parts = found, request, response, status, body
        if tuple(map(type, parts)) != _OBJECTS or tuple(part.keys() for part in parts) != _KEYS:
            return None
        sent = "" if request["body"] is None else request["body"]
        texts = request["method"], request["uri"], sent, body["string"], found["at"], status["message"]
        headers = saved_headers(request["headers"]), saved_headers(response["headers"])
        if not all(type(text) is str and text.isascii() for text in texts) or type(status["code"]) is not int:
            return None
        at_us = offsets.read(found["at"])
    except (KeyError, TypeError, AttributeError, ValueError):
        return None
    method, url, _, got, *_ = texts
    if headers[0] is None or headers[1] is None or "content-encoding" in headers[1]:
        return None
    if not (100 <= status["code"] <= 999 and method.isupper() and ABSOLUTE.match(url)):
        return None
    return Exchange(at_us, method, url, headers[0], sent.encode(), status["code"], headers[1], got.encode())


def saved_headers(found: Any) -> dict[str, str] | None:
    """All headers, if they are as they are saved; None if they have to be read one by one."""
    if type(found) is not dict:
        return None
    for name, values in found.items():
        if type(values) is not list or len(values) != 1 or not name.isascii() or not name.islower():
            return None
        (value,) = values
        if type(value) is not str or not value.isascii():
            return None
    return {name: values[0] for name, values in found.items()}
