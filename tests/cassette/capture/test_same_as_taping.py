"""The same program gives the same recording over sockets from another process and from the fake in this one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import httpx
import pytest
import requests

from pytest_qruntime.cassette.tape import Exchange
from pytest_qruntime.cassette.taping import Taping
from pytest_qruntime.clock import Clock
from pytest_qruntime.runtime import build
from pytest_qruntime.transport import Interception
from tests.cassette.capture.served import SERVICE, Place
from tests.server.caller import job

# What a library adds for its connection, and what the server needs to frame an answer.
OF_A_CONNECTION = {"connection", "host", "content-length"}


def a_session_with_two_jobs(http: Any, root: str, advance: Callable[[str], object]) -> None:
    session = http.post(f"{root}/sessions", json={"mode": "dedicated", "backend": "fake_backend"}).json()["id"]
    ids = [http.post(f"{root}/jobs", json=job(session_id=session, tags=[tag])).json()["id"] for tag in ("a", "b")]
    for _ in range(4):
        for one in ids:
            http.get(f"{root}/jobs/{one}", params={"exclude_params": "true"})
        http.get(f"{root}/sessions/{session}")
        advance("1.5s")
    for one in ids:
        http.get(f"{root}/jobs/{one}/results")
    http.post(f"{root}/jobs", json={"program_id": "sampler"})
    http.delete(f"{root}/jobs/none")
    http.patch(f"{root}/sessions/{session}", json={"accepting_jobs": False})
    http.get(f"{root}/jobs", params={"session_id": session, "limit": 1})


def plain(exchange: Exchange) -> Exchange:
    def rest(headers: Any) -> dict[str, str]:
        return {name: value for name, value in headers.items() if name not in OF_A_CONNECTION}

    return replace(
        exchange,
        request_headers=rest(exchange.request_headers),
        response_headers=rest(exchange.response_headers),
    )


@pytest.mark.parametrize("kind", [httpx.Client, requests.Session])
def test_the_exchanges_are_the_same(place: Place, kind: Any) -> None:
    with place.capture() as capture, kind() as http:
        http.headers.update(place.headers)
        a_session_with_two_jobs(http, place.api, place.advance)
    over_sockets = capture.tape()

    qruntime = build(seed=place.world["seed"], freeze=False)
    world = qruntime.service.world
    taping, clock = Taping(qruntime.service, world), Clock(world, freeze=False)
    with Interception(taping, label="it"), kind() as http:
        http.headers.update({"Authorization": f"apikey {qruntime.service.api_key()}", "Service-CRN": qruntime.crn})
        a_session_with_two_jobs(http, f"{SERVICE}/api/v1", clock.tick)
    in_process = taping.tape()

    assert over_sockets.provenance == in_process.provenance
    for exchange, expected in zip(over_sockets.exchanges, in_process.exchanges, strict=True):
        authorization = {"authorization": exchange.request_headers["authorization"]}
        expected = replace(expected, request_headers={**expected.request_headers, **authorization})
        assert plain(exchange) == plain(expected)
