"""The states in which answers show jobs, sessions and batches, and whether a fake shows them in the same order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from pytest_qruntime.cassette.drift.entries import Entry
from pytest_qruntime.cassette.drift.names import Names
from pytest_qruntime.model.job import FINAL
from pytest_qruntime.model.states import CLOSED

STATES: Final = "states"
TIMING: Final = "timing"
NOT_LISTED: Final = "not listed"

_LAST: Final = frozenset({*FINAL, CLOSED})


class Subject(NamedTuple):
    """What is looked at: a kind of thing, and its recorded id."""

    kind: str
    id: str


class Look(NamedTuple):
    """What one answer shows of a subject, and what the fake's does."""

    number: int
    recorded: str
    found: str


class Way(NamedTuple):
    """How the ways of a subject differ: how, from which interaction on, and both ways."""

    kind: str
    number: int
    recorded: str
    found: str


def looks(entry: Entry, recorded: Any, found: Any, names: Names, known: set[str]) -> Iterator[tuple[Subject, Look]]:
    """What an answer and that of the fake show of the sessions and jobs that the recording knows from their beginning.

    Args:
        entry: the exchange.
        recorded: the document that was answered.
        found: the fake's.
        names: what the fake calls them.
        known: their recorded ids.
    """
    others = dict(_shown(entry, found))
    for subject, state in _shown(entry, recorded):
        if subject.id in known:
            other = others.get(Subject(subject.kind, names.of(subject.id)), NOT_LISTED)
            yield subject, Look(entry.number, state, other)


def _shown(entry: Entry, document: Any) -> Iterator[tuple[Subject, str]]:
    if not isinstance(document, dict) or entry.where.part:
        return
    if entry.where.kind == "sessions":
        yield from _session(document)
    elif entry.where.kind == "jobs" and entry.where.id:
        yield from _job(document)
    elif entry.where.kind == "jobs":
        yield from (shown for row in _rows(document, "jobs") for shown in _job(row))
    elif entry.where.kind == "workloads":
        yield from (shown for row in _rows(document, "workloads") for shown in _workload(row))


def _rows(document: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    rows = document.get(name)
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _session(row: Mapping[str, Any]) -> Iterator[tuple[Subject, str]]:
    """A session that was closed and still has something to do is in the same state as before, and yet in another."""
    state = row.get("state")
    if isinstance(state, str):
        draining = row.get("accepting_jobs") is False and state != CLOSED
        yield Subject("session", str(row.get("id"))), f"{state} and closing" if draining else state


def _job(row: Mapping[str, Any]) -> Iterator[tuple[Subject, str]]:
    state = row.get("state")
    if isinstance(state, dict):
        yield Subject("job", str(row.get("id"))), str(state.get("status"))


def _workload(row: Mapping[str, Any]) -> Iterator[tuple[Subject, str]]:
    yield Subject("listed workload", str(row.get("id"))), str(row.get("status"))


def compared(looked: Sequence[Look], *, exactly: bool) -> Way | None:
    """How the order of states differs; None if it does not.

    Args:
        looked: at one subject, in order.
        exactly: whether it counts too at which look a state was seen first. If not, a state that one of both never
            shows does not count, unless it is the last one.
    """
    recorded, found = _distinct(look.recorded for look in looked), _distinct(look.found for look in looked)
    number = next((look.number for look in looked if look.recorded != look.found), None)
    if number is None:
        return None
    ways = ", ".join(recorded), ", ".join(found)
    if recorded == found:
        return Way(TIMING, number, *ways) if exactly else None
    if not exactly and (_within(recorded, found) or _within(found, recorded)) and _ends_alike(recorded, found):
        return None
    return Way(STATES, number, *ways)


def _distinct(states: Iterator[str]) -> list[str]:
    found: list[str] = []
    for state in states:
        if not found or found[-1] != state:
            found.append(state)
    return found


def _within(some: Sequence[str], all_: Sequence[str]) -> bool:
    """Whether some states come in this order among others."""
    rest = iter(all_)
    return all(state in rest for state in some)


def _ends_alike(recorded: Sequence[str], found: Sequence[str]) -> bool:
    """Whether both come to the same end, if the recorded way came to one, and nothing follows it."""
    goes_on = [any(state in _LAST for state in states[:-1]) for states in (recorded, found)]
    return goes_on[0] == goes_on[1] and (recorded[-1] not in _LAST or recorded[-1] == found[-1])
