from __future__ import annotations

import asyncio
import io
import json
from collections.abc import AsyncIterator, Generator, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

import httpx
import pytest

from pytest_qruntime.rest.http import Response
from pytest_qruntime.transport import Interception

if TYPE_CHECKING:
    from tests.transport.conftest import LocalServer, Stub

URL = "https://eu-de.quantum.cloud.ibm.com/api/v1/sessions"


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    """Made once, as expensive clients are, and before any interception starts."""
    with httpx.Client() as made:
        yield made


def text(body: str, status: int = 200, *headers: tuple[str, str]) -> Response:
    return Response(status, (("content-type", "text/plain; charset=utf-8"), *headers), body.encode())


def test_a_client_made_before_the_interception_is_answered(client: httpx.Client, stub: Stub) -> None:
    response = client.get(URL)

    assert response.json() == {"from": "stub"}
    assert response.headers["content-type"] == "application/json"


def test_a_client_made_after_it_a_function_and_a_client_with_proxy_and_http2_flags_are_answered(stub: Stub) -> None:
    assert httpx.get(URL, verify=False).status_code == 200
    with httpx.Client(proxy="http://127.0.0.1:9", verify=False) as behind_proxy:
        assert behind_proxy.get(URL).status_code == 200
    with httpx.Client(http1=False, http2=False, verify=False) as flagged:
        assert flagged.get(URL).status_code == 200

    assert len(stub.requests) == 3


def test_the_handler_sees_the_request_as_it_was_sent(client: httpx.Client, stub: Stub) -> None:
    client.post(
        "https://Quantum.Cloud.IBM.com:443/api/v1/jobs/a%2Fb?tags=x%20y&tags=z",
        json={"a": 1},
        headers=[("Service-CRN", "crn:v1"), ("X-Twice", "1"), ("x-twice", "2")],
    )

    request = stub.requests[0]
    assert request[:4] == ("POST", "quantum.cloud.ibm.com", "/api/v1/jobs/a%2Fb", "tags=x%20y&tags=z")
    assert request.headers["service-crn"] == "crn:v1"
    assert request.headers["content-type"] == "application/json"
    assert request.headers["host"] == "quantum.cloud.ibm.com"
    assert request.headers["x-twice"] == "1, 2"
    assert json.loads(request.body) == {"a": 1}


def test_streamed_and_multipart_bodies_are_read(client: httpx.Client, stub: Stub) -> None:
    def parts() -> Generator[bytes, None, None]:
        yield b"one "
        yield b"two"

    client.post(URL, content=parts())
    client.post(URL, content=io.BytesIO(b"a file"))
    client.post(URL, files={"f": ("name.txt", io.BytesIO(b"in a form"))}, data={"k": "v"})
    client.post(URL, data={"grant_type": "urn:x", "apikey": "a b"})

    bodies = [request.body for request in stub.requests]
    assert bodies[:2] == [b"one two", b"a file"]
    assert b"in a form" in bodies[2]
    assert bodies[3] == b"grant_type=urn%3Ax&apikey=a+b"


def test_the_response_looks_like_one_from_the_network(client: httpx.Client, stub: Stub) -> None:
    stub.script.append(text("no", 404))

    response = client.get(URL)

    assert type(response) is httpx.Response
    assert (response.status_code, response.reason_phrase, response.http_version) == (404, "Not Found", "HTTP/1.1")
    assert isinstance(response.elapsed, timedelta)
    assert response.request.url == URL == response.url
    assert response.is_closed
    assert response.encoding == "utf-8"
    with pytest.raises(httpx.HTTPStatusError):
        response.raise_for_status()


def test_a_status_without_a_phrase_is_answered(client: httpx.Client, stub: Stub) -> None:
    stub.script.append(text("", 524))

    assert client.get(URL).reason_phrase == ""


def test_a_streamed_response_must_be_read_first(client: httpx.Client, stub: Stub) -> None:
    stub.script.append(text("one\ntwo\n"))

    with client.stream("GET", URL) as response:
        with pytest.raises(httpx.ResponseNotRead):
            _ = response.content
        assert list(response.iter_lines()) == ["one", "two"]

    stub.script.append(text("raw"))
    with client.stream("GET", URL) as response:
        assert b"".join(response.iter_raw()) == b"raw"


def test_head_has_headers_and_no_body(client: httpx.Client, stub: Stub) -> None:
    stub.script.append(text("a body", 200, ("content-length", "6")))

    response = client.head(URL)

    assert response.content == b""
    assert response.headers["content-length"] == "6"


def test_repeated_response_headers_and_cookies_are_kept(client: httpx.Client, stub: Stub) -> None:
    stub.script.append(text("", 200, ("set-cookie", "a=1"), ("set-cookie", "b=2")))

    with httpx.Client(transport=httpx.HTTPTransport(verify=False)) as own:
        assert own.get(URL).headers.get_list("set-cookie") == ["a=1", "b=2"]
        own.get(URL)

    assert stub.requests[1].headers["cookie"] == "a=1; b=2"


def test_hooks_auth_flows_and_redirects_are_the_clients_own(stub: Stub) -> None:
    class Renewing(httpx.Auth):
        def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
            request.headers["authorization"] = "Bearer old"
            response = yield request
            if response.status_code == 401:
                request.headers["authorization"] = "Bearer new"
                yield request

    seen: list[int] = []
    hooks = {"response": [lambda response: seen.append(response.status_code)]}
    stub.script += [text("", 401), text("", 307, ("location", "/api/v1/moved")), text("here")]

    transport = httpx.HTTPTransport(verify=False)
    with httpx.Client(transport=transport, auth=Renewing(), event_hooks=hooks, follow_redirects=True) as own:
        response = own.put(URL, content=b"again")

    assert response.text == "here"
    assert [hop.status_code for hop in response.history] == [401, 307]
    assert seen == [401, 307, 200]
    assert [request.headers["authorization"] for request in stub.requests] == ["Bearer old", "Bearer new", "Bearer new"]
    assert [request.body for request in stub.requests] == [b"again"] * 3
    assert stub.requests[-1].path == "/api/v1/moved"


def test_what_the_handler_raises_comes_through_as_it_is(client: httpx.Client, stub: Stub) -> None:
    mistake = ZeroDivisionError("in the handler")
    stub.script.append(mistake)

    with pytest.raises(ZeroDivisionError) as caught:
        client.get(URL)

    assert caught.value is mistake


def test_other_hosts_pass_through_to_the_network(client: httpx.Client, stub: Stub, local_server: LocalServer) -> None:
    assert client.post(local_server.url + "/p", json=[1]).json() == {"from": "a real server"}
    assert stub.requests == []


def test_a_transport_of_the_user_is_left_alone(stub: Stub) -> None:
    with httpx.Client(transport=httpx.MockTransport(lambda _: httpx.Response(200, text="mine"))) as own:
        assert own.get(URL).text == "mine"
    assert stub.requests == []


def test_a_subclass_that_calls_up_is_answered(stub: Stub) -> None:
    class Adding(httpx.HTTPTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            request.headers["x-added"] = "yes"
            return super().handle_request(request)

    with httpx.Client(transport=Adding(verify=False)) as own:
        own.get(URL)

    assert stub.requests[0].headers["x-added"] == "yes"


def test_async_clients_are_answered_and_pass_other_hosts_through(
    make_stub: type[Stub], local_server: LocalServer
) -> None:
    handler = make_stub()

    async def parts() -> AsyncIterator[bytes]:
        yield b"one "
        yield b"two"

    async def calls() -> None:
        async with httpx.AsyncClient(verify=False) as made_before:
            with Interception(handler, label="this test"):
                response = await made_before.post(URL, content=parts())
                assert response.json() == {"from": "stub"}
                assert isinstance(response.elapsed, timedelta)
                assert (await made_before.get(local_server.url)).json() == {"from": "a real server"}
                answers = await asyncio.gather(*(made_before.get(URL) for _ in range(20)))
                assert all(answer.status_code == 200 for answer in answers)
                async with made_before.stream("GET", URL) as streamed:
                    assert [line async for line in streamed.aiter_lines()] == ['{"from": "stub"}']

    asyncio.run(calls())
    assert handler.requests[0].body == b"one two"
    assert len(handler.requests) == 22
