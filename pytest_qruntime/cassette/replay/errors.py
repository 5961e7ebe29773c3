"""A request that a recording cannot answer, and how it differs from what was recorded."""

from __future__ import annotations

import difflib
import json
from typing import Any, Final

from pytest_qruntime.cassette.errors import CassetteError
from pytest_qruntime.cassette.replay.meaning import readable
from pytest_qruntime.cassette.tape import Exchange
from pytest_qruntime.clock.durations import words_of


def hidden(excinfo: Any) -> bool:
    """For pytest's `__tracebackhide__`: the error is shown where the request was made, and not how it was found."""
    return issubclass(excinfo.type, CassetteError)


_LINES: Final = 40
_WIDTH: Final = 200


class UnexpectedRequestError(CassetteError):
    """The recording does not know the answer. The message says what it expected next, with a diff of the bodies."""


def named(exchange: Exchange, number: int) -> str:
    """A recorded request for a message; `number` counts the interactions of the recording from 0."""
    return f"{exchange.method} {exchange.url} (interaction {number}, {words_of(exchange.at_us)} into the recording)"


def difference(recorded: bytes, sent: bytes) -> str:
    """How two bodies differ, as a unified diff of their indented JSON; empty if they do not."""
    lines = list(
        difflib.unified_diff(_lines(recorded), _lines(sent), "the body as recorded", "the body as sent", lineterm="")
    )
    more = [f"... and {len(lines) - _LINES} more lines"] if len(lines) > _LINES else []
    return "\n".join(line if len(line) <= _WIDTH else line[:_WIDTH] + "..." for line in [*lines[:_LINES], *more])


def _lines(body: bytes) -> list[str]:
    try:
        return json.dumps(readable(body), indent=1, sort_keys=True, ensure_ascii=False).splitlines()
    except (ValueError, RecursionError):
        return body.decode("utf-8", "backslashreplace").splitlines()
