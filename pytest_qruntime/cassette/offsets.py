"""When an exchange was sent, as a recording writes it: ``+00:00:01.250000`` after the recorded clock began."""

from __future__ import annotations

import re
from typing import Final

_SECOND_US: Final = 1_000_000
_OFFSET: Final = re.compile(r"\+([0-9]{2,9}):([0-5][0-9]):([0-5][0-9])\.([0-9]{6})")


def write(at_us: int) -> str:
    """The offset of so many microseconds; hours are counted on past a day."""
    seconds, micros = divmod(at_us, _SECOND_US)
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    return f"+{hour:02}:{minute:02}:{second:02}.{micros:06}"


def read(text: str) -> int:
    """Its microseconds. Raises ValueError if it is not an offset."""
    match = _OFFSET.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is not an offset such as '+00:00:01.250000' (hours, minutes, seconds, in quotes)")
    hour, minute, second, micros = map(int, match.groups())
    return ((hour * 60 + minute) * 60 + second) * _SECOND_US + micros
