"""Many worlds in one server: each request finds its own, and none sees another's."""

from __future__ import annotations

import httpx
import pytest

from pytest_qruntime.rest.credentials import TOKEN_LIFETIME_S
from pytest_qruntime.server.gateway import Gateway
from tests.server.caller import Caller, Control
from tests.server.conftest import new_caller

GRANT = "urn:ibm:params:oauth:grant-type:apikey"


@pytest.fixture
def control(gateway: Gateway) -> Control:
    """The control interface of a server without a test's world."""
    return Control(gateway.url)


def test_two_worlds_do_not_see_each_others_jobs(gateway: Gateway, control: Control) -> None:
    control("POST", "/worlds")
    control("POST", "/worlds", lanes=1)
    with new_caller(gateway, "1") as one, new_caller(gateway, "2") as two:
        first, second = one.submit(), two.submit()
        assert one.http.get(f"/v1/jobs/{second}").status_code == 404
        assert two.http.get(f"/v1/jobs/{first}").status_code == 404
        assert [job["id"] for job in two.json("GET", "/v1/jobs")["jobs"]] == [second]
    assert len(control.of("/worlds/1/trace")["trace"]) == len(control.of("/worlds/2/trace")["trace"]) > 0


def test_time_in_one_world_is_not_time_in_another(gateway: Gateway, control: Control) -> None:
    control("POST", "/worlds", time="manual")
    control("POST", "/worlds", time="manual")
    control("POST", "/worlds/2/time", advance_by="8h")
    assert control.of("/worlds/1/time")["now_us"] == 0
    assert control.of("/worlds/2/time")["now_us"] == 28_800_000_000


def test_a_token_of_one_world_is_worth_nothing_in_another(gateway: Gateway, control: Control) -> None:
    control("POST", "/worlds")
    other = control("POST", "/worlds").json()
    with new_caller(gateway, "1") as one:
        refused = one.http.get("/v1/backends", headers={"Service-CRN": other["crn"]})
    assert refused.status_code == 401


def test_a_users_own_api_key_is_good_in_every_world(gateway: Gateway, control: Control) -> None:
    crns = [control("POST", "/worlds").json()["crn"] for _ in range(2)]
    form = {"grant_type": GRANT, "apikey": "the-key-of-a-user-0123456789"}
    token = httpx.post(f"{gateway.url}/iam/identity/token", data=form).json()["access_token"]
    for crn in crns:
        with Caller(gateway.url, token, crn) as user:
            assert user.http.get("/v1/backends").status_code == 200


def test_without_a_crn_the_key_leads_to_its_world(gateway: Gateway, control: Control) -> None:
    worlds = [control("POST", "/worlds", plan=plan).json() for plan in ("premium", "open")]
    for world in worlds:
        form = {"grant_type": GRANT, "apikey": world["api_key"]}
        token = httpx.post(f"{gateway.url}/iam/identity/token", data=form).json()["access_token"]
        found = httpx.post(
            f"{gateway.url}/search/v3/resources/search",
            json={"query": "service_name:quantum-computing"},
            headers={"Authorization": f"Bearer {token}"},
        ).json()
        assert [item["crn"] for item in found["items"]] == [world["crn"]]


def test_each_world_gets_a_seed_of_its_own_and_a_taken_one_is_refused(gateway: Gateway, control: Control) -> None:
    control("POST", "/worlds", seed=1)
    assert [control("POST", "/worlds").json()["seed"] for _ in range(2)] == [0, 2]
    refused = control("POST", "/worlds", seed=1)
    assert refused.status_code == 400
    assert "another world of this server has" in refused.json()["error"]


def test_worlds_of_one_seed_with_accounts_of_their_own_are_told_apart(gateway: Gateway, control: Control) -> None:
    control("POST", "/worlds", seed=7)
    instances = [{"name": "lab", "region": "eu-de"}]
    twins = [control("POST", "/worlds", seed=7, own_account=True, instances=instances).json() for _ in range(2)]
    assert len({one["crn"] for world in twins for one in world["instances"]}) == 4
    assert "eu-de" in twins[0]["instances"][1]["crn"]
    with new_caller(gateway, "2") as one, new_caller(gateway, "3") as two:
        assert one.submit() == two.submit(tags=["two"])
        assert two.json("GET", "/v1/jobs")["jobs"][0]["tags"] == ["two"]
        assert one.http.get("/v1/backends", headers={"Service-CRN": twins[1]["crn"]}).status_code == 401
    again = control("POST", "/worlds/2/reset").json()
    assert (again["crn"], again["api_key"]) == (twins[0]["crn"], twins[0]["api_key"])
    assert control("POST", "/worlds", own_account=True).json()["seed"] == 0


def test_a_world_is_made_of_what_was_asked_for(gateway: Gateway, control: Control) -> None:
    made = control(
        "POST",
        "/worlds",
        plan="open",
        lanes=3,
        backend="ibm_first",
        seed=9,
        start="2030-06-01T08:00:00Z",
        engine="schema",
        policy={"batch_autoend": 0},
        time="manual",
        backends=[{"name": "ibm_second", "qubits": 5, "lanes": 1}],
        instances=[{"name": "lab", "plan": "flex", "region": "eu-de"}],
    ).json()
    assert (made["world"], made["plan"], made["seed"], made["time"]["mode"]) == ("1", "open", 9, "manual")
    assert made["time"]["now"] == "2030-06-01T08:00:00Z"
    assert [(one["name"], one["qubits"], one["lanes"]) for one in made["backends"]] == [
        ("ibm_first", 127, 3),
        ("ibm_second", 5, 1),
    ]
    assert [(one["name"], one["plan"], one["region"]) for one in made["instances"]][1] == ("lab", "flex", "eu-de")
    world = gateway.worlds["1"]
    assert (world.service.engine, world.qruntime.policy.batch_autoend) == ("schema", 0)


def test_a_reset_begins_a_world_anew_as_it_was_made(gateway: Gateway, control: Control) -> None:
    made = control("POST", "/worlds", lanes=2, backends=[{"name": "second"}]).json()
    with new_caller(gateway, "1") as before:
        before.submit()
    again = control("POST", "/worlds/1/reset").json()
    assert again["crn"] == made["crn"]
    assert again["backends"] == made["backends"]
    assert control.of("/worlds/1/trace")["trace"] == []
    with new_caller(gateway, "1") as after:
        assert after.json("GET", "/v1/jobs")["jobs"] == []


def test_a_world_that_is_removed_answers_nobody(gateway: Gateway, control: Control) -> None:
    control("POST", "/worlds")
    with new_caller(gateway, "1") as caller:
        assert control("DELETE", "/worlds/1").status_code == 204
        gone = caller.http.get("/v1/backends")
    assert (gone.status_code, "this server has no world" in gone.json()["error"]) == (404, True)
    assert control.of("/worlds")["worlds"] == []
    assert control("GET", "/worlds/1").status_code == 404
    assert control("POST", "/worlds").json()["world"] == "2"


def test_an_unknown_crn_gets_the_services_own_answer(gateway: Gateway, control: Control) -> None:
    control("POST", "/worlds")
    with new_caller(gateway, "1") as caller:
        crn = "crn:v1:bluemix:public:quantum-computing:us-east:a/none:none::"
        assert caller.http.get("/v1/backends", headers={"Service-CRN": crn}).status_code == 404


def test_an_instance_that_is_added_later_is_found(gateway: Gateway, control: Control) -> None:
    control("POST", "/worlds")
    made = control("POST", "/worlds/1/instances", name="lab", plan="open").json()
    with new_caller(gateway, "1") as caller:
        answered = caller.http.get("/v1/instance", headers={"Service-CRN": made["instances"][1]["crn"]})
    assert answered.json()["plan_id"] == "plan-open"


# -- tokens ------------------------------------------------------------------------------------------------------------


def test_what_polls_skip_does_not_make_a_token_older(gateway: Gateway, control: Control) -> None:
    control("POST", "/worlds")
    control("POST", "/worlds/1/next-jobs", quantum="8h")
    with new_caller(gateway, "1") as caller:
        job = caller.submit()
        assert [caller.status(job), caller.status(job)] == ["Running", "Cancelled"]
        assert control.of("/worlds/1/time")["now_us"] > TOKEN_LIFETIME_S * 1_000_000
        assert caller.http.get("/v1/backends").status_code == 200


def test_a_token_expires_with_the_time_that_the_control_interface_moves(gateway: Gateway, control: Control) -> None:
    control("POST", "/worlds")
    with new_caller(gateway, "1") as caller:
        control("POST", "/worlds/1/time", advance_by=TOKEN_LIFETIME_S - 1)
        assert caller.http.get("/v1/backends").status_code == 200
        control("POST", "/worlds/1/time", advance_by=1)
        expired = caller.http.get("/v1/backends")
    assert (expired.status_code, expired.json()["errors"][0]["message"]) == (401, "Token is expired")


def test_a_token_is_valid_on_the_clock_of_a_program_elsewhere(gateway: Gateway, control: Control) -> None:
    import base64
    import json
    import time

    control("POST", "/worlds", start="2020-01-01T00:00:00Z")
    form = {"grant_type": GRANT, "apikey": "the-key-of-a-user-0123456789"}
    answer = httpx.post(f"{gateway.url}/identity/token", data=form).json()
    part = answer["access_token"].split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    assert claims["exp"] - claims["iat"] == TOKEN_LIFETIME_S
    assert answer["expiration"] == claims["exp"] > time.time()


def test_what_iam_refuses_is_refused_here_in_the_same_words(gateway: Gateway, control: Control) -> None:
    control("POST", "/worlds")
    refused = httpx.post(f"{gateway.url}/iam/identity/token", data={"grant_type": GRANT, "apikey": "short"})
    assert (refused.status_code, refused.json()["errorCode"]) == (400, "BXNIM0415E")


@pytest.mark.parametrize("dates", ["world", "wall"])
def test_the_dates_of_a_token_are_on_the_clock_that_was_asked_for(
    gateway: Gateway, control: Control, dates: str
) -> None:
    made = control("POST", "/worlds", time="manual", start="2001-01-15T12:00:00Z", token_dates=dates).json()
    form = {"grant_type": GRANT, "apikey": made["api_key"]}
    given = httpx.post(f"{gateway.url}/iam/identity/token", data=form).json()
    in_the_world = 979_560_000 + TOKEN_LIFETIME_S
    assert (given["expiration"] == in_the_world) is (dates == "world")


def test_dates_of_tokens_on_no_clock_are_refused(control: Control) -> None:
    refused = control("POST", "/worlds", token_dates="moon")
    assert refused.status_code == 400
    assert "token_dates is 'moon'; expected one of 'wall', 'world'" in refused.text
