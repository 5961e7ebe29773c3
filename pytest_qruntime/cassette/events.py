"""A YAML file, read event by event against what is expected next.

No value of a file is ever constructed from its tag, so that nothing in it can be executed. Reading events instead of
building a tree keeps the cost of a hostile file at what was read of it: the tree builder of PyYAML's C loader recurses
without a limit, and a file of brackets alone would end the process. Besides, it is several times faster.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final, NoReturn

import yaml
from yaml.resolver import Resolver

from pytest_qruntime.cassette.errors import CassetteError

_YAML: Final = "tag:yaml.org,2002:"
_TEXT: Final = frozenset({_YAML + "str", _YAML + "python/str", _YAML + "python/unicode"})
_BINARY: Final = _YAML + "binary"
_NULL: Final = _YAML + "null"
_PLAIN_TAGS: Final = frozenset(_YAML + kind for kind in ("str", "int", "float", "bool", "null", "timestamp", "binary"))
DEEPEST: Final = 100
_WHOLE: Final = re.compile(r"0|[1-9][0-9]{0,8}")
_INTEGER: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,39})")
_DECIMAL: Final = re.compile(r"-?[0-9]+\.[0-9]+(?:[eE][-+][0-9]{1,3})?")
_TRUTHS: Final = {"true": True, "false": False}
_LONGEST_RESOLVED: Final = 64  # nothing but text is longer
_RESOLVER: Final[Any] = Resolver()

# libyaml's parser where PyYAML has it, as vcrpy does
LOADER: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Events:
    """The events of one YAML document. Every method consumes one value and raises `CassetteError` if it is another.

    Args:
        text: of the file.
        name: of the file, for errors.
    """

    def __init__(self, text: str, name: str) -> None:
        self.name = name
        try:
            self._loader = LOADER(text)
        except yaml.YAMLError as error:
            self._broken(error)
        self._next()  # the stream begins
        if isinstance(self._peek(), yaml.StreamEndEvent):
            raise CassetteError(f"{name} is empty; expected a recording. Record it again, or delete it")
        self._next()  # the document begins

    def end(self, *, marked: bool) -> None:
        """Expect nothing more; if it must be `marked`, a line of three dots first: without it, the file was cut off."""
        mark = self._next()
        if marked and not mark.explicit:
            self.fail("the file", "its last line, ..., is missing: it is cut off. Record it again", mark)
        event = self._next()
        if not isinstance(event, yaml.StreamEndEvent):
            self.fail("the file", "there is a second YAML document; expected one", event)

    def entries(self, place: str) -> Iterator[str]:
        """The keys of a mapping; the caller consumes the value of each before it asks for the next."""
        self._start(yaml.MappingStartEvent, "a mapping", place)
        seen = set()
        while not isinstance(self._peek(), yaml.MappingEndEvent):
            event = self._peek()
            key = self.text(place + ", a key")
            if key in seen:
                self.fail(place, f"the key {key!r} is there twice", event)
            seen.add(key)
            yield key
        self._next()

    def items(self, place: str) -> Iterator[int]:
        """The numbers of a sequence's items, from 0; the caller consumes each before it asks for the next."""
        self._start(yaml.SequenceStartEvent, "a list", place)
        index = 0
        while not isinstance(self._peek(), yaml.SequenceEndEvent):
            yield index
            index += 1
        self._next()

    def is_list(self) -> bool:
        """Whether a sequence comes next."""
        return isinstance(self._peek(), yaml.SequenceStartEvent)

    def text(self, place: str) -> str:
        """A text."""
        event = self._scalar("text", place)
        if self._tag(event) not in _TEXT:
            self.fail(place, f"expected text, found {event.value!r}; put it in quotes if it is meant as text", event)
        value: str = event.value
        return value

    def text_or_none(self, place: str) -> str | None:
        """A text, or null."""
        event = self._peek()
        if isinstance(event, yaml.ScalarEvent) and self._tag(event) == _NULL:
            self._next()
            return None
        return self.text(place)

    def header(self, place: str) -> str:
        """The value of a header: text, or ``!!binary`` as vcrpy writes what a client sent as bytes."""
        event = self._peek()
        if isinstance(event, yaml.ScalarEvent) and event.tag == _BINARY:
            return self.body(place).decode("latin-1")
        return self.text(place)

    def whole(self, place: str) -> int:
        """A whole number of at most nine digits, written in decimals."""
        event = self._scalar("a number", place)
        value = event.value
        if self._tag(event) != _YAML + "int" or not _WHOLE.fullmatch(value):
            self.fail(place, f"expected a whole number, found {value[:40]!r}", event)
        return int(value)

    def body(self, place: str) -> bytes:
        """A body: text, ``!!binary`` or null."""
        event = self._scalar("text or !!binary", place)
        tag = self._tag(event)
        if tag in _TEXT:
            return self._encoded(event, place)
        if tag == _BINARY:
            try:
                return base64.b64decode("".join(event.value.split()), validate=True)
            except (binascii.Error, ValueError) as error:
                self.fail(place, f"expected base64 behind !!binary: {error}", event)
        if tag == _NULL:
            return b""
        return self.fail(
            place, f"expected text, !!binary or null, found {event.value[:40]!r}; put it in quotes if it is text", event
        )

    def plain(self, place: str, depth: int = 0) -> Any:
        """Any value that JSON has."""
        event = self._peek()
        if depth > DEEPEST:
            self.fail(place, f"it is nested more than {DEEPEST} levels deep", event)
        if isinstance(event, yaml.MappingStartEvent):
            return {key: self.plain(f"{place}, {key}", depth + 1) for key in self.entries(place)}
        if isinstance(event, yaml.SequenceStartEvent):
            return [self.plain(f"{place}, {index}", depth + 1) for index in self.items(place)]
        return self._plain_scalar(self._scalar("a value", place), place)

    def _plain_scalar(self, event: Any, place: str) -> Any:
        tag, value = self._tag(event), event.value
        if tag in _TEXT:
            return value
        if tag == _NULL:
            return None
        if tag == _YAML + "bool" and value in _TRUTHS:
            return _TRUTHS[value]
        if tag == _YAML + "int" and _INTEGER.fullmatch(value):
            return int(value)
        if tag == _YAML + "float" and _DECIMAL.fullmatch(value):
            return float(value)
        return self.fail(
            place, f"expected a value as JSON has it, found {value[:40]!r}; put it in quotes if it is text", event
        )

    def skip(self, place: str) -> None:
        """Anything that is plain data; it is checked and dropped."""
        depth = 0
        while True:
            event = self._next()
            if isinstance(event, yaml.NodeEvent):
                self._harmless(event, place)
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
                if depth > DEEPEST:
                    self.fail(place, f"it is nested more than {DEEPEST} levels deep", event)
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
            if depth == 0:
                return

    @property
    def line(self) -> int:
        """The line of what comes next."""
        line: int = self._peek().start_mark.line
        return line + 1

    def fail(self, place: str, problem: str, event: Any = None) -> NoReturn:
        """Raise a `CassetteError` about what was consumed last, or about `event`."""
        self.fail_at((event or self._last).start_mark.line + 1, place, problem)

    def fail_at(self, line: int, place: str, problem: str) -> NoReturn:
        """Raise a `CassetteError` that names the file, the line and the place."""
        raise CassetteError(f"{self.name}, line {line}: {place}: {problem}")

    # -- one event ---------------------------------------------------------------------------------------------------

    def _peek(self) -> Any:
        try:
            return self._loader.peek_event()
        except yaml.YAMLError as error:
            self._broken(error)

    def _next(self) -> Any:
        try:
            self._last = self._loader.get_event()
        except yaml.YAMLError as error:
            self._broken(error)
        return self._last

    def _broken(self, error: yaml.YAMLError) -> NoReturn:
        mark = getattr(error, "problem_mark", None)
        line = "" if mark is None else f", line {mark.line + 1}"
        problem = getattr(error, "problem", None) or str(error).partition("\n")[0]
        raise CassetteError(
            f"{self.name}{line}: this is not YAML, or it is cut off ({problem}). Take the file from version control, "
            "or record it again"
        ) from None

    def _start(self, kind: type, what: str, place: str) -> Any:
        event = self._next()
        self._harmless(event, place)
        if not isinstance(event, kind):
            self.fail(place, f"expected {what}, found {_found(event)}", event)
        return event

    def _scalar(self, what: str, place: str) -> Any:
        event = self._next()
        self._harmless(event, place)
        if not isinstance(event, yaml.ScalarEvent):
            self.fail(place, f"expected {what}, found {_found(event)}", event)
        return event

    def _encoded(self, event: Any, place: str) -> bytes:
        try:
            return event.value.encode("utf-8")  # type: ignore[no-any-return]
        except UnicodeEncodeError as error:
            self.fail(place, f"it is not text: {error}", event)

    def _harmless(self, event: Any, place: str) -> None:
        """Refuse aliases, and every tag but those of plain data."""
        if isinstance(event, yaml.AliasEvent):
            self.fail(place, f"found the YAML alias *{event.anchor}; write out the value that it stands for", event)
        tag = event.tag
        if tag is None or tag in _PLAIN_TAGS or tag in _TEXT or tag in (_YAML + "map", _YAML + "seq", "!"):
            return
        shown = tag.replace(_YAML, "!!")
        self.fail(
            place,
            f"found the YAML tag {shown[:80]}. A recording holds plain data alone; nothing of this file was executed. "
            "Record it again",
            event,
        )

    def _tag(self, event: Any) -> str:
        """What a scalar is, by its tag or by its looks; whoever consumes it has checked that it is harmless."""
        if event.tag is not None and event.tag != "!":
            return str(event.tag)
        if event.style or event.tag == "!" or len(event.value) > _LONGEST_RESOLVED:
            return _YAML + "str"
        return _resolved(event.value)


@lru_cache(maxsize=4096)
def _resolved(value: str) -> str:
    """What a plain scalar is: text, unless it looks like a number, a date, a truth or nothing."""
    return str(_RESOLVER.resolve(yaml.ScalarNode, value, (True, False)))


def _found(event: Any) -> str:
    if isinstance(event, yaml.ScalarEvent):
        return repr(event.value[:40])
    return "a mapping" if isinstance(event, yaml.MappingStartEvent) else "a list"
