"""IAM answers everybody, whenever."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

import pytest

from pytest_qruntime.cassette.replay import Deck
from pytest_qruntime.cassette.tape import Exchange
from pytest_qruntime.rest.http import Request
from tests.cassette.replay.tapes import BEGAN, said, tape, to

IAM = "POST https://iam.cloud.ibm.com/identity/token"
ASK = Request("POST", "iam.cloud.ibm.com", "/identity/token", "", {}, b"grant_type=apikey&apikey=another")
HOUR_S = 3600
BEGAN_S = 1_772_355_600  # of BEGAN


def token(claims: dict[str, Any]) -> str:
    body = urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    return f"e30.{body}.c2ln"


def claims(response_token: str) -> dict[str, Any]:
    body = response_token.split(".")[1]
    found: dict[str, Any] = json.loads(urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return found


@pytest.mark.parametrize("at_s", [0, 7200, 9_000_000])
def test_a_token_is_valid_from_now_for_an_hour(at_s: int) -> None:
    deck = to(Deck(tape(said(0, IAM, {"access_token": token({"exp": 1}), "expiration": 1}))), at_s)

    document = json.loads(deck.handle(ASK).body)

    now_s = BEGAN_S + at_s
    times = claims(document["access_token"])
    assert BEGAN.startswith("2026-03-01T09:00")
    assert (times["iat"], times["exp"]) == (now_s, now_s + HOUR_S)
    assert (document["expiration"], document["expires_in"]) == (now_s + HOUR_S, HOUR_S)


def test_a_token_says_what_the_recorded_one_said() -> None:
    recorded = {"access_token": token({"iam_id": "IBMid-1", "account": {"bss": "one"}}), "scope": "ibm openid more"}

    document = json.loads(Deck(tape(said(0, IAM, recorded))).handle(ASK).body)

    assert claims(document["access_token"])["account"] == {"bss": "one"}
    assert document["scope"] == "ibm openid more"


@pytest.mark.parametrize(
    "recorded",
    [
        [],
        [said(0, IAM, {"errorCode": "BXNIM0415E"}, 400)],
        [said(0, IAM, {"access_token": "removed"})],
        [said(0, IAM, {"access_token": "a.!.c"})],
    ],
)
def test_a_token_is_given_though_none_can_be_read_in_the_recording(recorded: list[Exchange]) -> None:
    deck = Deck(tape(*recorded))

    document = json.loads(deck.handle(ASK).body)

    assert claims(document["access_token"])["exp"] == BEGAN_S + HOUR_S
    assert document["token_type"] == "Bearer"
    assert (deck.unused(), deck.unmatched) == ([], [])
