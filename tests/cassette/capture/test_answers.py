"""Answers of every kind reach the program as they would without a recording, and the recording as they were meant."""

from __future__ import annotations

import asyncio
import io
import socket
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import httpx
import pytest
import requests
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

from pytest_qruntime.cassette.capture import Capture
from pytest_qruntime.cassette.errors import CassetteError
from pytest_qruntime.cassette.tape import Exchange
from tests.cassette.capture.served import SERVICE


@pytest.fixture
def capture(odd: str) -> Iterator[Capture]:
    """Of the odd server, as if it was the service."""
    with Capture(canonical=lambda url: url.replace(odd, SERVICE) if url.startswith(odd) else None, service="x") as it:
        yield it


def by_httpx(method: str, url: str, **more: Any) -> tuple[int, bytes]:
    answer = httpx.request(method, url, **more)
    return answer.status_code, answer.content


def by_async_httpx(method: str, url: str, **more: Any) -> tuple[int, bytes]:
    async def ask() -> tuple[int, bytes]:
        async with httpx.AsyncClient() as client:
            answer = await client.request(method, url, **more)
            return answer.status_code, answer.content

    return asyncio.run(ask())


def by_requests(method: str, url: str, **more: Any) -> tuple[int, bytes]:
    answer = requests.request(method, url, timeout=30, **more)
    return answer.status_code, answer.content


Client: TypeAlias = Callable[..., tuple[int, bytes]]
CLIENTS = pytest.mark.parametrize("client", [by_httpx, by_async_httpx, by_requests])


def only(capture: Capture) -> Exchange:
    [one] = capture.tape().exchanges
    return one


@CLIENTS
def test_a_compressed_answer_is_recorded_as_it_was_before(odd: str, capture: Capture, client: Client) -> None:
    assert client("GET", f"{odd}/zipped") == (200, b'{"zipped": true}')
    one = only(capture)
    assert one.response_body == b'{"zipped": true}'
    assert one.response_headers == {"content-length": "16"}


@CLIENTS
def test_every_step_of_a_redirect_is_an_exchange(odd: str, capture: Capture, client: Client) -> None:
    more = {"data": b"x"} if client is by_requests else {"content": b"x", "follow_redirects": True}
    assert client("POST", f"{odd}/redirect", **more) == (200, b'{"path": "/there", "body": "x"}')
    first, second = capture.tape().exchanges
    assert (first.status, first.url, first.request_body) == (307, f"{SERVICE}/redirect", b"x")
    assert first.response_headers["location"] == f"{SERVICE}/there"
    assert (second.status, second.url, second.request_body) == (200, f"{SERVICE}/there", b"x")


@CLIENTS
def test_an_answer_to_head_has_no_body(odd: str, capture: Capture, client: Client) -> None:
    assert client("HEAD", f"{odd}/it") == (200, b"")
    one = only(capture)
    assert (one.method, one.response_body, one.response_headers["content-length"]) == ("HEAD", b"", "27")


@CLIENTS
def test_headers_that_come_several_times_are_joined(odd: str, capture: Capture, client: Client) -> None:
    client("GET", f"{odd}/cookies")
    one = only(capture)
    assert (one.response_headers["set-cookie"], one.response_headers["x-many"]) == ("a=1, b=2", "1, 2")


@CLIENTS
def test_an_answer_in_pieces_is_recorded_in_one(odd: str, capture: Capture, client: Client) -> None:
    assert client("GET", f"{odd}/pieces") == (200, b"one,two,three")
    one = only(capture)
    assert (one.response_body, one.response_headers) == (b"one,two,three", {})


@CLIENTS
def test_an_error_is_an_answer_like_any_other(odd: str, capture: Capture, client: Client) -> None:
    assert client("GET", f"{odd}/fails") == (503, b"1")
    assert (only(capture).status, only(capture).response_body) == (503, b"1")


@CLIENTS
def test_a_request_that_got_no_answer_is_no_exchange(odd: str, capture: Capture, client: Client) -> None:
    with pytest.raises((httpx.TransportError, requests.ConnectionError)):
        client("GET", f"{odd}/hangs_up")
    client("GET", f"{odd}/it")
    assert only(capture).url == f"{SERVICE}/it"


@CLIENTS
def test_where_nobody_listens_the_client_gets_its_own_error(client: Client) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    refused = pytest.raises((httpx.ConnectError, requests.ConnectionError))
    with Capture(canonical=lambda url: url, service="x") as capture, refused:
        client("GET", f"http://127.0.0.1:{port}/")
    assert capture.tape().exchanges == ()


def test_bodies_that_are_made_while_they_are_sent_are_recorded_whole(odd: str, capture: Capture) -> None:
    def pieces() -> Iterator[bytes]:
        yield b"one,"
        yield b"two"

    sent = '{"path": "/it", "body": "one,two"}'
    assert httpx.post(f"{odd}/it", content=pieces()).text == sent
    assert requests.post(f"{odd}/it", data=pieces(), timeout=30).text == sent
    assert requests.post(f"{odd}/it", data=io.BytesIO(b"one,two"), timeout=30).text == sent
    assert requests.post(f"{odd}/it", data="one,two", timeout=30).text == sent
    assert [one.request_body for one in capture.tape().exchanges] == [b"one,two"] * 4


@pytest.mark.parametrize("body", ["4\r\nnone", "4\r\nnone\r\n", "0\r\n\r\nmore", "f\r\nx\r\n0\r\n\r\n", "\r\n"])
def test_a_body_that_only_looks_like_chunks_stays(odd: str, capture: Capture, body: str) -> None:
    assert httpx.post(f"{odd}/it", content=iter([body.encode()])).json()["body"] == body
    assert only(capture).request_body == body.encode()


def test_a_body_that_an_async_client_makes_is_recorded_whole(odd: str, capture: Capture) -> None:
    async def pieces() -> Any:
        yield b"one,"
        yield b"two"

    async def run() -> None:
        async with httpx.AsyncClient() as client:
            await client.post(f"{odd}/it", content=pieces())

    asyncio.run(run())
    assert only(capture).request_body == b"one,two"


def test_answers_that_are_streamed_are_recorded_whole(odd: str, capture: Capture) -> None:
    with httpx.stream("GET", f"{odd}/pieces") as answer:
        assert b"".join(answer.iter_bytes()) == b"one,two,three"
    with requests.get(f"{odd}/pieces", stream=True, timeout=30) as other:
        assert b"".join(other.iter_content(4)) == b"one,two,three"
    assert [one.response_body for one in capture.tape().exchanges] == [b"one,two,three"] * 2


def test_every_attempt_of_a_retry_is_an_exchange(odd: str, capture: Capture) -> None:
    policy = Retry(5, status_forcelist=[503], backoff_factor=0, allowed_methods=None)
    with requests.Session() as client:
        client.mount("http://", HTTPAdapter(max_retries=policy))
        assert client.post(f"{odd}/fails", data=b"x", timeout=30).text == "3"
    exchanges = capture.tape().exchanges
    assert [(one.status, one.request_body) for one in exchanges] == [(503, b"x"), (503, b"x"), (200, b"x")]


def test_the_attempts_of_a_retry_share_a_connection(odd: str, capture: Capture) -> None:
    policy = Retry(5, status_forcelist=[503], backoff_factor=0, allowed_methods=None)
    with requests.Session() as client:
        client.mount("http://", HTTPAdapter(max_retries=policy))
        before = client.get(f"{odd}/connection", timeout=30).text
        client.get(f"{odd}/fails", timeout=30)
        assert client.get(f"{odd}/connection", timeout=30).text == before


@pytest.mark.parametrize("ask", [httpx.get, requests.get])
def test_headers_beyond_ascii_reach_the_program_and_the_recording(odd: str, capture: Capture, ask: Any) -> None:
    assert ask(f"{odd}/letters", timeout=30).headers["X-Name"] == "Zürich"
    assert only(capture).response_headers["x-name"] == "Zürich"


def test_cookies_and_json_work_for_the_program_as_ever(odd: str, capture: Capture) -> None:
    with requests.Session() as client:
        client.get(f"{odd}/cookies", timeout=30)
        assert dict(client.cookies) == {"a": "1", "b": "2"}
        assert client.get(f"{odd}/zipped", timeout=30).json() == {"zipped": True}
    assert capture.tape().exchanges[1].request_headers["cookie"] == "a=1; b=2"


def test_an_encoding_that_cannot_be_undone_is_an_error_of_the_recording_alone(odd: str, capture: Capture) -> None:
    with httpx.stream("GET", f"{odd}/brotli") as answer:
        assert list(answer.iter_raw()) == [b"\xff\xfe"]
    with pytest.raises(CassetteError, match=r"GET https://.*/brotli cannot be recorded: of its body, .*'br'; expected"):
        capture.tape()
