"""Figures and headlines in words, and what tests say made harmless."""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest

from pytest_qruntime.report.run.escaping import code, fenced, html, markdown, visible
from pytest_qruntime.report.run.figures import figures
from pytest_qruntime.report.run.summing import document
from pytest_qruntime.report.run.verdict import verdict
from pytest_qruntime.report.run.words import count, instant, length, opened_by, percent, workloads
from tests.report.run.showing import a_run, broke, left, ran, shown


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0s"),
        (0.0004, "<0.01s"),
        (0.05, "0.05s"),
        (0.999, "1s"),
        (1.53, "1.5s"),
        (60.0, "1m"),
        (62.5, "1m2s"),
        (28800, "8h"),
        (90061.5, "1d1h"),
    ],
)
def test_lengths_are_brief(seconds: float, text: str) -> None:
    assert length(seconds) == text


def test_one_is_one_and_two_are_many() -> None:
    assert [count(1, "test"), count(2000, "test"), count(2, "batch")] == ["1 test", "2,000 tests", "2 batches"]
    assert [workloads(1), workloads(2)] == ["1 session or batch", "2 sessions and batches"]
    assert [percent(200 / 3), percent(100.0), percent(58.0)] == ["66.6 %", "100 %", "58 %"]
    assert instant(900) == "+15m"


def test_whoever_opened_something_is_named_as_far_as_is_known() -> None:
    unknown: dict[str, Any] = {"file": None, "line": None, "function": None}
    assert opened_by(left()) == "tests/vqe.py:12"
    assert opened_by(left(served=True, **unknown)) == "a client of the loopback server"
    assert opened_by(left(**unknown)) == "unknown code"


# -- headlines -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tests", "more", "level", "text"),
    [
        ([], {}, "none", "No test used pytest-qruntime"),
        ([shown("a", ran())], {}, "good", "1 test, and nothing failed, was broken or left open"),
        ([shown("a", ran())], {"lost": ["a worker"]}, "odd", "1 test went well, but something is missing"),
        ([shown("a", ran(leaks=[left(), left("b", kind="batch")]))], {}, "odd", "1 session and 1 batch left open"),
        (
            [shown("a", ran(leaks=[left(allowed="so")], broken=[broke(allowed="so")]))],
            {},
            "good",
            "1 test, and nothing failed, was broken or left open",
        ),
        ([shown("a", ran(broken=[broke()]))], {}, "odd", "1 contract broken"),
        ([shown("a", ran()), shown("b", outcome="error")], {}, "bad", "1 of 2 tests failed"),
        ([shown("a", ran())], {"failures": ["so"]}, "bad", "The run fails, though no test did"),
        ([shown("a", ran(broken=[broke()]))], {"failures": ["so"]}, "bad", "1 contract broken"),
    ],
)
def test_a_headline_says_what_matters_most(tests: list[Any], more: dict[str, Any], level: str, text: str) -> None:
    assert verdict(document(tests, strict=False, **more)) == (level, text)


def test_figures_answer_what_was_done_left_and_what_it_would_have_cost() -> None:
    assert [(one.name, one.value, one.more, one.level) for one in figures(a_run())] == [
        ("Tests", "4", "1 failed, 3 passed; 6 runs in all", "bad"),
        ("Virtual time", "1m", "in 1.5s of real time", "none"),
        ("QPU time it would have cost", "19.5s", "12s on open, 7.5s on premium", "none"),
        ("Left open", "2", "of 6 sessions and batches; 2m of QPU time to come", "bad"),
        (
            "Contracts that held",
            "2",
            "of 191; 1 broken, 1 broken where that is allowed, 187 never exercised; 1 test not judged",
            "bad",
        ),
        ("Lifecycle coverage", "18.8 %", "10 of 53 transitions; 50 % is required", "bad"),
    ]


def test_figures_of_a_run_without_tests_are_zero() -> None:
    values = [one.value for one in figures(document([], strict=False))]
    assert values == ["0", "0s", "0s", "0", "0", "0 %"]


# -- what tests say ------------------------------------------------------------------------------------------------


def test_what_cannot_be_seen_is_shown() -> None:
    assert visible("\x1b[31mred\x00\x7f\u202e\x85\ud800") == "␛[31mred␀␡\\u202e\\u0085\\ud800"
    assert visible("tab\tand\nline, ünïcode 🙂") == "tab\tand\nline, ünïcode 🙂"


def test_html_is_text_in_a_page() -> None:
    assert html('<b a="\'">&\x1b') == "&lt;b a=&quot;&#x27;&quot;&gt;&amp;␛"


def test_markdown_is_text_in_a_cell_and_notifies_nobody() -> None:
    told = markdown("a|b `c` *d* _e_\n<f> [g](h) #1 @someone 'i' & \"j\" \\")
    assert unescape(told).replace("\u200b", "") == "a|b `c` *d* _e_ <f> [g](h) #1 @someone 'i' & \"j\" \\"
    assert not set("|`*_[]<>\n\\") & set(told)
    assert "@someone" not in told


def test_code_is_text_too() -> None:
    assert code("test_a[<b>|`c`]") == "<code>test&#95;a&#91;&#60;b&#62;&#124;&#96;c&#96;&#93;</code>"


def test_nothing_in_a_block_of_code_can_end_it() -> None:
    assert fenced("a\n````\n<b>\n", "text") == "`````text\na\n````\n<b>\n`````\n"
    assert fenced("a", "python") == "```python\na\n```\n"
