"""Results that the service gives once are given once."""

from __future__ import annotations

import pytest

from pytest_qruntime.cassette.replay import Deck, UnexpectedRequestError
from pytest_qruntime.cassette.tape import Exchange
from tests.cassette.replay.tapes import ask, said, tape, to

PRIVATE = {"private": True}
RESULTS = "GET /jobs/j/results"


def submitted(*after: Exchange) -> Deck:
    deck = Deck(tape(said(0, "POST /jobs", {"id": "j"}, sent=PRIVATE), *after))
    ask(deck, "POST /jobs", PRIVATE)
    return deck


def test_they_are_given_when_they_were_there_and_then_the_answer_that_came_after() -> None:
    deck = submitted(said(5, RESULTS, None, 204), said(10, RESULTS, {"r": 1}), said(10, RESULTS, {"errors": []}, 404))

    seen = [ask(to(deck, at_s), RESULTS) for at_s in (0, 5, 9, 12, 12, 500)]

    assert seen == [204, 204, 204, {"r": 1}, {"errors": []}, {"errors": []}]
    assert deck.unused() == []


def test_a_client_that_did_not_poll_gets_them_whenever_it_asks() -> None:
    assert ask(submitted(said(10, RESULTS, {"r": 1})), RESULTS) == {"r": 1}


@pytest.mark.parametrize("before", [[], [said(5, RESULTS, None, 204)]])
def test_a_second_reading_that_was_not_recorded_is_refused(before: list[Exchange]) -> None:
    deck = to(submitted(*before, said(10, RESULTS, {"r": 1})), 10)
    ask(deck, RESULTS)

    with pytest.raises(UnexpectedRequestError, match="was recorded once, and is given once"):
        ask(deck, RESULTS)


def test_nothing_is_given_before_the_job_was_submitted() -> None:
    deck = Deck(tape(said(0, "POST /jobs", {"id": "j"}, sent=PRIVATE), said(10, RESULTS, {"r": 1})))

    with pytest.raises(UnexpectedRequestError, match="came too early: POST"):
        ask(to(deck, 10), RESULTS)


def test_results_of_other_jobs_are_given_as_often_as_one_likes() -> None:
    deck = Deck(tape(said(0, "POST /jobs", {"id": "j"}, sent={}), said(10, RESULTS, {"r": 1})))
    ask(deck, "POST /jobs", {})

    assert [ask(deck, RESULTS) for _ in range(3)] == [{"r": 1}] * 3
