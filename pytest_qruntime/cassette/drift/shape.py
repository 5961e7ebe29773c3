"""The shape of a body: keys, types and what may be null; of a list the union of its members. No values.

Two answers of one shape may say different things: dates, numbers and texts are of no account here, and neither is how
many members a list has.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import reduce
from typing import Any, Final, NamedTuple

from pydantic_core import from_json

NULL: Final = "null"
OBJECT: Final = "an object"
LIST: Final = "a list"
ABSENT: Final = "no such key"

NOTHING: Final = "nothing"
JSON: Final = "JSON"
TEXT: Final = "text"

MISSING_KEY: Final = "missing key"
ADDED_KEY: Final = "added key"
TYPE: Final = "type"
NULLS: Final = "null"
BODY: Final = "body"

_KINDS: Final[dict[type, str]] = {
    type(None): NULL,
    bool: "true or false",
    int: "a number",
    float: "a number",
    str: "text",
    list: LIST,
    dict: OBJECT,
}


class Shape(NamedTuple):
    """What a value, or any of several values, can be.

    Attributes:
        kinds: of values, in words.
        keys: of the objects among them, each with what stands under it.
        items: what the members of the lists among them are; None if those are all empty.
    """

    kinds: frozenset[str]
    keys: dict[str, Shape]
    items: Shape | None

    @property
    def words(self) -> str:
        """In words, such as ``text or null``."""
        return " or ".join(sorted(self.kinds, key=lambda kind: (kind == NULL, kind)))


class Difference(NamedTuple):
    """What is shaped otherwise: how, where (a path such as ``$.jobs[].id``), and both sides in words."""

    kind: str
    place: str
    recorded: str
    found: str


class Body(NamedTuple):
    """A body: what it is, its JSON document if it is one, and the shape of that."""

    form: str
    document: Any
    shape: Shape | None


_SCALARS: Final = {kind: Shape(frozenset({kind}), {}, None) for kind in set(_KINDS.values())}


def body_of(content: bytes) -> Body:
    """Read a body."""
    if not content:
        return Body(NOTHING, None, None)
    try:
        document = from_json(content)
    except ValueError:
        return Body(TEXT, None, None)
    return Body(JSON, document, shape_of(document))


def shape_of(value: Any) -> Shape:
    """The shape of a JSON value."""
    if isinstance(value, dict):
        return Shape(frozenset({OBJECT}), {str(key): shape_of(inner) for key, inner in value.items()}, None)
    if isinstance(value, list):
        return Shape(frozenset({LIST}), {}, _items(value))
    return _SCALARS[_KINDS[type(value)]]


def _items(members: list[Any]) -> Shape | None:
    plain = {type(member) for member in members} - {list, dict}
    shapes = [_SCALARS[_KINDS[kind]] for kind in plain]
    shapes += [shape_of(member) for member in members if isinstance(member, (list, dict))]
    return reduce(union, shapes) if shapes else None


def union(one: Shape, other: Shape) -> Shape:
    """What is of either shape."""
    if one is other:
        return one
    keys = dict(one.keys)
    for name, shape in other.keys.items():
        keys[name] = union(keys[name], shape) if name in keys else shape
    items = union(one.items, other.items) if one.items and other.items else one.items or other.items
    return Shape(one.kinds | other.kinds, keys, items)


def differences(recorded: Body, found: Body) -> Iterator[Difference]:
    """How the shape of what was found differs from the recorded one."""
    if recorded.shape is None or found.shape is None:
        if recorded.form != found.form:
            yield Difference(BODY, "$", recorded.form, found.form)
        return
    yield from _between(recorded.shape, found.shape, "$")


def _between(recorded: Shape, found: Shape, place: str) -> Iterator[Difference]:
    if recorded.kinds != found.kinds:
        kind = NULLS if NULL in recorded.kinds ^ found.kinds else TYPE
        yield Difference(kind, place, recorded.words, found.words)
    if recorded.items is not None and found.items is not None:
        yield from _between(recorded.items, found.items, f"{place}[]")
    if OBJECT in recorded.kinds & found.kinds:
        yield from _keys(recorded, found, place)


def _keys(recorded: Shape, found: Shape, place: str) -> Iterator[Difference]:
    for name, shape in recorded.keys.items():
        where = f"{place}.{name}"
        if name in found.keys:
            yield from _between(shape, found.keys[name], where)
        else:
            yield Difference(MISSING_KEY, where, shape.words, ABSENT)
    for name, shape in found.keys.items():
        if name not in recorded.keys:
            yield Difference(ADDED_KEY, f"{place}.{name}", ABSENT, shape.words)


def places(shape: Shape, place: str = "$") -> Iterable[tuple[str, Shape]]:
    """Every place in a shape, with what stands there."""
    yield place, shape
    if shape.items is not None:
        yield from places(shape.items, f"{place}[]")
    for name, inner in shape.keys.items():
        yield from places(inner, f"{place}.{name}")
