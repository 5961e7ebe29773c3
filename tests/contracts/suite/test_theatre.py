"""What becomes of a contract: by what was played, what could not be, and what went wrong."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_qruntime import world
from pytest_qruntime.contracts import contract
from pytest_qruntime.contracts.suite import sources
from pytest_qruntime.contracts.suite.circuits import CIRCUITS
from pytest_qruntime.contracts.suite.play import AstrayError, LackingError, Play
from pytest_qruntime.contracts.suite.scenario import Scenario, Scenarios
from pytest_qruntime.contracts.suite.sources import Fake, Live, told
from pytest_qruntime.contracts.suite.theatre import BROKEN, HOLDS, NOT_EXERCISED, SKIPPED, Outcome, Theatre
from tests.contracts.suite.conftest import named


def scenario(shows: str, tell: Any = lambda s: None, **more: Any) -> Scenario:
    made = Scenarios()
    tell.__name__ = more.pop("name", "a_story")
    made.scenario(shows, **more)(tell)
    return made.all[0]


def judged(contract_id: str, item: pytest.Item, *scenarios: Scenario) -> Outcome:
    return Theatre(Fake({}), scenarios).judge(contract(contract_id), item)


def opened_and_closed(s: Play) -> None:
    s.close(s.session())


def test_what_was_exercised_and_not_broken_holds(request: pytest.FixtureRequest) -> None:
    assert judged("CLS-06", request.node, scenario("CLS-06", opened_and_closed)) == Outcome(HOLDS)


def test_a_contract_without_a_scenario_fails(request: pytest.FixtureRequest) -> None:
    outcome = judged("CLS-06", request.node, scenario("CLS-03", opened_and_closed))
    assert (outcome.verdict, outcome.fails) == (NOT_EXERCISED, True)
    assert "no scenario exercises it" in outcome.why


def test_a_scenario_that_does_not_show_its_contract_fails_on_the_fake(request: pytest.FixtureRequest) -> None:
    outcome = judged("CAN-03", request.node, scenario("CAN-03", opened_and_closed))
    assert outcome == Outcome(NOT_EXERCISED, "nothing shows it in: a story", fails=True)


def test_a_scenario_that_goes_astray_fails_what_nothing_else_shows(request: pytest.FixtureRequest) -> None:
    def astray(s: Play) -> None:
        s.close(s.session())
        raise AstrayError("the service burnt down")

    outcome = judged("CAN-03", request.node, scenario("CAN-03", astray))
    assert outcome == Outcome(NOT_EXERCISED, "a story ended early: the service burnt down", fails=True)
    assert judged("CLS-06", request.node, scenario("CLS-06", astray)).verdict == HOLDS


def test_a_wait_that_nothing_ends_is_astray(request: pytest.FixtureRequest) -> None:
    def waits(s: Play) -> None:
        s.qruntime.maintenance("9999h")  # type: ignore[attr-defined]
        s.ended(s.run())

    outcome = judged("CAN-03", request.node, scenario("CAN-03", waits))
    assert "nobody saw that job" in outcome.why
    assert "it is Queued" in outcome.why


def test_what_a_service_has_not_is_skipped(request: pytest.FixtureRequest) -> None:
    def lacks(s: Play) -> None:
        raise LackingError("it needs two moons")

    assert judged("CAN-03", request.node, scenario("CAN-03", lacks)) == Outcome(SKIPPED, "it needs two moons")


def test_each_scenario_is_played_once(request: pytest.FixtureRequest) -> None:
    played = []

    def counted(s: Play) -> None:
        played.append(s)
        s.close(s.session())

    theatre = Theatre(Fake({}), [scenario("CLS-06 USG-09", counted)])
    assert [theatre.judge(contract(name), request.node).verdict for name in ("CLS-06", "USG-09")] == [HOLDS, HOLDS]
    assert len(played) == 1


def test_a_service_that_behaves_otherwise_than_its_policy_says_breaks_contracts(request: pytest.FixtureRequest) -> None:
    class Otherwise(Fake):
        def _settings(self, scenario: Scenario) -> dict[str, Any]:
            return {**super()._settings(scenario), "policy": {"queued_on_end": "cancelled"}}

    outcome = Theatre(Otherwise({}), [named("cancelled before it started")]).judge(contract("CAN-02"), request.node)

    assert (outcome.verdict, outcome.fails) == (BROKEN, True)
    head, *rest = outcome.why.splitlines()
    assert head == "in the scenario 'cancelled before it started', by what its answers show:"
    assert "    seen:     it cancelled at 2 s" in rest


def nothing_fails(s: Play) -> None:
    s.run()
    s.run(program="estimator", params=s.estimator())
    s.ended()
    if any(s.status(job) != "Completed" for job in s.jobs):
        raise AstrayError("not all jobs are Completed")


@pytest.mark.parametrize("circuits", CIRCUITS)
def test_the_fake_computes_circuits_of_every_form(circuits: str) -> None:
    with world(freeze=False, engine="schema") as qruntime:
        assert told(scenario("JOB-01", nothing_fails), Play(qruntime, "fake_backend", CIRCUITS[circuits]())) == (
            None,
            None,
        )


# -- the official client ----------------------------------------------------------------------------------------------


def test_the_rules_of_the_client_are_played_to_the_fake(request: pytest.FixtureRequest) -> None:
    theatre = Theatre(Fake({}))
    became = {name: theatre.judge(contract(name), request.node) for name in ("STS-01", "SDK-11")}
    assert became == {"STS-01": Outcome(HOLDS), "SDK-11": Outcome(HOLDS)}


def test_without_the_client_its_rules_are_skipped(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "find_spec", lambda name: None)
    outcome = Theatre(Fake({})).judge(contract("STS-01"), request.node)
    assert outcome == Outcome(SKIPPED, "it is about the official client: pip install 'pytest-qruntime[qiskit]'")


def test_elsewhere_the_rules_of_the_client_are_not_the_question(request: pytest.FixtureRequest) -> None:
    outcome = Theatre(others()).judge(contract("STS-01"), request.node)
    assert outcome == Outcome(SKIPPED, "it is about the official client, which is played to the fake alone")


# -- somebody else's implementation -----------------------------------------------------------------------------------


def others(**given: Any) -> Live:
    return Live(given, own=False, circuits="qasm", at_most_s=60, folder=None)


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        (scenario("ORD-10", fake_only="a calibration"), "it needs a calibration"),
        (scenario("OPN-09", plan="open"), "it needs an instance on the plan open, and --qruntime-plan says premium"),
        (scenario("ACT-04", policy={"allow_custom_ttl": True}), "it needs a service with allow_custom_ttl=True"),
        (scenario("ITT-11", exact=True), "it needs virtual time, to act at an exact instant"),
        (
            scenario("AUT-01", takes_s=1_900),
            "it would take 1900 s of real time, and --qruntime-real-time allows 60",
        ),
        (scenario("CLS-06", takes_s=60), None),
    ],
)
def test_what_cannot_be_played_to_others_says_why(made: Scenario, reason: str | None) -> None:
    assert others().unfit(made) == reason


def test_what_is_said_of_another_service_counts() -> None:
    assert others(plan="open").unfit(scenario("OPN-09", plan="open")) is None
    assert others(policy={"allow_custom_ttl": True}).unfit(scenario("x", policy={"allow_custom_ttl": True})) is None


def test_what_only_a_trace_of_its_own_shows_is_not_even_played(request: pytest.FixtureRequest) -> None:
    outcome = Theatre(others(), []).judge(contract("ORD-01"), request.node)
    assert outcome == Outcome(SKIPPED, "it can only be seen in a trace of the service's own")
