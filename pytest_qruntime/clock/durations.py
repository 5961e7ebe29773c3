"""Durations as people write them: ``"25m"``, ``90``, ``timedelta(hours=1)``; and back into words."""

from __future__ import annotations

import math
import re
from datetime import timedelta
from numbers import Real as RealNumber
from typing import Final

from pytest_qruntime.model.errors import ConfigurationError

ACCEPTED: Final = '"25m", "1h30m", "90s", "1d", "500ms", a number of seconds, or a datetime.timedelta'

_NUMBER = r"(\d+(?:\.\d+)?|\.\d+)"
_TEXT: Final = re.compile(
    rf"\s*(?:{_NUMBER}\s*d)?\s*(?:{_NUMBER}\s*h)?\s*(?:{_NUMBER}\s*m)?\s*(?:{_NUMBER}\s*s)?\s*(?:{_NUMBER}\s*ms)?\s*",
    re.IGNORECASE | re.ASCII,
)
_UNIT_US: Final = (86_400_000_000, 3_600_000_000, 60_000_000, 1_000_000, 1_000)


def seconds_of(duration: str | float | timedelta, *, what: str = "a duration") -> float:
    """The duration in seconds. Raises `ConfigurationError`, with the accepted forms, for anything else."""
    return micros_of(duration, what=what) / 1_000_000


def micros_of(duration: str | float | timedelta, *, what: str = "a duration") -> int:
    """The duration in whole microseconds, rounded to the nearest. Raises `ConfigurationError` as `seconds_of` does."""
    if type(duration) is int and duration >= 0:
        return duration * 1_000_000
    if isinstance(duration, str):
        return _micros_of_text(duration, what)
    if isinstance(duration, timedelta):
        micros = duration // timedelta(microseconds=1)
    elif isinstance(duration, RealNumber) and not isinstance(duration, bool) and math.isfinite(duration * 1_000_000):
        micros = round(float(duration) * 1_000_000)
    else:
        raise _refused(duration, what)
    if micros < 0:
        raise _refused(duration, what, "; time only goes forward")
    return micros


def _micros_of_text(text: str, what: str) -> int:
    match = _TEXT.fullmatch(text)
    if match is None or not any(match.groups()):
        raise _refused(text, what, "; a number in quotes needs its unit" if _is_number(text) else "")
    parts = zip(match.groups(), _UNIT_US, strict=True)
    micros = sum(float(number) * unit for number, unit in parts if number)
    if not math.isfinite(micros):
        raise _refused(text, what)
    return round(micros)


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def _refused(value: object, what: str, hint: str = "") -> ConfigurationError:
    return ConfigurationError(f"{value!r} cannot be used as {what}{hint}; expected {ACCEPTED}")


def words_of(micros: int) -> str:
    """A duration in the notation that `seconds_of` reads, such as ``"1h30m"`` or ``"0.25s"``; ``"0s"`` for none."""
    sign, rest = ("-", -micros) if micros < 0 else ("", micros)
    text = ""
    for unit_us, unit in zip(_UNIT_US[:3], "dhm", strict=True):
        count, rest = divmod(rest, unit_us)
        text += f"{count}{unit}" if count else ""
    if rest or not text:
        text += f"{rest / 1_000_000:.6f}".rstrip("0").rstrip(".") + "s"
    return sign + text
