"""Each invariant catches the faulty models that break it, and lets the real one pass."""

from __future__ import annotations

import pytest

from tests.model import mutants
from tests.model.comparisons import check_to_the_end
from tests.model.invariants import Monitor
from tests.model.player import Command, Player, Setup, Violation

SESSION, BATCH = Command("open", ("dedicated", 100, None)), Command("open", ("batch", 100, None))


def job(workload: int | None = 0, classical: int = 10, quantum: int = 20) -> Command:
    return Command("submit", (workload, classical, quantum, None, 0))


def wait(seconds: int) -> Command:
    return Command("wait", (seconds,))


CLOSE, CANCEL, REOPEN = Command("close", (0,)), Command("cancel", (0,)), Command("reopen", (0,))
FOREIGN = Command("foreign", (10, 20, 0))

STORIES: dict[str, list[Command]] = {
    "two jobs, then a close": [SESSION, job(), job(), wait(5), CLOSE, job()],
    "two jobs, then a cancel": [SESSION, job(), job(), wait(5), CANCEL, wait(50)],
    "a cancel before the first job": [FOREIGN, FOREIGN, SESSION, job(), CANCEL, wait(100)],
    "closed and opened again": [SESSION, wait(5), CLOSE, REOPEN, wait(5)],
    "a session and others": [SESSION, job(), FOREIGN, FOREIGN, wait(200)],
    "many jobs": [BATCH, job(), job(), job(), job(), wait(200)],
    "a session after others": [SESSION, FOREIGN, FOREIGN, job(), job(0, 40, 40), wait(200)],
    "a session that comes back": [SESSION, job(0, 1, 1), FOREIGN, wait(70), job(0, 1, 1), wait(200)],
    "a batch beside others": [BATCH, job(0, 1, 5), FOREIGN, job(0, 10, 10), FOREIGN, FOREIGN, job(0, 2, 5), wait(200)],
    "a plain job is cancelled": [FOREIGN, FOREIGN, FOREIGN, job(None), Command("cancel_job", (0,)), wait(200)],
    "two batches": [BATCH, BATCH, job(0), job(1), wait(200)],
}

MUTANTS: list[tuple[int | str, mutants.Mutate, str]] = [
    (1, mutants.takes_jobs_while_draining, "two jobs, then a close"),
    (2, mutants.runs_queued_jobs_after_the_close, "a cancel before the first job"),
    (3, mutants.cancels_running_jobs, "two jobs, then a cancel"),
    (4, mutants.reopens_what_is_closed, "closed and opened again"),
    (5, mutants.shares_the_window_of_a_session, "a session and others"),
    (6, mutants.starts_more_jobs_than_lanes, "many jobs"),
    (6, mutants.shares_the_qpu, "many jobs"),
    (7, mutants.counts_max_ttl_from_the_opening, "a session after others"),
    (7, mutants.pauses_max_ttl_while_inactive, "a session that comes back"),
    (7, mutants.never_ends_at_max_ttl, "a session and others"),
    (8, mutants.never_becomes_inactive, "a session that comes back"),
    (8, mutants.becomes_inactive_too_early, "a session that comes back"),
    (9, mutants.charges_for_waiting, "many jobs"),
    (9, mutants.charges_for_inactive_time, "a session that comes back"),
    (9, mutants.takes_longer_late_in_the_day, "many jobs"),
    (10, mutants.opens_again_when_closed_twice, "two jobs, then a close"),
    (11, mutants.waits_for_the_ittl_when_drained, "two jobs, then a close"),
    (12, mutants.computes_longer_when_others_wait, "a batch beside others"),
    (13, mutants.never_gives_the_backend_back, "a session and others"),
    (14, mutants.accepts_when_closed, "two jobs, then a cancel"),
    (15, mutants.draws_ids_from_one_pot, "many jobs"),
    ("JOB-02", mutants.runs_cancelled_jobs, "a plain job is cancelled"),
    ("ORD-07", mutants.mixes_batches, "two batches"),
]


def tell(story: str, *, lanes: int) -> None:
    """Play a story to its end under the eyes of the monitor."""
    player = Player(Setup(lanes=lanes, contention=True))
    monitor = Monitor(player)
    for command in STORIES[story]:
        player.play(command)
        monitor.step()
    check_to_the_end(player, monitor)


def lanes_of(story: str) -> int:
    return 1 if story.startswith(("two jobs", "a plain job")) else 2


@pytest.mark.parametrize("story", STORIES)
def test_the_real_model_keeps_every_invariant(story: str) -> None:
    tell(story, lanes=lanes_of(story))


@pytest.mark.parametrize(("invariant", "mutate", "story"), MUTANTS, ids=[m[1].__name__ for m in MUTANTS])
def test_a_faulty_model_is_caught(
    monkeypatch: pytest.MonkeyPatch, invariant: int | str, mutate: mutants.Mutate, story: str
) -> None:
    mutate(monkeypatch)
    with pytest.raises(Violation) as caught:
        tell(story, lanes=lanes_of(story))
    assert caught.value.invariant == invariant, str(caught.value)


def test_every_invariant_has_a_mutant() -> None:
    assert {number for number, _, _ in MUTANTS} >= set(range(1, 16))
