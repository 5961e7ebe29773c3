"""Mocks that take every host: which of them answer the service's hosts too, and how they are told to leave these."""

from __future__ import annotations

import pytest

from tests.coexistence.conftest import HTTPX, OURS, RECORDING, RESPX, run
from tests.plugin.conftest import Project

ALL = (OURS, RECORDING, HTTPX, RESPX)
TEST = """
    import httpx
    import pytest
    import respx

    URL = "https://weather.example/sky"

    {marker}
    def test_it({fixtures}):
        {mock}
        asked = {{"auth": qruntime.http.auth, "headers": {{"Service-CRN": qruntime.crn}}}}
        assert httpx.get(f"{{qruntime.base_url}}/v1/jobs", **asked).json()["jobs"] == []
        assert httpx.get(URL).text == "mocked"
"""
HTTPX_ADD = 'httpx_mock.add_response(url=URL, text="mocked")'
HTTPX_MARK = '@pytest.mark.httpx_mock(should_mock=lambda request: not request.url.host.endswith("cloud.ibm.com"))'
RESPX_ADD = 'respx_mock.get(URL).respond(text="mocked")'
RESPX_PASS = r'; respx_mock.route(host__regex=r"cloud\.ibm\.com$").pass_through()'
RESPX_MARK = '@pytest.mark.respx(using="httpx", assert_all_called=False)'


def outcome(project: Project, marker: str, fixtures: str, mock: str) -> pytest.RunResult:
    return run(project.write(test_it=TEST.format(marker=marker, fixtures=fixtures, mock=mock)), order=ALL)


@pytest.mark.parametrize("fixtures", ["httpx_mock, qruntime", "qruntime, httpx_mock"])
def test_pytest_httpx_is_told_by_a_marker(project: Project, fixtures: str) -> None:
    outcome(project, HTTPX_MARK, fixtures, HTTPX_ADD).assert_outcomes(passed=1)


def test_pytest_httpx_answers_first_otherwise(project: Project) -> None:
    result = outcome(project, "", "qruntime, httpx_mock", HTTPX_ADD)
    result.assert_outcomes(failed=1, errors=1)
    result.stdout.fnmatch_lines(["*No response can be found for GET request on https://quantum.cloud.ibm.com*"])


def test_pytest_httpx_leaves_the_service_to_a_fake_that_came_later(project: Project) -> None:
    outcome(project, "", "httpx_mock, qruntime", HTTPX_ADD).assert_outcomes(passed=1)


@pytest.mark.parametrize("fixtures", ["respx_mock, qruntime", "qruntime, respx_mock"])
def test_respx_is_below_and_needs_nothing(project: Project, fixtures: str) -> None:
    outcome(project, "", fixtures, RESPX_ADD).assert_outcomes(passed=1)


@pytest.mark.parametrize("fixtures", ["respx_mock, qruntime", "qruntime, respx_mock"])
def test_respx_at_the_height_of_httpx_is_told_by_a_route(project: Project, fixtures: str) -> None:
    outcome(project, RESPX_MARK, fixtures, RESPX_ADD + RESPX_PASS).assert_outcomes(passed=1)


def test_respx_at_the_height_of_httpx_answers_first_otherwise(project: Project) -> None:
    result = outcome(project, RESPX_MARK, "qruntime, respx_mock", RESPX_ADD)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*AllMockedAssertionError: RESPX: <Request('GET', 'https://quantum.cloud.ibm.com*"])
