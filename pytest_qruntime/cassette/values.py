"""A JSON file, read value by value against what is expected next: what `Events` is for YAML."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any, Final, NoReturn

from pytest_qruntime.cassette.errors import CassetteError
from pytest_qruntime.cassette.events import DEEPEST
from pytest_qruntime.cassette.quick import saved_exchange, saved_headers
from pytest_qruntime.cassette.tape import Exchange

_MOST_WHOLE: Final = 999_999_999
_LARGEST: Final = 10**40


class _Twice(dict[str, Any]):
    """An object in which a key stands twice."""

    key: str


class _Constant:
    """NaN, or infinity: Python reads it, and JSON does not have it."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return self._text


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    twice, seen = _Twice(found), set()
    for twice.key, _ in pairs:
        if twice.key in seen:
            break
        seen.add(twice.key)
    return twice


_DECODER: Final = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_Constant)


class Values:
    """The values of one JSON document. Every method reads one value and raises `CassetteError` if it is another.

    Args:
        text: of the file.
        name: of the file, for errors.
    """

    line: Final = 0
    """Of what comes next: unknown; errors name the place."""

    def __init__(self, text: str, name: str) -> None:
        self.name = name
        if not text.strip():
            raise CassetteError(f"{name} is empty; expected a recording. Record it again, or delete it")
        try:
            self._value: Any = _DECODER.decode(text.removeprefix("\ufeff"))
        except json.JSONDecodeError as error:
            problem = f"this is not JSON, or it is cut off ({error.msg}). Take the file from version control"
            raise CassetteError(f"{name}, line {error.lineno}: {problem}, or record it again") from None
        except RecursionError:
            self.fail("the file", "it is nested too deeply")
        except ValueError as error:
            self.fail("the file", f"it holds a number that is none: {error}")

    def end(self, *, marked: bool) -> None:
        """Expect nothing more: JSON that was cut off cannot be read, whether it is `marked` or not."""

    def entries(self, place: str) -> Iterator[str]:
        """The keys of an object; the caller reads the value of each before it asks for the next."""
        found = self._value
        if not isinstance(found, dict):
            self.fail(place, f"expected a mapping, found {_shown(found)}")
        if isinstance(found, _Twice):
            self.fail(place, f"the key {found.key!r} is there twice")
        for key, self._value in found.items():
            if not key.isascii():
                self._check_text(key, place + ", a key")
            yield key

    def items(self, place: str) -> Iterator[int]:
        """The numbers of an array's items, from 0; the caller reads each before it asks for the next."""
        found = self._value
        if not isinstance(found, list):
            self.fail(place, f"expected a list, found {_shown(found)}")
        for index, self._value in enumerate(found):
            yield index

    def is_list(self) -> bool:
        """Whether an array comes next."""
        return isinstance(self._value, list)

    def text(self, place: str) -> str:
        """A text."""
        value = self._value
        if not isinstance(value, str):
            self.fail(place, f"expected text, found {_shown(value)}; put it in quotes if it is meant as text")
        if not value.isascii():
            self._check_text(value, place)
        return value

    def text_or_none(self, place: str) -> str | None:
        """A text, or null."""
        return None if self._value is None else self.text(place)

    def header(self, place: str) -> str:
        """The value of a header."""
        return self.text(place)

    def headers(self) -> dict[str, str] | None:
        """All headers at once, if they are as they are saved; None if they have to be read one by one."""
        return saved_headers(self._value)

    def exchange(self) -> Exchange | None:
        """A whole exchange at once, if it is as it is saved; None if it has to be read with care."""
        return saved_exchange(self._value)

    def whole(self, place: str) -> int:
        """A whole number of at most nine digits."""
        value = self._value
        if type(value) is not int or not 0 <= value <= _MOST_WHOLE:
            self.fail(place, f"expected a whole number, found {_shown(value)}")
        return value

    def body(self, place: str) -> bytes:
        """A body: text or null."""
        return b"" if self._value is None else self.text(place).encode()

    def plain(self, place: str, depth: int = 0) -> Any:
        """Any value that JSON has."""
        value = self._value
        if depth > DEEPEST:
            self.fail(place, f"it is nested more than {DEEPEST} levels deep")
        if isinstance(value, dict):
            return {key: self.plain(f"{place}, {key}", depth + 1) for key in self.entries(place)}
        if isinstance(value, list):
            return [self.plain(f"{place}, {index}", depth + 1) for index in self.items(place)]
        if isinstance(value, str):
            return self.text(place)
        if value is None or _is_finite(value):
            return value
        return self.fail(place, f"expected a value as JSON has it, found {_shown(value)}")

    def skip(self, place: str) -> None:
        """Anything that is plain data; it is checked and dropped."""
        self.plain(place)

    def fail(self, place: str, problem: str, event: object = None) -> NoReturn:
        """Raise a `CassetteError` that names the file and the place."""
        raise CassetteError(f"{self.name}: {place}: {problem}")

    def fail_at(self, line: int, place: str, problem: str) -> NoReturn:
        """The same."""
        self.fail(place, problem)

    def _check_text(self, text: str, place: str) -> None:
        try:
            text.encode()
        except UnicodeEncodeError as error:
            self.fail(place, f"it is not text: {error}")


def _is_finite(value: object) -> bool:
    """Whether it is a truth, or a number of a size that is written out."""
    if isinstance(value, int):
        return abs(value) < _LARGEST
    return isinstance(value, float) and math.isfinite(value)


def _shown(value: object) -> str:
    if isinstance(value, (dict, list)):
        return "a mapping" if isinstance(value, dict) else "a list"
    return repr(value)[:40] if isinstance(value, (str, _Constant)) else json.dumps(value)[:40]
