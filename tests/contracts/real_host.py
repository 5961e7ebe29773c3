"""A recording of the fake, told as a real host would have told it: its instants are a few milliseconds late."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

from pytest_qruntime.cassette.tape import Exchange, Tape

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
_LATE_S = 0.02
_ROUNDED_S = 0.9


def as_real(tape: Tape, seed: int, ahead_s: float) -> Tape:
    """The same exchanges on a real clock. The service's own is ahead of the client's by so much.

    An instant is as late as ever whenever it is told again; when something was created is told exactly. Usage is more
    than it was by less than a second.
    """
    assert tape.provenance is not None
    exchanges = tuple(_told_anew(one, seed, ahead_s) for one in tape.exchanges)
    return Tape(replace(tape.provenance, clock="real"), exchanges)


def _told_anew(one: Exchange, seed: int, ahead_s: float) -> Exchange:
    try:
        document = json.loads(one.response_body)
    except ValueError:
        return one
    *_, before, last = one.url.partition("?")[0].split("/")
    about = before if last == "metrics" else last
    told = _Host(seed, ahead_s).tells(document, about, last)
    return replace(one, response_body=json.dumps(told, separators=(",", ":")).encode())


class _Host:
    def __init__(self, seed: int, ahead_s: float) -> None:
        self._seed = seed
        self._ahead_s = ahead_s

    def tells(self, value: Any, about: str, name: str) -> Any:
        if isinstance(value, dict):
            mine = str(value.get("id", about))
            return {key: self.tells(inner, mine, key) for key, inner in value.items()}
        if isinstance(value, list):
            return [self.tells(inner, about, name) for inner in value]
        if isinstance(value, str) and _INSTANT.fullmatch(value):
            late_s = 0 if name.startswith("created") else self._some(_LATE_S, about, name, value)
            return _later(value, self._ahead_s + late_s)
        if name == "elapsed_time" and value:
            return value + self._some(_ROUNDED_S, about)
        return value

    def _some(self, most: float, *about: str) -> float:
        return Random(f"{self._seed} {about}").uniform(0, most)


def _later(instant: str, seconds: float) -> str:
    moved = datetime.fromisoformat(instant.replace("Z", "+00:00")) + timedelta(seconds=seconds)
    return moved.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
