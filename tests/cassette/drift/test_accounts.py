"""The account of a recording: tokens, instances with their plans, and who was let in."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from pytest_qruntime.cassette.tape import Exchange
from tests.cassette.drift.plays import found
from tests.cassette.drift.real import (
    ACCOUNT_ID,
    CRN,
    HEADERS,
    OPENED,
    said,
    tape,
)

PLAN = "53bb9c3a-0d5f-4d3c-9c3e-3c0c9a1d2e4f"
FORM = (
    b"grant_type=urn%3Aibm%3Aparams%3Aoauth%3Agrant-type%3Aapikey&apikey=scrubbed_api_key_000000000000000000000000001"
)
TOKEN = {
    "access_token": "t",
    "refresh_token": "not_supported",
    "token_type": "Bearer",
    "expires_in": 3600,
    "expiration": 1772359200,
    "scope": "ibm openid",
}
FOUND = {"items": [{"crn": CRN, "name": "instance-1", "service_plan_unique_id": PLAN}], "limit": 100}
CATALOG = {
    "id": PLAN,
    "name": "internal",
    "kind": "plan",
    "active": True,
    "disabled": False,
    "tags": [],
    "overview_ui": {"en": {"display_name": "Open", "description": "d"}},
    "metadata": {"pricing": {"type": "free", "origin": "o"}},
}
SEARCH = {
    "query": f'service_name:quantum-computing AND crn:"{CRN}"',
    "fields": ["crn", "name", "service_plan_unique_id"],
}
REFUSED = {
    "errors": [{"code": 1352, "message": "no", "solution": "s", "more_info": "m"}],
    "trace": "00000000-0000-4000-8000-000000000000",
}
ACCOUNT = (
    said(0, "POST https://iam.cloud.ibm.com/identity/token", TOKEN, sent=FORM),
    said(
        0,
        f"POST https://api.global-search-tagging.cloud.ibm.com/v3/resources/search?account_id={ACCOUNT_ID}",
        FOUND,
        sent=SEARCH,
    ),
    said(0, f"GET https://globalcatalog.cloud.ibm.com/api/v1/{PLAN}", CATALOG),
)


def test_the_account_is_found_with_its_plan() -> None:
    dedicated = {"mode": "dedicated", "backend": "ibm_fez"}

    assert found(tape(*ACCOUNT, said(1, "POST /sessions", REFUSED, status=400, sent=dedicated))) == []
    assert found(tape(*ACCOUNT, replace(OPENED, at_us=1_000_000))) == [
        ("status", "POST /v1/sessions", "status", "200", "400 with code 1352", 1)
    ]


def test_what_a_search_found_is_found_again_and_compared() -> None:
    lie = json.loads(ACCOUNT[1].response_body)
    lie["items"][0]["carbon"] = 12

    assert found(tape(ACCOUNT[0], replace(ACCOUNT[1], response_body=json.dumps(lie).encode()))) == [
        ("missing key", "POST /v3/resources/search", "$.items[].carbon", "a number", "no such key", 1)
    ]


@pytest.mark.parametrize("authorization", ["Bearer scrubbed-token-1", f"apikey {'scrubbed' * 5}", None])
def test_requests_are_authorised_anew_unless_they_were_refused(authorization: str | None) -> None:
    error = {"errors": [{"code": 1, "message": "m", "solution": "s", "more_info": "i"}], "trace": "t"}
    headers = {"service-crn": CRN} if authorization is None else {"service-crn": CRN, "authorization": authorization}
    refused = said(0, "GET /jobs", error, status=401)
    accepted = said(1, "GET /jobs", {"jobs": [], "count": 0, "offset": 0, "limit": 200})

    assert found(tape(*(replace(one, request_headers=headers) for one in (refused, accepted)))) == []


def test_a_key_that_nobody_knew_is_not_known() -> None:
    error = {"errorCode": "BXNIM0415E", "errorMessage": "m", "context": {"requestId": "r", "requestType": "t"}}

    assert found(tape(said(0, "POST https://iam.cloud.ibm.com/identity/token", error, status=400, sent=FORM))) == []


def test_an_instance_of_somebody_else_is_one_and_an_unknown_one_is_unknown() -> None:
    error = {"errors": [{"code": 1200, "message": "m", "solution": "s", "more_info": "i"}], "trace": "t"}
    unknown = {"errors": [{"code": 1279, "message": "m", "solution": "s", "more_info": "i"}], "trace": "t"}
    other = CRN.replace("b0b5", "b0b6")
    third = CRN.replace("b0b5", "b0b7")

    def of(one: Exchange, crn: str) -> Exchange:
        return replace(one, request_headers={**HEADERS, "service-crn": crn})

    denied = of(said(1, "GET /jobs", error, status=403), other)
    strange = of(said(1, "GET /jobs", unknown, status=404), third)

    assert found(tape(OPENED, denied, strange)) == []


def test_a_loopback_address_leads_where_it_led() -> None:
    local = "http://127.0.0.1:1"
    lie = tape(
        said(0, f"POST {local}/iam/identity/token", TOKEN, sent=FORM),
        said(0, f"POST {local}/search/v3/resources/search", FOUND, sent=SEARCH),
        replace(OPENED, url=f"{local}/experimental/api/v1/sessions"),
    )

    assert found(lie) == []
