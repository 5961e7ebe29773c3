"""Pseudonyms: the same for the same, other for others, stable, and telling nothing."""

from __future__ import annotations

import base64
import json
import zlib
from typing import Any

import pytest

from pytest_qruntime.cassette.scrub import Scrubber, leaks
from pytest_qruntime.cassette.tape import Provenance, Tape
from tests.cassette.scrub.secrets import (
    ACCOUNT,
    CLAIMS,
    CRN,
    DOCUMENT,
    GUID,
    HOMES,
    IP4,
    JOBS,
    JWT,
    KEY,
    MAIL,
    NAME,
    REFERENCES,
    TENANT,
    TOKEN,
    TRACE,
    USER,
    b64,
    base64url,
    exchange,
    packed,
)

SHOWN_ACCOUNT = "acc0" + "1".zfill(28)
OTHER_GUID = GUID.replace("7c9e", "8d0f")


def tape(*exchanges: Any) -> Tape:
    return Tape(None, exchanges)


def bodies(scrubbed: Tape) -> list[Any]:
    return [json.loads(one.response_body) for one in scrubbed.exchanges]


def test_an_identity_has_the_same_pseudonym_wherever_it_stands() -> None:
    one = exchange(f"{JOBS}&user={USER}", got={"user_id": USER, "note": b64(f"by {USER}")}, headers={"x-who": USER})

    scrubbed = Scrubber().exchange(one)

    assert scrubbed.url == f"{JOBS}&user=IBMid-user1"
    assert scrubbed.request_headers == {"x-who": "IBMid-user1"}
    body = json.loads(scrubbed.response_body)
    assert (body["user_id"], base64.b64decode(body["note"])) == ("IBMid-user1", b"by IBMid-user1")


def test_two_instances_of_an_account_are_two_instances_of_one_pseudonym() -> None:
    scrubbed = Scrubber().json([CRN, CRN.replace(GUID, OTHER_GUID), {"account_id": ACCOUNT, "guid": OTHER_GUID}])

    first, second = ("00000000-0000-4000-8000-" + str(n).zfill(12) for n in (1, 2))
    begin = f"crn:v1:bluemix:public:quantum-computing:us-east:a/{SHOWN_ACCOUNT}:"
    assert scrubbed == [f"{begin}{first}::", f"{begin}{second}::", {"account_id": SHOWN_ACCOUNT, "guid": second}]


def test_a_secret_that_shows_itself_late_was_one_from_the_beginning() -> None:
    first = exchange(got={"text": f"the account {ACCOUNT} of {TOKEN} on {NAME}"})
    second = exchange(got={"account_id": ACCOUNT, "access_token": TOKEN, "items": [{"crn": CRN, "name": NAME}]})

    early = bodies(Scrubber().tape(tape(first, second)))[0]["text"]

    assert early == f"the account {SHOWN_ACCOUNT} of scrubbed-token-1 on instance-1"


def test_what_others_refer_to_stays_even_if_a_secret_has_its_name() -> None:
    backend = exchange(got={"backend_name": "ibm_torino", "user": "ibm_torino", "name": "ibm_torino"})

    [scrubbed] = bodies(Scrubber().tape(tape(backend)))

    assert (scrubbed["backend_name"], scrubbed["name"]) == ("ibm_torino", "ibm_torino")


def test_recording_again_with_other_secrets_gives_the_same_file() -> None:
    def play(user: str, account: str, token: str) -> Tape:
        return tape(
            exchange(headers={"authorization": f"Bearer {token}"}, got={"user_id": user, "trace": token}),
            exchange(got={"account_id": account, "user_id": user}),
        )

    monday = Scrubber().tape(play(USER, ACCOUNT, TOKEN))
    tuesday = Scrubber().tape(play("IBMid-270004ABCD", ACCOUNT[::-1], TOKEN[::-1]))

    assert monday == tuesday


def test_another_trace_id_changes_no_later_pseudonym() -> None:
    failing = exchange(got={"trace": TRACE, "user_id": USER})

    assert bodies(Scrubber().tape(tape(failing, exchange(got={"trace": TRACE[::-1]})))) == [
        {"trace": "00000000-0000-4000-8000-000000000000", "user_id": "IBMid-user1"},
        {"trace": "00000000-0000-4000-8000-000000000000"},
    ]


def test_a_new_secret_in_a_scrubbed_tape_gets_a_number_of_its_own() -> None:
    scrubbed = exchange(got={"user_id": "IBMid-user1", "crn": CRN.replace(ACCOUNT, SHOWN_ACCOUNT), "ip": "192.0.2.1"})
    added = exchange(got={"user_id": USER, "account_id": ACCOUNT, "ip": IP4})

    first, second = bodies(Scrubber().tape(tape(added, scrubbed)))

    assert first == {"user_id": "IBMid-user2", "account_id": SHOWN_ACCOUNT[:-1] + "2", "ip": "192.0.2.2"}
    assert (second["user_id"], second["ip"]) == ("IBMid-user1", "192.0.2.1")


def test_a_request_is_scrubbed_as_the_tape_was() -> None:
    recorded = Scrubber().tape(tape(exchange(f"{JOBS}&instance={CRN}", sent={"user_id": USER})))
    live = Scrubber()

    assert live.url(f"{JOBS}&instance={CRN}") == recorded.exchanges[0].url
    assert live.body(json.dumps({"user_id": USER}).encode()) == recorded.exchanges[0].request_body
    assert live.text(f"of {USER}") == "of IBMid-user1"


def test_a_token_stays_a_token_of_the_same_time() -> None:
    scrubbed = Scrubber().field(f"Bearer {JWT}", "authorization")

    head, claims, signature = scrubbed.removeprefix("Bearer ").split(".")
    decoded = [json.loads(base64.urlsafe_b64decode(part + "==")) for part in (head, claims)]
    assert decoded[0] == {"alg": "RS256", "typ": "JWT"}
    assert decoded[1] == {
        "iam_id": "IBMid-user1",
        "sub": "IBMid-user2",
        "account": {"bss": SHOWN_ACCOUNT},
        "iat": CLAIMS["iat"],
        "exp": CLAIMS["exp"],
    }
    assert base64.urlsafe_b64decode(signature + "==") == b"scrubbed"


def test_a_token_after_the_word_bearer_stays_a_token_in_text_too() -> None:
    scrubber = Scrubber()

    once = scrubber.text(f'curl -H "Authorization: Bearer {JWT}"')

    assert once.count(".") == 2
    assert scrubber.text(once) == Scrubber().text(once) == once
    assert scrubber.text(f'curl -H "Authorization: Bearer {JWT}"') == once


def test_what_is_found_within_what_only_looked_like_a_secret_goes() -> None:
    words = "a" * 20 + "gallimaufry" + "b" * 13

    assert Scrubber({"PROJECT": "gallimaufry"}).text(words) == "a" * 20 + "scrubbed-secret-1" + "b" * 13


def test_numbers_go_by_the_order_and_not_by_the_length() -> None:
    assert Scrubber().text("a@b.org before longer@example-two.org") == "user1@example.com before user2@example.com"


def test_encodings_of_several_kinds_stand_side_by_side() -> None:
    text = f"{b64(MAIL)} and {MAIL.replace('@', '%40')} and {b64(USER)} at /token/{JWT}"

    scrubbed = Scrubber().text(text)

    assert scrubbed.startswith(
        f"{b64('user1@example.com')} and user1%40example.com and {b64('IBMid-user1')} at /token/ey"
    )
    assert leaks(tape(exchange(got={"a": scrubbed})), {"A": MAIL, "B": USER, "C": JWT}) == []


def test_a_line_of_many_documents_is_read_to_its_end() -> None:
    text = '{"user": "%s"} ' * 30

    assert Scrubber().text(text % (("ada_b",) * 30)) == text % (("IBMid-user1",) * 30)


def test_below_too_many_layers_what_has_a_shape_still_goes() -> None:
    text = MAIL
    for _ in range(16):
        text = json.dumps(text)

    assert MAIL not in Scrubber().text(text)


def test_a_refresh_token_is_the_same_for_everybody() -> None:
    assert Scrubber().json([{"refresh_token": TOKEN}, {"ims_refresh_token": TOKEN[::-1]}]) == [
        {"refresh_token": "scrubbed-refresh-token"},
        {"ims_refresh_token": "scrubbed-refresh-token"},
    ]


def test_what_only_looks_like_a_token_is_hidden_as_a_whole() -> None:
    lookalike = ".".join([base64url(b'{"kid":[1,2,'), base64url(b"not JSON at all"), "c2ln"])

    assert Scrubber().text(f"see {lookalike} there") == "see scrubbed-token-1 there"


def test_a_key_stays_one_that_iam_would_take() -> None:
    scrubbed = Scrubber().text(f"grant_type=x&apikey={KEY}")

    assert scrubbed == "grant_type=x&apikey=scrubbed_api_key_" + "1".zfill(27)


def test_two_loopback_servers_stay_two() -> None:
    scrubber = Scrubber()

    assert scrubber.url("http://127.0.0.1:48213/api") == "http://127.0.0.1:1/api"
    assert scrubber.url("http://localhost:39999/iam") == "http://localhost:2/iam"
    assert scrubber.url("http://127.0.0.1:48213/x") == "http://127.0.0.1:1/x"


@pytest.mark.parametrize(
    "url",
    [
        "https://quantum.cloud.ibm.com/api/v1/backends",
        "https://eu-de.quantum.cloud.ibm.com/api/v1/jobs?limit=10&created_after=2026-01-15T12%3A00%3A00.000000Z",
        "https://private.us-east.quantum.cloud.ibm.com/api/v1/jobs?tags=a+b&tags=c%20d",
        "https://iam.cloud.ibm.com/identity/token",
        "https://docs.quantum.ibm.com/errors#1217",
        "http://127.0.0.1/experimental",
    ],
)
def test_an_address_without_a_secret_stays_letter_by_letter(url: str) -> None:
    assert Scrubber().url(url) == url


@pytest.mark.parametrize(
    "text",
    [
        "",
        '{"a": 1.50, "b": 1e400, "c": NaN , "d":"\\u00e9"}',
        '{"refresh_token":"not_supported","user_id":"","token":null,"password":false}',
        "2026-01-15T12:00:00.000000Z",
        "qiskit 2.6.2, version 1.2.6 at 12:30:45, std::vector, ratio 3:4:5",
        "Bearer authentication failed; the apikey header is missing",
        "OPENQASM 3.0; include \"stdgates.inc\"; qubit[2] q; U(pi/2, 0, pi) q[0]; // @annotation a@b",
        "\u2028 line \x0b separators \x85 stay \r\n",
    ],
)  # fmt: skip
def test_a_text_without_a_secret_stays_letter_by_letter(text: str) -> None:
    assert Scrubber().text(text) == text


def test_of_a_document_with_a_secret_the_rest_stays_letter_by_letter() -> None:
    text = '{ "x" : 1.500, "big":12345678901234567890,\n"user_id": "%s", "y":[1E5 ,"\\u00e9"]}'

    assert Scrubber().text(text % USER) == text % "IBMid-user1"


def test_payloads_without_a_secret_stay_byte_by_byte() -> None:
    for level in range(10):
        data = zlib.compress(b"\x93NUMPY\x01\x00" + bytes(range(256)) * 40, level)
        for text in (b64(data), b64(data).replace("+", "-").replace("/", "_"), b64(b"QISKIT\x12" + bytes(range(256)))):
            assert Scrubber().json({"__type__": "ndarray", "__value__": text})["__value__"] == text


def test_in_binary_data_nothing_moves() -> None:
    data = b"QISKIT\x12\xff\x00" + b"\x00\x1a" + MAIL.encode() + b"\x00\x07gate_cx"

    scrubbed = Scrubber().json({"v": packed(data)})["v"]

    inner = zlib.decompress(base64.b64decode(scrubbed))
    assert inner == data.replace(MAIL.encode(), b"x" * len(MAIL))


def test_the_length_of_a_body_follows_it() -> None:
    one = exchange(got={"user_id": USER}, answered={"content-length": "40", "etag": "x"})
    none = exchange(answered={"content-length": "7"})

    scrubbed = Scrubber().exchange(one)

    assert scrubbed.response_headers["content-length"] == str(len(scrubbed.response_body))
    assert Scrubber().exchange(none).response_headers["content-length"] == "7"


def test_versions_of_the_client_stay() -> None:
    versions = "qiskit-version-2/qiskit_ibm_runtime-0.51.0,qiskit-2.6.2"
    scrubber = Scrubber()

    assert scrubber.field(f"{versions}*/~/x/{HOMES}.py", "x-qx-client-application") == f"{versions}*/scrubbed"
    assert scrubber.field(versions, "x-qx-client-application") == versions


def test_a_known_value_goes_wherever_it_stands() -> None:
    scrubber = Scrubber({"MY_PROJECT": "gallimaufry", "QISKIT_IBM_INSTANCE": "sales", "SHORT": "abc"})

    assert scrubber.text("the gallimaufrys of sales, abc") == "the scrubbed-secret-1s of instance-1, abc"
    assert scrubber.json({"b": b64("gallimaufry")}) == {"b": b64("scrubbed-secret-1")}


def test_a_known_crn_hides_its_parts_too() -> None:
    scrubber = Scrubber({"QISKIT_IBM_INSTANCE": CRN})

    assert scrubber.text(f"{ACCOUNT} has {GUID}") == f"{SHOWN_ACCOUNT} has 00000000-0000-4000-8000-000000000001"


def test_a_known_token_does_not_hide_its_times() -> None:
    scrubbed = Scrubber({"TOKEN": JWT}).field(f"Bearer {JWT}", "authorization")

    assert json.loads(base64.urlsafe_b64decode(scrubbed.split(".")[1] + "=="))["iat"] == CLAIMS["iat"]


def test_hosts_of_tenants_get_a_name_that_leads_nowhere() -> None:
    assert Scrubber().url(f"https://{TENANT.upper()}:8443/api") == "https://tenant1.example:8443/api"


def test_no_reference_is_lost_in_a_long_tape() -> None:
    exchanges = [exchange(got={**DOCUMENT, "user_id": f"IBMid-{n:09d}K", "n": n}) for n in range(300)]

    scrubbed = bodies(Scrubber().tape(tape(*exchanges)))

    assert [document["user_id"] for document in scrubbed] == [f"IBMid-user{n}" for n in range(1, 301)]
    assert {tuple(list(document.values())[:3]) for document in scrubbed} == {REFERENCES}


def test_the_name_of_a_test_is_scrubbed_too() -> None:
    provenance = Provenance("unknown", "2026-01-15T12:00:00Z", "real", None, {}, f"tests/test_it.py::test_it[{MAIL}]")
    named = Tape(provenance, ())

    scrubbed = Scrubber().tape(named)

    assert scrubbed.provenance is not None
    assert scrubbed.provenance.test == "tests/test_it.py::test_it[user1@example.com]"
    assert [str(leak) for leak in leaks(named)] == ["the name of the test: e-mail"]
    assert leaks(scrubbed) == []


def test_what_the_world_was_made_of_is_scrubbed_too() -> None:
    settings = {"plan": "open", "seed": 10**20, "timings": [0.1, None, True], "note": f"of {MAIL}"}
    made = Tape(Provenance("unknown", "2026-01-15T12:00:00Z", "virtual", None, {}, None, settings), ())

    scrubbed = Scrubber().tape(made)

    assert scrubbed.provenance is not None
    assert scrubbed.provenance.settings == {**settings, "note": "of user1@example.com"}
    assert [str(leak) for leak in leaks(made)] == ["the settings, $.note: e-mail"]
    assert leaks(scrubbed) == []


PIECES = ["a", "a.", "%", "a@", "1:", "/home", "eyJ", "crn:", "ab=", "=", "&a=", "Bearer ", '"\\"', "u@a.de ", "%41%"]
PIECES += ["{", '[{"', '{"a":1} ']


@pytest.mark.parametrize("piece", PIECES)
def test_a_long_text_takes_no_longer_than_its_length(piece: str) -> None:
    text = piece * (200_000 // len(piece))

    once = Scrubber().text(text)

    assert Scrubber().text(once) == once
