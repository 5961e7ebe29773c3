"""A recorded request as it is sent to the fake: with the fake's names, and credentials that are good for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qsl, urlencode

from pytest_qruntime.cassette.drift.entries import Entry
from pytest_qruntime.cassette.drift.names import Names
from pytest_qruntime.rest import Service
from pytest_qruntime.rest.http import Request
from pytest_qruntime.rest.iam import KEY_UNKNOWN

_REFUSED: Final = 401
_NOT_GOOD: Final = "Bearer refused"
_UNKNOWN_KEY: Final = "unknown"


def request_of(entry: Entry, names: Names, service: Service) -> Request:
    """The request of an exchange."""
    address, exchange = entry.address, entry.exchange
    return Request(
        method=exchange.method,
        host=address.host,
        path=names.path(address.path),
        query=names.query(address.query),
        headers=_headers(entry, service),
        body=_key(entry, service) if address.asks_for_token else names.body(exchange.request_body),
    )


def _headers(entry: Entry, service: Service) -> Mapping[str, str]:
    """Credentials are good if they were; what was refused is refused. What was not sent is not added to a refusal."""
    headers = dict(entry.exchange.request_headers)
    if entry.exchange.status != _REFUSED:
        headers["authorization"] = f"Bearer {service.token()}"
    elif "authorization" in headers:
        headers["authorization"] = _NOT_GOOD
    return headers


def _key(entry: Entry, service: Service) -> bytes:
    """A form with a key that IAM knows, or with one that it does not, as it was; the recorded one is a pseudonym."""
    form = parse_qsl(entry.exchange.request_body.decode("utf-8", "replace"), keep_blank_values=True)
    refused = entry.said.get("errorCode") == KEY_UNKNOWN.code
    key = _UNKNOWN_KEY if refused else service.api_key()
    return urlencode([(name, key if name == "apikey" and value else value) for name, value in form]).encode()
