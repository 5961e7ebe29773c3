"""What of a tape is written in every form, checked. Everything raises ValueError for what cannot be written."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from pytest_qruntime.cassette import offsets
from pytest_qruntime.cassette.tape import Exchange

_NAME: Final = re.compile(r"[!#$%&'*+.^_`|~0-9a-z-]{1,256}")


def sent_at(exchange: Exchange, *, timed: bool) -> str | None:
    """When an exchange was sent; None where times are not known."""
    if exchange.at_us < 0:
        raise ValueError(f"at_us is {exchange.at_us}; expected microseconds since the recorded clock began")
    return offsets.write(exchange.at_us) if timed or exchange.at_us else None


def headers_of(headers: Mapping[str, str]) -> list[tuple[str, str]]:
    """Headers by name."""
    for name in headers:
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name[:40]!r} cannot be the name of a header; expected lower-case letters of HTTP")
    return sorted(headers.items())


def reason(status: int) -> str:
    """What a status is called."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def plain(value: object) -> Any:
    """A setting as JSON has it, mappings by name."""
    if isinstance(value, Mapping):
        return {name: plain(value[name]) for name in sorted(map(_name, value))}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if value is None or isinstance(value, (str, int)) or (isinstance(value, float) and math.isfinite(value)):
        return value
    raise ValueError(f"the settings hold {value!r}; expected what JSON has: text, numbers, lists, mappings")


def _name(name: object) -> str:
    if not isinstance(name, str):
        raise ValueError(f"a setting is called {name!r}; expected text")
    return name
