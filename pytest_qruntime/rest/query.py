"""The query of a request: repeated keys are lists (RST-06), unknown keys are ignored, bad values are refused."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar
from urllib.parse import parse_qsl

from pytest_qruntime.rest import timestamps
from pytest_qruntime.rest.faults import Fault, RestError

Word = TypeVar("Word", bound=str)


class Query:
    """Reads single values by type. Every method raises `RestError` (400) for a value that is not of that type."""

    __slots__ = ("_values",)

    def __init__(self, raw: str) -> None:
        self._values: dict[str, list[str]] = {}
        for name, value in parse_qsl(raw, keep_blank_values=True) if raw else ():
            self._values.setdefault(name, []).append(value)

    def text(self, name: str) -> str | None:
        """The last value of this name; None if it was not sent."""
        values = self._values.get(name)
        if values is None:
            return None
        if not values[-1]:
            raise _refused(name, "", "a value")
        return values[-1]

    def texts(self, name: str) -> list[str]:
        """Every value of a repeated key."""
        return self._values.get(name, [])

    def boolean(self, name: str, default: bool | None = None) -> bool | None:
        """True or false, in any case: the Python client sends ``True`` here and ``true`` there."""
        value = self.text(name)
        if value is None:
            return default
        if value.lower() not in ("true", "false"):
            raise _refused(name, value, "true or false")
        return value.lower() == "true"

    def integer(self, name: str) -> int | None:
        """A whole number."""
        value = self.text(name)
        if value is None:
            return None
        digits = value[1:] if value[0] in "+-" else value
        if not (digits.isascii() and digits.isdecimal()):
            raise _refused(name, value, "a whole number")
        return int(value[:20])  # more digits would say no more: it is far beyond every limit

    def choice(self, name: str, allowed: Sequence[Word]) -> Word | None:
        """One of the allowed words."""
        value = self.text(name)
        return None if value is None else _one_of(name, value, allowed)

    def choices(self, name: str, allowed: Sequence[Word]) -> list[Word]:
        """Any of the allowed words, repeated."""
        return [_one_of(name, value, allowed) for value in self.texts(name)]

    def instant(self, name: str) -> int | None:
        """A date or an instant, as microseconds since 1970."""
        value = self.text(name)
        if value is None:
            return None
        try:
            return timestamps.parse(value)
        except ValueError:
            raise _refused(name, value, "a date-time such as 2026-01-15T12:00:00Z") from None


def _one_of(name: str, value: str, allowed: Sequence[Word]) -> Word:
    for word in allowed:
        if word == value:
            return word
    raise _refused(name, value, f"one of {', '.join(allowed)}")


def _refused(name: str, value: str, expected: str) -> RestError:
    return RestError(Fault.QUERY_INVALID, problem=f"{name} is {value!r}; expected {expected}")
