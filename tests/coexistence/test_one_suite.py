"""One suite in which other tools fake, record and mock other hosts, while ours is the service."""

from __future__ import annotations

import pytest

from pytest_qruntime.cassette.files import load
from tests.coexistence.conftest import HTTPX, OURS, RECORDING, RESPX, Other, run
from tests.plugin.conftest import Project

ORDERS = [(OURS, RECORDING, HTTPX, RESPX), (RESPX, HTTPX, RECORDING, OURS)]
SUITE = """
    import httpx
    import pytest
    import requests

    URL = "{url}"
    SERVICE = r"(.+\\.)?cloud\\.ibm\\.com"


    def ours(qruntime):
        with qruntime.session() as session:
            job = session.run("sampler", {{"pubs": []}})
        assert requests.get(f"{{qruntime.base_url}}/v1/jobs", auth=None).status_code == 401
        qruntime.clock.tick("1h")
        return job.status()


    @pytest.mark.vcr
    def test_recorded(qruntime):
        assert httpx.get(URL).json() == {{"sky": "clear"}}
        assert ours(qruntime) == "ERROR"
        assert requests.get(URL).json() == {{"sky": "clear"}}


    @pytest.mark.httpx_mock(should_mock=lambda request: not request.url.host.endswith("cloud.ibm.com"))
    def test_mocked_by_pytest_httpx(httpx_mock, qruntime):
        httpx_mock.add_response(url=URL, json={{"sky": "mocked"}})
        assert ours(qruntime) == "ERROR"
        assert httpx.get(URL).json() == {{"sky": "mocked"}}


    def test_mocked_by_respx(respx_mock, qruntime):
        respx_mock.get(URL).respond(json={{"sky": "routed"}})
        assert ours(qruntime) == "ERROR"
        assert httpx.get(URL).json() == {{"sky": "routed"}}


    def test_alone(qruntime):
        assert ours(qruntime) == "ERROR"


    @pytest.mark.parametrize("name", ["handle_request"])
    def test_nothing_is_left(name):
        assert httpx.HTTPTransport.handle_request.__qualname__ == "HTTPTransport.handle_request"
        assert requests.adapters.HTTPAdapter.send.__qualname__ == "HTTPAdapter.send"
"""


@pytest.fixture
def suite(project: Project, other: Other) -> Project:
    return project.write(test_it=SUITE.format(url=other.url))


@pytest.mark.parametrize("order", ORDERS)
def test_each_tool_has_its_hosts(suite: Project, other: Other, order: tuple[str, ...]) -> None:
    run(suite, "--record-mode=once", order=order).assert_outcomes(passed=5)

    assert other.asked == 2
    other.stop()
    run(suite, "--block-network", order=order).assert_outcomes(passed=5)


@pytest.mark.parametrize("order", ORDERS)
def test_no_cassette_of_pytest_recording_holds_the_service(
    suite: Project, other: Other, order: tuple[str, ...]
) -> None:
    run(suite, "--record-mode=all", order=order).assert_outcomes(passed=5)

    [place] = suite.pytester.path.glob("cassettes/**/*.yaml")
    assert [exchange.url for exchange in load(place).exchanges] == [other.url] * 2


def test_the_suite_can_be_distributed_and_run_in_any_order(suite: Project, other: Other) -> None:
    run(suite, "--record-mode=once", order=ORDERS[0]).assert_outcomes(passed=5)
    other.stop()
    named = [part for plugin in (*ORDERS[0], "xdist", "randomly") for part in ("-p", plugin)]

    suite.pytester.runpytest_subprocess(*named, "-n", "2", "--block-network").assert_outcomes(passed=5)
