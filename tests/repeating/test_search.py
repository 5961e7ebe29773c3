"""Which orders are tried: every one, once, the ones nearest to the fixed one first."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from pytest_qruntime.model.choosing import Script, read, written
from pytest_qruntime.model.events import Deadline
from pytest_qruntime.repeating.search import Search


def event(name: str) -> Deadline:
    return Deadline(0, "job", name, "ends")


def shuffled(script: Script, names: str) -> str:
    """A run in which events of these names come in any order."""
    left, order = list(names), ""
    while left:
        place = script([event(name) for name in left]) if len(left) > 1 else 0
        order += left.pop(place)
    return order


def all_orders(names: str, limit: int = 1000) -> tuple[list[str], Search]:
    search, orders = Search(limit), []
    while (script := search.next()) is not None:
        orders.append(shuffled(script, names))
        search.ran(script)
    return orders, search


def test_every_order_is_tried_once_and_the_fixed_one_first() -> None:
    orders, search = all_orders("abcd")
    assert orders[0] == "abcd"
    assert len(orders) == len(set(orders)) == 24 == search.tried
    assert not search.more


def test_what_differs_in_one_place_comes_before_what_differs_in_two() -> None:
    search, changed = Search(1000), []
    while (script := search.next()) is not None:
        shuffled(script, "abcd")
        search.ran(script)
        changed.append(sum(chosen > 0 for chosen in script.taken))
    assert changed == sorted(changed)


@pytest.mark.parametrize("limit", [1, 2, 23])
def test_a_limit_cuts_off_and_says_so(limit: int) -> None:
    orders, search = all_orders("abcd", limit)
    assert len(set(orders)) == limit == search.tried
    assert search.more


def test_a_limit_that_is_just_enough_does_not() -> None:
    assert not all_orders("abcd", 24)[1].more


def test_a_written_order_is_repeated() -> None:
    search = Search(1000)
    while (script := search.next()) is not None:
        order = shuffled(script, "abcd")
        search.ran(script)
        again = Script(read(written(script.taken)))
        assert shuffled(again, "abcd") == order
        assert not again.lost


@pytest.mark.parametrize(("choices", "text"), [((), "0.0"), ((1,), "1.0"), ((1, 0, 2), "1.0.2")])
def test_an_order_is_written_with_a_dot(choices: Sequence[int], text: str) -> None:
    assert written(choices) == text
    assert read(text) == choices


def test_choices_that_a_run_does_not_have_are_noticed() -> None:
    for choices in ((4,), (0, 0, 0, 1)):
        script = Script(choices)
        assert shuffled(script, "abcd") == "abcd"
        assert script.lost


def test_a_run_that_does_something_else_than_before_is_noticed() -> None:
    search = Search(1000)
    first = search.next()
    assert first is not None
    shuffled(first, "abcd")
    search.ran(first)
    second = search.next()
    assert second is not None
    shuffled(second, "bacd")
    assert second.lost
