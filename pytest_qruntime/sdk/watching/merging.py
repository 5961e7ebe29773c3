"""Putting the calls of a client among the events of a trace."""

from __future__ import annotations

from collections.abc import Iterator
from heapq import merge
from typing import Final

from pytest_qruntime.model import Event, Trace
from pytest_qruntime.model.trace import REQUEST_ANSWERED
from pytest_qruntime.sdk.watching.calls import Calls

_FIRST: Final = (-(2**63), -1.0)
_LAST: Final = float("inf")
_Place = tuple[int, float, int]


def merged(trace: Trace, calls: Calls | None) -> Trace:
    """A trace with the calls in it, each at the instant at which it ended, in the order in which they did.

    Of the events of that instant it comes after the answers to its own requests, and before those to later ones; in a
    trace that tells of no requests, or if the calls have no numbers of exchanges, after all of them. The trace itself
    stays as it is.
    """
    if calls is None or not len(calls):
        return trace
    both = Trace(complete=trace.complete, slack_us=trace.slack_us)
    for _, event in merge(_of_events(trace), _of_calls(calls.events()), key=lambda pair: pair[0]):
        both.record(*event)
    return both


def _of_events(trace: Trace) -> Iterator[tuple[_Place, Event]]:
    """The events, with places that never go back: their order stays the trace's own."""
    at_us, answered = _FIRST
    for event in trace:
        if event.at_us > at_us:
            at_us, answered = event.at_us, -1
        exchange = event.data.get("exchange") if event.kind == REQUEST_ANSWERED else None
        if isinstance(exchange, int):
            answered = max(answered, exchange)
        yield (at_us, answered, 0), event


def _of_calls(events: list[Event]) -> Iterator[tuple[_Place, Event]]:
    """The calls. One that asked for nothing stands where the one before it does."""
    numbered = any(isinstance(event.data["last"], int) for event in events)
    at_us, last = _FIRST[0], -1.0 if numbered else _LAST
    for event in events:
        number = event.data["last"]
        at_us = max(at_us, event.at_us)
        last = max(last, number) if isinstance(number, int) else last
        yield (at_us, last, 1), event
