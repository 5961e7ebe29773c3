"""Whether a test is to run several times: what its markers, the ini file and the command line say, before it runs."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import pytest

from pytest_qruntime.arguments import knobs
from pytest_qruntime.recording.static import source_of
from pytest_qruntime.settings import asks_several, from_markers, given
from pytest_qruntime.several import ALL_ORDERS, SWEEP

MOST: Final = 1_000
"""How many orders ``interleavings="all"`` tries at most."""


class Asked(NamedTuple):
    """What is asked of a test that runs several times.

    Attributes:
        orders: how many orders of events are tried at most; or one order, as text; None: the fixed one alone.
        sweep: whether it runs with every policy.
    """

    orders: int | str | None
    sweep: bool


def asked_of(item: pytest.Item) -> Asked | None:
    """What is asked of a test; None if it runs once.

    What the ini file and the command line ask for is for tests on the fake. A marker is about its test: there it is an
    error if something else stands behind the test, which the fixture tells.
    """
    if not asks_several(item):
        return None
    markers = from_markers(item)
    found = _asked([given(item.config)[0], *markers, given(item.config)[1]])
    if found is None or source_of(item) == "fake":
        return found
    return _asked(markers)


def _asked(layers: list[dict[str, Any]]) -> Asked | None:
    orders, sweep = None, False
    for layer in layers:
        orders = layer.get("interleavings", orders)
        sweep = knobs(layer.get("policy")).get(SWEEP, sweep)
    if orders == 1 or not (orders or sweep):
        return None
    return Asked(MOST if orders == ALL_ORDERS else orders, sweep)
