"""Whether instants fit: those of the exchanges, those in bodies, and both with each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, Final

from pytest_qruntime.cassette.derive.documents import mapping, rows, text, unix_us
from pytest_qruntime.cassette.lint.findings import WARNING, Findings, Severity
from pytest_qruntime.cassette.lint.shapes import OWN
from pytest_qruntime.cassette.lint.told import Document, Kind, Read
from pytest_qruntime.cassette.tape import Tape
from pytest_qruntime.rest import timestamps

_SECOND_US: Final = 1_000_000
_SLACK_US: Final = 120 * _SECOND_US
_IN_TURN: Final[dict[Kind, tuple[tuple[str, ...], ...]]] = {
    "session": (
        ("created_at", "started_at", "activated_at", "closed_at"),
        ("created_at", "closed_at"),
        ("started_at", "last_job_completed"),
        ("started_at", "last_job_started"),
    ),
    "job": (("created",),),
    "metrics": (("created", "running", "finished"),),
    "row": (("created", "ended"),),
}
_FOR_GOOD: Final = ("created_at", "started_at", "closed_at", "created", "running", "finished", "ended")
_ENDED: Final = frozenset({"Completed", "Cancelled", "Failed", "completed", "canceled", "failed", "closed"})


def check(tape: Tape, reads: Sequence[Read], found: Findings) -> None:
    """Note instants that do not fit."""
    _check_exchanges(tape, found)
    times = _Times(tape, found)
    for read in reads:
        for document in read.documents:
            times.of(read, document)


def _check_exchanges(tape: Tape, found: Findings) -> None:
    for number, (before, after) in enumerate(pairwise(tape.exchanges), 1):
        if after.at_us < before.at_us:
            early_s = (before.at_us - after.at_us) / _SECOND_US
            problem = f"it was sent {early_s:g} s before the interaction before it"
            found.add("time-exchanges", problem, number=number, place="at")


class _Times:
    def __init__(self, tape: Tape, found: Findings) -> None:
        self._found = found
        self._own = tape.provenance is not None and tape.provenance.service == OWN
        self._began_us: int | None = None
        self._slack_us = _SLACK_US
        if tape.provenance is not None:
            self._began_us = _parsed(tape.provenance.began)
            self._slack_us = 0 if tape.provenance.clock == "virtual" else _SLACK_US
        self._said: dict[tuple[str, str, str], int] = {}
        self._ended: dict[str, str] = {}
        self._created: dict[str, int] = {}

    def of(self, read: Read, document: Document) -> None:
        """Look at one document."""
        told, path = document.told, f"response body, {document.path}"
        if document.kind == "metrics":
            told, path = mapping(told.get("timestamps")), path + ".timestamps"
        instants = {name: at_us for name in _names(document.kind) if (at_us := unix_us(told, name)) is not None}
        self._check_turn(read, document.kind, instants, path)
        self._check_list(read, document, path)
        self._check_changes(read, document, instants, path)
        self._check_session(read, document, instants, path)
        for name, at_us in instants.items():
            self._check_future(read, at_us, f"{path}.{name}")
        self._check_state(read, document, path)

    def _check_turn(self, read: Read, kind: Kind, instants: Mapping[str, int], path: str) -> None:
        wrong = set()
        for names in _IN_TURN[kind]:
            there = [name for name in names if name in instants]
            pairs = pairwise(there)
            wrong |= {(first, second) for first, second in pairs if instants[first] > instants[second]}
        for first, second in sorted(wrong):
            self._found.add(
                "time-order", f"{second} is before {first}", number=read.number, place=f"{path}.{second}", group=path
            )

    def _check_list(self, read: Read, document: Document, path: str) -> None:
        """The states of a session."""
        before: int | None = None
        for index, entry in enumerate(rows(document.told, "timestamps")) if document.kind == "session" else ():
            at_us = unix_us(entry, "timestamp")
            place = f"{path}.timestamps[{index}]"
            if at_us is None:
                continue
            if before is not None and at_us < before:
                problem = "it is before the state before it"
                self._found.add("time-order", problem, number=read.number, place=place, group=document.id)
            self._check_future(read, at_us, place)
            before = at_us

    def _check_changes(self, read: Read, document: Document, instants: Mapping[str, int], path: str) -> None:
        """What is past does not change from one look to the next, in whatever document it is told."""
        for name in _FOR_GOOD:
            if name not in instants:
                continue
            key = (document.subject, document.id, _ONE_NAME.get(name, name))
            known = self._said.setdefault(key, instants[name])
            if abs(known - instants[name]) > (0 if self._own else _SECOND_US):
                problem = f"{name} of {document.subject} {document.id} is another instant than in an earlier answer"
                severity: Severity | None = None if self._own else WARNING
                self._found.add(
                    "time-changed", problem, number=read.number, place=f"{path}.{name}", severity=severity, group=name
                )

    def _check_session(self, read: Read, document: Document, instants: Mapping[str, int], path: str) -> None:
        """A job is not older than its session."""
        if document.kind == "session" and "created_at" in instants:
            self._created[document.id] = instants["created_at"]
        session = text(document.told, "session_id") or ""
        if document.kind == "job" and "created" in instants and session in self._created:
            slack_us = 0 if self._own else _SECOND_US
            if instants["created"] < self._created[session] - slack_us:
                problem = f"the job {document.id} is older than its session"
                self._found.add("time-order", problem, number=read.number, place=f"{path}.created", group=document.id)

    def _check_future(self, read: Read, at_us: int, place: str) -> None:
        if self._began_us is None:
            return
        early_us = at_us - self._began_us - read.at_us
        if early_us > self._slack_us:
            problem = "it tells of an instant that had not come when it was sent"
            self._found.add("time-future", problem, number=read.number, place=place, group=read.where.id or place)

    def _check_state(self, read: Read, document: Document, path: str) -> None:
        state = _state(document)
        before = self._ended.get(document.id)
        if state in _ENDED:
            self._ended.setdefault(document.id, state)
        elif state is not None and before is not None:
            problem = f"the {document.subject} {document.id} is {state!r} after it was {before!r}"
            self._found.add("state-order", problem, number=read.number, place=path, group=document.id)


_ONE_NAME: Final = {"created_at": "created", "ended": "end", "finished": "end", "closed_at": "end"}


def _names(kind: Kind) -> Iterator[str]:
    return iter(dict.fromkeys(name for names in _IN_TURN[kind] for name in names))


def _state(document: Document) -> str | None:
    """The state or status; of a job in the service's words for jobs. None for what tells none."""
    told: Mapping[str, Any] = document.told
    if document.kind == "session":
        return text(told, "state")
    if document.kind == "row":
        return text(told, "status") if told.get("mode") == "job" else None
    word = text(mapping(told.get("state")), "status")
    return None if word is None else word.partition(" - ")[0]


def _parsed(began: str) -> int | None:
    try:
        return timestamps.parse(began)
    except ValueError:
        return None
