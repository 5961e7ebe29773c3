"""What is left behind is found, its place is named, and the secret is not."""

from __future__ import annotations

import base64
import zlib
from urllib.parse import quote

import pytest

from pytest_qruntime.cassette.scrub import leaks
from pytest_qruntime.cassette.tape import Exchange, Tape
from tests.cassette.scrub.secrets import ACCOUNT, CRN, DOCUMENT, GUID, JOBS, JWT, MAIL, SIGNATURE, USER, exchange

KNOWN = "correct horse / battery+staple"


def found(one: Exchange, **known: str) -> list[str]:
    return [str(leak) for leak in leaks(Tape(None, (exchange(), exchange(), one)), known)]


@pytest.mark.parametrize(
    ("planted", "place"),
    [
        (exchange(got={"jobs": [{"user_id": USER}]}), "response body, $.jobs[0].user_id: user"),
        (exchange(sent={"a": [[1, USER]]}), "request body, $.a[0][1]: user"),
        (exchange(got={"a": {MAIL: 1}}), "response body, a key of $.a: e-mail"),
        (exchange(headers={"x-who": USER}), "request header x-who: user"),
        (exchange(answered={"set-cookie": "sid=1a"}), "response header set-cookie: cookie"),
        (exchange(f"{JOBS}&user={USER}"), "url: user"),
        (exchange(got=f"by {MAIL}".encode()), "response body: e-mail"),
    ],
)
def test_the_place_is_named(planted: Exchange, place: str) -> None:
    assert found(planted) == [f"interaction 2, {place}"]


@pytest.mark.parametrize(
    "text",
    [
        f"it is {KNOWN}.",
        quote(KNOWN, safe=""),
        quote(quote(KNOWN)),
        base64.b64encode(KNOWN.encode()).decode(),
        base64.b64encode(b"\x00" + KNOWN.encode() + b"\xff").decode(),
        base64.b64encode(b"\x00\x07" + KNOWN.encode() + b"\xff").decode(),
        "prefix" + base64.urlsafe_b64encode(KNOWN.encode()).decode().rstrip("="),
        base64.b64encode(zlib.compress(KNOWN.encode())).decode(),
        KNOWN.encode().hex(),
        KNOWN.replace("/", "\\/"),
        f"the end of it is {KNOWN[-13:]}",
        f"the middle is {KNOWN[7:20]}",
    ],
)
def test_a_known_value_is_found_in_every_form(text: str) -> None:
    assert found(exchange(got={"a": text}), PASSWORD=KNOWN) == [
        "interaction 2, response body, $.a: the value of PASSWORD"
    ]


def test_a_word_that_a_known_value_shares_with_others_is_no_leak() -> None:
    assert (
        found(exchange(got={"a": "a battery of tests", "b": "correct"}), PASSWORD=KNOWN, EMPTY="", SHORT="test") == []
    )


def test_of_a_known_crn_or_token_only_what_identifies_counts() -> None:
    other = CRN.replace(ACCOUNT, "acc0" + "1".zfill(28)).replace(GUID, "00000000-0000-4000-8000-000000000001")
    head = JWT.partition(".")[0]

    assert found(exchange(got={"a": other, "b": f"{head} alone"}), CRN=CRN, TOKEN=JWT) == []
    assert found(exchange(got={"a": GUID, "b": SIGNATURE[:14]}), CRN=CRN, TOKEN=JWT) == [
        "interaction 2, response body, $.a: the value of CRN",
        "interaction 2, response body, $.b: the value of TOKEN",
    ]


def test_a_text_that_is_too_random_is_a_leak() -> None:
    assert found(exchange(got={"a": "see wQ9zT2xLr7VbN4mKp0Zs8YhJ3e for it"})) == [
        "interaction 2, response body, $.a: a text as random as a secret"
    ]


@pytest.mark.parametrize(
    "text",
    [
        "d0c914666f2ba4a6583d",
        "98506536-aa25-4c1e-8a70-6f1f2f6d4a11",
        "fake_provider_backend_for_Manila_5_qubits",
        "2026-01-15T12:00:00.000000Z",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        base64.b64encode(b"OPENQASM 3.0; qubit[2] q; h q[0]; cx q[0], q[1];").decode(),
        base64.b64encode(zlib.compress(bytes(range(200)))).decode(),
        "qiskit_ibm_runtime-0.51.0,qiskit-2.6.2",
    ],
)
def test_names_ids_and_data_are_no_leaks(text: str) -> None:
    assert found(exchange(got={**DOCUMENT, "a": text})) == []


def test_a_tape_without_exchanges_has_no_leaks() -> None:
    assert leaks(Tape(None, ()), {"A": "whatever"}) == []
