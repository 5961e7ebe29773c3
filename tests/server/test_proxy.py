"""The server as an HTTP proxy: whole addresses of the service are answered, tunnels and other hosts are refused."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
import requests

from pytest_qruntime.server.gateway import Gateway
from pytest_qruntime.server.loopback import LoopbackServer
from tests.server.caller import Control, job
from tests.server.programs import python

Ask = Callable[..., Any]

GRANT = "urn:ibm:params:oauth:grant-type:apikey"


@pytest.fixture
def gateway(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> Iterator[Gateway]:
    """A server that this process has been told to use as its proxy, as every program may be."""
    gateway.worlds.create()
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY"):
        monkeypatch.setenv(name, gateway.url)
    for name in ("no_proxy", "NO_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    yield gateway
    assert gateway.failures == []


@pytest.fixture(params=[requests.request, httpx.request], ids=["requests", "httpx"])
def ask(request: pytest.FixtureRequest) -> Any:
    return request.param


def test_a_program_asks_the_services_own_addresses(gateway: Gateway, ask: Ask) -> None:
    crn, key = gateway.worlds["1"].qruntime.crn, gateway.worlds["1"].api_key
    form = {"grant_type": GRANT, "apikey": key}
    token = ask("POST", "http://iam.cloud.ibm.com/identity/token", data=form).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}", "Service-CRN": crn}
    jobs = "http://quantum.cloud.ibm.com/api/v1/jobs"
    made = ask("POST", jobs, json=job(), headers=headers).json()["id"]
    seen = [ask("GET", f"{jobs}/{made}", headers=headers).json()["state"]["status"] for _ in range(2)]
    assert seen == ["Running", "Completed"]
    assert gateway.counts.requests == 4
    assert not gateway.counts.refused


def test_a_tunnel_to_a_host_of_the_service_is_refused_and_counted(gateway: Gateway, ask: Ask) -> None:
    for _ in range(2):
        with pytest.raises((requests.exceptions.ProxyError, httpx.ProxyError), match="403"):
            ask("POST", "https://iam.cloud.ibm.com/identity/token", data={"apikey": "a-real-key"})
    assert gateway.counts.tunnels == {"iam.cloud.ibm.com:443": 2}
    assert gateway.counts.requests == 0


def test_nothing_is_fetched_from_another_host(gateway: Gateway, ask: Ask) -> None:
    answered = ask("GET", "http://example.org/index.html")
    assert answered.status_code == 403
    assert answered.json()["error"].startswith("qruntime is not a proxy to example.org; it answers for the hosts of")
    assert gateway.counts.refused == {"example.org": 1}


def test_a_refused_tunnel_closes_its_connection_and_says_why(gateway: Gateway) -> None:
    with socket.create_connection(("127.0.0.1", int(gateway.url.rpartition(":")[2])), timeout=30) as connection:
        connection.sendall(b"CONNECT quantum.cloud.ibm.com:443 HTTP/1.1\r\nHost: quantum.cloud.ibm.com:443\r\n\r\n")
        got = b"".join(iter(lambda: connection.recv(65536), b""))
    assert got.startswith(b"HTTP/1.1 403 Forbidden\r\n")
    assert b"qruntime refuses tunnels, here to quantum.cloud.ibm.com:443: nothing may reach the real service" in got


def test_a_region_of_the_service_has_its_own_instances(gateway: Gateway, ask: Ask) -> None:
    made = Control(gateway.url)("POST", "/worlds/1/instances", name="lab", region="eu-de").json()
    headers = {"Authorization": f"Bearer {made['token']}", "Service-CRN": made["instances"][1]["crn"]}
    path = "quantum.cloud.ibm.com/api/v1/backends"
    assert ask("GET", f"http://eu-de.{path}", headers=headers).status_code == 200
    assert ask("GET", f"http://{path}", headers=headers).status_code == 404


def test_the_host_of_a_whole_address_counts_and_no_header(gateway: Gateway) -> None:
    """Else a program that was sent to another host would get the answers of this one."""
    for url, status in (("http://example.org/qruntime", b"403"), ("http://iam.cloud.ibm.com/qruntime", b"404")):
        with socket.create_connection(("127.0.0.1", int(gateway.url.rpartition(":")[2])), timeout=30) as connection:
            connection.sendall(f"GET {url} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode())
            assert connection.recv(100).startswith(b"HTTP/1.1 " + status)
    assert gateway.counts.refused == {"example.org": 1}


def test_the_control_interface_is_not_on_the_services_hosts(gateway: Gateway, ask: Ask) -> None:
    assert ask("DELETE", "http://quantum.cloud.ibm.com/qruntime/worlds/1").status_code == 404
    assert [world.number for world in gateway.worlds] == ["1"]


def test_a_program_with_the_tests_environment_gets_nowhere_else(qruntime_server: LoopbackServer) -> None:
    found = python(
        """
        import httpx, requests

        urls = "https://iam.cloud.ibm.com/identity/token", "https://example.org", "http://example.org"
        outcomes = []
        for url in urls:
            for ask in (requests.post, httpx.post):
                try:
                    outcomes.append(ask(url, data={"apikey": "a-real-key"}).status_code)
                except (requests.exceptions.ProxyError, httpx.ProxyError):
                    outcomes.append("refused")
        print(json.dumps([outcomes, looked_for]))
        """,
        qruntime_server.environment,
    )
    assert found == [["refused"] * 4 + [403] * 2, []]
    assert qruntime_server.refused_tunnels == {"iam.cloud.ibm.com:443": 2, "example.org:443": 2}
