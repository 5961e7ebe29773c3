"""Each scenario shows on the fake what it is to show, and breaks nothing; together they show everything."""

from __future__ import annotations

import pytest

from pytest_qruntime.contracts import OF_THE_SERVICE
from pytest_qruntime.contracts.suite.scenario import Scenario
from pytest_qruntime.contracts.suite.scenarios import SCENARIOS
from tests.contracts.suite.conftest import Plays

IDS = {contract.id for contract in OF_THE_SERVICE}
VISIBLE = {contract.id for contract in OF_THE_SERVICE if contract.partial != "no"}
# A client sees them broken, or needs to know more of the service than an answer says.
SEEN_BY_THE_SERVICE_ALONE: set[str] = set()


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.file.removesuffix(".yaml"))
def test_a_scenario_shows_what_it_is_to_show(scenario: Scenario, plays: Plays, request: pytest.FixtureRequest) -> None:
    played = plays.of(scenario, request.node)

    assert (played.problem, played.lacking) == (None, None)
    assert [name for name in sorted(scenario.shows) if not played.exercised(name)] == []
    assert [text for name in sorted(IDS) for text in played.breaks(name)] == []


def test_scenarios_have_names_of_their_own_and_show_contracts() -> None:
    assert len({scenario.file for scenario in SCENARIOS}) == len(SCENARIOS)
    assert {name for scenario in SCENARIOS for name in scenario.shows} - IDS == set()
    assert [scenario.name for scenario in SCENARIOS if not scenario.shows] == []


def test_every_contract_has_a_scenario() -> None:
    assert IDS - {name for scenario in SCENARIOS for name in scenario.shows} == set()


def test_what_a_client_can_see_is_shown_by_answers_alone(plays: Plays, request: pytest.FixtureRequest) -> None:
    derived = [(scenario, plays.of(scenario, request.node).evidence[0]) for scenario in SCENARIOS]
    shown = {name for scenario, one in derived for name in scenario.shows if one.report[name].cases}
    assert VISIBLE - shown - SEEN_BY_THE_SERVICE_ALONE == set()
    assert all(not one.trace.complete for _, one in derived)
