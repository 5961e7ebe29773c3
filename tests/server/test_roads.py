"""Which addresses lead where, and who is turned away."""

from __future__ import annotations

import httpx
import pytest

from pytest_qruntime.server.loopback import LoopbackServer
from pytest_qruntime.server.roads import Refusal, Road, canonical, path_here, road
from tests.server.caller import Caller

HERE = {"host": "127.0.0.1:8700"}


@pytest.mark.parametrize(
    ("host", "path", "leads"),
    [
        ("127.0.0.1:8700", "/api/v1/jobs", Road("127.0.0.1", "/api/v1/jobs")),
        ("localhost:8700", "/identity/token", Road("127.0.0.1", "/identity/token")),
        ("127.0.0.1:8700", "/experimental/api/v1/jobs", Road("127.0.0.1", "/api/v1/jobs")),
        ("LOCALHOST", "/iam/identity/token", Road("iam.cloud.ibm.com", "/identity/token")),
        (
            "[::1]:8700",
            "/search/v3/resources/search",
            Road("api.global-search-tagging.cloud.ibm.com", "/v3/resources/search"),
        ),
        ("127.0.0.1:1", "/catalog/api/v1/plan-open", Road("globalcatalog.cloud.ibm.com", "/api/v1/plan-open")),
        ("127.0.0.1:1", "/resources/v2/x", Road("resource-controller.cloud.ibm.com", "/v2/x")),
        ("127.0.0.1:1", "/api/v1/jobs/a%2Fb", Road("127.0.0.1", "/api/v1/jobs/a%2Fb")),
        ("127.0.0.1:1", "/", Road("127.0.0.1", "/")),
        ("quantum.cloud.ibm.com", "/api/v1/jobs", Road("quantum.cloud.ibm.com", "/api/v1/jobs")),
        ("eu-de.quantum.cloud.ibm.com:80", "/iam/x", Road("eu-de.quantum.cloud.ibm.com:80", "/iam/x")),
        ("iam.cloud.ibm.com", "/identity/token", Road("iam.cloud.ibm.com", "/identity/token")),
        ("127.0.0.1:1", "/qruntime", Road("127.0.0.1:1", "", control=True)),
        ("127.0.0.1:1", "/qruntime/worlds/1", Road("127.0.0.1:1", "/worlds/1", control=True)),
        ("127.0.0.1:1", "/qruntimes", Road("127.0.0.1", "/qruntimes")),
        ("quantum.cloud.ibm.com", "/qruntime/worlds", Road("quantum.cloud.ibm.com", "/qruntime/worlds")),
    ],
)
def test_an_address_stands_for_a_host_of_the_service(host: str, path: str, leads: Road) -> None:
    assert road({"host": host}, path) == leads


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "127.0.0.1.evil.example",
        "localhost.evil.example:8700",
        "127.0.0.2",
        "",
        "127.0.0.1, evil.example",
    ],
)
def test_another_host_is_refused_so_that_no_name_of_somebody_elses_leads_here(host: str) -> None:
    refusal = road({"host": host}, "/qruntime/worlds")
    assert isinstance(refusal, Refusal)
    assert (refusal.status, "qruntime is not a proxy to" in refusal.text) == (403, True)


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:8700"])
def test_a_page_in_a_browser_is_refused_whatever_host_it_asks_for(origin: str) -> None:
    refusal = road({**HERE, "origin": origin}, "/qruntime/worlds")
    assert isinstance(refusal, Refusal)
    assert "pages in a browser" in refusal.text


def test_no_answer_allows_a_page_of_another_origin_to_read_it(qruntime_server: LoopbackServer) -> None:
    asked = httpx.options(
        f"{qruntime_server.url}/qruntime/worlds",
        headers={"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"},
    )
    assert asked.status_code == 403
    assert [name for name in asked.headers if name.startswith("access-control")] == []


def test_every_road_answers_over_the_wire(qruntime_server: LoopbackServer, caller: Caller) -> None:
    url, key = qruntime_server.url, qruntime_server.api_key
    form = {"grant_type": "urn:ibm:params:oauth:grant-type:apikey", "apikey": key}
    token = httpx.post(f"{url}/iam/identity/token", data=form).json()["access_token"]
    bearer = {"Authorization": f"Bearer {token}"}
    query = {"query": "service_name:quantum-computing", "fields": ["*"]}
    found = httpx.post(f"{url}/search/v3/resources/search", json=query, headers=bearer)
    assert [item["crn"] for item in found.json()["items"]] == [qruntime_server.crn]
    plan = found.json()["items"][0]["service_plan_unique_id"]
    assert httpx.get(f"{url}/catalog/api/v1/{plan}", headers=bearer).json()["name"] == "premium"
    with_crn = {**bearer, "Service-CRN": qruntime_server.crn}
    for root in ("/api", "/experimental/api"):
        devices = httpx.get(f"{url}{root}/v1/backends", headers=with_crn).json()["devices"]
        assert [device["name"] for device in devices] == ["fake_backend"]


def test_a_proxy_is_asked_with_the_whole_address_of_a_service(qruntime_server: LoopbackServer, caller: Caller) -> None:
    host = "quantum.cloud.ibm.com"
    answered = httpx.get(f"{qruntime_server.url}/api/v1/backends", headers={**caller.headers, "Host": host})
    assert answered.status_code == 200
    elsewhere = {**caller.headers, "Host": "eu-de.quantum.cloud.ibm.com"}
    assert httpx.get(f"{qruntime_server.url}/api/v1/backends", headers=elsewhere).status_code == 404


@pytest.mark.parametrize(
    ("path", "address"),
    [
        ("/api/v1/jobs", "https://quantum.cloud.ibm.com/api/v1/jobs"),
        ("/experimental/api/v1/jobs/a%2Fb", "https://quantum.cloud.ibm.com/api/v1/jobs/a%2Fb"),
        ("/iam/identity/token", "https://iam.cloud.ibm.com/identity/token"),
        ("/identity/token", "https://iam.cloud.ibm.com/identity/token"),
        (
            "/search/v3/resources/search",
            "https://api.global-search-tagging.cloud.ibm.com/v3/resources/search",
        ),
        ("/catalog/api/v1/plan-open", "https://globalcatalog.cloud.ibm.com/api/v1/plan-open"),
        ("/resources/v2/x", "https://resource-controller.cloud.ibm.com/v2/x"),
        ("/qruntime", None),
        ("/qruntime/worlds/1/time", None),
    ],
)
def test_a_path_here_is_known_by_the_address_at_the_service(path: str, address: str | None) -> None:
    assert canonical(path) == address


@pytest.mark.parametrize(
    ("host", "path"),
    [
        ("quantum.cloud.ibm.com", "/experimental/x"),
        ("private.eu-de.quantum.cloud.ibm.com", "/experimental/x"),
        ("iam.cloud.ibm.com", "/iam/x"),
        ("private.iam.cloud.ibm.com:443", "/iam/x"),
        ("IAM.test.cloud.ibm.com", "/iam/x"),
        ("api.global-search-tagging.cloud.ibm.com", "/search/x"),
        ("globalcatalog.test.cloud.ibm.com", "/catalog/x"),
        ("resource-controller.cloud.ibm.com", "/resources/x"),
        ("example.org", None),
        ("cloud.ibm.com", None),
    ],
)
def test_every_host_of_the_service_has_a_path_here(host: str, path: str | None) -> None:
    assert path_here(host, "/x") == path
