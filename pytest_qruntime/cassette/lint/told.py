"""What the answers of a recording tell of sessions and jobs, document by document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

from pytest_qruntime.cassette.derive.documents import NOTHING, document, rows, text
from pytest_qruntime.cassette.replay.meaning import Place, place
from pytest_qruntime.cassette.tape import Exchange

Kind = Literal["session", "job", "metrics", "row"]


class Document(NamedTuple):
    """One document: of which kind, about whom, and where it stands in the body."""

    kind: Kind
    id: str
    path: str
    told: Mapping[str, Any]

    @property
    def subject(self) -> Literal["session", "job"]:
        """What it is about."""
        if self.kind == "row":
            return "job" if self.told.get("mode") == "job" else "session"
        return "session" if self.kind == "session" else "job"


class Read(NamedTuple):
    """An exchange of the API: where it went, what was asked, and the documents in its answer."""

    number: int
    at_us: int
    method: str
    where: Place
    query: Mapping[str, str]
    asked: Mapping[str, Any]
    told: Mapping[str, Any]
    status: int
    documents: tuple[Document, ...]

    @property
    def creates(self) -> bool:
        """Whether it opened a session or submitted a job."""
        return self.method == "POST" and self.where.kind in ("sessions", "jobs") and not self.where.id and self.accepted

    @property
    def accepted(self) -> bool:
        """Whether it was answered with success."""
        return self.status < 300


def read(exchanges: tuple[Exchange, ...]) -> Iterator[Read]:
    """The exchanges of the API, in their order."""
    for number, exchange in enumerate(exchanges):
        try:
            url = urlsplit(exchange.url)
        except ValueError:
            continue
        where = place(unquote(url.path))
        if where.kind not in ("sessions", "jobs", "workloads"):
            continue
        told = document(exchange.response_body) if exchange.status < 300 else NOTHING
        asked = document(exchange.request_body)
        method, query = exchange.method.upper(), dict(parse_qsl(url.query))
        found = tuple(_documents(method, where, told))
        yield Read(number, exchange.at_us, method, where, query, asked, told, exchange.status, found)


def _documents(method: str, where: Place, told: Mapping[str, Any]) -> Iterator[Document]:
    name = text(told, "id")
    if where.kind == "sessions" and name is not None:
        yield Document("session", name, "$", told)
    elif where.kind == "jobs" and method == "GET" and where.part == "metrics":
        yield Document("metrics", where.id, "$", told)
    elif where.kind == "jobs" and not where.part and name is not None:
        yield Document("job", name, "$", told)
    elif where.kind in ("jobs", "workloads") and not where.id:
        kind: Kind = "job" if where.kind == "jobs" else "row"
        for index, row in enumerate(rows(told, where.kind)):
            if (one := text(row, "id")) is not None:
                yield Document(kind, one, f"$.{where.kind}[{index}]", row)
