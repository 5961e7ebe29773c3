"""Rules of several parts: each of them can fail by itself, in every kind of trace that shows it."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_qruntime.cassette.derive import derive
from pytest_qruntime.cassette.tape import Exchange
from pytest_qruntime.contracts import BROKEN, HOLDS, NOT_EXERCISED, Report, Terms, check
from pytest_qruntime.model import Event, Policy, Trace
from pytest_qruntime.mutants import MUTANTS, Patches
from pytest_qruntime.mutants.stage import Story
from pytest_qruntime.mutants.stories.opening import OPENING
from tests.cassette.derive.telling import JOB, SESSION, cancel, close, derived, error, job, look, open_at, submit
from tests.cassette.derive.test_any_lifecycle import recorded
from tests.cassette.replay.tapes import said, tape
from tests.cassette.replay.test_any_lifecycle import Action

CLOSED = {"state": "closed", "accepting_jobs": False, "closed_at": "2026-03-01T09:00:02.000000Z"}
ACTIVE = {"state": "active", "started_at": "2026-03-01T09:00:00.000000Z"}


def judged(*exchanges: Exchange, real: bool = False) -> Report:
    return check(derive(tape(*exchanges)) if real else derived(*exchanges), terms=Terms(alone=True))


def told(name: str, faulty: str = "") -> Report:
    """A story of a service, sound or not."""
    [story] = [one for one in OPENING.all if one.name == name]
    with Patches() as patches:
        for mutant in MUTANTS:
            if mutant.name == faulty:
                mutant.put(patches)
        return _judged(story)


def _judged(story: Story) -> Report:
    trace, terms = story.play()
    return check(trace, terms=terms)


# -- the unused timer ------------------------------------------------------------------------------------------------


def test_a_first_job_after_half_an_hour_is_too_late() -> None:
    """And it is no used session that outlived the half hour."""
    sound = told("first used too late")
    faulty = told("first used too late", "never_closes_unused_sessions")

    assert [sound.verdict(name) for name in ("AUT-01", "AUT-02")] == [HOLDS, NOT_EXERCISED]
    assert [faulty.verdict(name) for name in ("AUT-01", "AUT-02")] == [BROKEN, NOT_EXERCISED]


@pytest.mark.parametrize("clock", ["virtual", "real"])
def test_a_recording_shows_that_a_session_outlived_the_half_hour_since_it_was_used(clock: str) -> None:
    """Its job waits for longer, and is cancelled with the session."""
    trace = Trace(complete=False, slack_us=2_000_000 if clock == "real" else 0)
    session: dict[str, object] = {"mode": "dedicated", "max_ttl_s": 600}
    closed: dict[str, object] = {"reason": "session_cancelled", "asked": "cancel"}
    lost: dict[str, object] = {"reason": "closed", "reason_code": 4001}
    for at_s, kind, of, data in (
        (0, "workload.opened", None, session),
        (10, "job.queued", "j", {}),
        (2_000, "workload.closed", None, closed),
        (2_000, "job.failed", "j", lost),
        (2_000, "workload.settled", None, {"usage_us": 0}),
    ):
        trace.record(*Event(at_s * 1_000_000, kind, "b", "s", of, data))

    assert check(trace, terms=Terms(alone=True)).verdict("AUT-02") == HOLDS


# -- the max TTL -----------------------------------------------------------------------------------------------------


def test_a_recording_shows_that_what_waits_at_the_max_ttl_does_not_run_later() -> None:
    actions = [Action(0, "open", 0), *[Action(0, "submit")] * 6]
    _, its = recorded(actions, 10, 1, Policy())

    assert check(derive(its), terms=Terms(alone=True)).verdict("MAX-11") == HOLDS


def test_a_job_that_waits_for_ever_after_the_max_ttl_did_not_fail() -> None:
    trace = Trace()
    for at_s, kind, of, data in (
        (0, "workload.opened", None, {"mode": "dedicated", "max_ttl_s": 10}),
        (0, "job.queued", "one", {}),
        (0, "workload.activated", None, {}),
        (0, "job.running", "one", {}),
        (1, "job.queued", "other", {}),
        (10, "workload.closed", None, {"reason": "session_closed_by_max_ttl"}),
        (20, "job.completed", "one", {}),
    ):
        trace.record(*Event(at_s * 1_000_000, kind, "b", "s", of, data))

    [one] = check(trace)["MAX-11"].breaks
    assert one.seen == "it still waits"


# -- what is closed, and what has ended ------------------------------------------------------------------------------


def test_what_was_told_to_be_closed_is_closed_ever_after() -> None:
    reopened = [open_at(0), close(2), look(3, **CLOSED), close(4, accepting=True)]
    stays, opens = judged(*reopened, look(5, **CLOSED)), judged(*reopened, look(5))
    unasked = judged(open_at(0), close(2), look(3, **CLOSED), look(5))

    assert [stays.verdict(name) for name in ("CLS-12", "INV-04")] == [HOLDS, HOLDS]
    assert [opens.verdict(name) for name in ("CLS-12", "INV-04")] == [BROKEN, BROKEN]
    assert [unasked.verdict(name) for name in ("CLS-12", "INV-04")] == [NOT_EXERCISED, BROKEN]


def test_on_a_real_clock_an_answer_may_be_older_than_one_that_came_before() -> None:
    def verdicts(at_s: float) -> list[str]:
        session = judged(open_at(0), close(2), look(3, **CLOSED), look(at_s), real=True)
        ended = judged(open_at(0), submit(1), job(3, "Completed"), job(at_s, "Running"), real=True)
        return [session.verdict("INV-04"), ended.verdict("JOB-02")]

    assert verdicts(4) == [NOT_EXERCISED, HOLDS]
    assert verdicts(6) == [BROKEN, BROKEN]


def test_somebody_else_may_have_asked_what_is_cancelled_to_take_jobs() -> None:
    """It stays closed, and says that it takes them (CLS-12)."""
    flipped = derived(open_at(0), cancel(2), look(3, **{**CLOSED, "accepting_jobs": True}))

    assert check(flipped, terms=Terms(alone=True)).verdict("CAN-01") == BROKEN
    assert check(flipped).verdict("CAN-01") == HOLDS


def test_nobody_saw_that_a_batch_became_active_with_its_job() -> None:
    """It was never looked at; its job told when it ran."""
    times = {"running": "2026-03-01T09:00:01.000000Z", "finished": "2026-03-01T09:00:02.000000Z"}
    ran = [job(3, "Completed"), said(3, f"GET /jobs/{JOB}/metrics", {"timestamps": times})]
    settled = look(5, **CLOSED, elapsed_time=1)

    assert judged(open_at(0), submit(0), *ran, cancel(4), settled).verdict("OPN-06") == NOT_EXERCISED


@pytest.mark.parametrize(
    ("then", "verdict"),
    [("Completed", HOLDS), ("Cancelled", BROKEN), ("Running", BROKEN), ("Queued", BROKEN)],
)
def test_an_end_that_was_told_is_final(then: str, verdict: str) -> None:
    tags: dict[str, Any] = {"tags": ["so that it is told anew"]}
    assert judged(open_at(0), submit(1), job(2, "Completed"), job(3, then, **tags)).verdict("JOB-02") == verdict


# -- what is told of jobs --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "verdict"),
    [
        ({"reason": "not supported", "reason_code": 1517}, HOLDS),
        ({"reason": "not supported", "reasonCode": 1517}, HOLDS),
        ({"reason": "not supported"}, BROKEN),
        ({"reason_code": 1517}, BROKEN),
    ],
)
def test_a_failure_tells_why(state: dict[str, Any], verdict: str) -> None:
    told_so = {"state": {"status": "Failed", **state}}
    assert judged(open_at(0), submit(1), job(2, "Failed", **told_so)).verdict("JOB-05") == verdict


def test_who_was_cancelled_by_his_user_tells_no_reason() -> None:
    def verdict(*asked: Exchange, **state: Any) -> str:
        return judged(open_at(0), submit(1), *asked, job(3, "", state={"status": "Cancelled", **state})).verdict(
            "JOB-05"
        )

    cancel_job = said(2, f"POST /jobs/{JOB}/cancel", None, 204)
    assert [verdict(cancel_job), verdict(cancel_job, reason="because")] == [HOLDS, BROKEN]
    assert verdict(cancel_job, reason="Ran too long", reason_code=1305) == NOT_EXERCISED
    assert verdict(reason="of its session") == NOT_EXERCISED


def test_a_list_has_each_job_once() -> None:
    def verdict(*ids: str) -> str:
        rows = {"jobs": [{"id": name} for name in ids], "count": len(ids)}
        return judged(open_at(0), said(1, f"GET /jobs?session_id={SESSION}", rows)).verdict("SUB-13")

    assert [verdict("a", "b"), verdict("a", "a"), verdict("a")] == [HOLDS, BROKEN, NOT_EXERCISED]


# -- regions ---------------------------------------------------------------------------------------------------------


def test_an_instance_of_another_region_is_not_there() -> None:
    def verdict(host: str, *answer: Any) -> list[str]:
        crn = "crn:v1:bluemix:public:quantum-computing:eu-de:a/x:y::"
        asked = said(1, f"GET https://{host}quantum.cloud.ibm.com/api/v1/jobs", *answer, crn=crn)
        return [one.seen for one in judged(asked)["RST-07"].breaks if "eu-de" in one.seen]

    missing = error(404, 1279, "Instance crn not found")
    refused = error(400, 1279, "Instance crn not found")
    assert verdict("", {"jobs": []}) == ["status 200 to who asks us-east for an instance of eu-de"]
    assert verdict("", refused["answer"], 400) == ["status 400 to who asks us-east for an instance of eu-de"]
    assert verdict("", missing["answer"], 404) == []
    assert verdict("eu-de.", {"jobs": []}) == []
