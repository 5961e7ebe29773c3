"""The requests of a test as its exchanges show them: on a recording, and on a live service."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from pytest_qruntime.cassette.tape import Exchange
from pytest_qruntime.network import RequestRecord, Requests, agent_of


def requests_of(exchanges: Iterable[Exchange], start_unix_us: int) -> Requests:
    """The requests of these exchanges, whose times count from `start_unix_us` (microseconds since 1970)."""
    return Requests(_record(exchange, start_unix_us) for exchange in exchanges)


def _record(exchange: Exchange, start_unix_us: int) -> RequestRecord:
    url = urlsplit(exchange.url)
    return RequestRecord(
        start_unix_us + exchange.at_us,
        exchange.method.upper(),
        url.hostname or "",
        url.path,
        url.query,
        agent_of(exchange.request_headers),
        exchange.request_body,
        exchange.status,
        exchange.response_body,
        None,
    )
