"""The bodies of the control interface: JSON objects whose names and types are known."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from pytest_qruntime.model.errors import ConfigurationError


class Field(NamedTuple):
    """What may stand under one name: values of these types, called `words` in a message; null where `none` says so.

    `each` describes the objects of a list.
    """

    types: tuple[type, ...]
    words: str
    required: bool = False
    none: bool = False
    each: Mapping[str, Field] | None = None


def read(body: bytes, fields: Mapping[str, Field]) -> dict[str, Any]:
    """The object in a body. Raises `ConfigurationError` for what is no JSON object or does not fit the fields."""
    try:
        document = json.loads(body or b"{}", parse_constant=_no_constant)
    except (ValueError, RecursionError) as problem:
        raise ConfigurationError(f"the body is no JSON: {problem}; expected an object") from None
    return _checked(document, fields, "the body")


def _checked(document: object, fields: Mapping[str, Field], where: str) -> dict[str, Any]:
    if not isinstance(document, dict):
        raise ConfigurationError(f"{where} is {_shown(document)}; expected an object")
    unknown = ", ".join(repr(name) for name in document if name not in fields)
    if unknown:
        expected = f"expected some of {', '.join(fields)}" if fields else "expected nothing"
        raise ConfigurationError(f"{where} has an unknown {unknown}; {expected}")
    for name, field in fields.items():
        if name in document:
            _check(name, document[name], field)
        elif field.required:
            raise ConfigurationError(f"{where} has no {name!r}; expected {field.words}")
    return document


def _check(name: str, value: object, field: Field) -> None:
    if value is None and field.none:
        return
    # In Python a switch is a number, too.
    if not isinstance(value, field.types) or (isinstance(value, bool) and bool not in field.types):
        raise ConfigurationError(f"{name} is {_shown(value)}; expected {field.words}")
    if field.each is not None and isinstance(value, list):
        for number, one in enumerate(value):
            _checked(one, field.each, f"{name}[{number}]")


def _shown(value: object) -> str:
    return json.dumps(value)


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")
