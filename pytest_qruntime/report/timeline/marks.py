"""What is marked in a timeline: contracts that were broken, and what else somebody has to say of an instant."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pytest_qruntime.contracts import Report


class Broken(NamedTuple):
    """A contract that was broken: its id, when, and what was expected and seen."""

    contract: str
    at_us: int
    expected: str
    seen: str


class Mark(NamedTuple):
    """An instant that matters: a few words for the chart, and the whole of it for the story."""

    at_us: int
    short: str
    text: str


def broken_in(report: Report) -> list[Broken]:
    """The breaks that a report of `pytest_qruntime.contracts.check` tells of."""
    return [
        Broken(finding.contract.id, one.at_us, one.expected, one.seen)
        for finding in report.broken
        for one in finding.breaks
    ]


def mark_of(one: Broken) -> Mark:
    """A broken contract as it is marked."""
    return Mark(
        one.at_us,
        f"{one.contract} is broken",
        f"{one.contract} BROKEN: expected {one.expected}; seen {one.seen}",
    )
