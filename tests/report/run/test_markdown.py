"""The Markdown report: what it tells, what it leaves out when there is too much, and that nothing in it is markup."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from pytest_qruntime.report.run.markdown import CHARACTERS, ROWS, markdown
from pytest_qruntime.report.run.summing import document
from tests.report.run.showing import a_run, broke, drawn, left, ran, shown


def headings(report: str) -> list[str]:
    return [line for line in report.splitlines() if line.startswith("#")]


def rows(report: str) -> list[list[str]]:
    """The cells of all rows of tables, as they are read."""
    lines = [line for line in report.splitlines() if line.startswith("|") and not line.startswith("| ---")]
    return [[re.sub("</?code>", "", unescape(cell.strip())) for cell in line.strip("|").split("|")] for line in lines]


def test_everything_has_its_place_and_the_verdict_is_the_first() -> None:
    assert headings(markdown(a_run())) == [
        "## ❌ pytest-qruntime: 1 of 4 tests failed, 1 contract broken, 1 session and 1 batch left open",
        "### Left open: 2",
        "### Broken contracts: 1",
        "### What it would have cost",
        "### Recordings",
        "### Lifecycle coverage: 10 of 53 (18.8 %)",
        "### Failing tests: 1",
    ]


def test_what_was_left_open_says_where_and_what_it_would_have_cost() -> None:
    told = rows(markdown(a_run()))
    assert ["session s1", "tests/vqe.py:12", "tests/test_vqe.py::test_leaks", "2.5s", "1m2s by +15m"] in told
    assert ["premium", "7.5s", "2m"] in told


def test_what_one_line_of_code_leaves_open_is_told_once() -> None:
    tests = [shown(f"test_{name}", ran(leaks=[left("s1"), left("s2")])) for name in "abc"]
    told = rows(markdown(document(tests, strict=False)))
    assert ["6 sessions", "tests/vqe.py:12", "tests/test_vqe.py::test_a and 2 others", "15s", "6m15s"] in told


def test_a_broken_contract_says_by_what() -> None:
    row = next(row for row in rows(markdown(a_run())) if row[0].startswith("**CAN-02** (must): The jobs that are"))
    assert row[1:] == [
        "tests/test_vqe.py::test_breaks",
        "DELETE /v1/sessions/s1/close (204)",
        "the session takes no more jobs",
        "it took one",
    ]


def test_who_may_break_a_contract_is_not_told_of_beside_who_may_not() -> None:
    tests = [shown("test_may", ran(broken=[broke(allowed="so")])), shown("test_may_not", ran(broken=[broke()]))]
    told = [row[1] for row in rows(markdown(document(tests, strict=False))) if row[0].startswith("**CLS-01**")]
    assert told == ["tests/test_vqe.py::test_may_not"]


def test_a_failing_test_is_there_with_its_timeline_and_its_program() -> None:
    run = a_run()
    shown_of = run["tests"][2]["drawn"]
    assert shown_of is not None
    report = markdown(run)
    assert f"```text\n{shown_of['timeline']}\n```" in report
    assert f"```python\n{shown_of['program']}```" in report
    assert "<svg" not in report


def test_the_lifecycle_is_marked_in_words() -> None:
    told = rows(markdown(a_run()))
    assert ["**open**", "✓ driven", "", *["✓ driven"] * 3, "", "", "✓ driven"] in told
    assert ["**ended**", *[""] * 4, "never", "never", *[""] * 4] in told


def test_a_run_without_tests_is_short() -> None:
    assert markdown(document([], strict=False)) == "## ⚪ pytest-qruntime: no test used pytest-qruntime\n"


def test_a_good_run_says_so() -> None:
    report = markdown(document([shown("test_a", ran())], strict=False))
    assert headings(report)[0] == "## ✅ pytest-qruntime: 1 test, and nothing failed, was broken or left open"
    assert "Left open:" not in report
    assert "Broken" not in report


def test_what_is_missing_is_told_below_the_verdict() -> None:
    report = markdown(a_run(lost=["worker gw1 crashed"]))
    assert report.splitlines()[2:4] == [
        "- **lifecycle coverage is 18.87 %, and 50 % is required**",
        "- missing: worker gw1 crashed",
    ]


# -- too much, and markup ------------------------------------------------------------------------------------------


def test_of_what_is_many_the_first_are_told_and_how_many_there_are() -> None:
    leaks = [left(f"s{number}", line=number + 1) for number in range(ROWS + 7)]
    report = markdown(document([shown("test_a", ran(leaks=leaks))], strict=False))
    assert "### Left open: 57" in report
    assert f"<code>s{ROWS - 1}</code>" in report
    assert f"<code>s{ROWS}</code>" not in report
    assert "And 7 more.\n" in report


def test_failing_tests_are_told_while_there_is_room() -> None:
    tests = [shown(f"test_{n:03}", ran(), outcome="failed", problem="x" * 80, drawn=drawn()) for n in range(200)]
    report = markdown(document(tests, strict=False))
    told = report.count("<summary><code>")
    assert 10 < told < 200
    assert report.endswith(f"\nThere is no room for {200 - told} failing tests, contracts that were never exercised.\n")
    assert "### Lifecycle coverage" in report
    assert len(report) < CHARACTERS + 100


def test_what_is_too_long_is_left_out_and_the_rest_is_told() -> None:
    leaks = [left(f"s{number}", file="deep/" * 500, line=number + 1) for number in range(ROWS)]
    report = markdown(document([shown("test_a", ran(leaks=leaks))], strict=False))
    assert headings(report) == [
        "## ⚠️ pytest-qruntime: 50 sessions left open",
        "### What it would have cost",
        "### Lifecycle coverage: 0 of 53 (0 %)",
    ]
    assert report.endswith("\nThere is no room for what was left open.\n")


def test_nothing_that_a_test_says_is_markup() -> None:
    evil = "<img src=x onerror=alert(1)>|`*_[a](b)\r\n```\n</details>\x1b[0m@someone"
    more: dict[str, Any] = {"expected": evil, "seen": evil, "by": evil, "about": evil}
    world = ran(usage_s={evil: 1.0}, leaks=[left(evil, file=evil)], broken=[broke("CAN-02", **more)])
    shows: Any = {"timeline": f"a\n{evil}", "program": evil, "picture": None}
    test = shown(f"test[{evil}]", world, file=evil, outcome="failed", problem=evil, drawn=shows)
    run = document([test], strict=False, failures=[evil], lost=[evil])
    run["recordings"]["old"] = [evil]
    report = markdown(run)
    outside = re.sub(r"^(`{4,})\w+\n.*?^\1$", "", report, flags=re.DOTALL | re.MULTILINE)
    assert set(re.findall(r"<[^>]*>", outside)) == {
        *("<code>", "</code>", "<details>", "</details>", "<summary>", "</summary>")
    }
    assert outside.count("<details>") == outside.count("</details>")
    assert "@someone" not in re.sub("<code>.*?</code>", "", outside)  # in code nobody is notified
    assert "\x1b" not in report
    assert {len(row) for row in rows(outside)} == {2, 5, 3, 9, 11}
