"""What requests are about, and which requests have to come before which.

A request that changes state touches subjects: a session, a job, the account. It is alone on what it changes itself, and
shares what it merely joins: two jobs that are submitted to one session may swap, but neither with the session's close.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from pytest_qruntime.cassette.replay.meaning import Meaning, Place, created, document, place
from pytest_qruntime.cassette.tape import Exchange

# Live on the clock alone: nobody's request changes them.
_INDEPENDENT: Final = frozenset({"", "backends", "versions"})


class Name(NamedTuple):
    """The name of a subject: what it is, and its id."""

    kind: str
    id: str = ""

    def __str__(self) -> str:
        return f"{self.kind} {self.id}".rstrip()


ACCOUNT: Final = Name("the account")
NOBODY: Final = Name("nothing that requests change")


class Touch(NamedTuple):
    """A subject that a request changes, and whether it does so alone."""

    name: Name
    alone: bool


class Queue:
    """The numbers of requests in the order of the recording, and which of them comes next."""

    __slots__ = ("_next", "_numbers")

    def __init__(self) -> None:
        self._numbers: list[int] = []
        self._next = 0

    def add(self, number: int) -> None:
        """Expect a request; in the order of the recording."""
        self._numbers.append(number)

    def next(self, done: Sequence[bool]) -> int | None:
        """The first that is not done."""
        while self._next < len(self._numbers) and done[self._numbers[self._next]]:
            self._next += 1
        return self._numbers[self._next] if self._next < len(self._numbers) else None


class Subject:
    """One subject: the requests that touch it, and how much later than recorded its time runs.

    Attributes:
        shift_us: virtual time of the last creation that touched it, less its recorded time: negative if it was early.
        latest: the highest number of a request that touched it and has come; -1 if there is none.
    """

    __slots__ = ("_all", "_alone", "latest", "name", "shift_us")

    def __init__(self, name: Name) -> None:
        self.name = name
        self.shift_us = 0
        self.latest = -1
        self._all = Queue()
        self._alone = Queue()

    def expect(self, number: int, *, alone: bool) -> None:
        """A request touches it."""
        self._all.add(number)
        if alone:
            self._alone.add(number)

    def next(self, done: Sequence[bool]) -> int | None:
        """The first request on it that has not come yet: what was recorded after that is not known yet."""
        return self._all.next(done)

    def earlier(self, number: int, done: Sequence[bool], *, alone: bool) -> int | None:
        """A request that has to come before this one and has not; None if it may come."""
        first = (self._all if alone else self._alone).next(done)
        return first if first is not None and first < number else None


def read_by(meaning: Meaning) -> Name:
    """The subject that a request asks about."""
    where = place(meaning.path)
    if where.kind == "sessions" and where.id:
        return Name("session", where.id)
    if where.kind == "jobs" and where.id:
        return Name("job", where.id)
    return NOBODY if where.kind in _INDEPENDENT else ACCOUNT


class Family:
    """Which jobs belong to which session, from the requests that submitted them."""

    def __init__(self) -> None:
        self._session_of: dict[str, str] = {}
        self._jobs_of: dict[str, list[str]] = {}
        self._private: set[str] = set()

    def reads_once(self, meaning: Meaning, exchange: Exchange) -> bool:
        """Whether it takes the results of a private job, which the service gives once."""
        where = place(meaning.path)
        return where.part == "results" and where.id in self._private and exchange.status == 200

    def touches(self, meaning: Meaning, exchange: Exchange) -> list[Touch]:
        """What a request touches that changes state."""
        where = place(meaning.path)
        if meaning.reads:
            return [Touch(Name("job", where.id), False)]
        return [Touch(ACCOUNT, False), *self._own(where, meaning, exchange)]

    def _own(self, where: Place, meaning: Meaning, exchange: Exchange) -> Iterator[Touch]:
        if where.kind == "sessions":
            yield from self._of_session(where, created(exchange))
        elif where.kind == "jobs" and where.id:
            yield from self._of_job(where)
        elif where.kind == "jobs":
            yield from self._of_submit(document(exchange.request_body), created(exchange))
        else:
            yield Touch(Name("path", meaning.path), True)

    def _of_session(self, where: Place, new: str) -> Iterator[Touch]:
        if name := where.id or new:
            yield Touch(Name("session", name), True)
        if where.part == "close":
            for job in self._jobs_of.get(where.id, ()):
                yield Touch(Name("job", job), True)

    def _of_job(self, where: Place) -> Iterator[Touch]:
        yield Touch(Name("job", where.id), True)
        session = self._session_of.get(where.id)
        if session is not None and where.part != "tags":
            yield Touch(Name("session", session), False)

    def _of_submit(self, body: Mapping[str, object], new: str) -> Iterator[Touch]:
        session = body.get("session_id")
        if isinstance(session, str):
            yield Touch(Name("session", session), False)
            if new:
                self._session_of[new] = session
                self._jobs_of.setdefault(session, []).append(new)
        if new:
            yield Touch(Name("job", new), True)
            if body.get("private") is True:
                self._private.add(new)
