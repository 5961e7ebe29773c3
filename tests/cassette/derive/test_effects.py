"""What an answer of 204 did, as far as later answers tell."""

from __future__ import annotations

from pytest_qruntime.cassette.tape import Exchange
from tests.cassette.derive.telling import at, cancel, close, job, kinds, look, open_at, submit

CLOSED = {"state": "closed", "accepting_jobs": False}
IGNORED, DRAINING, ENDED = "request.ignored", "workload.draining", "workload.closed"


def reopen(at_s: float) -> Exchange:
    return close(at_s, accepting=True)


def shown(*exchanges: Exchange) -> list[str]:
    """What is shown besides the session's opening and its jobs."""
    return [kind for _, kind in kinds(open_at(0), *exchanges) if kind[:3] != "job" and kind != "workload.opened"]


def test_reopening_what_is_open_or_closed_is_ignored() -> None:
    assert shown(reopen(4)) == [IGNORED]
    assert shown(look(3, **CLOSED), reopen(4)) == [ENDED, IGNORED]
    assert shown(close(2), reopen(4), look(9, closed_at=at(2), **CLOSED)) == [ENDED, IGNORED]


def test_reopening_that_may_have_come_too_late_is_not_told() -> None:
    end = look(9, closed_at=at(6), **CLOSED)

    assert shown(submit(1), close(2), reopen(4), end) == [DRAINING, ENDED]
    assert shown(submit(1), close(2), reopen(6), end) == [DRAINING, ENDED]
    assert shown(submit(1), close(2), reopen(6), close(6), end) == [DRAINING, ENDED]


def test_reopening_that_was_seen_to_work_is_told_and_closing_again_too() -> None:
    open_again = look(5, accepting_jobs=True)

    assert shown(submit(1), close(2), reopen(4), open_again, close(6)) == [DRAINING, "workload.reopened", DRAINING]


def test_closing_what_was_seen_to_take_no_jobs_is_ignored() -> None:
    assert shown(look(1, accepting_jobs=False), close(2)) == [IGNORED]
    assert shown(look(1, accepting_jobs=None), close(2)) == [DRAINING]
    assert shown(look(1, accepting_jobs=True), close(2)) == [DRAINING]


def test_a_close_at_the_instant_of_the_end_drained_if_something_was_left() -> None:
    end = look(9, closed_at=at(5), **CLOSED)
    still_open = look(5, accepting_jobs=False)

    assert shown(close(5), end) == [ENDED]
    assert shown(close(5), still_open, end) == [DRAINING, ENDED]
    assert shown(submit(1), close(5), job(5, "Running"), end) == [DRAINING, ENDED]
    assert shown(submit(1), job(4, "Completed"), close(5), end) == [ENDED]
    assert shown(submit(1), job(5, "Running"), close(5), end) == [ENDED]


def test_of_a_close_and_a_cancel_at_one_instant_the_reason_tells_which_was_the_end() -> None:
    cancelled = look(9, closed_at=at(5), state_reason="session_cancelled", **CLOSED)
    closed = look(9, closed_at=at(5), state_reason="session_closed", **CLOSED)

    assert shown(close(5), cancel(5), cancelled) == [DRAINING, ENDED]
    assert shown(close(5), cancel(5), closed) == [ENDED, IGNORED]
    assert shown(close(5), cancelled) == [ENDED]


def test_cancelling_what_is_closed_is_ignored() -> None:
    end = look(9, closed_at=at(5), **CLOSED)

    assert shown(cancel(5), cancel(6), end) == [ENDED, IGNORED]
    assert shown(cancel(6), end) == [ENDED, IGNORED]
    assert shown(look(3, **CLOSED), cancel(4)) == [ENDED, IGNORED]
    assert shown(cancel(4), end) == [ENDED]
