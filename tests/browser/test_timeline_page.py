"""The page of a timeline in a browser: what stands there, for eyes, ears and keys, on a desk and on a phone."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_qruntime import world
from pytest_qruntime.cli import main
from pytest_qruntime.model import Trace
from pytest_qruntime.report.timeline import Broken, Timeline
from tests.browser.chromium import Chromium
from tests.browser.looking import everywhere, heard, loaded, walked
from tests.report.timeline.stage import SECOND_US, story

TITLE = 'tests/test_vqe.py::test_the_session_is_closed_when_the_optimiser_raises[<b> & "c"]'
BREAKS = [
    Broken("CAN-02", 65 * SECOND_US, "a <queued> job fails", 'it "runs" & ends'),
    Broken("MAX-01", 3600 * SECOND_US, "closed after 25m", "still open"),
]


def cancelled() -> Timeline:
    return Timeline(story(), now_us=3600 * SECOND_US, breaks=BREAKS)


def crowded() -> Timeline:
    """Two workloads with many jobs, closed by hand and by their max TTL, a queue, a maintenance, bursts of requests."""
    with world(lanes=2) as qruntime:
        qruntime.next_jobs(times=None, classical="4s", quantum="6s")
        qruntime.other_users(3, quantum="1h")
        session, batch = qruntime.session(max_time="25m"), qruntime.batch(max_time="8h")
        for _ in range(8):
            session.run()
            batch.run()
            qruntime.clock.tick("1s")
        qruntime.maintenance("2h", after="10m", status="offline")
        qruntime.clock.tick("150m")
        batch.close()
        qruntime.clock.tick("30h")
        return qruntime.timeline()


def empty() -> Timeline:
    return Timeline(Trace())


TIMELINES = {"cancelled": cancelled, "crowded": crowded, "empty": empty}


@pytest.fixture(scope="module", params=TIMELINES)
def file(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pages") / "timeline.html"
    path.write_text(TIMELINES[request.param]().html(title=TITLE), encoding="utf-8")
    return path


def test_everything_can_be_seen_and_nothing_is_loaded(chromium: Chromium, file: Path) -> None:
    with chromium.page(file) as page:
        assert everywhere(page) == {}
        assert (loaded(file, page), page.complaints()) == ([], [])


def test_who_does_not_see_it_hears_it(chromium: Chromium, file: Path) -> None:
    with chromium.page(file) as page:
        assert heard(page) == {}


def test_every_row_end_and_break_is_read_aloud(chromium: Chromium, tmp_path: Path) -> None:
    file = tmp_path / "timeline.html"
    file.write_text(cancelled().html(title=TITLE), encoding="utf-8")
    with chromium.page(file) as page:
        spoken = {(node["role"], node["name"]) for node in page.spoken()}
        assert {name for role, name in spoken if role == "heading"} == {TITLE}
        assert {"session 1", "job 1 of session 1", "job 2 of session 1", "other users"} <= {name for _, name in spoken}
        assert {
            ("image", "job 1: on the QPU from +1m4s to +1m10s, 6s"),
            ("image", "job 2: failed at +1m5s"),
            ("image", '+1m5s: CAN-02 BROKEN: expected a <queued> job fails; seen it "runs" & ends'),
            ("image", "+1h: MAX-01 BROKEN: expected closed after 25m; seen still open"),
            ("columnheader", "time"),
        } <= spoken


def test_the_keys_go_through_it_and_fold_the_words(chromium: Chromium, file: Path) -> None:
    with chromium.page(file) as page:
        stops, troubles = walked(page)
        assert troubles == {}
        page.run("document.querySelector('summary').focus()")
        page.press("Enter")
        assert not page.run("document.querySelector('details').open")
    assert any(stop.startswith("<summary") for stop in stops)


def test_the_picture_can_be_scrolled_by_keys_on_a_phone(chromium: Chromium, tmp_path: Path) -> None:
    file = tmp_path / "timeline.html"
    file.write_text(cancelled().html(title=TITLE), encoding="utf-8")
    with chromium.page(file, width=390) as page:
        page.press("Tab")
        for _ in range(3):
            page.press("ArrowRight")
        assert page.run("new Promise(done => setTimeout(() => done(document.activeElement.scrollLeft > 0), 300))")


@pytest.mark.parametrize("recording", ["cassettes/httpx/graceful_close.yaml"])
def test_a_recording_that_the_command_draws_is_such_a_page(chromium: Chromium, tmp_path: Path, recording: str) -> None:
    file = tmp_path / "drawn.html"
    assert main(["timeline", recording, "-o", str(file)]) == 0
    with chromium.page(file) as page:
        assert (everywhere(page), heard(page), loaded(file, page)) == ({}, {}, [])
        assert page.run("document.title") == "graceful_close.yaml"
        assert page.run("document.querySelectorAll('tbody tr').length") > 2


def test_a_picture_of_its_own_is_drawn_whole(chromium: Chromium, tmp_path: Path) -> None:
    trace, file = tmp_path / "trace.jsonl", tmp_path / "drawn.svg"
    trace.write_text(story().to_jsonl(), encoding="utf-8")
    assert main(["timeline", str(trace), "-o", str(file)]) == 0
    with chromium.page(file) as page:
        box = page.run("(({width, height}) => [width, height])(document.documentElement.getBoundingClientRect())")
        assert box[0] > 600
        assert box[1] > 100
        assert page.run("document.documentElement.getAttribute('aria-label')") == "trace.jsonl"
        assert (loaded(file, page), page.complaints()) == ([], [])
