"""Tapes and the text of a file, for tests of what is read and written."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pytest_qruntime.cassette.tape import Exchange, Provenance, Tape

JOBS = "https://quantum.cloud.ibm.com/api/v1/jobs"
PROVENANCE = Provenance(
    service="pytest-qruntime",
    began="2026-01-15T12:00:00.000000Z",
    clock="virtual",
    recorded="2026-11-21",
    versions={"httpx": "0.28.1", "pytest-qruntime": "0.1.0"},
    test="tests/test_it.py::test_it",
)
EXCHANGE = Exchange(
    at_us=1_250_000,
    method="POST",
    url=JOBS,
    request_headers={"accept": "*/*", "content-type": "application/json"},
    request_body=b'{"program_id":"sampler"}',
    status=200,
    response_headers={"content-type": "application/json"},
    response_body=b'{"id":"abc"}',
)


def exchange(**fields: Any) -> Exchange:
    """An exchange with some other fields."""
    return replace(EXCHANGE, **fields)


def tape(*exchanges: Exchange) -> Tape:
    """A tape with provenance: of these exchanges, of one if none is given."""
    return Tape(PROVENANCE, exchanges or (EXCHANGE,))
