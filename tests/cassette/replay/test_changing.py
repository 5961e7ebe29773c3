"""Which request of the recording is meant by one that changes something, and what is said if none is."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from pytest_qruntime.cassette.errors import CassetteError
from pytest_qruntime.cassette.replay import Deck, UnexpectedRequestError
from pytest_qruntime.cassette.tape import Exchange
from tests.cassette.replay.tapes import JOB, SUBMITTED, ask, said, state, tape, to

OPENED = said(0, "POST /sessions", {"id": "s"}, sent={"mode": "batch"})
CLOSE = {"accepting_jobs": False}


def job(name: str, at_s: float = 1) -> Exchange:
    return said(at_s, "POST /jobs", {"id": name}, sent={"session_id": "s", "tags": [name]})


def submit(deck: Deck, name: str) -> object:
    return ask(deck, "POST /jobs", {"session_id": "s", "tags": [name]})["id"]


def opened(*after: Exchange) -> Deck:
    deck = Deck(tape(OPENED, *after))
    ask(deck, "POST /sessions", {"mode": "batch"})
    return deck


def test_json_may_be_written_in_any_way() -> None:
    deck = Deck(tape(SUBMITTED))

    assert ask(deck, "POST /jobs", b'{ "program_id":"sampler",\n"backend":"fake_\\u0062ackend" }') == {"id": "j"}


def test_an_id_that_the_client_made_up_may_be_another_one() -> None:
    one, two = "11111111-2222-4333-8444-555555555555", "aaaaaaaa-2222-4333-8444-555555555555"
    recording = tape(said(0, "POST /jobs", {"id": "j"}, sent={"a": one, "b": two, "c": one}))

    with pytest.raises(UnexpectedRequestError):
        ask(Deck(recording), "POST /jobs", {"a": two, "b": one, "c": one})
    assert ask(Deck(recording), "POST /jobs", {"a": two, "b": one, "c": two}) == {"id": "j"}


def test_an_id_that_the_service_gave_must_be_the_one() -> None:
    first, second = "11111111-2222-4333-8444-555555555555", "aaaaaaaa-2222-4333-8444-555555555555"
    opened = [said(0, "POST /sessions", {"id": name}, sent={"mode": "batch"}) for name in (first, second)]
    deck = Deck(tape(*opened, said(0, "POST /jobs", {"id": "j"}, sent={"session_id": second})))
    ids = [ask(deck, "POST /sessions", {"mode": "batch"})["id"] for _ in range(2)]

    assert ids == [first, second]
    with pytest.raises(UnexpectedRequestError, match=f'(?s)-.*"{second}".*\\+.*"{first}"'):
        ask(deck, "POST /jobs", {"session_id": first})


def test_jobs_of_one_session_may_be_submitted_in_another_order() -> None:
    deck = opened(job("a"), job("b"))

    assert [submit(deck, "b"), submit(deck, "a")] == ["b", "a"]


def test_a_session_is_not_closed_before_its_jobs_were_submitted() -> None:
    deck = opened(job("a"), said(2, "PATCH /sessions/s", None, 204, sent=CLOSE))

    with pytest.raises(UnexpectedRequestError, match=r"came too early: POST .*interaction 1.* concerns session s too"):
        ask(deck, "PATCH /sessions/s", CLOSE)


def test_no_job_is_submitted_before_the_close_that_came_before_it() -> None:
    refused = said(3, "POST /jobs", {"errors": []}, 409, sent={"session_id": "s", "tags": ["late"]})
    deck = opened(said(2, "PATCH /sessions/s", None, 204, sent=CLOSE), refused)

    with pytest.raises(UnexpectedRequestError, match="came too early: PATCH"):
        ask(deck, "POST /jobs", {"session_id": "s", "tags": ["late"]})


def test_a_job_is_not_cancelled_before_its_session_was() -> None:
    deck = opened(job("a"), said(2, "DELETE /sessions/s/close", None, 204), said(3, "POST /jobs/a/cancel", {}, 409))
    submit(deck, "a")

    with pytest.raises(UnexpectedRequestError, match="came too early: DELETE"):
        ask(deck, "POST /jobs/a/cancel")


def test_what_concerns_different_sessions_may_swap() -> None:
    deck = Deck(tape(*(said(n, "POST /sessions", {"id": f"s{n}"}, sent={"number": n}) for n in range(3))))

    assert [ask(deck, "POST /sessions", {"number": n})["id"] for n in (2, 0, 1)] == ["s2", "s0", "s1"]


def test_the_same_request_gets_the_recorded_answers_in_turn() -> None:
    recording = tape(said(0, "POST /jobs", {}, 429, sent=JOB), SUBMITTED)
    deck = Deck(recording)

    assert [ask(deck, "POST /jobs", JOB) for _ in range(2)] == [{}, {"id": "j"}]
    with pytest.raises(UnexpectedRequestError, match="came more often than it was recorded"):
        ask(deck, "POST /jobs", JOB)


def test_a_late_close_does_not_make_jobs_last_longer() -> None:
    deck = opened(
        job("a", 0),
        said(5, "GET /jobs/a", state("Running")),
        said(5, "PATCH /sessions/s", None, 204, sent=CLOSE),
        said(30, "GET /jobs/a", state("Completed")),
        said(30, "GET /sessions/s", {"state": "closed"}),
    )
    submit(deck, "a")
    ask(to(deck, 25), "PATCH /sessions/s", CLOSE)
    to(deck, 30)

    assert ask(deck, "GET /jobs/a") == state("Completed")
    assert ask(deck, "GET /sessions/s") == {"state": "closed"}


@pytest.mark.parametrize("end", ["POST /jobs/a/cancel", "DELETE /jobs/a"])
def test_a_session_is_what_it_was_until_its_job_is_cancelled(end: str) -> None:
    deck = opened(
        job("a", 0), said(1, "GET /sessions/s", {"n": 1}), said(5, end, None, 204), said(6, "GET /sessions/s", {"n": 2})
    )
    submit(deck, "a")
    seen = [ask(to(deck, 50), "GET /sessions/s"), ask(deck, end), ask(deck, "GET /sessions/s")]

    assert seen == [{"n": 1}, 204, {"n": 2}]


def test_a_job_is_what_it_was_until_its_session_is_cancelled() -> None:
    cancel = "DELETE /sessions/s/close"
    before, after = said(1, "GET /jobs/a", state("Queued")), said(5, "GET /jobs/a", state("Failed"))
    deck = opened(job("a", 0), before, said(5, cancel, None, 204), after)
    submit(deck, "a")
    seen = [ask(to(deck, 50), "GET /jobs/a"), ask(deck, cancel), ask(deck, "GET /jobs/a")]

    assert seen == [state("Queued"), 204, state("Failed")]


def test_after_two_jobs_swapped_the_session_is_what_it_was_after_both() -> None:
    deck = opened(job("a", 1), said(2, "GET /sessions/s", {"n": 1}), job("b", 3), said(4, "GET /sessions/s", {"n": 2}))
    submit(deck, "b")
    submit(deck, "a")

    assert ask(deck, "GET /sessions/s") == {"n": 2}


def test_tags_of_a_job_do_not_concern_its_session() -> None:
    tags = {"tags": ["new"]}
    deck = opened(job("a", 0), said(1, "PUT /jobs/a/tags", None, 204, sent=tags), said(2, "GET /sessions/s", {"n": 1}))
    submit(deck, "a")

    assert ask(deck, "GET /sessions/s") == {"n": 1}


def test_what_was_scrubbed_when_it_was_recorded_is_scrubbed_before_it_is_compared() -> None:
    def scrub(exchange: Exchange) -> Exchange:
        return replace(exchange, request_body=exchange.request_body.replace(b"me@home.example", b"user-1"))

    deck = Deck(tape(said(0, "POST /jobs", {"id": "j"}, sent={"tags": ["user-1"]})), scrub=scrub)

    assert ask(deck, "POST /jobs", {"tags": ["me@home.example"]}) == {"id": "j"}


# -- what an unexpected request is told --------------------------------------------------------------------------------


def test_an_unexpected_body_is_told_what_was_expected_and_how_it_differs() -> None:
    deck = to(Deck(tape(SUBMITTED)), 90)

    with pytest.raises(UnexpectedRequestError) as caught:
        ask(deck, "POST /jobs", {**JOB, "backend": "other_backend"})

    assert isinstance(caught.value, CassetteError)
    assert str(caught.value).splitlines() == [
        "POST https://quantum.cloud.ibm.com/api/v1/jobs was never recorded. It is 0s into the recording",
        "Expected next: POST https://quantum.cloud.ibm.com/api/v1/jobs (interaction 0, 0s into the recording)",
        "--- the body as recorded",
        "+++ the body as sent",
        "@@ -1,4 +1,4 @@",
        " {",
        '- "backend": "fake_backend",',
        '+ "backend": "other_backend",',
        '  "program_id": "sampler"',
        " }",
    ]


def test_the_body_is_compared_with_the_next_request_of_that_path_and_not_of_another() -> None:
    deck = opened(said(1, "PATCH /sessions/s", None, 204, sent=CLOSE), job("a", 2))

    with pytest.raises(UnexpectedRequestError) as caught:
        submit(deck, "b")

    assert "Expected next: PATCH" in str(caught.value)
    assert "Recorded was: POST https://quantum.cloud.ibm.com/api/v1/jobs (interaction 2, 2s" in str(caught.value)
    assert '-  "a"\n+  "b"' in str(caught.value)


def test_a_long_difference_is_cut_off() -> None:
    deck = Deck(tape(said(0, "POST /jobs", {"id": "j"}, sent={"n": list(range(500)), "text": "x" * 5_000})))

    with pytest.raises(UnexpectedRequestError) as caught:
        ask(deck, "POST /jobs", {"n": list(range(500, 1000)), "text": "y" * 5_000})

    lines = str(caught.value).splitlines()
    assert len(lines) < 50
    assert max(map(len, lines)) < 210
    assert lines[-1].startswith("... and ")


def test_a_request_too_many_is_told_that_nothing_more_was_expected() -> None:
    deck = Deck(tape(SUBMITTED))
    ask(deck, "POST /jobs", JOB)

    with pytest.raises(UnexpectedRequestError, match="Expected next: no request that changes anything; each"):
        ask(deck, "DELETE /jobs/j")


def test_another_question_of_the_same_path_is_told_what_was_asked() -> None:
    deck = Deck(tape(said(0, "GET /jobs?limit=5", {"jobs": []})))

    with pytest.raises(
        UnexpectedRequestError, match=r"(?s)jobs\?limit=6 was never recorded.*Recorded was: GET .*jobs\?limit=5"
    ):
        ask(deck, "GET /jobs?limit=6")


def test_another_instance_is_named() -> None:
    several = tape(said(0, "GET /backends", {}, crn="crn:b"), said(0, "POST /jobs", {"id": "j"}, sent=JOB))
    deck = Deck(several)

    with pytest.raises(UnexpectedRequestError, match=r"Recorded was: GET .*/backends for the instance crn:b"):
        ask(deck, "GET /backends", crn="crn:a")
    with pytest.raises(UnexpectedRequestError, match="It was recorded for the instance crn:a"):
        ask(deck, "POST /jobs", JOB, crn="crn:b")


# -- reports -----------------------------------------------------------------------------------------------------------


def test_the_report_names_what_the_client_never_came_to() -> None:
    looks = [said(at_s, "GET /jobs/j", state(name)) for at_s, name in ((1, "Queued"), (2, "Running"), (3, "Completed"))]
    cancel, results = said(4, "POST /jobs/j/cancel", {}, 409), said(5, "GET /jobs/j/results", {})
    deck = Deck(tape(SUBMITTED, *looks, cancel, results))
    assert deck.unused() == [SUBMITTED, *looks, cancel, results]

    ask(deck, "POST /jobs", JOB)
    ask(to(deck, 2), "GET /jobs/j")

    assert deck.unused() == [looks[2], cancel, results]


def test_the_report_keeps_requests_without_an_answer_even_if_the_client_hides_the_error() -> None:
    deck = Deck(tape(SUBMITTED))
    for what in ("GET /nothing", "PUT /nothing"):
        with pytest.raises(UnexpectedRequestError):
            ask(deck, what)

    assert [request.method for request in deck.unmatched] == ["GET", "PUT"]


def test_the_deck_says_how_far_into_the_recording_it_is() -> None:
    deck = to(Deck(tape(SUBMITTED, said(10, "POST /jobs/j/cancel", None, 204))), 60)
    ask(deck, "POST /jobs", JOB)

    assert to(deck, 65).recorded_us == 5_000_000
    assert repr(to(deck, 500)) == "<Deck of 2 interactions, 10s into the recording>"


def test_a_bodys_json_may_be_anything() -> None:
    deep = b"[" * 100_000
    deck = Deck(
        tape(
            said(0, "PUT /jobs/j/tags", None, 204, sent=deep),
            said(0, "POST /jobs", b"[1]", sent=json.dumps([1]).encode()),
        )
    )

    assert ask(deck, "PUT /jobs/j/tags", deep) == 204
    assert ask(deck, "POST /jobs", b"[1]") == [1]
