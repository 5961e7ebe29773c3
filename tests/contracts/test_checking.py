"""Reports: verdicts, and breaks in words."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from pytest_qruntime.contracts import BROKEN, CATALOGUE, HOLDS, NOT_EXERCISED, SOURCES, Report, Terms, check, contract
from pytest_qruntime.model import Policy, Trace, World
from pytest_qruntime.model import trace as kinds
from pytest_qruntime.mutants import MUTANTS, Patches, Stage

S = 1_000_000
Told = tuple[Any, ...]


def told(*events: Told, complete: bool = True, slack_us: int = 0) -> Trace:
    """A trace of (second, kind, workload, job, data)."""
    trace = Trace(complete=complete, slack_us=slack_us)
    for second, kind, workload, job, data in events:
        trace.record(round(second * S), kind, "b", workload, job, data)
    return trace


OPENED = (0, kinds.WORKLOAD_OPENED, "w", None, {"mode": "dedicated", "max_ttl_s": 100})
CLOSED = (50, kinds.WORKLOAD_CLOSED, "w", None, {"reason": "session_cancelled", "exchange": 3})
JOB: dict[str, Any] = {"program": "sampler"}


def test_nothing_happened_so_nothing_holds() -> None:
    report = check(Trace())
    assert report.ids(NOT_EXERCISED) == [one.id for one in CATALOGUE]


def test_each_contract_has_one_of_three_verdicts() -> None:
    report = check(told(OPENED, CLOSED, (60, kinds.JOB_QUEUED, "w", "j", JOB)))

    assert report.verdict("SUB-02") == BROKEN
    assert report.verdict("DET-05") == HOLDS
    assert report.verdict("ORD-02") == NOT_EXERCISED
    assert [finding.contract.id for finding in report] == [one.id for one in CATALOGUE]
    assert "SUB-02" in [finding.contract.id for finding in report.broken]
    with pytest.raises(KeyError):
        report.verdict("XYZ-01")


def test_a_report_has_a_summary_and_tells_failures_from_warnings() -> None:
    again: Told = (60, kinds.WORKLOAD_CLOSED, "w", None, {})
    rules = [contract("CAN-07"), contract("INV-04"), contract("DET-05"), contract("ORD-02")]
    report = check(told(OPENED, CLOSED, again), contracts=rules)

    assert report.summary() == "broken: 2 (CAN-07, INV-04)\nholds: 1 (DET-05)\nnot exercised: 1 (ORD-02)"
    assert [finding.contract.id for finding in report.failures] == ["INV-04"]
    assert [finding.contract.id for finding in report.warnings] == ["CAN-07"]


def test_only_what_was_asked_for_is_judged() -> None:
    report = check(told(OPENED, CLOSED), contracts=[contract("DET-05")])
    assert [finding.contract.id for finding in report] == ["DET-05"]


def test_a_break_says_when_who_what_and_shows_the_timeline_around() -> None:
    late = {**JOB, "exchange": 7}
    report = check(told(OPENED, CLOSED, (60, kinds.JOB_QUEUED, "w", "j", late)))

    [one] = report["SUB-02"].breaks
    assert (one.at_us, one.workload, one.job, one.exchange) == (60 * S, "w", "j", 7)
    text = report.describe(report["SUB-02"])
    assert text.splitlines()[:5] == [
        "SUB-02 (must) is broken: A closed session or batch takes no jobs: a submit is refused.",
        f"  source: {SOURCES['s1']}; {SOURCES['s4']}; {SOURCES['issues']}",
        "  at 60 s, session or batch w, job j, exchange 7",
        "    expected: it is refused",
        "    seen:     it is accepted after workload.closed",
    ]
    assert ">         60 s  job.queued" in text
    assert "workload.closed" in text.split("seen:")[1]


def test_the_policy_decides() -> None:
    lost = (50, kinds.JOB_CANCELLED, "w", "j", {"charged_us": 0})
    trace = told(OPENED, (1, kinds.JOB_QUEUED, "w", "j", JOB), CLOSED, lost)

    assert check(trace).verdict("CAN-02") == BROKEN
    assert check(trace, terms=Terms(policy=Policy(queued_on_end="cancelled"))).verdict("CAN-02") == HOLDS


def test_what_depends_on_unknown_terms_is_not_exercised() -> None:
    stage = Stage(lanes=1)
    for _ in range(3):
        stage.run(None, 10)
    stage.at(50)

    assert check(stage.world.trace).verdict("ORD-01") == NOT_EXERCISED
    assert check(stage.world.trace, terms=Terms.of(stage.world)).verdict("ORD-01") == HOLDS


def test_what_is_due_at_the_last_instant_is_awaited_only_if_the_time_is_known() -> None:
    with Patches() as patches:
        [mutant] = [one for one in MUTANTS if one.name == "never_becomes_inactive"]
        mutant.put(patches)
        stage = Stage()
        session = stage.session()
        stage.run(session, 10)
        stage.at(70)

    assert check(stage.world.trace).verdict("ITT-02") == NOT_EXERCISED
    assert check(stage.world.trace, terms=stage.terms()).verdict("ITT-02") == BROKEN


def test_terms_of_a_world_are_its_own() -> None:
    world = World(lanes=3, qpu_contention=False, policy=Policy(idle_close="lazy"))
    world.add_backend("b", qpu_contention=True)
    world.advance_to(5)
    terms = Terms.of(world)

    assert (terms.lanes, terms.contention, terms.now_us) == ({"b": 3}, {"b": True}, 5)
    assert terms.policy is world.policy
    assert terms.plans["default"].name == "premium"


# -- what somebody saw -------------------------------------------------------------------------------------------------


def partial(*events: Told, slack_us: int = 0) -> Report:
    return check(told(*events, complete=False, slack_us=slack_us))


def test_absence_proves_nothing_in_what_somebody_saw() -> None:
    active: Told = (1, kinds.WORKLOAD_ACTIVATED, "w", None, {})
    asked = (500, kinds.REQUEST_REJECTED, None, "nobody", {"operation": "cancel job"})

    assert check(told(OPENED, active, asked)).verdict("INV-07") == BROKEN
    assert partial(OPENED, active, asked).verdict("INV-07") == NOT_EXERCISED


def test_a_late_look_does_not_say_when() -> None:
    active: Told = (1, kinds.WORKLOAD_ACTIVATED, "w", None, {})
    closed = {"reason": "session_closed"}

    assert partial(OPENED, active, (102, kinds.WORKLOAD_CLOSED, "w", None, closed)).verdict("INV-07") == BROKEN
    late = (102, kinds.WORKLOAD_CLOSED, "w", None, {**closed, "late": True})
    assert partial(OPENED, active, late).verdict("INV-07") == NOT_EXERCISED


def test_two_clocks_may_differ_a_little() -> None:
    submitted = (51, kinds.JOB_QUEUED, "w", "j", JOB)

    assert partial(OPENED, CLOSED, submitted).verdict("SUB-02") == BROKEN
    assert partial(OPENED, CLOSED, submitted, slack_us=2 * S).verdict("SUB-02") == NOT_EXERCISED


# -- cost --------------------------------------------------------------------------------------------------------------


def calls_per_event(jobs: int) -> float:
    """Calls of Python functions that judging a trace takes, for each of its events."""
    stage = Stage(lanes=3)
    for number in range(jobs // 10):
        session = stage.session() if number % 3 == 0 else stage.batch()
        for _ in range(8):
            stage.run(session, 5, 2)
        stage.run(None, 5, 2)
        stage.foreign(3, 1)
        stage.world.advance_to(stage.world.now_us + 10 * S)
        if number % 4:
            stage.close(session)
        else:
            stage.cancel(session)
        stage.run(session, 5)
        stage.world.advance_to(stage.world.now_us + 100 * S)
    terms, calls = stage.terms(), 0

    def count(_: object, what: str, __: object) -> None:
        nonlocal calls
        calls += what in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        check(stage.world.trace, terms=terms)
    finally:
        sys.setprofile(before)
    return calls / len(stage.world.trace)


def test_judging_costs_the_same_for_each_event_however_long_the_trace_is() -> None:
    short, long = calls_per_event(300), calls_per_event(1_200)
    assert long < 1.1 * short
    assert long < 60
