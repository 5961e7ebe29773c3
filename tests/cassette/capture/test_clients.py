"""What httpx and requests exchange with a server in another process is kept: all of it, as it was, and when."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest
import requests

from pytest_qruntime.cassette.capture import Capture
from pytest_qruntime.cassette.files import load, save
from pytest_qruntime.cassette.tape import Exchange, Tape
from pytest_qruntime.clock.real import Real
from pytest_qruntime.rest import timestamps
from tests.cassette.capture.served import SERVICE, Place

OPENING = {"mode": "dedicated", "backend": "fake_backend"}


def by_httpx(place: Place) -> None:
    with httpx.Client(headers=place.headers, trust_env=False) as client:
        session = client.post(f"{place.api}/sessions", json=OPENING).json()["id"]
        place.advance("90s")
        client.get(f"{place.api}/sessions/{session}", params={"a b": "c/d"})


def by_async_httpx(place: Place) -> None:
    async def run() -> None:
        async with httpx.AsyncClient(headers=place.headers, trust_env=False) as client:
            session = (await client.post(f"{place.api}/sessions", json=OPENING)).json()["id"]
            place.advance("90s")
            await client.get(f"{place.api}/sessions/{session}", params={"a b": "c/d"})

    asyncio.run(run())


def by_requests(place: Place) -> None:
    with requests.Session() as client:
        client.trust_env = False
        client.headers.update(place.headers)
        session = client.post(f"{place.api}/sessions", json=OPENING).json()["id"]
        place.advance("90s")
        client.get(f"{place.api}/sessions/{session}", params={"a b": "c/d"})


CLIENTS = pytest.mark.parametrize("program", [by_httpx, by_async_httpx, by_requests])


def told(exchange: Exchange) -> tuple[Any, ...]:
    return exchange.at_us, exchange.method, exchange.url, exchange.status


@CLIENTS
def test_every_exchange_is_kept_at_its_instant_under_the_address_of_the_service(place: Place, program: Any) -> None:
    with place.capture() as capture:
        program(place)
    tape = capture.tape(test="tests/test_it.py::test_it", recorded="2026-11-21", settings={"plan": "premium"})

    opened, looked = tape.exchanges
    session = f"{SERVICE}/api/v1/sessions/"
    assert told(opened) == (0, "POST", session[:-1], 200)
    assert looked.url.startswith(session)
    assert looked.url.partition("?")[2].replace("%20", "+") in ("a+b=c/d", "a+b=c%2Fd")
    assert told(looked) == (90_000_000, "GET", looked.url, 200)
    assert opened.request_body.replace(b" ", b"") == b'{"mode":"dedicated","backend":"fake_backend"}'
    assert opened.request_headers["authorization"] == place.headers["Authorization"]
    assert opened.request_headers.get("host", "quantum.cloud.ibm.com") == "quantum.cloud.ibm.com"
    assert looked.request_body == b""
    assert b'"accepting_jobs":true' in looked.response_body
    assert looked.response_headers["content-type"] == "application/json; charset=utf-8"
    assert "x-qruntime-time" not in looked.response_headers

    provenance = tape.provenance
    assert provenance is not None
    assert (provenance.service, provenance.began, provenance.clock) == (
        "pytest-qruntime", "2026-01-15T12:00:00.000000Z", "virtual",
    )  # fmt: skip
    assert (provenance.test, provenance.recorded) == ("tests/test_it.py::test_it", "2026-11-21")
    assert provenance.settings == {"plan": "premium"}


@CLIENTS
def test_it_can_be_saved_and_loaded(place: Place, program: Any, tmp_path: Any) -> None:
    with place.capture() as capture:
        program(place)
    tape = capture.tape()
    save(tape, tmp_path / "it.yaml")
    assert load(tmp_path / "it.yaml") == tape


@CLIENTS
def test_without_a_capture_nothing_is_kept_any_more(place: Place, program: Any) -> None:
    with place.capture() as capture:
        pass
    program(place)
    assert capture.tape().exchanges == ()


def test_a_server_that_tells_no_time_is_recorded_in_real_time(odd: str, monkeypatch: pytest.MonkeyPatch) -> None:
    now_ns = 5_000_000_000
    monkeypatch.setattr(Real, "time_ns", staticmethod(lambda: 1_768_478_400_000_000_000))
    monkeypatch.setattr(Real, "monotonic_ns", staticmethod(lambda: now_ns))
    with Capture(canonical=lambda url: url.replace(odd, SERVICE), service="unknown") as capture:
        now_ns += 1_500_000_000
        httpx.get(f"{odd}/1")
        now_ns += 250_001_000
        requests.get(f"{odd}/2", timeout=30)
    tape = capture.tape()

    assert tape.provenance is not None
    assert (tape.provenance.clock, tape.provenance.began) == ("real", "2026-01-15T12:00:01.500000Z")
    assert [(one.at_us, one.url) for one in tape.exchanges] == [(0, f"{SERVICE}/1"), (250_001, f"{SERVICE}/2")]


def test_who_knows_when_the_clock_began_can_tell(place: Place) -> None:
    """A program that first sends something a minute after the beginning is replayed from the beginning."""
    began_us = timestamps.parse("2026-01-15T12:00:00Z")
    seen: list[Exchange] = []
    with place.capture(began_us=began_us, after=seen.append) as capture:
        place.advance("1m")
        httpx.get(f"{place.api}/backends", headers=place.headers)
    tape = capture.tape()

    assert tape.provenance is not None
    assert (tape.provenance.began, tape.exchanges[0].at_us) == ("2026-01-15T12:00:00.000000Z", 60_000_000)
    assert seen == list(tape.exchanges)


def test_an_answer_without_an_instant_has_that_of_the_request_before_it(place: Place, odd: str) -> None:
    def canonical(url: str) -> str | None:
        return place.canonical(url) or (url.replace(odd, SERVICE) if url.startswith(odd) else None)

    with Capture(canonical=canonical, service="pytest-qruntime") as capture:
        httpx.get(f"{odd}/first")
        httpx.get(f"{place.api}/backends", headers=place.headers)
        place.advance("1h")
        httpx.get(f"{place.api}/backends", headers=place.headers)
        httpx.get(f"{odd}/last")
    exchanges = capture.tape().exchanges

    assert [one.at_us for one in exchanges] == [0, 0, 3_600_000_000, 3_600_000_000]
    assert exchanges[-1].url == f"{SERVICE}/last"


def test_nothing_recorded_is_a_tape_too() -> None:
    with Capture(canonical=lambda url: url, service="unknown") as capture:
        pass
    tape = capture.tape()
    assert isinstance(tape, Tape)
    assert tape.exchanges == ()


def test_who_listens_hears_of_each_exchange_when_it_ends(place: Place) -> None:
    heard: list[Exchange] = []
    with place.capture(after=heard.append) as capture:
        by_httpx(place)
        by_requests(place)
    assert heard == list(capture.tape().exchanges)
    assert [one.method for one in heard] == ["POST", "GET"] * 2
