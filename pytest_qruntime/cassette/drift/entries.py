"""The exchanges of a recording with what a comparison needs of each: where it leads, and what was said."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, NamedTuple
from urllib.parse import unquote, urlsplit

from pytest_qruntime.cassette.drift.shape import Body, body_of
from pytest_qruntime.cassette.replay.meaning import Place, created, document, place
from pytest_qruntime.cassette.tape import Exchange, Tape
from pytest_qruntime.rest import platform, routes
from pytest_qruntime.rest.regions import CATALOG_HOST, IAM_HOST, RESOURCES_HOST, SEARCH_HOST, answered_by, region_of
from pytest_qruntime.rest.service import IAM_PATH

# What a loopback server puts before the paths of the hosts that it stands for.
_STANDS_FOR: Final[Mapping[str, str]] = {
    "experimental": "127.0.0.1",
    "iam": IAM_HOST,
    "search": SEARCH_HOST,
    "catalog": CATALOG_HOST,
    "resources": RESOURCES_HOST,
}

# An id in the path of an endpoint that the fake does not have: the service's ids are long and have digits.
_ID: Final = re.compile(r"(?<=/)(?=[^/]*[0-9])[0-9a-zA-Z-]{16,}(?=/|$)")


class Address(NamedTuple):
    """Where a request leads: the host that stands for a service, the raw path there, and the raw query."""

    host: str
    path: str
    query: str

    @property
    def asks_for_token(self) -> bool:
        """Whether it is that of IAM's tokens."""
        return self.path == IAM_PATH and answered_by(self.host).iam


class Entry(NamedTuple):
    """One exchange.

    Attributes:
        number: its place in the recording, from 0.
        address: where it leads.
        route: its method and path, with ``{id}`` for what varies.
        where: what of the API it is about.
        answer: the body of the answer.
        created: the id of the session or job that it created, or empty.
        sent_session: the id of the session that a submitted job is to belong to, or empty.
    """

    number: int
    exchange: Exchange
    address: Address
    route: str
    where: Place
    answer: Body
    created: str
    sent_session: str

    @property
    def sent(self) -> Mapping[str, Any]:
        """The JSON object that was sent; an empty one if it was none."""
        return document(self.exchange.request_body)

    @property
    def said(self) -> Mapping[str, Any]:
        """The JSON object that was answered; an empty one if it was none."""
        return self.answer.document if isinstance(self.answer.document, dict) else {}

    @property
    def submits(self) -> bool:
        """Whether it submits a job."""
        return self.exchange.method == "POST" and self.where == Place("jobs", "", "")

    @property
    def opens(self) -> bool:
        """Whether it opens a session or batch."""
        return self.exchange.method == "POST" and self.where == Place("sessions", "", "")

    @property
    def worked(self) -> bool:
        """Whether the answer is none of an error."""
        return self.exchange.status < 400

    @property
    def crn(self) -> str:
        """The instance that it speaks of; empty if it names none."""
        return self.exchange.request_headers.get("service-crn", "")


def entries_of(tape: Tape) -> list[Entry]:
    """Every exchange of a tape, in order. Bodies that come again and again are read once."""
    known: dict[bytes, Body] = {}
    return [_entry(number, exchange, known) for number, exchange in enumerate(tape.exchanges)]


def _entry(number: int, exchange: Exchange, known: dict[bytes, Body]) -> Entry:
    answer = known.get(exchange.response_body)
    if answer is None:
        answer = known[exchange.response_body] = body_of(exchange.response_body)
    address = address_of(exchange.url)
    where = place(unquote(address.path)) if answered_by(address.host).runtime else Place("", "", "")
    route, session = _route(exchange, address), _session(exchange, where)
    return Entry(number, exchange, address, route, where, answer, created(exchange), session)


def _session(exchange: Exchange, where: Place) -> str:
    if exchange.method != "POST" or where != Place("jobs", "", ""):
        return ""
    session = document(exchange.request_body).get("session_id")
    return session if isinstance(session, str) else ""


def address_of(url: str) -> Address:
    """Where a recorded address leads, that of a loopback server too."""
    parts = urlsplit(url)
    host, path = parts.hostname or "", parts.path
    prefix, _, rest = path[1:].partition("/")
    if region_of(host) is None and prefix in _STANDS_FOR:
        host, path = _STANDS_FOR[prefix], f"/{rest}"
    return Address(host, path, parts.query)


def _route(exchange: Exchange, address: Address) -> str:
    answers = answered_by(address.host)
    path = address.path
    if answers.platform is not None:
        found = platform.find(answers.platform, path)
        path = path if found is None else found[0].path
    elif answers.runtime and (known := routes.match(path)) is not None:
        path = next(iter(known[0].endpoints.values())).route
    elif answers.runtime:
        path = _ID.sub("{id}", path.removeprefix(routes.BASE))
    return f"{exchange.method} {path}"
