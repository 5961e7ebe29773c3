"""Values are written as a person would write them, and mean the same again."""

from __future__ import annotations

import datetime
import decimal
import enum
from dataclasses import dataclass
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_qruntime import Plan
from pytest_qruntime.reproducing.spelling import Spelling


class Colour(enum.Enum):
    RED = "r"


class Rights(enum.Flag):
    READ = 1
    WRITE = 2


@dataclass(frozen=True)
class Circuit:
    width: int
    colour: Colour


class Point(NamedTuple):
    x: float
    y: float


class Bare:
    pass


class Unwritable:
    def __reduce__(self) -> Any:
        raise TypeError("no")


def read(spelling: Spelling, text: str) -> Any:
    space: dict[str, Any] = {}
    exec("\n".join(spelling.imports), space)
    return eval(text, space)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "None"),
        ("25m", '"25m"'),
        ('say "it"', "'say \"it\"'"),
        (("a",), '("a",)'),
        ((), "tuple()"),
        (set(), "set()"),
        ({2, 1}, "{1, 2}"),
        ({"a": [1.5, b"x"]}, "{\"a\": [1.5, b'x']}"),
        (float("inf"), 'float("inf")'),
        (Colour.RED, "Colour.RED"),
        (Rights.READ | Rights.WRITE, "Rights(3)"),
        (Circuit(2, Colour.RED), "Circuit(width=2, colour=Colour.RED)"),
        (Point(0.5, 2.0), "Point(x=0.5, y=2.0)"),
        (datetime.timedelta(minutes=1), "datetime.timedelta(seconds=60)"),
        (decimal.Decimal("1.5"), "Decimal('1.5')"),
        (len, "len"),
        (Bare, "Bare"),
        (range(3), "range(0, 3)"),
    ],
)
def test_a_value_is_written_as_one_would_write_it(value: object, text: str) -> None:
    spelling = Spelling()
    assert spelling.of(value) == text
    assert read(spelling, text) == value


def test_public_names_are_imported_from_where_users_find_them() -> None:
    spelling = Spelling()
    text = spelling.of(Plan.named("open"))
    assert "from pytest_qruntime import Plan" in spelling.imports
    assert read(spelling, text) == Plan.named("open")


def test_of_a_plan_only_what_is_different_is_written() -> None:
    spelling, plan = Spelling(), Plan.named("flex").but(pending_limit=3)
    assert spelling.of(plan) == 'Plan.named("flex").but(pending_limit=3)'
    assert read(spelling, spelling.of(plan)) == plan
    own = Plan(name="own", max_job_s=60)
    assert read(spelling, spelling.of(own)) == own


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.tuples(inner, inner),
    max_leaves=5,
)


@settings(max_examples=30, database=None)
@given(JSON)
def test_any_plain_data_means_the_same_again(value: Any) -> None:
    spelling = Spelling()
    assert read(spelling, spelling.of(value)) == value


def test_what_has_a_name_is_called_by_it() -> None:
    spelling, one, other = Spelling(), Bare(), Bare()
    assert spelling.name(one, "session") == "session_1"
    assert spelling.name(other, "session") == "session_2"
    assert spelling.arguments(one, [other], who=one) == "session_1, [session_2], who=session_1"


def test_plain_data_with_a_name_is_written_as_data() -> None:
    spelling = Spelling()
    spelling.name(7, "number")
    assert spelling.of(7) == "7"


def test_other_objects_are_pickled() -> None:
    spelling = Spelling()
    assert isinstance(read(spelling, spelling.of(Bare())), Bare)


def test_what_cannot_be_written_is_told() -> None:
    spelling = Spelling()
    assert spelling.of([Unwritable()]) == "[...]"
    assert "Unwritable object" in spelling.unwritable[0]
