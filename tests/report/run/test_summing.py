"""Summing up a run: every figure, and that the order of tests makes no difference."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING, Any

import pytest

from pytest_qruntime import __version__
from pytest_qruntime.contracts import CATALOGUE, CATALOGUE_VERSION
from pytest_qruntime.report.coverage import CELLS, TABLES
from pytest_qruntime.report.run.document import ContractResult, Document
from pytest_qruntime.report.run.summing import document
from tests.report.run.showing import broke, left, may, ran, shown

if TYPE_CHECKING:
    from pytest_qruntime.report.run.shown import Test  # pytest would collect it


def summed(*tests: Test, **more: Any) -> Document:
    return document(tests, strict=False, **more)


def result(of: Document, name: str) -> ContractResult:
    return next(one for one in of["contracts"] if one["id"] == name)


def test_a_run_without_tests_has_a_document_too() -> None:
    empty = summed()
    assert empty["generator"] == {"name": "pytest-qruntime", "version": __version__, "catalogue": CATALOGUE_VERSION}
    assert (empty["format"], empty["strict"], empty["failures"], empty["lost"]) == (1, False, [], [])
    assert empty["totals"]["tests"] == 0
    assert empty["costs"] == []
    assert {one["verdict"] for one in empty["contracts"]} == {"not exercised"}
    assert empty["lifecycle"]["percent"] == 0
    assert all(several == [] for several in empty["recordings"].values())


# -- figures -------------------------------------------------------------------------------------------------------


def test_totals_count_every_run_of_a_test() -> None:
    totals = summed(
        shown("test_a", ran(), ran(virtual_s=0.1, jobs=3, source="cassette")),
        shown("test_b", ran(virtual_s=0.2), outcome="failed", real_s=0.2),
        shown("test_c", outcome="error", real_s=0.0),
    )["totals"]
    assert totals == {
        "tests": 3,
        "outcomes": {"error": 1, "failed": 1, "passed": 1},
        "worlds": 3,
        "sources": {"cassette": 1, "fake": 2},
        "workloads": 3,
        "jobs": 5,
        "virtual_s": 10.3,
        "real_s": 0.21,
    }


def test_a_test_costs_once_however_often_it_ran() -> None:
    assert summed(shown("test_a", *[ran()] * 50))["costs"] == [{"plan": "premium", "qpu_s": 2.5, "left_s": 0.0}]


def test_costs_are_told_by_plan_and_the_unknown_one_comes_last() -> None:
    costs = summed(
        shown("test_a", ran(usage_s={"unknown": 1.0, "zeta": 1.0})),
        shown("test_b", ran(usage_s={"premium": 2.0, "open": 0.5})),
        shown("test_c", ran(usage_s={"open": 0.25})),
    )["costs"]
    assert [(cost["plan"], cost["qpu_s"]) for cost in costs] == [
        ("open", 0.75),
        ("premium", 2.0),
        ("zeta", 1.0),
        ("unknown", 1.0),
    ]


def test_what_is_left_open_would_have_cost_the_rest_later() -> None:
    leaks = [left("s1"), left("s2", cost_s=None), left("s3", used_s=None, cost_s=5.0), left("s4", allowed="known")]
    assert summed(shown("test_a", ran(leaks=leaks)))["costs"] == [{"plan": "premium", "qpu_s": 2.5, "left_s": 125.0}]


@pytest.mark.parametrize("usage_s", [{}, {"open": 0.0, "premium": 2.5}])
def test_what_was_left_open_in_a_world_of_no_single_plan_costs_on_an_unknown_one(usage_s: dict[str, float]) -> None:
    costs = summed(shown("test_a", ran(usage_s=usage_s, leaks=[left()])))["costs"]
    assert costs[-1] == {"plan": "unknown", "qpu_s": 0.0, "left_s": 60.0}


def test_nothing_costs_nothing_on_a_plan_that_nobody_knows() -> None:
    world = ran(usage_s={"open": 6.0, "premium": 64.0}, leaks=[left(used_s=62.5, cost_s=62.5)])
    assert [cost["plan"] for cost in summed(shown("test_a", world))["costs"]] == ["open", "premium"]


# -- contracts -----------------------------------------------------------------------------------------------------


def test_all_of_the_catalogue_is_there_in_its_order() -> None:
    assert [one["id"] for one in summed()["contracts"]] == [one.id for one in CATALOGUE]
    told = result(summed(), "CLS-01")
    assert told["level"] == "must"
    assert told["statement"]
    assert "Execution modes FAQ" in told["sources"]


def test_a_contract_holds_if_it_was_seen_and_nobody_broke_it() -> None:
    told = summed(shown("test_a", ran(exercised=["CLS-01"]), ran(exercised=["CLS-01", "CLS-02"])))
    assert [
        (result(told, name)["verdict"], result(told, name)["worlds"]) for name in ("CLS-01", "CLS-02", "CLS-03")
    ] == [
        ("holds", 2),
        ("holds", 1),
        ("not exercised", 0),
    ]


def test_a_contract_is_broken_if_it_was_broken_anywhere_where_that_is_not_allowed() -> None:
    allowed, bad = broke(allowed="that is known"), broke(at_s=70.0)
    told = result(
        summed(
            shown("test_a", ran(exercised=["CLS-01"], broken=[allowed])),
            shown("test_b", ran(exercised=["CLS-01"], broken=[bad])),
            shown("test_c", ran(exercised=["CLS-01"])),
        ),
        "CLS-01",
    )
    assert (told["verdict"], told["worlds"]) == ("broken", 3)
    assert told["broken"] == [
        {"test": "tests/test_vqe.py::test_a", **allowed},
        {"test": "tests/test_vqe.py::test_b", **bad},
    ]


def test_a_contract_that_was_broken_only_where_that_is_allowed_says_so() -> None:
    world = ran(exercised=["CLS-01"], broken=[broke(allowed="that is known")])
    assert result(summed(shown("test_a", world), shown("test_b", ran(exercised=["CLS-01"]))), "CLS-01")["verdict"] == (
        "allowed"
    )


def test_what_a_test_breaks_alike_in_every_order_of_events_is_told_once() -> None:
    world = ran(exercised=["CLS-01"], broken=[broke()])
    other = ran(exercised=["CLS-01"], broken=[broke(at_s=66.0)])
    told = result(summed(shown("test_a", world, world, other)), "CLS-01")
    assert [one["at_s"] for one in told["broken"]] == [65.0, 66.0]


def test_a_contract_that_nobody_knows_is_told_of() -> None:
    told = summed(shown("test_a", ran(exercised=["NEW-01"])), lost=["a worker crashed"])
    assert told["lost"] == [
        "a worker crashed",
        f"a worker speaks of the contract NEW-01, which the catalogue {CATALOGUE_VERSION} does not have; install the "
        "same version of pytest-qruntime everywhere",
    ]


def test_tests_that_were_not_judged_are_told_by_reason() -> None:
    off = ran(unjudged="contracts=off")
    told = summed(shown("test_b", off, off), shown("test_a", off), shown("test_c", ran(unjudged="a server is gone")))
    assert told["unjudged"] == [
        {"because": "a server is gone", "tests": ["tests/test_vqe.py::test_c"]},
        {"because": "contracts=off", "tests": ["tests/test_vqe.py::test_a", "tests/test_vqe.py::test_b"]},
    ]


def test_what_markers_allow_and_no_test_broke_is_told() -> None:
    told = summed(
        shown("test_a", ran(allowed=[may("CLS-01", used=False), may("leak", used=False)])),
        shown("test_b", ran(allowed=[may("CLS-01", used=True), may("AUT-01", used=False)])),
        shown("test_c", ran(allowed=[may("CLS-01", used=False)])),
    )
    assert [entry["name"] for entry in told["unbroken"]] == ["AUT-01", "leak"]


# -- leaks and the lifecycle ---------------------------------------------------------------------------------------


def test_what_a_test_leaves_open_in_every_run_is_told_once() -> None:
    world = ran(leaks=[left("s1")])
    told = summed(shown("test_a", world, ran(leaks=[left("s1", ended_s=11.0), left("s2")])))["leaks"]
    assert told == [
        {"test": "tests/test_vqe.py::test_a", **left("s1")},
        {"test": "tests/test_vqe.py::test_a", **left("s2")},
    ]


def test_the_lifecycle_is_what_all_tests_drove_together() -> None:
    first, second = CELLS[0], CELLS[-1]
    lifecycle = summed(
        shown("test_a", ran(driven=[list(first)]), ran(driven=[list(first), ["job", "of another", "version"]])),
        shown("test_b", ran(driven=[list(second)])),
        required=50.0,
    )["lifecycle"]
    assert (lifecycle["driven"], lifecycle["total"], lifecycle["required"]) == (2, len(CELLS), 50.0)
    assert lifecycle["percent"] == 3.77  # of 3.7736
    driven = [
        (table["name"], state["state"], cell["event"])
        for table in lifecycle["tables"]
        for state in table["states"]
        for cell in state["cells"]
        if cell["driven"]
    ]
    assert driven == [tuple(first), tuple(second)]
    assert [len(table["states"]) for table in lifecycle["tables"]] == [len(table.rows) for table in TABLES]


# -- order ---------------------------------------------------------------------------------------------------------


def some_tests() -> list[Test]:
    """Many that differ in everything that is added up; some have the same name."""
    chance = random.Random(7)
    names = [one.id for one in CATALOGUE]

    def some() -> list[str]:
        return sorted(chance.sample(names, 5))

    return [
        shown(
            f"test_{number % 25}",
            *(
                ran(
                    virtual_s=chance.random(),
                    usage_s={chance.choice(["open", "premium"]): chance.random()},
                    exercised=some(),
                    broken=[broke(chance.choice(names), at_s=chance.random(), allowed=chance.choice([None, "so"]))],
                    leaks=[left(f"s{chance.randrange(3)}", cost_s=chance.random() * 1000)],
                    driven=[list(cell) for cell in sorted(chance.sample(CELLS, 2))],
                    allowed=[may(chance.choice(names), used=chance.random() < 0.5)],
                    unjudged=chance.choice([None, "off", "gone"]),
                )
                for _ in range(chance.randrange(4))
            ),
            outcome=chance.choice(["passed", "failed"]),
            real_s=chance.random() / 3,
            line=1 + number % 5,
        )
        for number in range(40)
    ]


def test_the_order_of_tests_makes_no_difference() -> None:
    tests = some_tests()
    expected = json.dumps(summed(*tests, failures=["b", "a"], lost=["d", "c"]))
    for seed in range(20):
        random.Random(seed).shuffle(tests)
        assert json.dumps(summed(*tests, failures=["a", "b"], lost=["c", "d", "c"])) == expected


def test_tests_stand_where_their_files_and_lines_say() -> None:
    tests = [
        shown("test_z", file="b.py", line=1),
        shown("test_y", file="a.py", line=30),
        shown("test_x", file="a.py", line=4),
    ]
    assert [test["id"] for test in summed(*tests)["tests"]] == ["a.py::test_x", "a.py::test_y", "b.py::test_z"]
