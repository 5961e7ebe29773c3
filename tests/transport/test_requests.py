from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import requests

from pytest_qruntime.rest.http import Response

if TYPE_CHECKING:
    from tests.transport.conftest import LocalServer, Stub

URL = "https://quantum.cloud.ibm.com/api/v1/sessions"


@pytest.fixture(scope="module")
def session() -> Iterator[Any]:
    """Made once, before any interception starts."""
    with requests.Session() as made:
        yield made


def text(body: str, status: int = 200, *headers: tuple[str, str]) -> Response:
    return Response(status, (("content-type", "text/plain; charset=utf-8"), *headers), body.encode())


def test_a_session_made_before_the_interception_is_answered(session: Any, stub: Stub) -> None:
    assert session.get(URL).json() == {"from": "stub"}
    assert requests.get(URL, proxies={"https": "http://127.0.0.1:9"}).json() == {"from": "stub"}


def test_the_handler_sees_the_request_as_it_was_sent(session: Any, stub: Stub) -> None:
    session.post(
        "https://user:secret@Quantum.Cloud.IBM.com:443/api/v1/jobs/a%2Fb?tags=x%20y",
        params={"tags": "z"},
        json={"a": 1},
        headers={"Service-CRN": "crn:v1", "X-Bytes": b"b"},
    )

    request = stub.requests[0]
    assert request[:4] == ("POST", "quantum.cloud.ibm.com", "/api/v1/jobs/a%2Fb", "tags=x%20y&tags=z")
    assert request.headers["service-crn"] == "crn:v1"
    assert request.headers["x-bytes"] == "b"
    assert request.headers["host"] == "quantum.cloud.ibm.com"
    assert request.headers["authorization"].startswith("Basic ")
    assert request.body == b'{"a": 1}'


def test_a_url_without_a_path_asks_for_the_root(session: Any, stub: Stub) -> None:
    session.get("https://quantum.cloud.ibm.com?x=1")

    assert (stub.requests[0].path, stub.requests[0].query) == ("/", "x=1")


def test_bodies_of_every_kind_are_read(session: Any, stub: Stub) -> None:
    def parts() -> Iterator[bytes]:
        yield b"one "
        yield b"two"

    sent: list[tuple[Any, bytes]] = [
        ("täxt", "täxt".encode()),
        (b"bytes", b"bytes"),
        (bytearray(b"array"), b"array"),
        (io.BytesIO(b"a file"), b"a file"),
        (io.StringIO("täxt"), "täxt".encode()),
        (parts(), b"one two"),
        (None, b""),
    ]
    for body, _ in sent:
        session.put(URL, data=body)
    session.post(URL, data={"apikey": "a b"})
    session.post(URL, files={"f": ("name.txt", io.BytesIO(b"in a form"))})

    bodies = [request.body for request in stub.requests]
    assert bodies[: len(sent)] == [expected for _, expected in sent]
    assert bodies[len(sent)] == b"apikey=a+b"
    assert b"in a form" in bodies[-1]


def test_the_response_looks_like_one_from_the_network(session: Any, stub: Stub) -> None:
    stub.script.append(text("grün", 404))

    response = session.get(URL)

    assert type(response) is requests.Response
    assert (response.status_code, response.reason, response.url) == (404, "Not Found", URL)
    assert (response.encoding, response.text) == ("utf-8", "grün")
    assert isinstance(response.elapsed, timedelta)
    assert response.request.url == URL
    assert response.connection is session.get_adapter(URL)
    assert (response.raw.version, response.raw.version_string) == (11, "HTTP/1.1")
    assert response.raw.closed
    with pytest.raises(requests.HTTPError, match="404 Client Error: Not Found for url"):
        response.raise_for_status()


def test_the_encoding_comes_from_the_content_type_alone(session: Any, stub: Stub) -> None:
    stub.script.append(Response(200, (("Content-Type", "text/plain"),), b"x"))

    assert session.get(URL).encoding == "ISO-8859-1"


def test_a_status_without_a_phrase_is_answered(session: Any, stub: Stub) -> None:
    stub.script.append(text("", 524))

    assert session.get(URL).reason == ""


def test_streamed_responses_can_be_read_in_every_way(session: Any, stub: Stub) -> None:
    for _ in range(4):
        stub.script.append(text("one\ntwo\n"))

    with session.get(URL, stream=True) as response:
        assert list(response.iter_lines()) == [b"one", b"two"]
    with session.get(URL, stream=True) as response:
        assert list(response.iter_content(5)) == [b"one\nt", b"wo\n"]
    with session.get(URL, stream=True) as response:
        assert (response.raw.read(3), response.raw.read()) == (b"one", b"\ntwo\n")
    with session.get(URL, stream=True) as response:
        assert response.content == b"one\ntwo\n"


def test_head_has_headers_and_no_body(session: Any, stub: Stub) -> None:
    stub.script.append(text("a body", 200, ("content-length", "6")))

    response = session.head(URL)

    assert (response.content, response.headers["Content-Length"]) == (b"", "6")


def test_hooks_cookies_and_redirects_are_the_sessions_own(stub: Stub) -> None:
    stub.script += [
        text("", 200, ("Set-Cookie", "a=1; Path=/"), ("Set-Cookie", "b=2; Path=/")),
        text("go", 302, ("location", "/api/v1/moved")),
        text("here"),
    ]
    seen: list[int] = []
    with requests.Session() as own:
        first = own.get(URL, hooks={"response": lambda response, **_: seen.append(response.status_code)})
        second = own.post(URL, data=b"gone after a 302")

    assert seen == [200]
    assert first.cookies.get_dict() == {"a": "1", "b": "2"}
    assert stub.requests[1].headers["cookie"] == "a=1; b=2"
    assert [hop.status_code for hop in second.history] == [302]
    assert (second.text, second.url) == ("here", "https://quantum.cloud.ibm.com/api/v1/moved")
    assert (stub.requests[2].method, stub.requests[2].body) == ("GET", b"")


def test_redirects_do_not_go_round_for_ever(session: Any, stub: Stub) -> None:
    stub.script += [text("", 302, ("location", URL)) for _ in range(40)]

    with pytest.raises(requests.TooManyRedirects):
        session.get(URL)


def test_what_the_handler_raises_comes_through_as_it_is(session: Any, stub: Stub) -> None:
    mistake = ZeroDivisionError("in the handler")
    stub.script.append(mistake)

    with pytest.raises(ZeroDivisionError) as caught:
        session.get(URL)

    assert caught.value is mistake


def test_other_hosts_pass_through_to_the_network(session: Any, stub: Stub, local_server: LocalServer) -> None:
    assert session.post(local_server.url + "/p", json=[1]).json() == {"from": "a real server"}
    assert stub.requests == []


def test_an_adapter_that_inherits_send_or_calls_it_is_answered(stub: Stub) -> None:
    class Adding(requests.adapters.HTTPAdapter):  # type: ignore[misc, name-defined, unused-ignore]
        def add_headers(self, request: Any, **options: Any) -> None:
            request.headers["x-added"] = f"stream={options['stream']}"

        def send(self, request: Any, *args: Any, **options: Any) -> Any:
            response = super().send(request, *args, **options)
            response.headers["x-seen"] = "yes"
            return response

    with requests.Session() as own:
        own.mount("https://", Adding())
        response = own.get(URL)

    assert response.headers["x-seen"] == "yes"
    assert stub.requests[0].headers["x-added"] == "stream=False"


def test_an_adapter_of_the_user_is_left_alone(stub: Stub) -> None:
    class Own(requests.adapters.BaseAdapter):
        def send(self, request: Any, *_: Any, **__: Any) -> requests.Response:
            response = requests.Response()
            response.status_code, response._content, response.url = 200, b"mine", request.url
            return response

        def close(self) -> None:
            """Nothing is open."""

    with requests.Session() as own:
        own.mount("https://", Own())
        assert own.get(URL).text == "mine"
    assert stub.requests == []


def test_one_session_may_be_used_by_two_threads(session: Any, stub: Stub) -> None:
    failures: list[BaseException] = []

    def calls() -> None:
        try:
            for _ in range(50):
                assert session.get(URL).json() == {"from": "stub"}
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=calls) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert len(stub.requests) == 100
