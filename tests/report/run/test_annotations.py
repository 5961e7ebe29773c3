"""What of a run is told at the lines of code that it is about."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_qruntime.report.run.annotations import ERROR, WARNING, Annotation, annotated
from pytest_qruntime.report.run.document import Recordings
from pytest_qruntime.report.run.summing import document
from tests.report.run.showing import a_run, broke, left, may, ran, shown

HERE = ("tests/test_vqe.py", 1)
THERE = ("tests/vqe.py", 12)


def told(*tests: Any, failing: bool = True, **more: Any) -> list[Annotation]:
    return annotated(document(tests, **{"strict": False, **more}), failing=failing)


def errs(*, outcome: str = "error", **more: Any) -> dict[str, Any]:
    return {"outcome": outcome, "problem": "a session was left open", **more}


def test_what_was_left_open_is_told_where_it_was_opened_and_else_at_the_test() -> None:
    [one] = told(shown("test_it", ran(leaks=[left()]), **errs()))

    assert (one.level, one.title, one.places) == (ERROR, "session left open", (THERE, HERE))
    assert one.message.splitlines() == [
        "session s1, opened here and left open: tests/test_vqe.py::test_it",
        "Left alone, it would have cost 62.5 s of QPU time.",
        "Close it with a `with` block, or in a `finally`; if it is deliberate, say why: "
        '@pytest.mark.qruntime(allow={"leak": "..."})',
    ]


def test_what_nobody_knows_the_line_of_is_told_at_the_test() -> None:
    nowhere: dict[str, Any] = {"file": None, "line": None, "function": None, "served": True, "cost_s": None}
    [one] = told(shown("test_it", ran(leaks=[left(**nowhere)]), **errs()))

    assert one.places == (HERE,)
    assert "opened by a client of the loopback server" in one.message
    assert "It could have cost up to 28800 s of QPU time." in one.message


@pytest.mark.parametrize(
    ("file", "places"), [("<string>", (HERE,)), ("/elsewhere/helpers.py", (("/elsewhere/helpers.py", 12), HERE))]
)
def test_what_may_have_been_opened_elsewhere_is_not_said_to_be_opened_here(file: str, places: tuple[Any, ...]) -> None:
    [one] = told(shown("test_it", ran(leaks=[left(file=file)]), **errs()))

    assert one.places == places
    assert one.message.startswith(f"session s1, opened by {file}:12 and left open: tests/test_vqe.py::test_it\n")


def test_one_line_that_many_tests_come_by_is_told_once() -> None:
    [one] = told(*(shown(f"test_{name}", ran(leaks=[left(f"s{name}")]), **errs()) for name in "abc"))

    assert one.message.startswith(
        "session sa, and 2 more, opened here and left open: tests/test_vqe.py::test_a and 2 other tests\n"
    )


def test_one_test_that_comes_by_a_line_many_times_is_one() -> None:
    [one] = told(shown("test_it", ran(leaks=[left("s1"), left("s2")]), **errs()))

    assert one.message.startswith("session s1, and 1 more, opened here and left open: tests/test_vqe.py::test_it\n")


def test_what_would_cost_nothing_could_still_cost_something() -> None:
    [one] = told(shown("test_it", ran(leaks=[left(cost_s=0.0)]), **errs()))

    assert one.message.splitlines()[1] == "It could have cost up to 28800 s of QPU time."


def test_what_did_not_fail_the_test_is_a_warning() -> None:
    levels = [
        one.level for one in told(shown("test_it", ran(exercised=["CLS-01"], broken=[broke()], leaks=[left("s2")])))
    ]

    assert levels == [WARNING, WARNING]


def test_what_is_allowed_is_not_told() -> None:
    world = ran(exercised=["CLS-01"], broken=[broke(allowed="known")], leaks=[left(allowed="known")])

    assert told(shown("test_it", world)) == []


def test_a_broken_contract_is_told_at_the_first_test_that_shows_it() -> None:
    world = ran(exercised=["CAN-02"], broken=[broke("CAN-02")])
    tests = [shown(f"test_{name}", world, line=line, **errs()) for name, line in (("b", 9), ("a", 5))]
    [one] = told(*tests)

    assert (one.level, one.title, one.places) == (ERROR, "CAN-02 broken", (("tests/test_vqe.py", 5),))
    who, expected, seen = one.message.splitlines()
    assert who.startswith("tests/test_vqe.py::test_a and 1 other test: ")
    assert expected == "expected: the session takes no more jobs"
    assert seen == "seen: it took one (session or batch s1), 65 s after the beginning"


def test_in_a_strict_run_every_break_is_an_error() -> None:
    [one] = told(shown("test_it", ran(exercised=["CLS-01"], broken=[broke()])), strict=True)

    assert one.level == ERROR


def test_a_test_that_failed_is_told_unless_somebody_else_does() -> None:
    failed = shown("test_it", ran(), outcome="failed", problem="AssertionError: assert 1 == 2")
    [one] = told(failed)

    assert one == Annotation(ERROR, "test failed", f"{failed['id']}: AssertionError: assert 1 == 2", (HERE,))
    assert told(failed, failing=False) == []


def test_a_test_that_failed_for_what_is_told_already_is_not_told_again() -> None:
    assert [one.title for one in told(shown("test_it", ran(leaks=[left()]), **errs()))] == ["session left open"]
    assert [one.title for one in told(shown("test_it", ran(leaks=[left()]), **errs(outcome="failed")))] == [
        "session left open",
        "test failed",
    ]
    assert [one.title for one in told(shown("test_it", ran(), **errs()))] == ["error at setup or teardown of a test"]


def test_recordings_are_told_at_their_files_and_their_tests() -> None:
    none: dict[str, list[str]] = {name: [] for name in Recordings.__annotations__}
    recordings: Any = {
        **none,
        "used": ["tests/cassettes/a.yaml"],
        "old": ["tests/cassettes/a.yaml: recorded on 2026-01-15, 200d ago, and max_age is 90d"],
        "unused": ["tests/cassettes/b.yaml"],
        "unreached": ["tests/test_vqe.py::test_it: 2 of 7 requests"],
    }
    found = told(shown("test_it", ran()), recordings=recordings)

    assert [(one.level, one.title, *one.places) for one in found] == [
        (WARNING, "old recording", ("tests/cassettes/a.yaml", None)),
        (WARNING, "recording not played to its end", HERE),
        (WARNING, "unused recording", ("tests/cassettes/b.yaml", None)),
    ]


def test_what_is_allowed_for_nothing_is_told_where_the_marker_stands() -> None:
    entries = [may(used=False), may("leak", used=False, where="tests/test_vqe.py::TestIt")]
    found = told(shown("test_it", ran(allowed=entries)))

    assert [one.places for one in found] == [(("tests/test_vqe.py", None),), (HERE,)]
    assert found[1].message == "tests/test_vqe.py::test_it allows CLS-01 (that is known), and no test broke it"


def test_errors_come_first_and_of_those_what_was_broken_and_left_open() -> None:
    found = annotated(a_run(lost=["worker gw1 crashed"]))

    assert [(one.level, one.title) for one in found] == [
        (ERROR, "CAN-02 broken"),
        (ERROR, "the run fails"),
        (ERROR, "test failed"),
        (WARNING, "session left open"),
        (WARNING, "batch left open"),
        (WARNING, "something is missing"),
        (WARNING, "old recording"),
        (WARNING, "unused recording"),
        (WARNING, "allowed for nothing"),
    ]
