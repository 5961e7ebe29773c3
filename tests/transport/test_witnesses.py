"""Witnesses: who is told of what is asked with requests, also of what goes past every handler."""

from __future__ import annotations

from typing import TYPE_CHECKING

import requests

from pytest_qruntime.rest.http import Request, Response
from pytest_qruntime.transport import witnessed

if TYPE_CHECKING:
    from tests.transport.conftest import LocalServer, Stub

URL = "https://quantum.cloud.ibm.com/api/v1/sessions"


def test_a_witness_is_told_of_answers_and_of_what_goes_past_every_handler(
    stub: Stub, local_server: LocalServer
) -> None:
    told: list[tuple[str | None, int | None]] = []

    def witness(request: Request | None, response: Response | None) -> None:
        told.append((request and request.path, response and response.status))

    with witnessed(witness):
        requests.get(URL, timeout=5)
        requests.get(f"{local_server.url}/api/v1/jobs", timeout=5)
    requests.get(URL, timeout=5)
    assert told == [("/api/v1/sessions", 200), (None, None)]
