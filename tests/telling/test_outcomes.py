"""What becomes of a test, from the reports on its parts."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_qruntime.telling import outcomes

PASSED, FAILED, SKIPPED = "passed", "failed", "skipped"


def report(when: str, became: str, **more: Any) -> pytest.TestReport:
    place = ("tests\\test_it.py", 4, "test_it")
    given: Any = {"duration": 1.0, "longrepr": None, **more}
    return pytest.TestReport("tests/test_it.py::test_it", place, {}, became, when=when, **given)  # type: ignore[arg-type]


def reports(setup: str, call: str | None, teardown: str = PASSED, **more: Any) -> list[pytest.TestReport]:
    parts = [("setup", setup), *([] if call is None else [("call", call)]), ("teardown", teardown)]
    return [report(when, became, **(more if when == "call" else {})) for when, became in parts]


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (reports(PASSED, PASSED), "passed"),
        (reports(PASSED, FAILED), "failed"),
        (reports(PASSED, FAILED, FAILED), "failed"),
        (reports(PASSED, PASSED, FAILED), "error"),
        (reports(PASSED, SKIPPED, FAILED), "error"),
        (reports(FAILED, None), "error"),
        (reports(FAILED, None, FAILED), "error"),
        (reports(SKIPPED, None), "skipped"),
        (reports(PASSED, SKIPPED), "skipped"),
        (reports(PASSED, SKIPPED, wasxfail="known"), "xfailed"),
        (reports(PASSED, PASSED, wasxfail="known"), "xpassed"),
        (reports(PASSED, SKIPPED, FAILED, wasxfail="known"), "error"),
        ([report("call", SKIPPED, context="a part"), *reports(PASSED, PASSED)], "passed"),
        ([report("call", FAILED, context="a part"), *reports(PASSED, PASSED)], "failed"),
    ],
)
def test_an_outcome_is_that_of_the_worst_part(found: list[pytest.TestReport], expected: str) -> None:
    assert outcomes.outcome(found) == expected


def test_a_test_took_as_long_as_its_parts_and_a_subtest_is_within_them() -> None:
    test = outcomes.test_of([*reports(PASSED, PASSED), report("call", PASSED, context="a part")], [], None)
    assert (test["real_s"], test["file"], test["line"], test["problem"]) == (3.0, "tests/test_it.py", 5, None)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ("Failed: a session was left open\n\nand more", "Failed: a session was left open"),
        ("\n\n   E  it is wrong  \n", "E  it is wrong"),
        ("", "it failed"),
    ],
)
def test_a_problem_is_its_first_line(told: str, expected: str) -> None:
    assert outcomes.test_of(reports(PASSED, FAILED, longrepr=told), [], None)["problem"] == expected
