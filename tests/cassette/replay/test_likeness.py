"""Secrets of the code under test and the pseudonyms of a recording come to match."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_qruntime.cassette.replay import Deck, UnexpectedRequestError
from pytest_qruntime.cassette.replay.likeness import Likeness
from pytest_qruntime.cassette.scrub import DEFAULT_RULES, Rule, Scrubber
from pytest_qruntime.cassette.tape import Exchange, Tape
from tests.cassette.replay.tapes import JOB, ask, said, tape

SCOPE = "crn:v1:bluemix:public:quantum-computing:us-east"
OURS = f"{SCOPE}:a/aaaa4efa4efa4efa4efa4efa4efa4efa:11111111-2222-4333-8444-555555555555::"
LAB = f"{SCOPE}:a/aaaa4efa4efa4efa4efa4efa4efa4efa:21111111-2222-4333-8444-555555555555::"
THEIRS = f"{SCOPE}:a/bbbb4efa4efa4efa4efa4efa4efa4efa:31111111-2222-4333-8444-555555555555::"
THEIR_LAB = f"{SCOPE}:a/bbbb4efa4efa4efa4efa4efa4efa4efa:41111111-2222-4333-8444-555555555555::"


def scrubbed(*exchanges: Exchange, rules: Any = DEFAULT_RULES, **known: str) -> Tape:
    return Scrubber(known, rules).tape(tape(*exchanges))


def deck(recording: Tape, rules: Any = DEFAULT_RULES, **known: str) -> Deck:
    return Deck(recording, scrub=Likeness(recording, rules, known).exchange)


def job(number: int, *tags: str, crn: str = OURS) -> Exchange:
    return said(number, "POST /jobs", {"id": f"job-{number}"}, sent={**JOB, "tags": list(tags)}, crn=crn)


def submit(on: Deck, *tags: str, crn: str) -> str:
    return str(ask(on, "POST /jobs", {**JOB, "tags": list(tags)}, crn=crn)["id"])


@pytest.mark.parametrize("crn", [OURS, THEIRS])
@pytest.mark.parametrize("mail", ["me@corp.org", "you@other.example.net"])
def test_the_recorded_secrets_and_others_are_taken_for_the_same(crn: str, mail: str) -> None:
    recording = scrubbed(job(0, "me@corp.org"))
    assert submit(deck(recording), mail, crn=crn) == "job-0"


def test_what_a_recording_calls_them_is_taken_too() -> None:
    recording = scrubbed(job(0, "me@corp.org"))
    crn = recording.exchanges[0].request_headers["service-crn"]
    assert crn != OURS
    assert submit(deck(recording), "user1@example.com", crn=crn) == "job-0"


@pytest.mark.parametrize(("first", "second"), [(OURS, LAB), (LAB, OURS), (THEIRS, THEIR_LAB)])
def test_two_instances_are_two_in_the_order_in_which_they_are_named(first: str, second: str) -> None:
    recording = scrubbed(job(0, crn=OURS), job(1, crn=LAB), job(2, crn=OURS))
    on = deck(recording)
    assert [submit(on, crn=crn) for crn in (first, second, first)] == ["job-0", "job-1", "job-2"]


def test_an_instance_too_many_is_unexpected() -> None:
    recording = scrubbed(job(0, crn=OURS), job(1, crn=LAB), job(2, crn=OURS))
    on = deck(recording)
    assert [submit(on, crn=crn) for crn in (OURS, LAB)] == ["job-0", "job-1"]
    with pytest.raises(UnexpectedRequestError, match="for the instance crn:v1"):
        submit(on, crn=THEIRS)


def test_what_answers_speak_of_takes_no_pseudonym_from_requests() -> None:
    others = said(0, "GET /backends", {"owner": "first@corp.org", "crn": THEIRS}, crn=OURS)
    recording = scrubbed(others, job(1, "me@corp.org"))
    assert b"user2@example.com" in recording.exchanges[1].request_body
    on = deck(recording)
    assert submit(on, "you@corp.org", crn=LAB) == "job-1"


def test_a_pseudonym_that_the_code_uses_itself_is_nobody_elses() -> None:
    recording = scrubbed(job(0, crn=OURS), job(1, crn=LAB))
    on = deck(recording)
    assert submit(on, crn=recording.exchanges[0].request_headers["service-crn"]) == "job-0"
    assert submit(on, crn=THEIRS) == "job-1"


def test_ids_that_the_recording_gave_stay_what_they_are() -> None:
    session = "7a962dce-4208-4e8e-8aac-d363aad5bd27"
    recording = scrubbed(
        said(0, "POST /sessions", {"id": session}, sent={"mode": "dedicated"}, crn=OURS),
        said(1, f"GET /sessions/{session}", {"id": session, "state": "closed"}, crn=OURS),
    )
    on = deck(recording)
    given = ask(on, "POST /sessions", {"mode": "dedicated"}, crn=THEIRS)["id"]
    assert given == session
    assert ask(on, f"GET /sessions/{given}", crn=THEIRS)["state"] == "closed"


def test_values_that_were_known_are_known_again() -> None:
    recording = scrubbed(job(0, "run of gallimaufry"), PROJECT="gallimaufry")
    assert b"gallimaufry" not in recording.exchanges[0].request_body
    assert submit(deck(recording, PROJECT="omnium"), "run of omnium", crn=OURS) == "job-0"


def test_rules_of_ones_own_hold_for_what_is_compared() -> None:
    rules = (*DEFAULT_RULES, Rule("employee", r"\bE-[0-9]{6}\b"))
    recording = scrubbed(job(0, "E-004711"), rules=rules)
    assert submit(deck(recording, rules=rules), "E-123456", crn=OURS) == "job-0"
    with pytest.raises(UnexpectedRequestError):
        submit(deck(recording), "E-123456", crn=OURS)


def test_an_hour_of_polls_is_scrubbed_once() -> None:
    recording = scrubbed(said(0, "GET /jobs/j", {"id": "j"}, crn=OURS))
    looked: list[Exchange] = []
    likeness = Likeness(recording)

    def scrub(exchange: Exchange) -> Exchange:
        looked.append(exchange)
        return likeness.exchange(exchange)

    on = Deck(recording, scrub=scrub)
    for _ in range(100):
        ask(on, "GET /jobs/j", crn=THEIRS)
    assert len(looked) == 1
