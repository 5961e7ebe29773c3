"""Every exchange with the API as it stands in the trace: what was asked, and what was told, in so many words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qs, urlsplit

from pytest_qruntime.cassette.derive import documents
from pytest_qruntime.cassette.derive.documents import text
from pytest_qruntime.cassette.derive.known import Known, Sent
from pytest_qruntime.cassette.tape import Exchange
from pytest_qruntime.rest import operations
from pytest_qruntime.rest.regions import region_of

_CALLED: Final = {route: name for name, route in operations.ROUTES.items() if name != operations.REOPEN}
_NO_QUERY: Final[Mapping[str, tuple[str, ...]]] = {}
LARGE: Final = frozenset({"results", "backend configuration", "backend properties", "backend defaults"})
"""What these tell is of no lifecycle, and may be of any size."""


class Answered(NamedTuple):
    """An exchange: the names that it gave, and what is to stand in the data of its event."""

    number: int
    at_us: int
    backend: str | None
    workload: str | None
    job: str | None
    data: dict[str, object]


def operation(method: str, sent: Sent) -> str:
    """What a request is called, on whatever host."""
    kind, name, part = sent.where
    one = f"/{name}" if kind == "instances" else "/{id}"  # what follows these is no id
    path = f"/v1/{kind}{one if name else ''}{f'/{part}' if part else ''}"
    called = _CALLED.get((method, path), operations.OTHER)
    return operations.REOPEN if called == "close" and documents.truth(sent.asked, "accepting_jobs") else called


def note(known: Known, called: str, sent: Sent, exchange: Exchange, told: Any) -> None:
    """Keep an exchange; `called` is the operation, `told` the answer's JSON document, None if there is none."""
    url = urlsplit(exchange.url)
    query = _query(url.query) if url.query else _NO_QUERY
    data: dict[str, object] = {
        "operation": called,
        "method": exchange.method.upper(),
        "path": url.path,
        "region": region_of(url.hostname or ""),
        "query": query,
        "status": sent.status,
        "asked": _bare(sent.asked) if exchange.request_body else None,
        "bytes": len(exchange.request_body),
        "told": _bare(told),
        "empty": not exchange.response_body,
        "compact": _is_compact(told, exchange.response_body) if sent.status >= 400 else None,
        "headers": _headers(exchange.request_headers),
    }
    known.answered.append(Answered(sent.number, sent.at_us, *_names(called, sent, query), data))


def _query(raw: str) -> dict[str, tuple[str, ...]]:
    return {name: tuple(values) for name, values in parse_qs(raw, keep_blank_values=True).items()}


def _names(called: str, sent: Sent, query: Mapping[str, tuple[str, ...]]) -> tuple[str | None, str | None, str | None]:
    """The backend, the session and the job that an exchange is about."""
    kind, name, _ = sent.where
    backend = name if kind == "backends" else text(sent.asked, "backend") or text(sent.asked, "backend_name")
    workload = job = None
    if kind == "sessions":
        workload = name or text(sent.told, "id")
    elif kind == "jobs":
        job = name or (text(sent.told, "id") if called == "submit" else None)
        [*_, listed] = query.get("session_id", ("",))
        workload = text(sent.asked, "session_id") or listed
    return backend or None, workload or None, job


def _bare(found: Any) -> Any:
    """A document with the names alone of what a program was given."""
    if not isinstance(found, dict):
        return found
    if isinstance(rows := found.get("jobs"), list):
        return {**found, "jobs": [_without_params(row) for row in rows]}
    return _without_params(found)


def _without_params(found: Any) -> Any:
    if not isinstance(found, dict) or "params" not in found:
        return found
    params = found["params"]
    return {**found, "params": sorted(params) if isinstance(params, dict) else []}


def _is_compact(told: Any, body: bytes) -> bool | None:
    """Whether a JSON document has no spaces between its parts; None if it is none."""
    if told is None:
        return None
    return any(
        json.dumps(told, separators=(",", ":"), ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")
        == body.strip()
        for ascii_only in (False, True)
    )


def _headers(sent: Mapping[str, str]) -> Mapping[str, str]:
    """Of the request, and of what is nobody's business only the kind of the credentials and the region of the CRN."""
    return _told_of(sent.get("authorization"), sent.get("service-crn"), sent.get("ibm-api-version"))


@lru_cache(maxsize=1024)
def _told_of(authorization: str | None, crn: str | None, version: str | None) -> Mapping[str, str]:
    """One mapping for all requests that are alike in this: a client sends the same with each of them."""
    found = {}
    if authorization is not None:
        found["authorization"] = authorization.partition(" ")[0] if " " in authorization else ""
    if crn is not None:
        found["service-crn"] = (crn.split(":") + [""] * 6)[5]
    if version is not None:
        found["ibm-api-version"] = version
    return found
