"""The HTML page: what it tells, that it is whole in itself, and that nothing in it is markup of a test."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import pytest

from pytest_qruntime.report.coverage import TABLES
from pytest_qruntime.report.run.page import POLICY, page
from pytest_qruntime.report.run.sections.failing import PICTURES
from pytest_qruntime.report.run.summing import document
from tests.report.run.showing import a_run, broke, drawn, left, ran, shown

VOID = {"meta", "br", "input", "wbr", "link", "img", "hr"}


class Reader(HTMLParser):
    """Reads a page: its elements, ids and links, and the text of each section; it has to be well formed."""

    def __init__(self, told: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.sections: dict[str, str] = {"": ""}
        self.headings: list[str] = []
        self._in = ""
        self.feed(told)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag in VOID:
            return
        self.open.append(tag)
        if tag == "section":
            self._in = str(dict(attrs)["id"])
            self.sections[self._in] = ""
        elif re.fullmatch("h[1-6]", tag):
            self.headings.append(f"{tag} ")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
        if tag == "section":
            self._in = ""

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.sections[self._in] += data
        if self.open and re.fullmatch("h[1-6]", self.open[-1]):
            self.headings[-1] += data

    def all(self, name: str) -> list[str | None]:
        return [attrs[name] for _, attrs in self.tags if name in attrs]


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(page(a_run()))


def test_the_page_answers_in_order_what_happened_and_what_needs_attention(reader: Reader) -> None:
    assert reader.headings == [
        "h1 1 of 4 tests failed, 1 contract broken, 1 session and 1 batch left open",
        "h2 Needs attention",
        "h3 Left open: 2",
        "h3 Broken contracts: 1",
        "h3 Allowed, and not broken: 1",
        "h3 Contracts that were not judged",
        "h2 Failing tests",
        "h3 The same in short, as a test",
        "h2 Lifecycle coverage",
        "h3 What can happen to a session or batch: 9 of 36 driven",
        "h3 What can happen to a job: 1 of 17 driven",
        "h2 Contracts",
        "h2 Tests",
        "h2 Recordings",
        "h3 Older than they may be",
        "h3 Used by no test of this run",
    ]
    assert "lifecycle coverage is 18.87 %, and 50 % is required" in reader.sections[""]
    assert "QPU time it would have cost19.5s12s on open, 7.5s on premium" in reader.sections[""]


def test_what_was_left_open_says_where_by_whom_and_what_it_would_have_cost(reader: Reader) -> None:
    told = reader.sections["attention"]
    assert "session opened by tests/vqe.py:12 in minimise" in told
    assert "opened +0s, the test ended +10s left alone, closed +15m" in told
    assert "cost in the test2.5swould have cost, left alone1m2sat most, until its max TTL8h" in told
    assert "left open bytests/test_vqe.py::test_leaksits ids1" in told


def test_what_one_line_of_code_leaves_open_in_many_tests_is_told_once() -> None:
    tests = [shown(f"test_{number:02}", ran(leaks=[left(f"s{number}")])) for number in range(30)]
    told = Reader(page(document(tests, strict=False))).sections["attention"]
    assert told.count("opened by") == 1
    assert "30 sessions opened by tests/vqe.py:12" in told
    assert "cost in the test, together1m15swould have cost, left alone31m15s" in told
    assert "test_19" in told
    assert "and 10 more" in told


def test_what_nobody_knows_the_place_of_is_told_test_by_test() -> None:
    unknown: dict[str, Any] = {"file": None, "line": None, "function": None}
    tests = [shown(f"test_{name}", ran(leaks=[left(name, **unknown)])) for name in "ab"]
    told = Reader(page(document(tests, strict=False))).sections["attention"]
    assert told.count("opened by unknown code") == 2


def test_what_is_allowed_needs_no_attention() -> None:
    world = ran(leaks=[left(allowed="so")], exercised=["SUB-02"], broken=[broke("SUB-02", allowed="so")])
    reader = Reader(page(document([shown("test_a", world)], strict=False)))
    assert "attention" not in reader.sections
    assert ("tr", {"class": "fine"}) in reader.tags
    assert "1 more where that is allowed" in reader.sections[""]


@pytest.mark.parametrize("closed_s", [None, 10.0])
def test_what_would_never_be_closed_is_told_without_a_picture(closed_s: float | None) -> None:
    world = ran(leaks=[left(closed_s=closed_s, cost_s=None, at_most_s=None)])
    told = Reader(page(document([shown("test_a", world)], strict=False))).sections["attention"]
    assert "Opened at +0s; the test ended at +10s." in told
    assert "would have cost, left aloneunknown" in told


def test_a_broken_contract_says_by_which_request(reader: Reader) -> None:
    told = reader.sections["attention"]
    assert "CAN-02 The jobs that are queued when a session or batch is cancelled fail in that instant" in told
    assert "broken byDELETE /v1/sessions/s1/close (204)expectedthe session takes no more jobsseenit took one" in told


def test_a_failing_test_has_its_picture_and_its_program(reader: Reader) -> None:
    told = reader.sections["failing"]
    assert "AssertionError: assert 1 == 2" in told
    assert "session 1 opened (max TTL 25m)" in told
    assert 'session = qruntime.session(max_time="25m")' in told
    assert sum(tag == "svg" for tag, _ in reader.tags) == 1


def test_a_failing_test_without_a_picture_has_its_timeline_as_text() -> None:
    shows: Any = {"timeline": "session 1 ====|", "picture": None, "program": None}
    tests = [shown("test_a", outcome="failed", drawn=shows), shown("test_b", outcome="error", problem="a\nb")]
    told = Reader(page(document(tests, strict=False))).sections["failing"]
    assert "session 1 ====|" in told
    assert "Nothing was drawn of it." in told


def test_so_many_timelines_are_drawn_and_the_others_say_so() -> None:
    tests = [shown(f"test_{n:03}", ran(), outcome="failed", drawn=drawn()) for n in range(PICTURES + 2)]
    told = page(document(tests, strict=False))
    assert told.count("<svg") == PICTURES
    assert told.count(f"The timelines of the first {PICTURES} tests are drawn") == 2


def test_every_transition_is_told_in_words_and_not_by_colour_alone(reader: Reader) -> None:
    told = reader.sections["lifecycle"]
    cells = sum(len(table.cells()) for table in TABLES)
    places = sum(len(table.rows) * len(table.events) for table in TABLES)
    assert told.count("✓ driven") == 10
    assert len(re.findall("never", told)) == cells - 10
    assert reader.all("aria-label").count("cannot happen") == places - cells
    assert "What can happen to a session or batch: 9 of 36 driven" in told
    first = next(attrs for tag, attrs in reader.tags if attrs.get("class") == "states")
    assert first is not None
    assert told.index("its last job ends") < told.index("submit") < told.index("interactive TTL")


def test_contracts_are_told_by_chapter_with_what_would_exercise_them(reader: Reader) -> None:
    told = reader.sections["contracts"]
    assert "CAN Cancelling  1 broken, 8 never exercised" in told
    assert "CAN-02broken1The jobs that are queued" in told
    assert "to exercise it: " in told


def test_every_test_is_in_the_table_and_those_that_failed_lead_to_their_timeline(reader: Reader) -> None:
    told = reader.sections["tests"]
    assert "test_leakspassedfake110s0.01s2.5s2" in told
    assert "test_maypassedcassette220s1.5s12s" in told
    assert "#failing-1" in reader.all("href")
    assert sum(attrs.get("class") == "fine" and tag == "tr" for tag, attrs in reader.tags) == 2


def test_links_lead_somewhere_and_no_id_is_there_twice(reader: Reader) -> None:
    ids = reader.all("id")
    assert len(set(ids)) == len(ids)
    assert {str(href).removeprefix("#") for href in reader.all("href")} <= set(ids)


def test_the_page_is_whole_in_itself(reader: Reader) -> None:
    told = page(a_run())
    assert f'content="{POLICY}"' in told
    assert {tag for tag, _ in reader.tags} & {"script", "link", "img", "iframe", "object", "form", "base"} == set()
    assert reader.all("src") == []
    assert all(str(href).startswith("#") for href in reader.all("href"))
    assert not re.search(r"@import|url\(", told)
    assert set(re.findall(r"https?://[^\"' <]+", told)) <= {"http://www.w3.org/2000/svg"}


def test_a_run_without_tests_has_a_page_too() -> None:
    reader = Reader(page(document([], strict=True)))
    assert reader.headings[0] == "h1 No test used pytest-qruntime"
    assert "strict run" in reader.sections[""]
    assert "attention" not in reader.sections
    assert "tests" not in reader.sections


def test_a_good_run_has_nothing_that_needs_attention() -> None:
    reader = Reader(page(document([shown("test_a", ran())], strict=False)))
    assert list(reader.sections) == ["", "lifecycle", "contracts", "tests"]


# -- markup, and much ----------------------------------------------------------------------------------------------


def test_nothing_that_a_test_says_is_markup() -> None:
    evil = "\"'><script>alert(1)</script><img src=x onerror=a>&amp;\x00\x1b[0m\u202e"
    more: dict[str, Any] = {"expected": evil, "seen": evil, "by": evil, "about": evil}
    world = ran(
        usage_s={evil: 1.0},
        unjudged=evil,
        leaks=[left(evil, file=evil, function=evil)],
        broken=[broke("CAN-02", **more), broke("CAN-02", **{**more, "at_s": 3.0})],
    )
    world["allowed"] = [{"where": evil, "name": evil, "reason": evil, "used": False}]
    shows: Any = {"timeline": evil, "program": evil, "picture": None}
    tests = [shown(f"{n}[{evil}]", world, file=evil, outcome="failed", problem=evil, drawn=shows) for n in "ab"]
    run = document(tests, strict=False, failures=[evil], lost=[evil])
    for name in run["recordings"]:
        run["recordings"][name] = [evil]  # type: ignore[literal-required]
    told = page(run)
    reader = Reader(told)
    assert {tag for tag, _ in reader.tags} & {"script", "img"} == set()
    assert not any(name.startswith("on") for _, attrs in reader.tags for name in attrs)
    assert not set("\x00\x1b\u202e") & set(told)
    assert "&amp;␀␛[0m\\u202e" in reader.sections["recordings"]


def test_a_thousand_tests_make_a_page_that_can_be_opened() -> None:
    tests = [
        shown(
            f"test_with_a_longer_name[{number}-parameter]",
            ran(leaks=[left(f"s{number}")]),
            file=f"tests/some/folder/test_{number // 20}.py",
            outcome="failed" if number % 10 == 0 else "passed",
            drawn=drawn() if number == 0 else None,
        )
        for number in range(1000)
    ]
    for test in tests[::10]:
        test["drawn"] = tests[0]["drawn"]
    assert len(page(document(tests, strict=False))) < 2_000_000
