"""Which answer a request gets that changes nothing."""

from __future__ import annotations

import pytest

from pytest_qruntime.cassette.errors import CassetteError
from pytest_qruntime.cassette.replay import Deck, UnexpectedRequestError
from pytest_qruntime.cassette.tape import Tape
from pytest_qruntime.rest.http import Request
from tests.cassette.replay.tapes import JOB, JSON, SUBMITTED, ask, said, state, tape, to

POLLED = tape(
    SUBMITTED,
    said(10, "GET /jobs/j", state("Queued")),
    said(20, "GET /jobs/j", state("Running")),
    said(30, "GET /jobs/j", state("Completed")),
)


def submitted(recording: Tape) -> Deck:
    deck = Deck(recording)
    ask(deck, "POST /jobs", JOB)
    return deck


@pytest.mark.parametrize(
    ("at_s", "status"),
    [
        (10, "Queued"),
        (19.999999, "Queued"),
        (20, "Running"),
        (29.999999, "Running"),
        (30, "Completed"),
        (9e4, "Completed"),
    ],
)
def test_the_answer_is_the_last_one_recorded_by_now(at_s: float, status: str) -> None:
    assert ask(to(submitted(POLLED), at_s), "GET /jobs/j") == state(status)


def test_before_the_first_answer_the_first_one_holds() -> None:
    assert ask(submitted(POLLED), "GET /jobs/j") == state("Queued")


def test_nothing_is_known_of_a_job_that_was_not_submitted_yet() -> None:
    with pytest.raises(UnexpectedRequestError, match=r"recorded only after POST .*/jobs \(interaction 0, 0s into"):
        ask(to(Deck(POLLED), 30), "GET /jobs/j")


def test_a_job_lasts_as_long_as_it_did_whenever_it_is_submitted() -> None:
    deck = to(Deck(POLLED), 100)
    ask(deck, "POST /jobs", JOB)

    assert ask(to(deck, 129), "GET /jobs/j") == state("Running")
    assert ask(to(deck, 130), "GET /jobs/j") == state("Completed")


def test_what_was_recorded_after_a_request_waits_for_it() -> None:
    recording = tape(SUBMITTED, said(5, "GET /jobs/j", state("Running")), said(6, "POST /jobs/j/cancel", None, 204))
    deck = submitted(Tape(recording.provenance, (*recording.exchanges, said(6, "GET /jobs/j", state("Cancelled")))))

    assert ask(to(deck, 50), "GET /jobs/j") == state("Running")
    ask(deck, "POST /jobs/j/cancel")
    assert ask(deck, "GET /jobs/j") == state("Cancelled")


def test_a_request_that_touched_a_job_is_seen_at_once_though_the_recorded_look_came_later() -> None:
    close = {"accepting_jobs": False}
    recording = tape(
        said(0, "POST /sessions", {"id": "s"}, sent={"mode": "batch"}),
        said(0.2, "GET /sessions/s", {"state": "open"}),
        said(0.4, "PATCH /sessions/s", None, 204, sent=close),
        said(0.7, "GET /sessions/s", {"state": "closed"}),
    )
    deck = Deck(recording)

    seen = [
        ask(deck, "POST /sessions", {"mode": "batch"}),
        ask(deck, "GET /sessions/s"),
        ask(deck, "PATCH /sessions/s", close),
    ]

    assert seen == [{"id": "s"}, {"state": "open"}, 204]
    assert ask(deck, "GET /sessions/s") == {"state": "closed"}


def test_answers_of_one_instant_are_given_in_turn() -> None:
    deck = Deck(tape(said(5, "GET /backends", None, 503), said(5, "GET /backends", {"devices": []})))
    to(deck, 5)

    assert [ask(deck, "GET /backends") for _ in range(3)] == [503, {"devices": []}, {"devices": []}]


def test_an_answer_of_the_same_instant_from_before_a_request_is_outdated() -> None:
    recording = tape(
        said(0, "GET /jobs", {"jobs": []}),
        SUBMITTED,
        said(0, "GET /jobs", {"jobs": ["j"]}),
        said(9, "GET /jobs/j", state("Failed")),
    )

    assert ask(submitted(recording), "GET /jobs") == {"jobs": ["j"]}


def test_lists_show_nothing_that_was_not_submitted_yet() -> None:
    deck = Deck(tape(said(0, "GET /jobs", {"jobs": []}), SUBMITTED, said(1, "GET /jobs", {"jobs": ["j"]})))

    assert ask(to(deck, 60), "GET /jobs") == {"jobs": []}


def test_a_backend_lives_on_the_clock_alone() -> None:
    status = "GET /backends/b/status"
    deck = Deck(tape(SUBMITTED, said(1, status, {"queue": 1}), said(9, status, {"queue": 2})))

    assert ask(deck, status) == {"queue": 1}
    assert ask(to(deck, 9), status) == {"queue": 2}


def test_the_order_of_query_parameters_does_not_count_and_their_values_do() -> None:
    deck = Deck(
        tape(said(0, "GET /jobs?limit=1&tags=a%20b", {"jobs": [1]}), said(0, "GET /jobs?limit=2", {"jobs": [2]}))
    )

    assert ask(deck, "GET /jobs?tags=a+b&limit=1") == {"jobs": [1]}
    assert ask(deck, "GET /jobs?limit=2") == {"jobs": [2]}


def test_each_instance_has_its_own_answers_if_there_are_several() -> None:
    deck = Deck(tape(said(0, "GET /backends", {"of": "a"}), said(0, "GET /backends", {"of": "b"}, crn="crn:b")))

    assert [ask(deck, "GET /backends", crn=crn) for crn in ("crn:b", "crn:a")] == [{"of": "b"}, {"of": "a"}]
    assert (deck.knows_crn("crn:b"), deck.knows_crn("crn:c")) == (True, False)


def test_the_crn_does_not_count_if_there_is_one_only() -> None:
    assert ask(Deck(tape(said(0, "GET /backends", {"of": "a"}))), "GET /backends", crn="crn:mine") == {"of": "a"}


def test_a_search_is_a_question_though_it_is_sent_as_post() -> None:
    url = "https://api.global-search-tagging.cloud.ibm.com/v3/resources/search"
    deck = Deck(tape(said(0, f"POST {url}", {"items": [1]}, sent={"query": "a"})))
    request = Request(
        "POST", "api.global-search-tagging.cloud.ibm.com", "/v3/resources/search", "", {}, b'{"query":"a"}'
    )

    assert [deck.handle(request).body for _ in range(2)] == [b'{"items": [1]}'] * 2


def test_a_recording_of_a_loopback_server_answers_for_the_real_host() -> None:
    deck = Deck(tape(said(0, "GET http://127.0.0.1:8000/experimental/api/v1/backends", {"devices": []})))

    assert ask(deck, "GET /backends") == {"devices": []}


def test_headers_of_the_recorded_connection_are_left_out() -> None:
    one = said(0, "GET /versions", {})
    one = type(one)(**{**vars(one), "response_headers": {**JSON, "content-length": "99", "content-encoding": "gzip"}})

    response = Deck(tape(one)).handle(Request("GET", "quantum.cloud.ibm.com", "/api/v1/versions", "", {}, b""))

    assert response.headers == (("content-type", "application/json"),)


@pytest.mark.parametrize("last", ["Completed", "Cancelled", "Failed", "Cancelled - Ran too long"])
def test_the_last_word_on_a_job_holds_for_ever(last: str) -> None:
    deck = submitted(tape(SUBMITTED, said(1, "GET /jobs/j", state(last))))

    assert [ask(to(deck, at_s), "GET /jobs/j") for at_s in (2, 60, 9e9)] == [state(last)] * 3


@pytest.mark.parametrize(
    ("path", "answer", "status"),
    [("/jobs/j", state("Running"), 200), ("/jobs/j/results", None, 204), ("/sessions/s", {"state": "inactive"}, 200)],
)
def test_past_the_end_an_answer_that_will_change_is_given_at_one_instant_only(
    path: str, answer: object, status: int
) -> None:
    first = said(0, "POST /sessions", {"id": "s"}, sent={})
    deck = Deck(tape(first, SUBMITTED, said(1, f"GET {path}", answer, status)))
    ask(deck, "POST /sessions", {})
    ask(deck, "POST /jobs", JOB)

    assert [ask(to(deck, at_s), f"GET {path}") for at_s in (1, 10, 10)] == [answer or status] * 3
    with pytest.raises(UnexpectedRequestError, match="what came after the end of the recording"):
        ask(to(deck, 10.000001), f"GET {path}")


def test_the_end_has_not_come_while_a_recorded_request_has_not() -> None:
    deck = submitted(
        tape(SUBMITTED, said(1, "GET /jobs/j", state("Running")), said(2, "POST /jobs/j/cancel", None, 204))
    )

    assert [ask(to(deck, at_s), "GET /jobs/j") for at_s in (10, 20, 30)] == [state("Running")] * 3


def test_a_recording_without_times_cannot_be_replayed_by_time() -> None:
    with pytest.raises(CassetteError, match="no provenance"):
        Deck(Tape(None, (SUBMITTED,)))


def test_a_recording_whose_times_go_back_is_refused() -> None:
    with pytest.raises(
        CassetteError, match=r"GET .*/jobs/j \(interaction 1, 5s into the recording\) has an earlier time"
    ):
        Deck(tape(said(6, "GET /jobs/j", {}), said(5, "GET /jobs/j", {})))


def test_an_address_that_is_none_is_refused() -> None:
    with pytest.raises(CassetteError, match=r"interaction 1 was sent to 'http://.', which is no address"):
        Deck(tape(SUBMITTED, said(1, "GET http://[")))


def test_a_provenance_without_a_date_is_refused() -> None:
    good = tape()
    assert good.provenance is not None
    bad = type(good.provenance)(**{**vars(good.provenance), "began": "yesterday"})

    with pytest.raises(CassetteError, match="began at 'yesterday' is not a date"):
        Deck(Tape(bad, ()))
