"""The suite's own recordings: each scenario that can be recorded has one, and they show what a client can see."""

from __future__ import annotations

import pytest

from pytest_qruntime.cassette.drift import drift
from pytest_qruntime.cassette.files import load
from pytest_qruntime.cassette.lint import check
from pytest_qruntime.contracts import HOLDS, OF_THE_SERVICE
from pytest_qruntime.contracts.suite.scenario import Scenarios
from pytest_qruntime.contracts.suite.scenarios import CHAPTERS, SCENARIOS
from pytest_qruntime.contracts.suite.sources import RECORDINGS, Recordings
from pytest_qruntime.contracts.suite.theatre import SKIPPED, Theatre
from tests.contracts.suite.conftest import suite
from tests.contracts.suite.test_scenarios import SEEN_BY_THE_SERVICE_ALONE, VISIBLE

# A second backend, which no world that a server makes has.
NOT_RECORDED = {"a job for another backend"}
RECORDED = [one for one in SCENARIOS if one.fake_only is None and one.name not in NOT_RECORDED]
AGAIN = (
    "make it anew: qruntime serve, and pytest --pyargs pytest_qruntime.contracts.suite --qruntime-record --qruntime-url"
)


def test_each_scenario_has_a_recording_and_nothing_else_is_there() -> None:
    assert {path.name for path in RECORDINGS.iterdir()} == {one.file for one in RECORDED}, AGAIN


def test_what_a_client_can_see_holds_on_the_recordings(request: pytest.FixtureRequest) -> None:
    theatre = Theatre(Recordings(RECORDINGS, {}))
    became = {one.id: theatre.judge(one, request.node) for one in OF_THE_SERVICE}

    assert [f"{name}: {one.why}" for name, one in became.items() if one.fails] == [], AGAIN
    holds = {name for name, one in became.items() if one.verdict == HOLDS}
    assert VISIBLE - holds - SEEN_BY_THE_SERVICE_ALONE == set()
    assert {became[name].verdict for name in set(became) - VISIBLE} == {SKIPPED}


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.all[0].file)
def test_the_fake_answers_as_it_was_recorded(chapter: Scenarios) -> None:
    """One of each chapter has to do."""
    assert drift(load(RECORDINGS / chapter.all[0].file)).findings == (), AGAIN


def test_the_recordings_are_fit_to_be_kept_and_say_who_made_them() -> None:
    found = [str(finding) for finding in check([str(RECORDINGS)])]
    assert [line for line in found if "[reference-unknown]" not in line] == []  # some ask for what is not there
    for scenario in RECORDED:
        provenance = load(RECORDINGS / scenario.file).provenance
        assert provenance is not None
        assert (provenance.service, provenance.clock) == ("pytest-qruntime", "virtual")
        assert provenance.test == f"pytest_qruntime.contracts.suite: {scenario.name}"


def test_the_command_line_asks_for_them(pytester: pytest.Pytester) -> None:
    result = suite(pytester, "--qruntime-source", "cassette", "-k", "CLS-01 or ORD-01", "-rs")
    result.assert_outcomes(passed=1, skipped=1)
    result.stdout.fnmatch_lines(["*it can only be seen in a trace of the service's own*"])


def test_without_a_recording_a_contract_is_skipped(pytester: pytest.Pytester) -> None:
    asked = ("--qruntime-source", "cassette", "--qruntime-suite-cassettes", "nowhere")
    result = suite(pytester, *asked, "-k", "DET-05", "-rs")
    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(["*opened and closed: there is no recording of it*"])
