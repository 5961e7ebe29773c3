"""The picture of a timeline, and the page around it: well formed, in words too, and sufficient to itself."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest

from pytest_qruntime.model import Trace
from pytest_qruntime.report.timeline import Broken, Call, Mark, Timeline
from pytest_qruntime.report.timeline.svg import NAMESPACE
from tests.report.timeline.stage import SECOND_US, story

SVG = f"{{{NAMESPACE}}}"


@pytest.fixture
def timeline() -> Timeline:
    breaks = [Broken("CAN-02", 65 * SECOND_US, "a <queued> job fails", 'it "runs" & ends')]
    return Timeline(story(), now_us=3600 * SECOND_US, breaks=breaks)


def test_every_state_and_end_is_there_in_words(timeline: Timeline) -> None:
    root = ElementTree.fromstring(timeline.svg(title="a cancel"))
    told = [shape.get("aria-label") for shape in root.iter() if shape.get("role") == "img"]
    assert root.get("aria-label") == "a cancel"
    assert told == [
        "58m50s, drawn short",
        "session 1: waits for its first job from +0s to +1m, 1m",
        "session 1: active from +1m to +1m5s, 5s",
        "session 1: closed, its running jobs finish from +1m5s to +1m10s, 5s",
        "session 1: closed at +1m5s",
        "job 1: queued from +0s to +1m, 1m",
        "job 1: runs, not yet on the QPU from +1m to +1m4s, 4s",
        "job 1: on the QPU from +1m4s to +1m10s, 6s",
        "job 1: completed at +1m10s",
        "job 2: queued from +0s to +1m5s, 1m5s",
        "job 2: failed at +1m5s",
        "other users: on the QPU from +0s to +1m, 1m",
        "open at +0s",
        "submit, 2 times at +0s",
        "cancel at +1m5s",
        '+1m5s: CAN-02 BROKEN: expected a <queued> job fails; seen it "runs" & ends',
    ]


def test_bars_stand_where_their_time_is(timeline: Timeline) -> None:
    root = ElementTree.fromstring(timeline.svg())
    bars = {shape.get("aria-label"): shape for shape in root.iter(f"{SVG}rect") if shape.get("role")}
    first = bars["session 1: active from +1m to +1m5s, 5s"]
    then = bars["session 1: closed, its running jobs finish from +1m5s to +1m10s, 5s"]
    assert float(first.get("x", 0)) + float(first.get("width", 0)) == float(then.get("x", 0))


def test_what_is_in_the_picture_is_inside_of_it(timeline: Timeline) -> None:
    root = ElementTree.fromstring(timeline.svg())
    _, _, width, height = map(float, root.get("viewBox", "").split())
    for shape in root.iter():
        if shape.get("x") is not None:
            assert 0 <= float(shape.get("x", 0)) + float(shape.get("width", 0)) <= width
            assert 0 <= float(shape.get("y", 0)) <= height


def test_a_number_of_requests_stands_where_there_is_room(timeline: Timeline) -> None:
    calls = [Call(second * SECOND_US, "submit") for second in (0, 0, *range(90), 3600, 3600)]
    root = ElementTree.fromstring(Timeline(story(), now_us=3600 * SECOND_US, calls=calls).svg())
    shown = {shape.get("aria-label"): shape.text for shape in root.iter(f"{SVG}text") if shape.get("aria-label")}
    assert shown["submit, 3 times at +0s"] == "▼"
    assert shown["submit, 2 times at +1h"] == "▼2"


class Reader(HTMLParser):
    """Collects the tags that are open, the attributes that load something, and the text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.loads += [f"{tag} {name}" for name, _ in attrs if name in ("src", "href", "srcset", "action")]

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_page_loads_nothing_and_tells_the_story(timeline: Timeline) -> None:
    page = timeline.html(title="a <b> & c")
    reader = Reader(page)
    assert reader.loads == []
    assert not re.search(r"@import|url\(", page)
    assert set(re.findall(r"https?://[^\"' ]+", page)) == {NAMESPACE}
    assert "a <b> & c" in reader.text
    assert "job 2 FAILED with code 4001: Job is part of a session that's been closed" in reader.text
    assert 'CAN-02 BROKEN: expected a <queued> job fails; seen it "runs" & ends' in reader.text


def test_a_notebook_shows_the_picture(timeline: Timeline) -> None:
    shown = timeline._repr_html_()
    assert shown.startswith('<div class="chart"')
    assert "<svg" in shown


def test_an_empty_trace_has_a_picture_too() -> None:
    assert ElementTree.fromstring(Timeline(Trace()).svg()).tag == f"{SVG}svg"


HOSTILE = "\x1b[31m<b>\x00\u202e\ud800"
MADE_VISIBLE = "␛[31m<b>␀\\u202e\\ud800"


@pytest.fixture
def hostile() -> Timeline:
    """Names and messages that would do something to a terminal, or to a page."""
    trace = Trace()
    trace.record(0, "backend.status", HOSTILE, data={"status": HOSTILE, "reason": HOSTILE})
    trace.record(1, "workload.opened", HOSTILE, workload=HOSTILE, data={"mode": "dedicated"})
    trace.record(2, "request.rejected", HOSTILE, workload=HOSTILE, data={"operation": HOSTILE, "refusal": HOSTILE})
    return Timeline(trace, marks=[Mark(3, HOSTILE, HOSTILE)])


def test_what_cannot_be_printed_is_shown_by_what_stands_for_it(hostile: Timeline) -> None:
    for told in (hostile.text(), hostile.html(title=HOSTILE), hostile.svg(title=HOSTILE)):
        assert not re.search("[\x00-\x08\x0b-\x1f\u202a-\u202e\ud800-\udfff]", told)
    assert f"+0.000003s {MADE_VISIBLE}" in hostile.text()
    assert MADE_VISIBLE in Reader(hostile.html()).text
    assert ElementTree.fromstring(hostile.svg(title=HOSTILE)).get("aria-label") == MADE_VISIBLE
