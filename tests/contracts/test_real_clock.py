"""A recording of a real host: what happens at once is told a little apart, and breaks no rule for it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_qruntime.cassette.derive import derive
from pytest_qruntime.contracts import BROKEN, HOLDS, NOT_EXERCISED, Report, Terms, check
from pytest_qruntime.contracts.shared import is_another, is_before
from pytest_qruntime.model import Policy
from pytest_qruntime.mutants import MUTANTS, Patches
from pytest_qruntime.mutants.stage import Story
from pytest_qruntime.mutants.stories.asking import ASKING
from tests.cassette.derive.telling import SESSION, cancel, look, open_at
from tests.cassette.derive.test_any_lifecycle import POLICIES, recorded
from tests.cassette.replay.tapes import said, tape
from tests.cassette.replay.test_any_lifecycle import ACTIONS, Action
from tests.contracts.real_host import as_real

BOUNDED = settings(max_examples=40, deadline=None, derandomize=True, database=None)
AHEAD_S = st.sampled_from([-0.7, 0.0, 0.7])
# a session that waits for a plain job, is inactive, active again, and ends with its max TTL; a batch that is closed
STORY = [
    Action(0, "submit", 9),
    Action(0, "open", 2),
    *[Action(0, "submit")] * 2,
    Action(0, "batch"),
    Action(0, "submit", 1),
    Action(20, "close", 1),
    Action(200, "submit"),
]
JUDGED = ["OPN-04", "MAX-01", "MAX-02", "MAX-05", "ITT-01", "ITT-02", "USG-01", "USG-05", "DET-03", "INV-07"]


def told(report: Report) -> str:
    return "\n".join(report.describe(finding) for finding in report.broken)


@BOUNDED
@given(ACTIONS, st.integers(1, 3), POLICIES, st.integers(0, 9), AHEAD_S)
def test_a_real_host_that_keeps_the_rules_breaks_none(
    actions: list[Action], lanes: int, policy: Policy, seed: int, ahead_s: float
) -> None:
    _, its = recorded(actions, 10, lanes, policy)

    report = check(derive(as_real(its, seed, ahead_s)), terms=Terms(policy=policy, alone=True))

    assert report.broken == [], told(report)


@pytest.mark.parametrize("story", ASKING.all, ids=[story.name for story in ASKING.all])
def test_no_story_of_the_face_breaks_a_rule_on_a_real_host(story: Story) -> None:
    stage = story.stage()
    story.tell(stage)

    report = check(derive(as_real(stage.taping.tape(), 1, 0.3)), terms=stage.terms())

    assert report.broken == [], told(report)


def judged(seed: int) -> Report:
    _, its = recorded(STORY, 10, 1, Policy())
    return check(derive(as_real(its, seed, 0.3)), terms=Terms(alone=True))


@pytest.mark.parametrize("seed", range(5))
def test_a_real_host_is_judged_all_the_same(seed: int) -> None:
    report = judged(seed)

    assert {name: report.verdict(name) for name in JUDGED} == dict.fromkeys(JUDGED, HOLDS)


@pytest.mark.parametrize(
    ("fault", "rule"),
    [
        ("counts_the_interactive_ttl_from_the_first_end", "ITT-02"),
        ("counts_max_ttl_from_the_opening", "MAX-01"),
        ("stays_inactive_when_a_job_starts", "ITT-05"),
        ("charges_a_session_twice", "USG-01"),
        ("charges_a_session_for_one_span", "USG-04"),
        ("charges_a_batch_for_its_time", "USG-05"),
        ("tells_the_latest_activation_as_the_start", "DET-03"),
        ("tells_the_first_job_as_the_last", "DET-03"),
    ],
)
def test_a_real_host_that_breaks_a_rule_is_caught(fault: str, rule: str) -> None:
    [mutant] = [one for one in MUTANTS if one.name == fault]
    with Patches() as patches:
        mutant.put(patches)
        report = judged(1)

    assert report.verdict(rule) == BROKEN


def test_who_did_not_look_after_the_last_job_was_told_nothing_of_it() -> None:
    """The session is closed by its cancel, and the job that runs ends later."""
    jobs = said(0, "POST /jobs", {"id": "j", "session_id": SESSION}, sent={"session_id": SESSION})
    closed = {"state": "closed", "accepting_jobs": False, "closed_at": "2026-03-01T09:00:05.000000Z"}
    began = {"started_at": "2026-03-01T09:00:00.000000Z", "last_job_started": "2026-03-01T09:00:00.000000Z"}
    times = {"running": "2026-03-01T09:00:00.000000Z", "finished": "2026-03-01T09:00:30.000000Z"}
    done = [
        said(60, "GET /jobs/j", {"id": "j", "state": {"status": "Completed"}}),
        said(60, "GET /jobs/j/metrics", {"timestamps": times}),
    ]

    def verdict(*looks_s: float) -> str:
        looks = [look(at_s, **closed, **began) for at_s in looks_s]
        exchanges = sorted([open_at(0), jobs, cancel(5), *looks, *done], key=lambda one: one.at_us)
        return check(derive(tape(*exchanges)), terms=Terms(alone=True)).verdict("DET-03")

    assert [verdict(6), verdict(6, 40)] == [HOLDS, BROKEN]


@pytest.mark.parametrize("other", ["2026-03-01T10:00:00.5+01:00", "2026-03-01T09:00:00.500000000Z"])
def test_instants_are_the_same_in_other_words(other: str) -> None:
    half = "2026-03-01T09:00:00.500Z"
    assert not is_another(half, other)
    assert not is_before(half, other)
    assert not is_before(other, half)


def test_instants_that_are_told_apart() -> None:
    first, second = "2026-03-01T09:00:00Z", "2026-03-01T09:00:01Z"
    assert is_before(first, second)
    assert not is_before(second, first)
    assert is_another(first, second)
    assert is_another(first, None)
    assert not is_another(first, second, 2_000_000)
    assert not is_before(first, second, 2_000_000)
    assert is_before("earlier", "later")
    assert is_another("soon", first)
    assert not is_before(None, first)


def test_what_is_not_known_to_have_been_in_order_is_not_exercised() -> None:
    """A job that came within the two seconds in which the session became inactive."""
    _, its = recorded([Action(0, "open"), Action(0, "submit"), Action(91, "submit")], 10, 1, Policy())
    assert check(derive(its), terms=Terms(alone=True)).verdict("ITT-05") == HOLDS
    assert check(derive(as_real(its, 1, 0)), terms=Terms(alone=True)).verdict("ITT-05") == NOT_EXERCISED
