"""Several service instances of one account: names, plans, regions, CRNs, and who sees what."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
import requests

import pytest_qruntime
from pytest_qruntime import Batch, ConfigurationError, Plan, QRuntime, ServiceInstance, Session

GERMAN = "https://eu-de.quantum.cloud.ibm.com/api/v1"
GIVEN = "crn:v1:bluemix:public:quantum-computing:eu-de:a/0123:4567::"


def asked(qruntime: QRuntime, instance: ServiceInstance, **changes: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {qruntime.token}", "Service-CRN": instance.crn, **changes}


def backends(qruntime: QRuntime, instance: ServiceInstance) -> list[str]:
    answer = requests.get(instance.base_url + "/v1/backends", headers=asked(qruntime, instance))
    return [device["name"] for device in answer.json()["devices"]]


def test_an_instance_has_a_name_a_plan_a_region_and_a_crn(qruntime: QRuntime) -> None:
    lab = qruntime.instance("lab", plan="flex", region="eu-de", tags=["Team-A"])
    assert (lab.name, lab.plan, lab.region, lab.tags) == ("lab", "flex", "eu-de", ("team-a",))
    assert lab.crn.split(":")[5] == "eu-de"
    assert lab.base_url == "https://eu-de.quantum.cloud.ibm.com/api"
    assert [instance.crn for instance in qruntime.instances] == [qruntime.crn, lab.crn]


def test_an_instance_is_on_the_premium_plan_in_us_east_unless_it_is_said(qruntime: QRuntime) -> None:
    lab = qruntime.instance("lab")
    assert (lab.plan, lab.region, lab.base_url) == ("premium", "us-east", qruntime.base_url)
    assert qruntime.instance("mine", plan=Plan.named("flex").but(pending_limit=3)).plan == "flex"


def test_an_instance_may_have_a_crn_of_ones_own(qruntime: QRuntime) -> None:
    assert (qruntime.instance("lab", crn=GIVEN).crn, qruntime.instances[1].region) == (GIVEN, "eu-de")
    assert requests.get(GERMAN + "/instance", headers=asked(qruntime, qruntime.instances[1])).status_code == 200


def test_instances_may_have_the_same_name(qruntime: QRuntime) -> None:
    first, second = qruntime.instance("lab"), qruntime.instance("lab")
    assert first.name == second.name == "lab"
    assert first.crn != second.crn
    assert qruntime.instance("default").crn != qruntime.crn


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"name": ""}, "instance name is ''; expected text such as 'my-lab'"),
        ({"name": 5}, "instance name is 5; expected text"),
        ({"name": GIVEN}, "instance name is 'crn:"),
        ({"plan": "gold"}, "plan is 'gold'; expected one of"),
        ({"region": "EU DE"}, "region is 'EU DE'; expected one such as 'us-east' or 'eu-de'"),
        ({"region": 5}, "region is 5"),
        ({"crn": "crn:v1:nothing"}, "crn is 'crn:v1:nothing'; expected one such as"),
        ({"crn": GIVEN, "region": "us-east"}, "region is 'us-east', and the CRN is of eu-de; expected the same"),
        ({"tags": "team-a"}, "tags is 'team-a'; expected a list of texts"),
        ({"tags": [5]}, "tags has 5; expected texts"),
        ({"tags": None}, "tags is None; expected a list"),
    ],
)
def test_an_instance_that_cannot_be_is_refused(qruntime: QRuntime, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        qruntime.instance(**{"name": "lab", **arguments})
    assert str(caught.value).startswith(message)
    assert len(qruntime.instances) == 1


def test_a_crn_belongs_to_one_instance(qruntime: QRuntime) -> None:
    qruntime.instance("lab", crn=GIVEN)
    with pytest.raises(ConfigurationError, match="which an instance has already; give each its own"):
        qruntime.instance("other", crn=GIVEN)
    with pytest.raises(ConfigurationError, match="which an instance has already"):
        qruntime.instance("other", crn=qruntime.crn)
    assert len(qruntime.instances) == 2


def test_only_the_hosts_of_its_region_answer_for_an_instance(qruntime: QRuntime) -> None:
    here, there = qruntime.instance("here"), qruntime.instance("there", region="eu-de")
    for instance, host, status in (
        (here, "quantum", 200),
        (here, "private.us-east.quantum", 200),
        (here, "eu-de.quantum", 404),
        (there, "eu-de.quantum", 200),
        (there, "private.eu-de.quantum", 200),
        (there, "quantum", 404),
        (there, "us-east.quantum", 404),
    ):
        url = f"https://{host}.cloud.ibm.com/api/v1/instance"
        answer = httpx.get(url, headers=asked(qruntime, instance))
        assert answer.status_code == status, url
        assert status == 200 or answer.json()["errors"][0]["code"] == 1279


def test_an_instance_sees_the_backends_of_its_region_and_those_of_none(qruntime: QRuntime) -> None:
    here, there = qruntime.instance("here"), qruntime.instance("there", region="eu-de")
    qruntime.backend("ibm_east", region="us-east")
    qruntime.backend("ibm_german", region="eu-de")
    assert backends(qruntime, here) == ["fake_backend", "ibm_east"]
    assert backends(qruntime, there) == ["fake_backend", "ibm_german"]
    shown = requests.get(GERMAN + "/instance", headers=asked(qruntime, there)).json()
    assert shown["backends"] == ["fake_backend", "ibm_german"]


def test_a_backend_of_another_region_is_unknown(qruntime: QRuntime) -> None:
    qruntime.backend("ibm_german", region="eu-de")
    for answer in (
        qruntime.http.get("/v1/backends/ibm_german/status"),
        qruntime.http.post("/v1/sessions", json={"mode": "batch", "backend": "ibm_german"}),
        qruntime.http.post("/v1/jobs", json={"program_id": "sampler", "backend": "ibm_german", "params": {}}),
    ):
        error = answer.json()["errors"][0]
        assert (answer.status_code, error["message"]) == (404, "device not found")
        assert error["solution"] == "Name a backend that exists: fake_backend."


def test_credentials_of_the_account_are_good_for_every_instance(qruntime: QRuntime) -> None:
    there = qruntime.instance("there", region="eu-de")
    form = {"grant_type": "urn:ibm:params:oauth:grant-type:apikey", "apikey": qruntime.api_key}
    token = requests.post("https://iam.cloud.ibm.com/identity/token", data=form).json()["access_token"]
    for authorization in (f"Bearer {token}", f"apikey {qruntime.api_key}"):
        headers = asked(qruntime, there, Authorization=authorization)
        assert requests.get(GERMAN + "/instance", headers=headers).status_code == 200


def test_credentials_of_one_instance_are_good_for_that_one(qruntime: QRuntime) -> None:
    lab = qruntime.instance("lab")
    key = f"apikey {qruntime.service.api_key(lab.model)}"
    statuses = [
        httpx.get(qruntime.base_url + "/v1/instance", headers=asked(qruntime, instance, Authorization=key)).status_code
        for instance in (lab, qruntime.instances[0])
    ]
    assert statuses == [200, 403]


def test_each_instance_has_its_own_plan_and_usage(qruntime: QRuntime) -> None:
    lab = qruntime.instance("lab", plan="open")
    body = {"mode": "dedicated", "backend": "fake_backend"}
    refused = httpx.post(qruntime.base_url + "/v1/sessions", headers=asked(qruntime, lab), json=body)
    assert refused.json()["errors"][0]["code"] == 1352
    qruntime.run().result()
    usage = httpx.get(qruntime.base_url + "/v1/instances/usage", headers=asked(qruntime, lab)).json()
    assert (usage["usage_consumed_seconds"], usage["plan_id"]) == (0.0, "plan-open")


def test_jobs_and_workloads_of_every_instance_can_be_found(qruntime: QRuntime) -> None:
    lab = qruntime.instance("lab", region="eu-de")
    headers = asked(qruntime, lab)
    first = qruntime.run()
    batch = httpx.post(GERMAN + "/sessions", headers=headers, json={"mode": "batch", "backend": "fake_backend"}).json()
    job = {"program_id": "sampler", "backend": "fake_backend", "session_id": batch["id"], "params": {}}
    second = httpx.post(GERMAN + "/jobs", headers=headers, json=job).json()["id"]
    session = qruntime.session()
    qruntime.other_users(2)
    assert [found.job_id() for found in qruntime.jobs()] == [first.job_id(), second]
    assert qruntime.job(second).session_id == batch["id"]
    assert [(type(found), found.session_id) for found in qruntime.workloads()] == [
        (Batch, batch["id"]),
        (Session, session.session_id),
    ]
    assert [found.status() for found in qruntime.workloads()] == ["In progress, accepting new jobs", "Pending"]


def test_an_outer_world_answers_for_its_own_instances(qruntime: QRuntime) -> None:
    lab = qruntime.instance("lab", region="eu-de")
    with pytest_qruntime.world(seed=5, backend="inner"):
        assert backends(qruntime, lab) == ["fake_backend"]
