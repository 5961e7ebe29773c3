from __future__ import annotations

import asyncio
import http.client
import pickle
import socket
import ssl
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_qruntime.model.errors import QRuntimeError
from pytest_qruntime.transport import Interception, NetworkBlockedError
from pytest_qruntime.transport.errors import ADVICE

if TYPE_CHECKING:
    from tests.transport.conftest import LocalServer, Stub

HOST = "eu-de.quantum.cloud.ibm.com"


def by_urllib() -> None:
    urllib.request.urlopen(f"https://{HOST}/api/v1/backends")


def by_urllib_through_a_proxy() -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({"https": "http://127.0.0.1:9"}))
    opener.open(f"https://{HOST}/api/v1/backends")


def by_http_client() -> None:
    http.client.HTTPSConnection(HOST).request("GET", "/api/v1/backends")


def by_http_client_through_a_tunnel() -> None:
    http.client.HTTPSConnection("127.0.0.1", 9).set_tunnel(HOST)


def by_create_connection() -> None:
    socket.create_connection((HOST, 443), timeout=1)


def by_a_plain_socket() -> None:
    with socket.socket() as plain:
        plain.connect((HOST, 443))


def by_connect_ex() -> None:
    with socket.socket() as plain:
        plain.connect_ex((HOST.encode(), 443))


def by_getaddrinfo() -> None:
    socket.getaddrinfo(host=HOST, port=443)


def by_gethostbyname() -> None:
    socket.gethostbyname(HOST)


def by_gethostbyname_ex() -> None:
    socket.gethostbyname_ex(HOST.upper() + ".")


def by_asyncio() -> None:
    async def call() -> None:
        await asyncio.open_connection(HOST, 443, ssl=True)

    asyncio.run(call())


def by_tls_on_a_connection_that_got_through() -> None:
    with socket.socket() as plain:
        ssl.create_default_context().wrap_socket(plain, server_hostname=HOST)


def by_tls_of_an_event_loop() -> None:
    ssl.create_default_context().wrap_bio(ssl.MemoryBIO(), ssl.MemoryBIO(), False, HOST)


def by_urllib3() -> None:
    import urllib3

    urllib3.PoolManager().request("GET", f"https://{HOST}/api/v1/backends")


def by_httpcore() -> None:
    import httpcore

    httpcore.request("GET", f"https://{HOST}/api/v1/backends")


ROADS = [value for name, value in list(globals().items()) if name.startswith("by_")]


@pytest.mark.parametrize("road", ROADS, ids=lambda road: road.__name__)
def test_every_other_road_to_the_service_is_refused(road: Callable[[], None], make_stub: type[Stub]) -> None:
    label = "tests/test_mine.py::test_with_another_library"

    with Interception(make_stub(), label=label), pytest.raises(NetworkBlockedError) as caught:
        road()

    assert HOST in str(caught.value).lower()
    assert label in str(caught.value)
    assert ADVICE in str(caught.value)


def test_the_error_is_no_network_trouble_that_code_would_retry() -> None:
    error = NetworkBlockedError(HOST, "a test", "TLS")

    assert isinstance(error, QRuntimeError)
    assert not isinstance(error, OSError)
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


def test_other_hosts_are_untouched(stub: Stub, local_server: LocalServer) -> None:
    with urllib.request.urlopen(local_server.url) as response:
        assert response.status == 200
    assert socket.gethostbyname("127.0.0.1") == "127.0.0.1"
    assert socket.getaddrinfo(None, 80)
    http.client.HTTPConnection("127.0.0.1").set_tunnel("www.example.org", 443)


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="this platform has no Unix sockets")
def test_other_address_families_are_untouched(stub: Stub, tmp_path: Path) -> None:
    path = str(tmp_path / "s")
    with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as client:
        server.bind(path)
        server.listen()
        client.connect(path)
        assert client.getpeername() == path


def test_the_innermost_label_is_named(make_stub: type[Stub]) -> None:
    with (
        Interception(make_stub(), label="the outer world"),
        Interception(make_stub(), label="the inner world"),
        pytest.raises(NetworkBlockedError, match="the inner world"),
    ):
        socket.gethostbyname(HOST)


def test_it_is_put_up_while_a_cassette_of_vcrpy_is_in_use_and_stays_when_that_ends(tmp_path: Path) -> None:
    """vcrpy puts its own class of connections in the place of http.client's."""
    program = f"""
import http.client
import vcr
from pytest_qruntime.transport import Interception, NetworkBlockedError

class Service:
    def handle(self, request): ...

with vcr.use_cassette({str(tmp_path / "it.yaml")!r}), Interception(Service(), label="a test"):
    pass
with Interception(Service(), label="a test"):
    try:
        http.client.HTTPSConnection("127.0.0.1", 9).set_tunnel({HOST!r})
    except NetworkBlockedError:
        print("refused")
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)

    assert (done.stdout, done.stderr) == ("refused\n", "")
