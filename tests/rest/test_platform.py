"""Global Search, Global Catalog and Resource Controller: how a client finds its instances."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_qruntime.model import Plan
from pytest_qruntime.rest import Request, Response
from pytest_qruntime.rest.conformance import problems
from tests.rest.face import Answer, Face

SEARCH = "api.global-search-tagging.cloud.ibm.com"
CATALOG = "globalcatalog.cloud.ibm.com"
RESOURCES = "resource-controller.cloud.ibm.com"
QUERY = "service_name:quantum-computing"


def several(face: Face, number: int = 3) -> list[str]:
    """Register so many more instances; the CRNs of all, the default one first."""
    for index in range(number):
        instance = face.world.add_instance(f"lab-{index}", plan="flex", region="eu-de" if index % 2 else "us-east")
        face.service.accounts.register(instance, tags=["Team:A" if index else "team:b"])
    return [one.crn for one in face.service.accounts.owned()]


def search(face: Face, body: Any = None, query: str = "", **changes: Any) -> Answer:
    asked = {"host": SEARCH, "headers": {"service-crn": None}, "query": query, **changes}
    return face.ask("POST", "/v3/resources/search", {"query": QUERY} if body is None else body, **asked)


def catalog(face: Face, plan: str, **changes: Any) -> Answer:
    headers = {"service-crn": None, "authorization": None, **changes}
    return face.ask("GET", f"/api/v1/{plan}", host=CATALOG, headers=headers)


# -- Global Search -----------------------------------------------------------------------------------------------------


def test_a_search_finds_every_instance_of_the_account(face: Face) -> None:
    crns = several(face)

    answer = search(face, {"query": QUERY, "fields": ["crn", "name", "service_plan_unique_id", "tags", "doc"]})

    assert answer.json["items"] == [
        {
            "crn": crn,
            "name": name,
            "service_plan_unique_id": plan,
            "tags": tags,
            "doc": {"extensions": [{"id": "backends"}]},
        }
        for crn, name, plan, tags in zip(
            crns,
            ["default", "lab-0", "lab-1", "lab-2"],
            ["plan-premium", "plan-flex", "plan-flex", "plan-flex"],
            [[], ["team:b"], ["team:a"], ["team:a"]],
            strict=True,
        )
    ]
    assert (answer.json["limit"], "search_cursor" in answer.json) == (10, False)


def test_other_users_instances_are_not_found(face: Face) -> None:
    assert [item["name"] for item in search(face).json["items"]] == ["default"]


def test_without_fields_there_are_the_usual_ones_and_with_a_star_all(face: Face) -> None:
    assert set(search(face).json["items"][0]) == {"crn", "name", "type", "family", "account_id"}
    (everything,) = search(face, {"fields": ["*"]}).json["items"]
    assert (everything["region"], everything["service_name"]) == ("us-east", "quantum-computing")
    assert everything["service_instance"] in everything["crn"]


def test_pages_go_on_at_the_cursor_until_there_is_none(face: Face) -> None:
    crns, found, cursor, pages = several(face, 6), [], None, 0

    while cursor is not None or not pages:
        body = (
            {"query": QUERY, "fields": ["crn"]} if cursor is None else {"search_cursor": cursor, "query": "ignored:("}
        )
        page = search(face, body, "limit=3").json
        assert all(set(item) == {"crn"} for item in page["items"])
        found += [item["crn"] for item in page["items"]]
        cursor, pages = page.get("search_cursor"), pages + 1

    assert (found, pages) == (crns, 3)


def test_a_page_that_is_just_full_and_the_last_has_no_cursor(face: Face) -> None:
    several(face, 2)

    assert "search_cursor" not in search(face, query="limit=3").json
    assert "search_cursor" in search(face, query="limit=2").json


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("*", 4),
        ("", 4),
        ("name:lab-1", 1),
        ('name:"lab-1"', 1),
        ("lab-*", 3),
        ("name:lab-* AND region:eu-de", 1),
        ('name:lab-* && tags:"team:b"', 1),
        ('tags:"team:a" service_plan_unique_id:plan-flex', 2),
        ("service_name:kms", 0),
        ("name:LAB-1", 0),
        ("name:lab-[01]", 0),
        ("unknown:field", 0),
    ],
)
def test_queries_are_clauses_that_all_have_to_match(face: Face, query: str, found: int) -> None:
    several(face)

    assert len(search(face, {"query": query}).json["items"]) == found


@pytest.mark.parametrize("query", ["name:a OR name:b", "NOT name:a", "(name:a)", "-name:a", 'name:"a', "tags:a:b"])
def test_a_query_that_is_not_understood_is_refused_with_a_hint(face: Face, query: str) -> None:
    answer = search(face, {"query": query})

    assert (answer.status, answer.code) == (400, "bad_request")
    assert "clauses such as service_name:quantum-computing" in answer.error["message"]


@pytest.mark.parametrize("cursor", ["x", "bnVsbA==", "WzEsMiwzXQ==", "W10=", "é"])
def test_a_cursor_that_no_search_has_answered_is_refused(face: Face, cursor: str) -> None:
    assert search(face, {"search_cursor": cursor}).status == 400


@pytest.mark.parametrize("limit", ["0", "1001", "-1", "x", "1.5", "٣"])
def test_a_limit_out_of_range_is_refused(face: Face, limit: str) -> None:
    assert search(face, query=f"limit={limit}").status == 400


@pytest.mark.parametrize("body", [b"[]", b"{", b'{"query": 5}', b'{"fields": "crn"}'])
def test_a_body_that_cannot_be_read_is_refused(face: Face, body: bytes) -> None:
    answer = face.ask("POST", "/v3/resources/search", host=SEARCH, body=body, headers={"service-crn": None})

    assert (answer.status, answer.json["status_code"]) == (400, 400)


def test_a_search_without_a_body_finds_everything(face: Face) -> None:
    assert len(face.ask("POST", "/v3/resources/search", host=SEARCH).json["items"]) == 1


def test_resources_of_another_account_are_not_found(face: Face) -> None:
    account = search(face).json["items"][0]["account_id"]

    assert len(search(face, query=f"account_id={account}").json["items"]) == 1
    assert search(face, query="account_id=another").json["items"] == []


def test_a_key_of_one_instance_finds_that_one(face: Face) -> None:
    several(face)
    token = face.service.token(face.world.instances["lab-1"])

    answer = search(face, headers={"authorization": f"Bearer {token}"})

    assert [item["name"] for item in answer.json["items"]] == ["lab-1"]


@pytest.mark.parametrize("authorization", [None, "Bearer wrong", ""])
def test_a_search_needs_a_token(face: Face, authorization: str | None) -> None:
    answer = search(face, headers={"authorization": authorization})

    assert (answer.status, answer.json["status_code"], answer.code) == (401, 401, "unauthorized")


def test_an_expired_token_finds_nothing(face: Face) -> None:
    token = face.service.token()

    answer = search(face.at(3600), headers={"authorization": f"Bearer {token}"})

    assert (answer.status, answer.code) == (401, "token_expired")


def test_instances_may_have_the_same_name(face: Face) -> None:
    for key in ("one", "two"):
        face.service.accounts.register(face.world.add_instance(key), name="lab")

    items = search(face, {"query": "name:lab"}).json["items"]

    assert [item["name"] for item in items] == ["lab", "lab"]
    assert len({item["crn"] for item in items}) == 2


# -- Global Catalog ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("plan", "name", "pricing"),
    [
        ("open", "Open", "free"),
        ("payg", "Pay-As-You-Go", "paygo"),
        ("flex", "Flex", "subscription"),
        ("premium", "Premium", "subscription"),
    ],
)
def test_the_catalog_says_how_a_plan_is_called_and_paid(face: Face, plan: str, name: str, pricing: str) -> None:
    entry = catalog(face, f"plan-{plan}").json

    assert entry["overview_ui"]["en"]["display_name"] == name
    assert entry["metadata"]["pricing"]["type"] == pricing


def test_the_plan_of_an_instance_is_in_the_catalog(face: Face) -> None:
    plan = search(face, {"fields": ["service_plan_unique_id"]}).json["items"][0]["service_plan_unique_id"]

    assert face.ask("GET", "/v1/instances/usage").json["plan_id"] == plan
    assert catalog(face, plan).status == 200


@pytest.mark.parametrize("id", ["plan-gold", "premium", "plan-", "quantum-computing", "%70lan-gold"])
def test_an_entry_that_does_not_exist_is_not_found(face: Face, id: str) -> None:
    answer = catalog(face, id)

    assert (answer.status, answer.json["status_code"], answer.code) == (404, 404, "not_found")


def test_a_plan_with_a_name_of_ones_own_is_answered_like_an_archived_one() -> None:
    face = Face(plan=Plan.named("premium").but(name="mine"))

    answer = catalog(face, "plan-mine")

    assert (answer.status, answer.code) == (403, "forbidden")


def test_the_catalog_needs_no_token_but_takes_no_wrong_one(face: Face) -> None:
    assert catalog(face, "plan-open", authorization=f"Bearer {face.service.token()}").status == 200
    assert catalog(face, "plan-open", authorization="Bearer wrong").status == 401


# -- Resource Controller -----------------------------------------------------------------------------------------------


def resources(face: Face, path: str = "", query: str = "", **headers: Any) -> Answer:
    return face.ask("GET", "/v2/resource_instances" + path, host=RESOURCES, query=query, headers=headers)


def test_the_resource_controller_lists_instances(face: Face) -> None:
    crns = several(face)

    listed = resources(face).json

    assert (listed["rows_count"], [one["crn"] for one in listed["resources"]]) == (4, crns)
    assert listed["resources"][2]["region_id"] == "eu-de"


def test_the_resource_controller_finds_by_name_guid_and_plan(face: Face) -> None:
    several(face)
    guid = resources(face).json["resources"][1]["guid"]

    assert [one["guid"] for one in resources(face, query="name=lab-0").json["resources"]] == [guid]
    assert [one["name"] for one in resources(face, query=f"guid={guid}").json["resources"]] == ["lab-0"]
    assert resources(face, query="resource_plan_id=plan-flex").json["rows_count"] == 3
    assert resources(face, query="name=nobody").json == {"rows_count": 0, "next_url": None, "resources": []}


def test_the_resource_controller_reads_one_instance_by_guid_and_crn(face: Face) -> None:
    (instance,) = resources(face).json["resources"]
    encoded = instance["crn"].replace(":", "%3A").replace("/", "%2F")

    assert resources(face, "/" + instance["guid"]).json == instance
    assert resources(face, "/" + encoded).json == instance


def test_the_resource_controller_refuses_in_its_own_words(face: Face) -> None:
    unknown = resources(face, "/nothing").json
    assert (unknown["error_code"], unknown["status_code"]) == ("RC-DatabaseErrorResponse", 404)
    assert resources(face, authorization=None).json["error_code"] == "RC-IamErrorResponse"
    stale = {"authorization": f"Bearer {face.service.token()}"}
    expired = resources(face.at(3600), **stale).json
    assert (expired["message"], expired["status_code"]) == ("Token is expired", 401)


def test_the_resource_controller_creates_and_deletes_nothing(face: Face) -> None:
    answers = [
        face.ask("POST", "/v2/resource_instances", {}, host=RESOURCES),
        face.ask("DELETE", "/v2/resource_instances/x", host=RESOURCES),
    ]
    assert [(answer.status, answer.headers["allow"]) for answer in answers] == [(405, "GET"), (405, "GET")]


# -- hosts -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", [SEARCH, CATALOG, RESOURCES, SEARCH.upper(), "globalcatalog.test.cloud.ibm.com:443"])
@pytest.mark.parametrize("path", ["/api/v1/jobs/x", "/api/v1/", "/identity/token", "/", "/v3/resources", "*"])
def test_nothing_else_is_there(face: Face, host: str, path: str) -> None:
    request = Request("GET", host, path, "", {}, b"")

    response = face.service.handle(request)

    assert response.status == 404
    assert list(problems(request, response)) == []


@pytest.mark.parametrize("host", ["quantum.cloud.ibm.com", "iam.cloud.ibm.com"])
def test_the_platform_answers_on_its_own_hosts_only(face: Face, host: str) -> None:
    for method, path in (("POST", "/v3/resources/search"), ("GET", "/v2/resource_instances")):
        assert face.service.handle(Request(method, host, path, "", {}, b"")).status == 404


def test_an_answer_to_head_has_no_body(face: Face) -> None:
    assert face.service.handle(Request("HEAD", CATALOG, "/api/v1/plan-open", "", {}, b"")) == Response(
        405, (("content-type", "application/json; charset=utf-8"), ("allow", "GET")), b""
    )


def test_an_answer_that_does_not_conform_is_found(face: Face) -> None:
    request = Request("GET", CATALOG, "/api/v1/plan-open", "", {}, b"")
    good = face.service.handle(request)

    assert list(problems(request, good)) == []
    assert list(problems(request, good._replace(body=b"{}")))
    assert list(problems(request, good._replace(status=404)))
    assert list(problems(request, Response(500, good.headers, b"{}")))
    assert list(problems(request._replace(method="PUT"), good))
