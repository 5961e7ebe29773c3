from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from typing import Any
from urllib.parse import urlencode

import pytest

from pytest_qruntime.model import World
from pytest_qruntime.rest import Service
from tests.rest.face import Answer, Face

GRANT = "urn:ibm:params:oauth:grant-type:apikey"
KEY = "an-api-key-of-44-characters-as-a-user-has-it"
START_S = 1_768_478_400


def iam(face: Face, form: dict[str, str] | None = None, **changes: Any) -> Answer:
    body = urlencode({"grant_type": GRANT, "apikey": KEY} if form is None else form).encode()
    headers = {"content-type": "application/x-www-form-urlencoded", "authorization": None, "service-crn": None}
    asked = {"host": "iam.cloud.ibm.com", "headers": headers, "body": body, "method": "POST", **changes}
    return face.ask(asked.pop("method"), "/identity/token", **asked)


def claims(token: str) -> Any:
    return json.loads(urlsafe_b64decode(token.split(".")[1] + "=="))


def test_iam_gives_a_token_for_any_well_formed_key(face: Face) -> None:
    answer = iam(face.at(100))

    assert answer.status == 200
    assert answer.json["expiration"] == START_S + 100 + 3600
    assert claims(answer.json["access_token"])["iat"] == START_S + 100
    assert claims(answer.json["access_token"])["exp"] == START_S + 3700
    headers = {"authorization": f"Bearer {answer.json['access_token']}"}
    assert face.ask("GET", "/v1/instance", headers=headers).status == 200


@pytest.mark.parametrize(
    "host", ["iam.cloud.ibm.com", "private.iam.cloud.ibm.com", "iam.test.cloud.ibm.com", "127.0.0.1:80"]
)
def test_iam_answers_on_its_hosts_and_on_a_loopback_address(face: Face, host: str) -> None:
    assert iam(face, host=host).status == 200


def test_iam_and_the_service_do_not_answer_on_each_others_hosts(face: Face) -> None:
    assert iam(face, host="quantum.cloud.ibm.com").status == 404
    assert iam(face, host="quantum.test.cloud.ibm.com").status == 404
    assert face.ask("GET", "/v1/instance", host="iam.cloud.ibm.com").status == 404
    assert face.ask("GET", "/v1/instance", host="iam.test.cloud.ibm.com").status == 404


@pytest.mark.parametrize(
    "host",
    ["containers.cloud.ibm.com", "containers.test.cloud.ibm.com:443", "Cloud.IBM.com."],
)
def test_other_hosts_of_ibm_cloud_answer_that_nothing_is_there(face: Face, host: str) -> None:
    for answer in (
        iam(face, host=host),
        face.ask("GET", "/v1/versions", host=host),
        face.ask("GET", "/v1/jobs", host=host),
        face.ask("POST", "/v1/jobs", {}, host=host),
        face.ask("DELETE", "/v1/jobs", host=host),
    ):
        assert (answer.status, answer.code) == (404, "not_found")


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({}, "BXNIM0109E"),
        ({"apikey": KEY}, "BXNIM0109E"),
        ({"grant_type": GRANT}, "BXNIM0109E"),
        ({"grant_type": "password", "apikey": KEY}, "BXNIM0106E"),
        ({"grant_type": GRANT, "apikey": "short"}, "BXNIM0415E"),
        ({"grant_type": GRANT, "apikey": "x" * 4001}, "BXNIM0415E"),
        ({"grant_type": GRANT, "apikey": "a key with spaces in it"}, "BXNIM0415E"),
    ],
)
def test_iam_refuses_in_its_own_words(face: Face, form: dict[str, str], code: str) -> None:
    answer = iam(face, form)

    assert (answer.status, answer.json["errorCode"]) == (400, code)


def test_iam_wants_a_form_and_a_post(face: Face) -> None:
    as_json = {"content-type": "application/json", "authorization": None, "service-crn": None}

    assert iam(face, headers=as_json).json["errorCode"] == "BXNIM0109E"
    assert (iam(face, method="GET").status, iam(face, method="GET").headers["allow"]) == (405, "POST")


def test_a_token_can_be_used_as_a_key_for_another_token(face: Face) -> None:
    token = face.service.token()

    assert iam(face, {"grant_type": GRANT, "apikey": token}).status == 200


def test_a_token_expires_on_the_virtual_clock(face: Face) -> None:
    headers = {"authorization": f"Bearer {face.service.token()}"}

    assert face.at(3599.999999).ask("GET", "/v1/instance", headers=headers).status == 200
    late = face.at(3600).ask("GET", "/v1/instance", headers=headers)

    assert (late.status, late.error["message"]) == (401, "Token is expired")


def test_the_services_own_token_is_always_fresh(face: Face) -> None:
    first = face.service.token()

    assert face.at(2880).service.token() == first
    assert face.at(2881).service.token() != first
    assert face.at(8 * 3600).ask("GET", "/v1/instance").status == 200


@pytest.mark.parametrize(
    ("header", "code"),
    [
        (None, 1219),
        ("", 1219),
        ("Bearer", 1201),
        ("Bearer ", 1201),
        ("Bearer a.b.c", 1201),
        ("Basic dXNlcjpwYXNz", 1201),
        ("apikey short", 1201),
        ("apikey", 1201),
        ("eyJhbGciOiJIUzI1NiJ9.e30.x", 1201),
    ],
)
def test_credentials_that_are_missing_or_wrong_are_unauthorized(face: Face, header: str | None, code: int) -> None:
    answer = face.ask("GET", "/v1/jobs", headers={"authorization": header})

    assert (answer.status, answer.code) == (401, code)


def test_the_scheme_may_be_written_in_any_case(face: Face) -> None:
    for header in (
        f"bearer {face.service.token()}",
        f"BEARER  {face.service.token()}",
        f"ApiKey {KEY}",
        f"apikey {KEY}",
    ):
        assert face.ask("GET", "/v1/instance", headers={"authorization": header}).status == 200


def test_a_token_of_another_world_is_not_valid(face: Face) -> None:
    other = Service(World(seed=1))

    answer = face.ask("GET", "/v1/jobs", headers={"authorization": f"Bearer {other.token()}"})

    assert (answer.status, answer.code) == (401, 1201)


def test_a_request_without_a_crn_is_unauthorized(face: Face) -> None:
    answer = face.ask("GET", "/v1/jobs", headers={"service-crn": None})

    assert (answer.status, answer.code) == (401, 1219)
    assert "Service-CRN" in answer.error["solution"]


def test_an_unknown_instance_is_not_found(face: Face) -> None:
    crn = face.service.crn().replace("us-east", "eu-de")

    answer = face.ask("GET", "/v1/jobs", headers={"service-crn": crn})

    assert (answer.status, answer.code, answer.error["message"]) == (404, 1279, f"Instance {crn} not found")


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("quantum.cloud.ibm.com", 200),
        ("us-east.quantum.cloud.ibm.com", 200),
        ("private.us-east.quantum.cloud.ibm.com", 200),
        ("QUANTUM.cloud.ibm.com.:443", 200),
        ("127.0.0.1:8080", 200),
        ("eu-de.quantum.cloud.ibm.com", 404),
        ("private.eu-de.quantum.cloud.ibm.com", 404),
    ],
)
def test_an_instance_is_known_in_its_own_region(face: Face, host: str, status: int) -> None:
    answer = face.ask("GET", "/v1/instance", host=host)

    assert answer.status == status
    assert status == 200 or answer.code == 1279


def test_a_client_that_outlives_its_world_has_a_token_that_the_next_one_of_that_seed_takes(face: Face) -> None:
    earlier = Face()
    only = earlier.world.add_instance("only")
    restricted, whole = earlier.service.token(only), earlier.service.token()
    face.service.api_key(face.world.add_instance("only"))

    def ask(token: str) -> Answer:
        return face.ask("GET", "/v1/jobs", headers={"authorization": f"Bearer {token}"})

    assert [ask(whole).status, ask(restricted).status, ask(whole + "x").status] == [200, 403, 401]
    face.at(3600)
    assert ask(whole).status == 401


def test_a_token_for_one_instance_is_refused_by_another(face: Face) -> None:
    other = face.world.add_instance("other")
    service = face.service

    def ask(token: str, crn: str) -> Answer:
        return face.ask("GET", "/v1/jobs", headers={"authorization": f"Bearer {token}", "service-crn": crn})

    assert ask(service.token(other), service.crn(other)).status == 200
    assert ask(service.token(), service.crn(other)).status == 200
    refused = ask(service.token(other), service.crn())
    assert (refused.status, refused.code) == (403, 1200)


def test_a_key_for_one_instance_is_refused_by_another(face: Face) -> None:
    other = face.world.add_instance("other")
    headers = {"authorization": f"apikey {face.service.api_key(other)}"}

    assert face.ask("GET", "/v1/jobs", headers=headers).status == 403
    assert face.ask("GET", "/v1/jobs", headers={**headers, "service-crn": face.service.crn(other)}).status == 200


def test_the_account_may_not_see_other_users(face: Face) -> None:
    others = face.world.others

    answer = face.ask("GET", "/v1/jobs", headers={"service-crn": face.service.crn(others)})

    assert (answer.status, answer.code) == (403, 1200)


def test_credentials_come_from_the_seed_and_are_obviously_made_up() -> None:
    first, second, third = (Service(World(seed=seed)) for seed in (1, 1, 2))

    assert (first.crn(), first.api_key(), first.token()) == (second.crn(), second.api_key(), second.token())
    assert first.crn() != third.crn()
    assert first.api_key() != third.api_key()
    assert first.crn().startswith("crn:v1:bluemix:public:quantum-computing:us-east:a/" + "fa4e" * 8 + ":")
    assert first.crn().endswith("::")
    assert first.api_key().startswith("fake_")
    assert len(first.api_key()) == 44
    assert first.knows_crn(first.crn())
    assert not first.knows_crn(third.crn())


@pytest.mark.parametrize("version", ["2025-05-01", "2099-12-31", None])
def test_an_api_version_is_a_date(face: Face, version: str | None) -> None:
    assert face.ask("GET", "/v1/jobs", headers={"ibm-api-version": version}).status == 200


@pytest.mark.parametrize("version", ["", "latest", "2025-13-01", "2025-02-29", "2025-05-01T00:00:00Z", "2025-5-1"])
def test_another_api_version_is_refused(face: Face, version: str) -> None:
    answer = face.ask("GET", "/v1/jobs", headers={"ibm-api-version": version})

    assert answer.status == 400
    assert repr(version) in answer.error["message"]


def test_versions_need_no_credentials(face: Face) -> None:
    answer = face.ask("GET", "/v1/versions", headers={"authorization": None, "service-crn": None})

    assert answer.status == 200
    assert "2026-04-15" in answer.json["versions"]
