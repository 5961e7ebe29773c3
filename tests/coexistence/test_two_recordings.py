"""A test of which pytest-recording records the other hosts, and we the service."""

from __future__ import annotations

import pytest

from pytest_qruntime.cassette.files import load
from tests.coexistence.conftest import OURS, RECORDING, Other, other  # noqa: F401
from tests.recording.conftest import Studio, studio, url  # noqa: F401

ORDERS = [(OURS, RECORDING), (RECORDING, OURS)]
BOTH = """
    import httpx
    import pytest

    @pytest.mark.vcr
    @pytest.mark.qruntime(source="cassette"{cassette})
    def test_it(qruntime):
        with qruntime.session() as session:
            assert session.status() == "Pending"
        assert httpx.get("{url}").json() == {{"sky": "clear"}}
"""


def run(studio: Studio, *arguments: str, order: tuple[str, ...] = ORDERS[0]) -> pytest.RunResult:  # noqa: F811
    named = [part for plugin in order for part in ("-p", plugin)]
    return studio.pytester.runpytest_inprocess(
        "-W", "error", "-W", "ignore:Module already imported", *named, *arguments
    )


@pytest.mark.parametrize("order", ORDERS)
def test_each_tool_records_its_hosts_and_replays_them(studio: Studio, other: Other, order: tuple[str, ...]) -> None:  # noqa: F811
    named = ', cassette="cassettes/test_it/test_it.service.yaml"'
    studio.write(test_it=BOTH.format(url=other.url, cassette=named))
    recorded = run(studio, "--qruntime-record", f"--qruntime-url={studio.url}", "--record-mode=once", order=order)
    recorded.assert_outcomes(passed=1)

    assert studio.files() == ["test_it/test_it.service.yaml", "test_it/test_it.yaml"]
    assert {one.url for one in load(studio.file()).exchanges} == {other.url}
    service = load(studio.file("test_it.service")).exchanges
    assert {one.url.split("/")[2] for one in service} == {"quantum.cloud.ibm.com"}

    other.stop()
    run(studio, "--block-network", order=order).assert_outcomes(passed=1)


def test_one_file_for_both_is_refused(studio: Studio, other: Other) -> None:  # noqa: F811
    result = run(studio.write(test_it=BOTH.format(url=other.url, cassette="")))

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        [
            "*pytest-recording keeps its cassette in the same file, cassettes/test_it/test_it.yaml. "
            "Name another one for the service: "
            "@pytest.mark.qruntime(cassette='cassettes/test_it/test_it.service.yaml')"
        ]
    )
    assert studio.files() == []


def test_without_pytest_recording_the_marker_means_nothing(studio: Studio, other: Other) -> None:  # noqa: F811
    studio.write(
        test_it=BOTH.format(url=other.url, cassette=""),
        conftest='def pytest_configure(config):\n    config.addinivalue_line("markers", "vcr: of another tool")',
    )
    run(studio, order=(OURS,)).stdout.fnmatch_lines(["*pytest --qruntime-record*"])
