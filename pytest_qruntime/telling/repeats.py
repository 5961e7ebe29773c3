"""What the reports of a test that ran several times say of it: JUnit files and the summary are made of that."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from operator import itemgetter
from typing import Any, Final

ORDERS: Final = "qruntime_orders"
"""In how many orders of events the test ran."""

CUT_OFF: Final = "qruntime_orders_cut_off"
"""There are more orders than that."""

ORDER: Final = "qruntime_order"
"""The order in which it failed, or the one that was asked for, as `interleavings` takes it."""

VALUES: Final = "qruntime_policies"
"""With how many values of knobs it ran, besides its own."""

RELIES: Final = "qruntime_relies_on"
"""A knob on which its result depends, and how; once for each."""

NAMES: Final = (ORDERS, CUT_OFF, ORDER, VALUES, RELIES)

Property = tuple[str, str, Any]
"""The node id of a test, the name of a property of its report, and the value."""


def told(found: Sequence[Property]) -> Iterator[tuple[str, list[str]]]:
    """Labels and sentences for people, the same whoever ran the tests, and in whatever order."""
    known = sorted(found, key=itemgetter(0))
    orders, values = ([int(value) for _, name, value in known if name == counted] for counted in (ORDERS, VALUES))
    if orders:
        tried = f"{_count(len(orders), 'test')} in {_count(sum(orders), 'order')} of events"
        more = "there are more than the {} orders that were tried"
        yield "orders", [tried, *(f"{test}: {more.format(value)}" for test, value in _named(known, CUT_OFF))]
    if values:
        relies = [f"{test} relies on {value}" for test, value in _named(known, RELIES)]
        tried = f"{_count(len(values), 'test')} with {_count(sum(values), 'other value')} of policy knobs"
        yield "policies", [tried, *relies]


def _named(known: Sequence[Property], wanted: str) -> Iterator[tuple[str, Any]]:
    return ((test, value) for test, name, value in known if name == wanted)


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
