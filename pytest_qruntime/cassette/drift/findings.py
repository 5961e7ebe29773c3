"""What a comparison found: one finding for each systematic difference, however often it was met."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, NamedTuple

from pytest_qruntime.cassette.drift.shape import ADDED_KEY, BODY, MISSING_KEY, NULLS, TYPE
from pytest_qruntime.cassette.drift.states import STATES, TIMING

ROUTE: Final = "route"
UNKNOWN_ID: Final = "unknown id"
STATUS: Final = "status"

_SHAPE: Final = "the service has changed its answer since, the fake's is wrong, or the recording was edited"
_OWN_SHAPE: Final = "the fake has changed its answer since, or the recording was edited"
_ORDER: Final = "the service decides otherwise than the fake: a policy knob, a limit, or the fake is wrong"
_OWN_ORDER: Final = "the fake has changed since, the settings do not tell all, or the recording was edited"

KINDS: Final[dict[str, tuple[str, str]]] = {
    ROUTE: (
        "the service has an endpoint that the fake has not, or the recording was edited",
        "the fake has lost an endpoint, or the recording was edited",
    ),
    UNKNOWN_ID: (
        "it was made before the recording began, or the recording was edited: record its making too",
        "it was made before the recording began, or the recording was edited: record its making too",
    ),
    STATUS: (_ORDER + "; or the recording was edited", _OWN_ORDER),
    BODY: (_SHAPE, _OWN_SHAPE),
    MISSING_KEY: (_SHAPE, _OWN_SHAPE),
    ADDED_KEY: (_SHAPE, _OWN_SHAPE),
    TYPE: (_SHAPE, _OWN_SHAPE),
    NULLS: (_SHAPE, _OWN_SHAPE),
    STATES: (_ORDER + "; or the recording was edited", _OWN_ORDER),
    TIMING: (_ORDER + "; or the recording was edited", _OWN_ORDER),
}
"""Every kind of difference, in the order of a report, with what it may mean: for a real service, and for the fake's."""

_RANK: Final = {kind: rank for rank, kind in enumerate(KINDS)}


class Met(NamedTuple):
    """A difference in one interaction."""

    kind: str
    route: str
    place: str
    recorded: str
    found: str
    number: int


@dataclass(frozen=True)
class Finding:
    """A difference, and where it was met.

    Attributes:
        kind: one of `KINDS`.
        route: method and path of the requests, with ``{id}`` for what varies.
        place: where in the answer, such as ``$.state.status``; ``status`` for the status of HTTP.
        recorded: what the recording has there, in words.
        found: what the fake has there.
        means: what it may mean.
        interactions: the numbers of the interactions, from 0; of states, the first of each session or job.
        at_us: when the first of them was sent, in microseconds since the recording began.
    """

    kind: str
    route: str
    place: str
    recorded: str
    found: str
    means: str
    interactions: tuple[int, ...]
    at_us: int

    @property
    def count(self) -> int:
        """How often it was met."""
        return len(self.interactions)


def grouped(met: Iterable[Met], at_us: list[int], *, own: bool) -> list[Finding]:
    """One finding for differences of one kind, route and place between the same two things; sorted.

    Args:
        met: the differences.
        at_us: when each interaction was sent.
        own: whether the recording is of the project's own server.
    """
    numbers: dict[tuple[str, str, str, str, str], list[int]] = {}
    for one in met:
        numbers.setdefault(one[:5], []).append(one.number)
    findings = [
        Finding(*key, KINDS[key[0]][own], tuple(sorted(where)), at_us[min(where)]) for key, where in numbers.items()
    ]
    return sorted(findings, key=lambda one: (_RANK[one.kind], one.route, one.place, one.recorded, one.found))
