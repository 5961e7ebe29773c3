"""Many reports together."""

from __future__ import annotations

import json

import pytest

from pytest_qruntime.contracts import BROKEN, CATALOGUE, HOLDS, NOT_EXERCISED, Report, Tally, check, contract
from pytest_qruntime.model import Trace
from pytest_qruntime.model import trace as kinds
from tests.contracts.test_checking import CLOSED, JOB, OPENED, told

RULES = [contract(name) for name in ("SUB-02", "DET-05", "ORD-02")]


def good() -> Report:
    return check(told(OPENED, CLOSED), contracts=RULES)


def bad() -> Report:
    return check(told(OPENED, CLOSED, (60, kinds.JOB_QUEUED, "w", "j", JOB)), contracts=RULES)


def test_nothing_is_exercised_before_something_was_judged() -> None:
    tally = Tally()
    tally.add("empty", check(Trace()))

    assert tally.ids(NOT_EXERCISED) == [one.id for one in CATALOGUE]


def test_one_break_outweighs_what_held() -> None:
    tally = Tally(RULES)
    for label, report in (("first", good()), ("second", bad()), ("third", good())):
        tally.add(label, report)

    assert (tally.ids(BROKEN), tally.ids(HOLDS), tally.ids(NOT_EXERCISED)) == (["SUB-02"], ["DET-05"], ["ORD-02"])
    assert tally.broken_by("SUB-02") == ["second"]
    assert tally.broken_by("DET-05") == []
    assert tally.lines() == [
        "broken: SUB-02 (must): A closed session or batch takes no jobs: a submit is refused.",
        "  second: at 60 s, session or batch w, job j, by job.queued",
        "    expected it is refused; seen: it is accepted after workload.closed",
        "1 of 3 contracts hold: DET-05 (3)",
        "1 were never exercised: ORD-02",
    ]
    with pytest.raises(KeyError):
        tally.verdict("XYZ-01")


def test_the_tallies_of_several_processes_add_up() -> None:
    one, other, both = Tally(RULES), Tally(RULES), Tally(RULES)
    one.add("here", good())
    other.add("there", bad())
    for tally in (one, other):
        both.merge(json.loads(json.dumps(tally.data())))

    assert both.verdict("SUB-02") == BROKEN
    assert "DET-05 (2)" in both.lines()[-2]


def test_a_break_is_told_with_what_broke_it_and_with_the_reason_that_allows_it() -> None:
    trace = told(OPENED, CLOSED, (60, kinds.JOB_QUEUED, "w", "j", JOB), (70, kinds.JOB_QUEUED, "w", "k", JOB))
    report, tally = check(trace, contracts=RULES), Tally(RULES)
    tally.add("second", report)
    assert tally.lines()[1] == "  second: at 60 s, session or batch w, job j, by job.queued, and 1 more"

    tally.add("first", report, allowed={"SUB-02": "it is a demo"})
    assert tally.lines()[1:3] == [
        "  first: at 60 s, session or batch w, job j, by job.queued, and 1 more",
        "    allowed: it is a demo",
    ]
    assert tally.broken_by("SUB-02") == ["second"]


def test_what_was_broken_where_that_is_allowed_is_not_broken() -> None:
    tally = Tally(RULES)
    tally.add("first", bad(), allowed={"SUB-02": "it is a demo"})

    assert tally.verdict("SUB-02") == HOLDS
    assert tally.lines()[0].startswith("broken where that is allowed: SUB-02 (must): ")


def test_the_request_that_broke_a_rule_is_told_if_the_trace_has_it() -> None:
    asked = {"operation": "submit", "method": "POST", "path": "/v1/jobs", "status": 200, "exchange": 7}
    asked |= {"asked": None, "told": None, "query": {}, "headers": {}, "empty": True}
    trace = told(
        OPENED,
        CLOSED,
        (60, kinds.JOB_QUEUED, "w", "j", {**JOB, "exchange": 7}),
        (60, kinds.REQUEST_ANSWERED, "w", "j", asked),
    )
    tally = Tally(RULES)
    tally.add("first", check(trace, contracts=RULES))
    assert tally.lines()[1] == "  first: at 60 s, session or batch w, job j, exchange 7, by POST /v1/jobs (200)"


def test_tallies_of_another_catalogue_do_not_add_up() -> None:
    with pytest.raises(ValueError, match="a tally of the catalogue '1999-01-01' cannot be added"):
        Tally().merge({"version": "1999-01-01"})
