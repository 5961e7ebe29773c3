"""Putting the calls of a client among the events of a trace."""

from __future__ import annotations

from heapq import merge
from typing import Final

from pytest_qruntime.model import Event, Trace
from pytest_qruntime.sdk.watching.calls import Calls

_LAST: Final = float("inf")
_Place = tuple[int, float, int]


def merged(trace: Trace, calls: Calls | None) -> Trace:
    """A trace with the calls in it, each at the instant at which it ended.

    Of the events of that instant it comes after those that its exchanges show, and before those that later ones show;
    in a trace without numbers of exchanges, after all of them. The trace itself stays as it is.
    """
    if calls is None or not len(calls):
        return trace
    both = Trace(complete=trace.complete, slack_us=trace.slack_us)
    told = [(_place(event), event) for event in _in_place(calls.events())]
    for _, event in merge(_placed(trace), told, key=lambda pair: pair[0]):
        both.record(*event)
    return both


def _placed(trace: Trace) -> list[tuple[_Place, Event]]:
    """The events with places that never go back, so that their order stays the trace's own."""
    placed: list[tuple[_Place, Event]] = []
    highest: _Place = (-(2**63), -1, 0)
    for event in trace:
        exchange = event.data.get("exchange")
        highest = max(highest, (event.at_us, exchange if isinstance(exchange, int) else -1, 0))
        placed.append((highest, event))
    return placed


def _in_place(events: list[Event]) -> list[Event]:
    return sorted(events, key=_place)


def _place(event: Event) -> _Place:
    last = event.data.get("last")
    return event.at_us, last if isinstance(last, int) else _LAST, 1
