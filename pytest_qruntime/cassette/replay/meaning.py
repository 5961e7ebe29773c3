"""What a request means: two requests that mean the same are the same to a recording, however they were written.

Of a request count the method, the path, the query in any order, and the body, of which JSON may be written in any way;
of circuits and arrays in it counts what they hold (see `payloads`). An id that the client made up (a UUID that the
service never gave) stands for its place among the made-up ids of its body. Where a recording speaks of several
instances, the instance counts too. The host does not: a recording of a loopback server answers for the real one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

from pytest_qruntime.cassette.replay import payloads
from pytest_qruntime.cassette.tape import Exchange
from pytest_qruntime.rest import routes
from pytest_qruntime.rest.platform import search
from pytest_qruntime.rest.service import IAM_PATH

_READS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_UUID: Final = re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b", re.IGNORECASE)
# What a loopback server puts before the paths of the hosts that it stands for.
_LOOPBACK: Final = re.compile(r"/(?:experimental|iam|search|catalog|resources)(?=/)")
_KINDS: Final = frozenset(endpoint.route.split("/")[2] for endpoint in routes.ENDPOINTS)
_ROUTE: Final = re.compile(r"/v1/(?P<kind>[^/]+)(?:/(?P<id>[^/]+))?(?:/(?P<part>[^/]+))?/?$")


class Meaning(NamedTuple):
    """The part of a request that counts."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    body: str
    crn: str

    @property
    def reads(self) -> bool:
        """Whether it only asks; a search is sent as POST and asks."""
        return self.method in _READS or self.path == search.PATH

    @property
    def asks_for_token(self) -> bool:
        """Whether it asks IAM for a token."""
        return self.method == "POST" and self.path == IAM_PATH


class Language:
    """How the requests of one recording are understood.

    Args:
        ids: what the recorded service called its sessions and jobs.
        crns: the instances that the recording speaks of.
    """

    def __init__(self, ids: Collection[str], crns: Collection[str]) -> None:
        self._ids = frozenset(ids)
        self._several = len(crns) > 1

    def meaning(self, exchange: Exchange) -> Meaning:
        """What the request of an exchange means."""
        url = urlsplit(exchange.url)
        return Meaning(
            method=exchange.method.upper(),
            path=_path(url.path),
            query=tuple(sorted(parse_qsl(url.query, keep_blank_values=True))),
            body=self._body(exchange.request_body),
            crn=exchange.request_headers.get("service-crn", "") if self._several else "",
        )

    def _body(self, body: bytes) -> str:
        if not body:
            return ""
        made_up: dict[str, str] = {}

        def placed(match: re.Match[str]) -> str:
            found = match.group()
            return found if found in self._ids else made_up.setdefault(found, f"made-up id {len(made_up) + 1}")

        return _UUID.sub(placed, _canonical(body))


def _path(raw: str) -> str:
    prefix = _LOOPBACK.match(raw)
    return unquote(raw if prefix is None else raw[prefix.end() :])


def _canonical(body: bytes) -> str:
    try:
        return json.dumps(readable(body), sort_keys=True, separators=(",", ":"))
    except (ValueError, RecursionError):
        return body.decode("utf-8", "backslashreplace")


def readable(body: bytes) -> Any:
    """A JSON document in which encoded data is told. Raises `ValueError` or `RecursionError` if the body is none."""
    found = json.loads(payloads.uncounted(body))
    return payloads.told(found) if payloads.holds_data(body) else found


def document(body: bytes) -> Mapping[str, Any]:
    """A JSON object; an empty one if the body is anything else."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


class Place(NamedTuple):
    """Where in the API a path leads: ``jobs``, an id and ``results``; empty strings for what there is not."""

    kind: str
    id: str
    part: str


def place(path: str) -> Place:
    """The place of a path; three empty strings for one outside of the API."""
    match = _ROUTE.search(path)
    if match is None or match["kind"] not in _KINDS:
        return Place("", "", "")
    return Place(match["kind"], match["id"] or "", match["part"] or "")


def created_ids(exchanges: Iterable[Exchange]) -> set[str]:
    """What the service called the sessions and jobs that were created."""
    found = (created(exchange) for exchange in exchanges if exchange.method.upper() == "POST")
    return {name for name in found if name}


def created(exchange: Exchange) -> str:
    """The id of the session or job that a request created; empty if it created none."""
    where = place(urlsplit(exchange.url).path)
    if exchange.method.upper() != "POST" or where.kind not in ("sessions", "jobs") or where.id:
        return ""
    name = document(exchange.response_body).get("id") if exchange.status < 300 else None
    return name if isinstance(name, str) else ""
