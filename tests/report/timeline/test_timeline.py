"""What a timeline shows of a trace, as text."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest

from pytest_qruntime.cassette.derive import derive
from pytest_qruntime.cassette.files import load
from pytest_qruntime.contracts import check
from pytest_qruntime.model import Event, Trace
from pytest_qruntime.report.timeline import Broken, Timeline, broken_in
from tests.report.timeline.stage import SECOND_US, story

HOUR_US = 3600 * SECOND_US

SHOWN = """\
            +0s            +1m       +1m4s   +1m5s     +1m10s~~~~~~~~~~~~~~~~+1h
session 1   ...............==================|:::::::::
  job 1     ...............++++++++++##################C
  job 2     .................................F
other users ###############
> open      1
> submit    2
> cancel                                     1
. waits; = active, or running; : closed, its running jobs finish; | closed;
+ runs, not yet on the QPU; # on the QPU; C completed; F failed;
> requests, how many at once
not to scale: ~ in the ruler stands for long times drawn short (58m50s)

    +0s session 1 opened (max TTL 25m); jobs 1, 2 submitted to session 1
    +1m session 1 active after 1m in the queue; job 1 running
  +1m4s job 1 on the QPU
  +1m5s session 1 closed by a cancel, with jobs 1 queued, 1 running
  +1m5s job 2 FAILED with code 4001: Job is part of a session that's been closed
 +1m10s job 1 completed, 6s on the QPU; session 1 cost 10s of QPU time"""


@pytest.fixture
def trace() -> Trace:
    return story()


def row(text: str, name: str) -> str:
    return next(line for line in text.splitlines() if line.strip().startswith(name))


Told = tuple[int, str, str | None, str | None, Mapping[str, object]]


def made(*events: Told) -> Trace:
    """A trace of (second, kind, workload, job, data)."""
    trace = Trace()
    for second, kind, workload, job, data in events:
        trace.record(second * SECOND_US, kind, "fake_backend", workload, job, data)
    return trace


def test_the_whole_of_a_short_story(trace: Trace) -> None:
    timeline = Timeline(trace, now_us=HOUR_US)
    assert str(timeline) == timeline.text() == SHOWN


@pytest.mark.parametrize("width", [50, 80, 133])
def test_no_line_is_wider_than_was_asked_for(trace: Trace, width: int) -> None:
    breaks = [Broken("CAN-02", at_us, "queued jobs fail", "they run " * 20) for at_us in (0, HOUR_US)]
    lines = Timeline(trace, now_us=HOUR_US, breaks=breaks).text(width=width).splitlines()
    assert max(map(len, lines)) <= width
    assert sum("CAN-02 is broken" in line for line in lines) == 2


def test_colours_change_nothing_but_the_colours(trace: Trace) -> None:
    timeline = Timeline(trace, now_us=HOUR_US, breaks=[Broken("CAN-02", 65 * SECOND_US, "this", "that")])
    colored = timeline.text(color=True)
    assert "\x1b[31;1mF\x1b[0m" in colored
    assert "\x1b[35m:::::::::\x1b[0m" in colored
    assert re.sub(r"\x1b\[[\d;]*m", "", colored) == timeline.text()


def test_what_goes_on_is_drawn_to_the_end_and_said_to() -> None:
    open_one = story(cancelled=False)
    text = Timeline(made(*((event.at_us // SECOND_US, *event[1:2], *event[3:]) for event in open_one[:4]))).text()
    assert re.fullmatch(r"session 1 +\. +still open", row(text, "session 1"))


def test_a_broken_contract_stands_below_its_moment_and_in_the_words(trace: Trace) -> None:
    text = Timeline(
        trace, now_us=HOUR_US, breaks=[Broken("CAN-02", 65 * SECOND_US, "queued jobs fail", "they run")]
    ).text()
    assert row(text, "^ CAN-02").index("^") == row(text, "session 1").index("|")
    assert "  +1m5s CAN-02 BROKEN: expected queued jobs fail; seen they run" in text


def test_what_a_report_says_was_broken_is_marked() -> None:
    wrong = made(
        (0, "workload.opened", "s", None, {"mode": "dedicated", "max_ttl_s": 600}),
        (0, "job.queued", "s", "a", {}),
        (0, "job.running", "s", "a", {}),
        (1, "job.completed", "s", "a", {"charged_us": 0}),
        (2, "job.running", "s", "a", {}),
    )
    report = check(wrong)
    breaks = broken_in(report)
    assert {one.contract for one in breaks} == set(report.ids("broken"))
    assert breaks
    assert all(
        f"{one.contract} BROKEN: expected {one.expected}"[:40] in Timeline(wrong, breaks=breaks).text(width=200)
        for one in breaks
    )


def test_the_max_ttl_that_closes_a_session_is_shown_and_one_that_was_not_reached_is_not() -> None:
    opened: Told = (0, "workload.opened", "s", None, {"mode": "dedicated", "max_ttl_s": 600})
    active: Told = (5, "workload.activated", "s", None, {})
    late = made(opened, active, (605, "workload.closed", "s", None, {"reason": "session_closed_by_max_ttl"}))
    early = made(
        opened,
        active,
        (604, "workload.closed", "s", None, {"reason": "session_closed"}),
        (900, "job.queued", None, "j", {}),
    )
    assert row(Timeline(late).text(), "session 1").endswith("T")
    assert [point.mark for point in Timeline(late).rows[0].points] == ["limit"]
    assert row(Timeline(early).text(), "session 1").endswith("|")


def test_closing_is_another_state_than_active_also_if_it_became_active_later() -> None:
    text = Timeline(
        made(
            (0, "workload.opened", "s", None, {"mode": "batch"}),
            (1, "workload.draining", "s", None, {}),
            (2, "workload.activated", "s", None, {}),
            (3, "workload.closed", "s", None, {"reason": "session_closed"}),
        )
    ).text()
    drawn = row(text, "batch 1").split()[2]
    assert set(drawn) == {".", ">", "|"}


def test_a_backend_that_was_away_has_a_row() -> None:
    text = Timeline(
        made(
            (0, "job.queued", None, "j", {}),
            (1, "backend.status", None, None, {"status": "offline", "reason": "maintenance"}),
            (9, "backend.status", None, None, {"status": "online", "reason": ""}),
            (10, "job.running", None, "j", {}),
        )
    ).text()
    assert set(row(text, "fake_backend").split()[1]) == {"!"}
    assert "+1s fake_backend offline: maintenance" in text


def test_a_refused_request_is_told_with_its_reason() -> None:
    data = {"operation": "submit", "refusal": "workload_closed"}
    text = Timeline(made((0, "workload.opened", "s", None, {}), (3, "request.rejected", "s", None, data))).text()
    assert "+3s session 1 REFUSED to submit: workload closed" in text
    assert row(text, "> submit").endswith("1")


def test_a_long_story_is_told_around_its_first_break() -> None:
    trace = made(*((second, "job.queued", None, f"j{second}", {}) for second in range(200)))
    whole = Timeline(trace).text()
    assert "... 160 more lines ..." in whole
    assert "+3m19s job 200 submitted" in whole
    around = Timeline(trace, breaks=[Broken("JOB-04", 100 * SECOND_US, "this", "that")]).text()
    assert "JOB-04 BROKEN" in around
    assert "... 81 more lines ..." in around
    assert "... 80 more lines ..." in around


def test_an_empty_trace_says_so() -> None:
    assert Timeline(Trace()).text() == "nothing happened: no session, batch or job"


def test_polls_of_a_recording_are_folded_into_the_columns_that_there_are() -> None:
    text = Timeline(derive(load("cassettes/httpx/max_ttl.yaml"))).text()
    assert re.search(r"^> reads +[1-9 ]+$", text, re.MULTILINE)
    assert row(text, "job 1").endswith("=C") or row(text, "job 1").endswith(".C")
    assert "= active, or running" in text
    assert "not yet on the QPU" not in text  # nobody saw that


def test_names_count_in_the_order_of_the_trace(trace: Trace) -> None:
    names = Timeline(trace).names
    assert list(names.workloads.values()) == ["session 1"]
    assert list(names.jobs.values()) == ["job 1", "job 2"]
    assert len(names.others) == 1
    assert names.of(Event(0, "request.rejected", None, None, "unknown-job-id", {})) == "job unknown-"
