"""What a service was seen to answer on a route in all: its timing decides what is null in a single answer."""

from __future__ import annotations

from typing import Final

from pytest_qruntime.cassette.drift.entries import Entry
from pytest_qruntime.cassette.drift.findings import Met
from pytest_qruntime.cassette.drift.shape import (
    ADDED_KEY,
    MISSING_KEY,
    NULLS,
    TYPE,
    Shape,
    places,
    union,
)

_OURS: Final = ".pytest_qruntime"
"""Under this key the fake says how it computed something."""


class Unions:
    """The shapes of recorded answers and of the fake's, of each route together."""

    def __init__(self) -> None:
        self._shapes: dict[str, tuple[Shape, Shape]] = {}
        self._places: dict[str, tuple[dict[str, Shape], dict[str, Shape]]] = {}

    def add(self, entry: Entry, recorded: Shape, found: Shape) -> None:
        """Two answers to one request."""
        known = self._shapes.get(entry.route)
        if known is None:
            self._shapes[entry.route] = recorded, found
        else:
            self._shapes[entry.route] = union(known[0], recorded), union(known[1], found)

    def differ(self, met: Met) -> bool:
        """Whether a difference between two answers is also one between all answers of the route."""
        if met.kind not in (ADDED_KEY, MISSING_KEY, NULLS, TYPE) or met.route not in self._shapes:
            return True
        recorded, found = (shapes.get(met.place) for shapes in self._of(met.route))
        if recorded is None or found is None:
            return not met.place.endswith(_OURS)
        if met.kind == NULLS:
            return not recorded.kinds & found.kinds
        return met.kind == TYPE and recorded.kinds != found.kinds

    def _of(self, route: str) -> tuple[dict[str, Shape], dict[str, Shape]]:
        if route not in self._places:
            recorded, found = self._shapes[route]
            self._places[route] = dict(places(recorded)), dict(places(found))
        return self._places[route]
