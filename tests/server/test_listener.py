"""HTTP as it comes over the wire, and a server that starts and stops without a trace."""

from __future__ import annotations

import http.client
import os
import socket
import sys
import threading
from collections.abc import Iterator

import pytest

from pytest_qruntime import ConfigurationError
from pytest_qruntime.server.gateway import Gateway
from pytest_qruntime.server.listener import Listener, Receive, Scope, Send
from pytest_qruntime.server.loopback import LoopbackServer
from tests.server.caller import Caller


class Echo:
    """Answers with what it was asked."""

    def __init__(self) -> None:
        self.gone = threading.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message["body"], message["more_body"]
        answer = b"%s %s ? %s | %d" % (scope["method"].encode(), scope["raw_path"], scope["query_string"], len(body))
        headers = [(b"content-length", str(len(answer)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": answer})

    def closed(self, client: tuple[str, int]) -> None:
        self.gone.set()


@pytest.fixture
def port() -> Iterator[int]:
    listener = Listener(Echo())
    listener.start()
    yield listener.port
    listener.stop()


def exchange(port: int, sent: bytes, *, until: bytes = b"") -> bytes:
    """What comes back, up to and with `until`, else until the server closes the connection."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(sent)
        got = b""
        while not until or until not in got:
            part = connection.recv(65536)
            if not part:
                break
            got += part
        return got


def head(first_line: str, *fields: str) -> bytes:
    return "\r\n".join([first_line, "Host: 127.0.0.1", *fields, "", ""]).encode()


@pytest.mark.parametrize(
    ("sent", "seen"),
    [
        (head("GET /a?b=c HTTP/1.1"), b"GET /a ? b=c | 0"),
        (head("GET http://quantum.cloud.ibm.com/a?b=c HTTP/1.1"), b"GET /a ? b=c | 0"),
        (head("GET /%C3%BC%2F%20x?q=%E2%9C%93 HTTP/1.1"), b"GET /%C3%BC%2F%20x ? q=%E2%9C%93 | 0"),
        (head("GET //double//slash HTTP/1.1"), b"GET //double//slash ?  | 0"),
        (head("DELETE /a HTTP/1.1"), b"DELETE /a ?  | 0"),
        (head("PATCH /a HTTP/1.1", "Content-Length: 3") + b"abc", b"PATCH /a ?  | 3"),
        (
            head("POST /a HTTP/1.1", "Transfer-Encoding: chunked") + b"3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n",
            b"POST /a ?  | 7",
        ),
        (head("CONNECT iam.cloud.ibm.com:443 HTTP/1.1"), b"CONNECT iam.cloud.ibm.com:443 ?  | 0"),
        (head("GET /a HTTP/1.1", "Connection: Upgrade", "Upgrade: h2c"), b"GET /a ?  | 0"),
    ],
    ids=["path", "absolute", "percent", "slashes", "delete", "patch", "chunked", "connect", "upgrade"],
)
def test_a_request_arrives_as_it_was_sent(port: int, sent: bytes, seen: bytes) -> None:
    got = exchange(port, sent, until=b" | " + seen.rpartition(b"| ")[2])
    assert got.startswith(b"HTTP/1.1 200 OK\r\n")
    assert got.endswith(seen)


def test_ten_megabytes_arrive_whole(port: int) -> None:
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    client.request("POST", "/big", body=b"x" * 10_000_000)
    assert client.getresponse().read() == b"POST /big ?  | 10000000"
    client.close()


def test_a_client_may_wait_until_it_is_told_to_go_on(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(head("POST /a HTTP/1.1", "Content-Length: 3", "Expect: 100-continue"))
        assert connection.recv(1000) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(b"abc")
        assert connection.recv(1000).endswith(b"POST /a ?  | 3")


def test_an_answer_is_one_packet(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(head("GET /a HTTP/1.1"))
        assert connection.recv(1000).endswith(b"\r\n\r\nGET /a ?  | 0")


def test_a_connection_is_kept_and_requests_may_be_sent_ahead(port: int) -> None:
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    for number in range(3):
        client.request("GET", f"/{number}")
        assert client.getresponse().read() == f"GET /{number} ?  | 0".encode()
    client.close()
    both = exchange(port, head("GET /1 HTTP/1.1") + head("GET /2 HTTP/1.1"), until=b"GET /2")
    assert both.count(b"HTTP/1.1 200 OK") == 2


def test_what_is_not_http_is_refused_and_the_server_goes_on(port: int) -> None:
    for rubbish in (
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        b"GET /\xc3\xbc HTTP/1.1\r\n\r\n",
        b"X\r\n",
    ):
        assert exchange(port, rubbish).startswith(b"HTTP/1.1 400 ")
    assert exchange(port, head("GET /a HTTP/1.1"), until=b"| 0").endswith(b"GET /a ?  | 0")


def test_a_head_request_has_no_body(qruntime_server: LoopbackServer, caller: Caller) -> None:
    answered = caller.http.head("/v1/backends")
    assert (answered.status_code, answered.content) == (405, b"")
    assert caller.http.get("/v1/backends").status_code == 200


def test_two_host_headers_are_no_loophole(qruntime_server: LoopbackServer) -> None:
    sent = head("GET /qruntime HTTP/1.1", "Host: evil.example", "Connection: close")
    assert exchange(qruntime_server.port, sent).startswith(b"HTTP/1.1 403 ")


# -- starting and stopping ---------------------------------------------------------------------------------------------


def open_files() -> int:
    return len(os.listdir("/proc/self/fd"))


def test_nothing_is_left_when_clients_keep_their_connections() -> None:
    threads = threading.active_count()
    gone = Echo()
    listener = Listener(gone)
    listener.start()
    client = http.client.HTTPConnection("127.0.0.1", listener.port, timeout=30)
    client.request("GET", "/a")
    client.getresponse().read()
    assert threading.active_count() == threads + 1
    listener.stop()
    assert threading.active_count() == threads
    assert gone.gone.is_set()
    assert client.sock is not None
    assert client.sock.recv(10) == b""  # the connection is closed, too
    client.close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", listener.port), timeout=5)


@pytest.mark.skipif(sys.platform != "linux", reason="open files are counted in /proc")
def test_no_file_is_left_open_however_often_a_server_starts_and_stops() -> None:
    counts = []
    for _ in range(20):
        listener = Listener(Echo())
        listener.start()
        listener.stop()
        counts.append(open_files())
    assert counts == counts[:1] * 20


def test_a_request_that_is_not_answered_yet_does_not_keep_a_server_from_stopping() -> None:
    class Never(Echo):
        async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
            asked.set()
            while True:
                await receive()

    asked = threading.Event()
    listener = Listener(Never())
    listener.start()
    with socket.create_connection(("127.0.0.1", listener.port), timeout=30) as connection:
        connection.sendall(head("POST /a HTTP/1.1", "Content-Length: 9"))
        asked.wait()
        listener.stop()
        assert connection.recv(10) == b""


def test_a_port_that_is_taken_is_an_error_that_says_so(gateway: Gateway) -> None:
    taken = int(gateway.url.rpartition(":")[2])
    with pytest.raises(
        ConfigurationError, match=rf"cannot serve on port {taken} of 127.0.0.1: .*; choose another port"
    ):
        Listener(Echo(), port=taken)


@pytest.mark.parametrize("port", [-1, 70_000])
def test_a_number_that_is_no_port_is_an_error_that_says_so(port: int) -> None:
    with pytest.raises(ConfigurationError, match=f"cannot serve on port {port}"):
        Listener(Echo(), port=port)


def test_only_this_machine_reaches_it(monkeypatch: pytest.MonkeyPatch) -> None:
    bound = []

    class Noted(socket.socket):
        def bind(self, address: tuple[str, int]) -> None:  # type: ignore[override]
            bound.append(address)
            super().bind(address)

    monkeypatch.setattr(socket, "socket", Noted)
    listener = Listener(Echo())
    listener.start()
    listener.stop()
    assert bound == [("127.0.0.1", 0)]
