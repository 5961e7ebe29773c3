"""Shapes: keys, types, nulls; lists by the union of their members; nothing of values."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_qruntime.cassette.drift.shape import Difference, body_of, differences, shape_of, union

SCALARS = st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=3)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner), max_leaves=8
)
BOUNDED = settings(max_examples=60, deadline=None, derandomize=True, database=None)


def differing(recorded: Any, found: Any) -> list[Difference]:
    return list(differences(*(body_of(json.dumps(value).encode()) for value in (recorded, found))))


@pytest.mark.parametrize(
    ("recorded", "found"),
    [
        ({"a": 1}, {"a": 2.5}),
        ({"a": "2026"}, {"a": ""}),
        ([], [1, 2]),
        ([{"a": 1}], [{"a": 1}, {"a": 7}]),
        ([{"a": 1}, {"b": 2}], [{"a": 1, "b": 2}]),
        ([1, None], [None, 1, 1]),
        ({"a": {}}, {"a": {}}),
        (None, None),
    ],
)
def test_alike(recorded: Any, found: Any) -> None:
    assert differing(recorded, found) == []


@pytest.mark.parametrize(
    ("recorded", "found", "expected"),
    [
        ({"a": 1}, {}, ("missing key", "$.a", "a number", "no such key")),
        ({}, {"a": [1]}, ("added key", "$.a", "no such key", "a list")),
        ({"a": 1}, {"a": "1"}, ("type", "$.a", "a number", "text")),
        ({"a": True}, {"a": 1}, ("type", "$.a", "true or false", "a number")),
        ({"a": None}, {"a": "1"}, ("null", "$.a", "null", "text")),
        ({"a": {"b": 1}}, {"a": None}, ("null", "$.a", "an object", "null")),
        ([1, None], [1], ("null", "$[]", "a number or null", "a number")),
        ([{"a": [{"b": 1}]}], [{"a": [{"b": "x"}, {"b": "y"}]}], ("type", "$[].a[].b", "a number", "text")),
        ({"a": {}}, {"a": []}, ("type", "$.a", "an object", "a list")),
    ],
)
def test_different(recorded: Any, found: Any, expected: tuple[str, str, str, str]) -> None:
    assert differing(recorded, found) == [Difference(*expected)]


@pytest.mark.parametrize(
    ("recorded", "found", "words"),
    [(b"", b"{}", ("nothing", "JSON")), (b"a log", b"", ("text", "nothing")), (b"[", b"[]", ("text", "JSON"))],
)
def test_bodies_of_other_kinds(recorded: bytes, found: bytes, words: tuple[str, str]) -> None:
    assert list(differences(body_of(recorded), body_of(found))) == [Difference("body", "$", *words)]


def test_texts_are_alike() -> None:
    assert list(differences(body_of(b"a log"), body_of(b"another"))) == []
    assert list(differences(body_of(b""), body_of(b""))) == []


def test_what_is_nested_without_end_is_text() -> None:
    assert body_of(b"[" * 100_000).form == "text"


@BOUNDED
@given(VALUES)
def test_everything_is_like_itself(value: Any) -> None:
    assert differing(value, value) == []


@BOUNDED
@given(VALUES, VALUES)
def test_a_difference_from_one_side_is_one_from_the_other(one: Any, other: Any) -> None:
    places = [{difference.place for difference in differing(*pair)} for pair in ((one, other), (other, one))]

    assert places[0] == places[1]


@BOUNDED
@given(VALUES, VALUES)
def test_a_list_is_the_union_of_its_members_in_any_order(one: Any, other: Any) -> None:
    assert union(shape_of(one), shape_of(other)) == union(shape_of(other), shape_of(one))
    assert shape_of([one, other, one]) == shape_of([other, one])
