"""Two judgements of one run: of all that happened, and of what a client's exchanges show. They never contradict."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_qruntime.cassette.derive import derive
from pytest_qruntime.cassette.tape import Tape
from pytest_qruntime.contracts import BROKEN, HOLDS, NOT_EXERCISED, Terms, check
from pytest_qruntime.model import Event, Policy, Trace
from pytest_qruntime.mutants import MUTANTS, Mutant, Patches
from tests.cassette.derive.test_any_lifecycle import POLICIES, recorded
from tests.cassette.replay.test_any_lifecycle import ACTIONS, Action

# a fault of what is said alone is nothing that happened: only a recording has it
IN_WHAT_HAPPENS = [mutant for mutant in MUTANTS if not mutant.of_face]
BOUNDED = settings(max_examples=150, deadline=None, derandomize=True, database=None)
STORY = [
    Action(0, "open"),
    *[Action(0, "submit")] * 3,
    Action(40, "cancel"),
    Action(50, "submit"),
    Action(50, "close"),
    Action(100, "batch", 1),
    Action(100, "submit", 1),
    Action(200, "close", 1),
]


def whole(events: list[Event]) -> Trace:
    trace = Trace()
    for event in events:
        trace.record(*event)
    return trace


def contradictions(events: list[Event], tape: Tape, policy: Policy) -> dict[str, tuple[str, str]]:
    """The contracts on which both judgements have a verdict, and not the same."""
    terms = Terms(policy=policy, alone=True)
    one, other = check(whole(events), terms=terms), check(derive(tape), terms=terms)
    verdicts = {found.contract.id: (one.verdict(found.contract.id), found.verdict) for found in other}
    return {name: both for name, both in verdicts.items() if NOT_EXERCISED not in both and both[0] != both[1]}


@BOUNDED
@given(ACTIONS, st.integers(1, 3), st.sampled_from([10, 30, 200]), POLICIES)
def test_what_a_recording_shows_is_judged_as_what_happened(
    actions: list[Action], lanes: int, grid_s: int, policy: Policy
) -> None:
    events, tape = recorded(actions, grid_s, lanes, policy)

    assert contradictions(events, tape, policy) == {}
    assert check(derive(tape), terms=Terms(policy=policy, alone=True)).broken == []


@BOUNDED
@given(ACTIONS, st.sampled_from([10, 30]), st.sampled_from(IN_WHAT_HAPPENS))
def test_what_a_recording_of_a_faulty_service_shows_is_so(actions: list[Action], grid_s: int, mutant: Mutant) -> None:
    """Whoever saw a rule broken is right; who saw it hold may have missed the break."""
    with Patches() as patches:
        mutant.put(patches)
        try:
            events, tape = recorded(actions, grid_s, 2, Policy())
        except Exception:
            return  # it broke down, and nothing was recorded

    found = contradictions(events, tape, Policy())
    assert {name: both for name, both in found.items() if both[1] == BROKEN} == {}


def test_a_recording_exercises_rules_and_shows_breaks() -> None:
    _, tape = recorded(STORY, 10, 1, Policy())
    counted = Counter(finding.verdict for finding in check(derive(tape)))
    assert counted["holds"] >= 10
    assert counted["broken"] == 0

    [mutant] = [mutant for mutant in MUTANTS if mutant.name == "a_cancel_kills_running_jobs"]
    with Patches() as patches:
        mutant.put(patches)
        _, faulty = recorded(STORY, 10, 1, Policy())
    [one, *_] = check(derive(faulty))["CAN-03"].breaks
    assert one.exchange is not None
    assert "CAN-03 (must) is broken" in check(derive(faulty)).describe(check(derive(faulty))["CAN-03"])


def test_what_everything_is_known_of_is_judged_as_a_whole() -> None:
    events, tape = recorded(STORY, 10, 1, Policy())
    whole_sessions = {"USG-01", "USG-05", "CAN-05", "CLS-09", "DET-04"}
    blind = Tape(tape.provenance, tuple(one for one in tape.exchanges if not one.url.endswith("/metrics")))

    assert {name for name in whole_sessions if check(derive(tape)).verdict(name) != NOT_EXERCISED} == set()
    assert {check(derive(tape), terms=Terms(alone=True)).verdict(name) for name in whole_sessions} == {HOLDS}
    assert {check(derive(blind), terms=Terms(alone=True)).verdict(name) for name in whole_sessions} == {NOT_EXERCISED}
    assert {check(whole(events)).verdict(name) for name in whole_sessions} == {HOLDS}


@pytest.mark.parametrize("grid_s", [10, 200])
def test_what_nobody_could_see_is_not_exercised(grid_s: int) -> None:
    _, tape = recorded(STORY, grid_s, 1, Policy())
    report = check(derive(tape))
    partial = {finding.contract.id for finding in report if finding.contract.partial == "yes"}

    assert {finding.contract.id for finding in report if finding.cases} <= partial
