"""Reading answers without trusting them: what is not of the expected type is as if it were not there."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from pytest_qruntime.rest import timestamps

NOTHING: Final[Mapping[str, Any]] = {}
SECOND_US: Final = 1_000_000


def document(body: bytes) -> Mapping[str, Any]:
    """A JSON object; an empty one for anything else."""
    return mapping(parsed(body))


def parsed(body: bytes) -> Any:
    """A JSON document; None if it is none."""
    try:
        return json.loads(body) if body else None
    except (ValueError, RecursionError):
        return None


def mapping(value: object) -> Mapping[str, Any]:
    """It, if it is an object; else an empty one."""
    return value if isinstance(value, dict) else NOTHING


def rows(parent: Mapping[str, Any], name: str) -> Iterator[Mapping[str, Any]]:
    """The objects of a list."""
    found = parent.get(name)
    for row in found if isinstance(found, list) else ():
        if isinstance(row, dict):
            yield row


def text(parent: Mapping[str, Any], name: str) -> str | None:
    """A text that is not empty."""
    found = parent.get(name)
    return found if isinstance(found, str) and found else None


def truth(parent: Mapping[str, Any], name: str) -> bool | None:
    """True or false."""
    found = parent.get(name)
    return found if isinstance(found, bool) else None


def whole(parent: Mapping[str, Any], name: str) -> int | None:
    """A whole number."""
    found = parent.get(name)
    return found if isinstance(found, int) and not isinstance(found, bool) else None


def microseconds(parent: Mapping[str, Any], name: str) -> int | None:
    """Seconds, as microseconds."""
    found = parent.get(name)
    if not isinstance(found, (int, float)) or isinstance(found, bool) or not abs(found) < 1e12:
        return None
    return round(found * SECOND_US)


def unix_us(parent: Mapping[str, Any], name: str) -> int | None:
    """An instant, in microseconds since 1970."""
    found = text(parent, name)
    try:
        return None if found is None else timestamps.parse(found)
    except ValueError:
        return None
