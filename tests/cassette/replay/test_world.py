"""The time of a recording, as a clock sees it."""

from __future__ import annotations

import threading
import time
from datetime import datetime, timezone

import httpx
import pytest

from pytest_qruntime import ClockError, NothingPendingError
from pytest_qruntime.cassette.replay import Deck
from pytest_qruntime.clock import Clock
from tests.cassette.replay.stages import API, stage
from tests.cassette.replay.tapes import JOB, SUBMITTED, ask, said, state, tape, to

POLLED = tape(
    SUBMITTED,
    said(0, "GET /jobs/j", state("Queued")),
    said(10, "GET /jobs/j", state("Queued")),
    said(20, "GET /jobs/j", state("Running")),
    said(30, "GET /jobs/j", state("Completed")),
)


def test_time_begins_when_the_recording_did() -> None:
    assert Clock(Deck(POLLED).world).now() == datetime(2026, 3, 1, 9, tzinfo=timezone.utc)


def test_what_is_pending_are_the_recorded_changes() -> None:
    deck = Deck(POLLED)
    ask(deck, "POST /jobs", JOB)

    assert deck.world.next_event_us() == 20_000_000
    assert [str(due) for due in Clock(deck.world).pending()] == [
        "in 20s (2026-03-01T09:00:20Z): GET /api/v1/jobs/j is answered as 20s into the recording [recording.change j]",
        "in 30s (2026-03-01T09:00:30Z): GET /api/v1/jobs/j is answered as 30s into the recording [recording.change j]",
    ]


def test_changes_after_a_request_that_has_not_come_are_not_pending() -> None:
    deck = Deck(POLLED)

    assert (deck.world.next_event_us(), deck.world.pending()) == (None, [])


def test_changes_move_with_the_submission() -> None:
    deck = to(Deck(POLLED), 100)
    ask(deck, "POST /jobs", JOB)

    events = []
    while (at_us := deck.world.next_event_us()) is not None:
        events.append(at_us)
        deck.world.advance_to(at_us)

    assert events == [120_000_000, 130_000_000]


def test_a_change_that_a_request_made_obsolete_is_not_pending() -> None:
    looks = [said(at_s, "GET /sessions/s", {"n": at_s}) for at_s in (0, 10, 20, 30)]
    deck = Deck(
        tape(
            said(0, "POST /sessions", {"id": "s"}),
            *looks[:2],
            said(20, "POST /jobs", {"id": "j"}, sent={"session_id": "s"}),
            *looks[2:],
        )
    )
    ask(deck, "POST /sessions")
    assert deck.world.next_event_us() == 10_000_000

    ask(to(deck, 5), "POST /jobs", {"session_id": "s"})

    assert deck.world.next_event_us() == 15_000_000


def test_time_does_not_go_back() -> None:
    with pytest.raises(ClockError, match="only goes forward: 1m have passed since the recording began, and 30s was"):
        to(to(Deck(POLLED), 60), 30)


def test_a_wait_jumps_from_change_to_change_and_ends_where_nothing_more_is_known() -> None:
    deck = Deck(POLLED)
    clock = Clock(deck.world)
    with stage(deck, deck.world), httpx.Client() as http:
        http.post(f"{API}/jobs", json=JOB)
    seen = []
    for _ in range(2):
        clock.wait_for_event()
        seen.append((deck.world.now_us, ask(deck, "GET /jobs/j")))

    assert seen == [(20_000_000, state("Running")), (30_000_000, state("Completed"))]
    with pytest.raises(NothingPendingError):
        clock.wait_for_event()


def test_threads_that_poll_share_the_time_of_the_recording() -> None:
    deck = Deck(POLLED)
    seen: dict[str, list[float]] = {}

    def poll(name: str, every_s: float) -> None:
        with httpx.Client() as http:
            while http.get(f"{API}/jobs/j").json() != state("Completed"):
                time.sleep(every_s)
        seen.setdefault(name, []).append(deck.world.now_us / 1e6)

    with stage(deck, deck.world):
        httpx.post(f"{API}/jobs", json=JOB)
        threads = [threading.Thread(target=poll, args=(f"every {s}", s)) for s in (1.5, 10)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert seen == {"every 1.5": [30.0], "every 10": [30.0]}
