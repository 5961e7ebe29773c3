"""A timeline of very much: it stays short, and shows what matters."""

from __future__ import annotations

import re

import pytest

from pytest_qruntime.model import Trace
from pytest_qruntime.report.timeline import Mark, Timeline
from pytest_qruntime.report.timeline.folding import Fold
from tests.report.timeline.stage import SECOND_US

JOBS = 2500


@pytest.fixture(scope="module")
def trace() -> Trace:
    """10 000 events: a batch, of whose jobs one fails, and the last one waits."""
    made = Trace()
    made.record(0, "workload.opened", "b", "s", None, {"mode": "batch"})
    for number in range(JOBS):
        job, at_us = f"j{number}", number * SECOND_US
        made.record(at_us, "job.queued", "b", "s", job, {})
        if number < JOBS - 1:
            made.record(at_us, "job.running", "b", "s", job, {})
            made.record(at_us, "job.on_qpu", "b", "s", job, {})
            made.record(at_us + 1, "job.failed" if number == 700 else "job.completed", "b", "s", job, {})
    return made


def test_it_stays_short_and_shows_the_end(trace: Trace) -> None:
    text = Timeline(trace).text()
    lines = text.splitlines()
    assert len(lines) < 130
    assert max(map(len, lines)) <= 80
    assert re.search(r"^  job 2500 +\. still queued$", text, re.MULTILINE)
    assert re.search(r"^  job 701 +F$", text, re.MULTILINE)
    assert "  ... 700 more jobs: 700 completed" in lines


def test_it_shows_what_is_near_to_the_first_mark(trace: Trace) -> None:
    text = Timeline(trace, marks=[Mark(1000 * SECOND_US, "here", "HERE it is")]).text()
    assert re.search(r"^  job 1001 +C$", text, re.MULTILINE)
    assert "HERE it is" in text
    assert "job 2499 completed" not in text


def test_many_marks_are_told_and_few_are_drawn(trace: Trace) -> None:
    text = Timeline(trace, marks=[Mark(0, f"mark {number}", f"MARK {number}") for number in range(20)]).text()
    assert "and 12 more marks, which are told below" in text
    assert "MARK 19" in text
    assert len(re.findall(r"\^ mark \d+", text)) == 8


def test_a_page_of_it_is_no_larger_than_it_helps(trace: Trace) -> None:
    timeline = Timeline(trace)
    page = timeline.html()
    assert len(page) < 400_000
    assert page.count("<tr") < 410
    assert sum(isinstance(row, Fold) for row in timeline.drawn(200)) >= 2


def test_what_is_left_out_is_told_in_numbers() -> None:
    made = Trace()
    for number in range(40):
        made.record(number, "workload.opened", "b", f"s{number}", None, {"mode": "dedicated"})
        made.record(number, "workload.closed", "b", f"s{number}", None, {"reason": "session_closed"})
    folds = [row.text for row in Timeline(made).drawn(10) if isinstance(row, Fold)]
    assert folds == ["... 30 more rows: 30 closed"]


def test_very_much_in_one_instant_is_told_without_its_middle() -> None:
    made = Trace()
    for number in range(300):
        made.record(0, "workload.opened", "b", f"s{number}", None, {"mode": "dedicated"})
        made.record(0, "job.queued", "b", f"s{number}", f"j{number}", {})
        made.record(0, "workload.draining", "b", f"s{number}", None, {})
    words = Timeline(made).text().partition("\n\n")[2].splitlines()
    assert len(words) == 13
    assert words[0].startswith(" +0s session")
    assert re.fullmatch(r" +\.\.\. \d+ more lines of this instant \.\.\.", words[6])


def test_a_single_row_is_drawn_and_not_counted() -> None:
    made = Trace()
    for number in range(15):
        at_us, session, job = number * SECOND_US, f"s{number}", f"j{number}"
        made.record(at_us, "workload.opened", "b", session, None, {"mode": "dedicated"})
        made.record(at_us, "job.queued", "b", session, job, {})
        made.record(at_us, "job.running", "b", session, job, {})
        made.record(at_us + 1, "job.completed", "b", session, job, {})
    text = Timeline(made).text()
    assert "more" not in text
    assert len(re.findall(r"^  job \d+ ", text, re.MULTILINE)) == 15
