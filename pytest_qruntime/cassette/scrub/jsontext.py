"""JSON documents as text: what is in them is changed in place, and every other byte stays."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\],:]|[^\s{}\[\],:"]+', re.DOTALL)
_BEGIN = re.compile(r"[{\[]\s*[\"{\[]")
_ATTEMPTS = 20
_DECODER = json.JSONDecoder()
_NUMBER = re.compile(r"-?[0-9].*", re.DOTALL)


@dataclass
class _Level:
    is_object: bool
    key: str = ""
    index: int = 0
    awaits_key: bool = True


class Leaf:
    """A string or a number in a document.

    Attributes:
        start: where it begins in the text.
        end: where it ends.
        text: the string itself, or the number as written.
        kind: ``"key"``, ``"string"`` or ``"number"``.
        field: the key that it stands under, also within arrays; of a key, nothing.
        parent: the key of the object that it stands in.
    """

    __slots__ = ("_levels", "end", "field", "kind", "parent", "start", "text")

    def __init__(self, found: re.Match[str], kind: str, levels: list[_Level]) -> None:
        self.start, self.end = found.span()
        raw = found.group()
        self.text: str = raw if kind == "number" else json.loads(raw) if "\\" in raw else raw[1:-1]
        self.kind = kind
        keys = [level.key for level in levels if level.is_object][-2:]
        self.field = keys[-1] if keys and kind != "key" else ""
        self.parent = keys[0] if len(keys) > 1 else ""
        self._levels = levels

    @property
    def path(self) -> str:
        """Where it stands, such as ``$.jobs[0].user_id``; only while it is being looked at."""
        steps = [f".{level.key}" if level.is_object else f"[{level.index}]" for level in self._levels]
        return "$" + "".join(steps[:-1] if self.kind == "key" else steps)


def is_json(text: str) -> bool:
    """Whether it is a JSON document of a kind that holds others or is a string."""
    if text.lstrip()[:1] not in ("{", "[", '"'):
        return False
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def inner(text: str, at: int) -> tuple[int, int] | None:
    """Where the next document stands within a text, such as in a line of a log; None if there is none."""
    for found in islice(_BEGIN.finditer(text, at), _ATTEMPTS):
        try:
            _, end = _DECODER.raw_decode(text, found.start())
        except (ValueError, RecursionError):
            continue
        return found.start(), end
    return None


def leaves(text: str) -> Iterator[Leaf]:
    """The strings and the numbers of a document, in order."""
    levels: list[_Level] = []
    for found in _TOKEN.finditer(text):
        token = found.group()
        if token in "{[":
            levels.append(_Level(token == "{"))
        elif token in "}]":
            levels.pop()
        elif token == ",":
            levels[-1].awaits_key = True
            levels[-1].index += 1
        elif token[0] == '"' and levels and levels[-1].is_object and levels[-1].awaits_key:
            levels[-1].awaits_key = False
            leaf = Leaf(found, "key", levels)
            levels[-1].key = leaf.text
            yield leaf
        elif token[0] == '"':
            yield Leaf(found, "string", levels)
        elif _NUMBER.match(token):
            yield Leaf(found, "number", levels)


def rewrite(text: str, change: Callable[[Leaf], str]) -> str:
    """The document with every leaf as `change` wants it; a number that is to change becomes 0."""
    pieces, at = [], 0
    for leaf in leaves(text):
        new = change(leaf)
        if new != leaf.text:
            pieces += [text[at : leaf.start], "0" if leaf.kind == "number" else json.dumps(new)]
            at = leaf.end
    return "".join([*pieces, text[at:]])
