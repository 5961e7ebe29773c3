"""JSON documents as text: what is in them is changed in place, and every other byte stays."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any

Leaf = tuple[str, str, str, str]
"""A string or a number in a document: its kind, its text, and where it stands.

The kind is ``"key"``, ``"string"`` or ``"number"``; a number's text is as written. Then come the key that it stands
under, also within arrays, and the key of the object that it stands in; a key itself has neither.
"""

_LEAF = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|-?[0-9][^\s{}\[\],:"]*', re.DOTALL)
_BEGIN = re.compile(r"[{\[]\s*[\"{\[]")
_ATTEMPTS = 20


class _Number(str):
    """A number as it is written."""

    __slots__ = ()


_DECODER = json.JSONDecoder()
_READER: Any = json.JSONDecoder(
    object_pairs_hook=tuple, parse_int=_Number, parse_float=_Number, parse_constant=lambda _: None
)


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


def leaves(text: str, steps: list[str | int] | None = None) -> Iterator[Leaf]:
    """The strings and the numbers of a document, in order.

    Args:
        text: the document.
        steps: a list that holds, while a leaf is looked at, the way to it: keys and places in arrays.
    """
    way: list[str | int] = [] if steps is None else steps
    way[:] = [0]
    outer: list[tuple[Any, bool, str, str]] = []
    items: Any = iter([(0, _READER.decode(text))])
    is_object, field, parent = False, "", ""
    while True:
        for key, value in items:
            way[-1] = key
            if is_object:
                yield "key", key, "", ""
                field = key
            kind = type(value)
            if kind is str:
                yield "string", value, field, parent
            elif kind is _Number:
                yield "number", value, field, parent
            elif kind is list or kind is tuple:
                outer.append((items, is_object, field, parent))
                way.append(0)
                items = enumerate(value) if kind is list else iter(value)
                is_object = kind is tuple
                if is_object:
                    field, parent = "", field
                break
        else:
            if not outer:
                return
            items, is_object, field, parent = outer.pop()
            way.pop()


def place(steps: list[str | int]) -> str:
    """The way to a leaf in words, such as ``$.jobs[0].user_id``."""
    return "$" + "".join(f".{step}" if isinstance(step, str) else f"[{step}]" for step in steps[1:])


def rewrite(text: str, change: Callable[[Leaf], str], memory: Mapping[Leaf, str]) -> str:
    """The document with every leaf as `change` wants it; a number that is to change becomes 0.

    What stands in the memory when a leaf's turn comes is not asked for again.
    """
    changed = []
    for index, leaf in enumerate(leaves(text)):
        new = memory.get(leaf)
        if new is None:
            new = change(leaf)
        if new != leaf[1]:
            changed.append((index, "0" if leaf[0] == "number" else json.dumps(new)))
    if not changed:
        return text
    pieces, at, passed = [], 0, 0
    spans = (found.span() for found in _LEAF.finditer(text))
    for index, new in changed:
        start, end = next(islice(spans, index - passed, None))
        pieces += [text[at:start], new]
        at, passed = end, index + 1
    return "".join([*pieces, text[at:]])
