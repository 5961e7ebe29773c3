"""One capture at a time; what passes by; and that nothing is left, whatever was raised."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import aiohttp
import httpx
import pytest
import requests
import urllib3
import vcr.cassette
import vcr.patch
import vcr.stubs
from vcr.errors import CannotOverwriteExistingCassetteException

from pytest_qruntime import Clock, QRuntimeError
from pytest_qruntime.cassette.capture import Capture
from pytest_qruntime.rest import Request, Response
from pytest_qruntime.transport import Interception
from tests.cassette.capture.served import SERVICE, Place, strange

CASSETTE = vcr.cassette.Cassette
PATCHED: list[tuple[Any, str]] = [
    (http.client, "HTTPConnection"),
    (http.client, "HTTPSConnection"),
    (urllib3.connection, "HTTPConnection"),
    (urllib3.connection, "HTTPSConnection"),
    (urllib3.connection, "VerifiedHTTPSConnection"),
    (urllib3.connectionpool, "is_connection_dropped"),
    *((pool, name) for pool in (urllib3.HTTPConnectionPool, urllib3.HTTPSConnectionPool)
      for name in ("ConnectionCls", "_get_conn", "_new_conn", "urlopen")),
    (httpx.HTTPTransport, "handle_request"),
    (httpx.AsyncHTTPTransport, "handle_async_request"),
    (aiohttp.ClientSession, "_request"),
    (vcr.patch, "force_reset"),
    (vcr.stubs, "parse_headers"),
    (CASSETTE, "can_play_response_for"),
    (CASSETTE, "filter_request"),
    (CASSETTE, "append"),
]  # fmt: skip


def state() -> list[Any]:
    """What stands in each place, and whether it is there or inherited."""
    return [(vars(owner).get(name), getattr(owner, name)) for owner, name in PATCHED]


@pytest.fixture(autouse=True)
def nothing_left() -> Iterator[None]:
    before = state()
    yield
    assert state() == before


def of(odd: str, **more: Any) -> Capture:
    """A capture of the odd server, but for what is below ``/other``."""

    def canonical(url: str) -> str | None:
        return url.replace(odd, SERVICE) if url.startswith(odd) and "/other" not in url else None

    return Capture(canonical=canonical, service="x", **more)


def urls(capture: Capture) -> list[str]:
    return [one.url.removeprefix(SERVICE) for one in capture.tape().exchanges]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_nothing_is_left_whatever_was_raised_inside(odd: str, error: type[BaseException]) -> None:
    def program() -> None:
        requests.get(f"{odd}/1", timeout=30)
        raise error

    with pytest.raises(error), of(odd):
        program()


def test_nothing_is_left_if_it_cannot_begin(odd: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> Any:
        raise OSError("no")

    with monkeypatch.context() as patch:
        patch.setattr(vcr.patch.CassettePatcherBuilder, "_httpx", fail)
        with pytest.raises(OSError, match="no"), of(odd):
            pass
    with of(odd) as capture:
        httpx.get(f"{odd}/1")
    assert urls(capture) == ["/1"]


def test_nothing_is_left_if_a_thread_connects_while_it_ends(odd: str) -> None:
    before = state()
    connecting = contextlib.ExitStack()
    with of(odd):
        connecting.enter_context(vcr.patch.force_reset())  # what vcrpy does meanwhile
    assert state() == before
    connecting.close()
    assert state() == before


def test_only_one_is_made_at_a_time_and_each_once(odd: str) -> None:
    with of(odd) as capture:
        with pytest.raises(QRuntimeError, match="is being made in this process already"), of(odd):
            pass
        httpx.get(f"{odd}/1")
    with pytest.raises(QRuntimeError, match="was made before"), capture:
        pass
    assert urls(capture) == ["/1"]


# -- what passes by ----------------------------------------------------------------------------------------------------


def test_requests_to_others_pass(odd: str) -> None:
    with of(odd) as capture:
        assert httpx.get(f"{odd}/other").json()["path"] == "/other"
        assert requests.get(f"{odd}/other", timeout=30).json()["path"] == "/other"
        httpx.get(f"{odd}/1")
    assert urls(capture) == ["/1"]


def test_streams_of_others_are_not_read_for_httpx(odd: str) -> None:
    with of(odd), httpx.stream("GET", f"{odd}/endless/other") as answer:
        assert next(answer.iter_lines()) == "again"


def test_what_is_sent_in_an_unrecorded_block_passes(odd: str) -> None:
    with of(odd) as capture:
        with capture.unrecorded():
            httpx.get(f"{odd}/1")
            requests.get(f"{odd}/1", timeout=30)
        httpx.get(f"{odd}/2")
    assert urls(capture) == ["/2"]


def test_who_is_asked_before_and_told_after_may_ask_the_service_itself(odd: str) -> None:
    asked: list[str] = []

    def before(method: str, url: str) -> None:
        asked.append(f"{method} {url}")
        httpx.get(f"{odd}/usage")

    with of(odd, before=before, after=lambda _: httpx.get(f"{odd}/usage")) as capture:
        httpx.post(f"{odd}/1")
        requests.get(f"{odd}/2", timeout=30)
        httpx.get(f"{odd}/other")
    assert asked == [f"POST {odd}/1", f"GET {odd}/2"]
    assert urls(capture) == ["/1", "/2"]


@pytest.mark.parametrize("ask", [httpx.post, requests.post])
def test_if_it_raises_before_nothing_is_sent(odd: str, ask: Any) -> None:
    def before(_: str, url: str) -> None:
        if url.endswith("/fails"):
            raise QRuntimeError("over the budget")

    with of(odd, before=before) as capture:
        with pytest.raises(QRuntimeError, match="over the budget"):
            ask(f"{odd}/fails", timeout=30)
        with capture.unrecorded():
            assert ask(f"{odd}/fails", timeout=30).text == "1"
    assert urls(capture) == []


def test_if_it_raises_after_the_exchange_is_kept(odd: str) -> None:
    def after(_: Any) -> None:
        raise QRuntimeError("seen enough")

    with of(odd, after=after) as capture, pytest.raises(QRuntimeError, match="seen enough"):
        httpx.get(f"{odd}/1")
    assert urls(capture) == ["/1"]


def by_async_httpx(url: str) -> httpx.Response:
    async def ask() -> httpx.Response:
        async with httpx.AsyncClient() as client:
            return await client.get(url)

    return asyncio.run(ask())


@pytest.mark.parametrize("ask", [httpx.get, by_async_httpx, requests.get])
@pytest.mark.parametrize("sends", [True, False])
def test_what_is_answered_in_this_process_is_recorded_if_it_is_sent_on(odd: str, ask: Any, sends: bool) -> None:
    """A program asks for a host of the service, and is led to a server."""

    class Leading:
        def handle(self, request: Request) -> Response:
            found = httpx.get(odd + request.path).content if sends else b"{}"
            return Response(200, (), found)

    def canonical(url: str) -> str | None:
        return url if url.startswith(SERVICE) else url.replace(odd, SERVICE)

    leading = Interception(Leading(), label="it")
    with leading, Capture(canonical=canonical, service="x") as capture:
        assert ask(f"{SERVICE}/1").json() == ({"path": "/1", "body": ""} if sends else {})
    assert urls(capture) == (["/1"] if sends else [])


def test_aiohttp_is_refused_to_the_service_and_passes_to_others(odd: str) -> None:
    async def run() -> None:
        async with aiohttp.ClientSession() as client:
            with pytest.raises(QRuntimeError, match=rf"aiohttp asks for {odd}/1 while a recording is made"):
                await client.get(f"{odd}/1")
            async with client.get(f"{odd}/endless/other") as answer:
                assert await answer.content.readline() == b"again\n"
        async with aiohttp.ClientSession(odd) as client:
            with pytest.raises(QRuntimeError, match=rf"aiohttp asks for {odd}/1 while"):
                await client.post("/1", json={})

    with of(odd) as capture:
        asyncio.run(run())
    assert urls(capture) == []


def test_the_standard_library_is_recorded_too(odd: str) -> None:
    with of(odd) as capture, urllib.request.urlopen(f"{odd}/1") as answer:
        assert answer.read() == b'{"path": "/1", "body": ""}'
    assert urls(capture) == ["/1"]


# -- connections -------------------------------------------------------------------------------------------------------


def test_clients_that_were_in_use_before_are_recorded_and_go_on_afterwards(odd: str) -> None:
    with httpx.Client() as one, requests.Session() as other:
        for client in (one, other):
            client.get(f"{odd}/before")
        with of(odd) as capture:
            for client in (one, other):
                client.get(f"{odd}/1")
                client.get(f"{odd}/2")
        for client in (one, other):
            assert client.get(f"{odd}/after").status_code == 200
    assert urls(capture) == ["/1", "/2", "/1", "/2"]


@pytest.mark.parametrize("kind", [httpx.Client, requests.Session])
def test_connections_are_kept_while_it_is_open(odd: str, kind: Any) -> None:
    with of(odd), kind() as client:
        assert len({client.get(f"{odd}/connection").text for _ in range(3)}) == 1


# -- threads -----------------------------------------------------------------------------------------------------------


def test_no_request_of_many_threads_is_missed(odd: str) -> None:
    """vcrpy alone loses some: it puts the original classes back while a connection is made."""
    count, per_thread = 8, 25

    def one(thread: int) -> None:
        with requests.Session() if thread % 2 else httpx.Client() as client:
            for number in range(per_thread):
                client.get(f"{odd}/{thread}/{number}")
                if thread % 4 == 1:
                    requests.get(f"{odd}/{thread}/new/{number}", timeout=30)

    with of(odd) as capture, ThreadPoolExecutor(count) as pool:
        list(pool.map(one, range(count)))

    sent = [f"/{thread}/{number}" for thread in range(count) for number in range(per_thread)]
    sent += [f"/{thread}/new/{number}" for thread in (1, 5) for number in range(per_thread)]
    found = urls(capture)
    assert sorted(found) == sorted(sent)
    for thread in range(count):
        mine = [url for url in found if url.startswith(f"/{thread}/") and "new" not in url]
        assert mine == [f"/{thread}/{number}" for number in range(per_thread)]


def test_no_request_of_many_tasks_is_missed(odd: str) -> None:
    async def run() -> None:
        async def unrecorded() -> None:
            with capture.unrecorded():
                await client.get(f"{odd}/unrecorded")

        async with httpx.AsyncClient() as client:
            recorded = [client.get(f"{odd}/{number}") for number in range(30)]
            await asyncio.gather(*recorded, *(unrecorded() for _ in range(10)))

    with of(odd) as capture:
        asyncio.run(run())
    assert sorted(urls(capture)) == sorted(f"/{number}" for number in range(30))


@pytest.mark.parametrize("ask", [httpx.get, requests.get])
def test_exchanges_stand_in_the_order_in_which_they_were_sent(odd: str, ask: Any) -> None:
    """The first one is answered last."""
    with of(odd) as capture, ThreadPoolExecutor(1) as pool:
        first = pool.submit(ask, f"{odd}/waits", timeout=30)
        with capture.unrecorded():
            httpx.get(f"{odd}/asked", timeout=30)
        ask(f"{odd}/goes_on", timeout=30)
        first.result()
    assert urls(capture) == ["/waits", "/goes_on"]


@pytest.mark.parametrize("ask", [httpx.get, requests.get])
def test_what_ends_after_the_capture_is_answered_and_changes_nothing(odd: str, ask: Any) -> None:
    with ThreadPoolExecutor(1) as pool:
        with of(odd) as capture:
            answer = pool.submit(ask, f"{odd}/waits", timeout=30)
            with capture.unrecorded():
                httpx.get(f"{odd}/asked", timeout=30)
        between = state()
        httpx.get(f"{odd}/goes_on")
        assert answer.result().json()["path"] == "/waits"
    assert state() == between
    assert urls(capture) == []


# -- beside a held clock -----------------------------------------------------------------------------------------------


def test_a_frozen_clock_is_not_asked_for_the_time(odd: str, qruntime_clock: Clock) -> None:
    with of(odd) as capture:
        httpx.get(f"{odd}/1")
        qruntime_clock.tick("8h")
        requests.get(f"{odd}/2", timeout=30)
    tape = capture.tape()
    assert tape.provenance is not None
    assert tape.provenance.clock == "real"
    assert 0 < tape.exchanges[1].at_us < 3_600_000_000


# -- beside cassettes of vcrpy -----------------------------------------------------------------------------------------


@pytest.fixture
def of_another_host(tmp_path: Any) -> tuple[str, str]:
    """A cassette of vcrpy with what a host once said, and the host's address; nobody is there any more."""
    with strange() as url, vcr.use_cassette(str(tmp_path / "it.yaml")):
        httpx.get(f"{url}/by/httpx")
        requests.get(f"{url}/by/requests", timeout=30)
    return url, str(tmp_path / "it.yaml")


@pytest.mark.parametrize("order", ["around", "within"])
def test_a_cassette_of_vcrpy_goes_on_to_answer_for_others(
    odd: str, of_another_host: tuple[str, str], order: str
) -> None:
    other, cassette = of_another_host
    capture = of(odd)
    theirs = vcr.use_cassette(cassette, record_mode="none")
    with contextlib.ExitStack() as stack:
        for context in (theirs, capture) if order == "around" else (capture, theirs):
            stack.enter_context(context)
        for _ in range(2):
            httpx.get(f"{odd}/1")
            requests.get(f"{odd}/2", timeout=30)
        assert httpx.get(f"{other}/by/httpx").json()["path"] == "/by/httpx"
        assert requests.get(f"{other}/by/requests", timeout=30).json()["path"] == "/by/requests"
        with pytest.raises(CannotOverwriteExistingCassetteException):
            httpx.get(f"{other}/never")
    assert urls(capture) == ["/1", "/2", "/1", "/2"]


@pytest.mark.parametrize("order", ["around", "within"])
def test_a_cassette_of_vcrpy_goes_on_to_record_others_and_sees_nothing_of_the_service(
    odd: str, tmp_path: Any, order: str
) -> None:
    capture = of(odd)
    theirs = vcr.use_cassette(str(tmp_path / "it.yaml"))
    with contextlib.ExitStack() as stack:
        for context in (theirs, capture) if order == "around" else (capture, theirs):
            stack.enter_context(context)
        httpx.get(f"{odd}/1")
        requests.get(f"{odd}/2", timeout=30)
        httpx.get(f"{odd}/by/httpx/other")
        requests.get(f"{odd}/by/requests/other", timeout=30)
    written = (tmp_path / "it.yaml").read_text()
    assert [line.split()[-1] for line in written.splitlines() if "uri:" in line] == [
        f"{odd}/by/httpx/other", f"{odd}/by/requests/other",
    ]  # fmt: skip
    assert urls(capture) == ["/1", "/2"]


def test_a_world_of_a_server_moves_on_though_requests_are_recorded(place: Place) -> None:
    """The control interface is not the service's."""
    with place.capture() as capture:
        place.advance("10s")
    assert capture.tape().exchanges == ()
