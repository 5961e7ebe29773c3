"""Whether ids fit: given before they are used, the same in question and answer, and gone when they were deleted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pytest_qruntime.cassette.derive.documents import text
from pytest_qruntime.cassette.lint.findings import Findings
from pytest_qruntime.cassette.lint.told import Read

_NOT_FOUND = 404


def check(reads: Sequence[Read], found: Findings) -> None:
    """Note ids that do not fit."""
    references = _References(reads, found)
    for read in reads:
        references.of(read)


class _References:
    def __init__(self, reads: Sequence[Read], found: Findings) -> None:
        self._found = found
        self._created = {name: read.number for read in reads if read.creates and (name := text(read.told, "id"))}
        self._given: set[str] = set()
        self._warned: set[str] = set()
        self._deleted: dict[str, int] = {}

    def of(self, read: Read) -> None:
        """Look at one exchange."""
        for kind, name, place in _used(read):
            if read.status != _NOT_FOUND:
                self._use(read, kind, name, place)
        self._check_answer(read)
        self._give(read)
        if read.method == "DELETE" and read.where.kind == "jobs" and read.accepted:
            self._deleted[read.where.id] = read.number

    def _use(self, read: Read, kind: str, name: str, place: str) -> None:
        if name in self._deleted and read.accepted:
            self._gone(read, name, place)
        if name in self._given or name in self._warned:
            return
        self._warned.add(name)
        later = self._created.get(name)
        if later is not None and later > read.number:
            problem = f"the {kind} {name} is used, which only interaction {later} gives"
            self._found.add("reference-order", problem, number=read.number, place=place)
        elif later is None:
            problem = f"the {kind} {name} is used, which no answer before gave"
            self._found.add("reference-unknown", problem, number=read.number, place=place)

    def _gone(self, read: Read, name: str, place: str) -> None:
        problem = f"the job {name} is there, which interaction {self._deleted[name]} deleted"
        self._found.add("reference-deleted", problem, number=read.number, place=place, group=name)

    def _check_answer(self, read: Read) -> None:
        for document in read.documents:
            if document.id in self._deleted and document.kind in ("job", "row"):
                self._gone(read, document.id, f"response body, {document.path}.id")
        for what, name, asked in _answered(read):
            problem = f"the answer is about the {what} {name}, the request about {asked}"
            self._found.add("reference-mismatch", problem, number=read.number, place="response body")
        new = text(read.told, "id") if read.creates else None
        if new in self._given:
            problem = f"the id {new} was given before"
            self._found.add("reference-mismatch", problem, number=read.number, place="response body, $.id")

    def _give(self, read: Read) -> None:
        for document in read.documents:
            self._given.add(document.id)
            if (session := text(document.told, "session_id")) is not None and not read.creates:
                self._given.add(session)


def _used(read: Read) -> Iterator[tuple[str, str, str]]:
    """The sessions and jobs that a request names, and where."""
    if read.where.kind in ("sessions", "jobs") and read.where.id:
        yield read.where.kind[:-1], read.where.id, "request"
    if read.method == "POST" and (session := text(read.asked, "session_id")) is not None:
        yield "session", session, "request body, $.session_id"
    if read.method == "GET" and (session := read.query.get("session_id")):
        yield "session", session, "request"


def _answered(read: Read) -> Iterator[tuple[str, str, str]]:
    """What an answer is about, if it is not what was asked about."""
    if read.where.id:
        for document in read.documents:
            if document.id != read.where.id:
                yield document.subject, document.id, read.where.id
    wanted = text(read.asked, "session_id") if read.creates else read.query.get("session_id")
    for document in read.documents if wanted else ():
        session = text(document.told, "session_id")
        if session is not None and session != wanted:
            yield "session", session, str(wanted)
