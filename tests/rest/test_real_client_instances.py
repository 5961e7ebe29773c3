"""How the real client finds its instances: Global Search and Global Catalog, several regions, names and filters."""

from __future__ import annotations

from typing import Any

import pytest
from qiskit.providers import QiskitBackendNotFoundError
from qiskit_ibm_runtime import Batch, IBMInputValueError, QiskitRuntimeService, Session
from qiskit_ibm_runtime.accounts.exceptions import InvalidAccountError

from pytest_qruntime import Plan, QRuntime, ServiceInstance
from tests.rest.real_client import service
from tests.sdk.needs import needs_client

CODE_1352 = '"code":1352'


@pytest.fixture
def german(qruntime: QRuntime) -> ServiceInstance:
    """A second instance, on the Open plan in eu-de, with a backend of its region beside everybody's."""
    qruntime.backend("ibm_east", region="us-east")
    qruntime.backend("ibm_german", region="eu-de")
    return qruntime.instance("german", plan="open", region="eu-de", tags=["Course"])


def names(found: QiskitRuntimeService) -> list[str]:
    return [backend.name for backend in found.backends()]


def test_the_client_reads_names_plans_prices_and_tags(qruntime: QRuntime, german: ServiceInstance) -> None:
    qruntime.instance("flexible", plan="flex")
    qruntime.instance("small", plan="payg")
    instances = service(qruntime).instances()
    assert [(one["name"], one["plan"], one["pricing_type"], one["tags"]) for one in instances] == [
        ("default", "premium", "subscription", []),
        ("german", "open", "free", ["course"]),
        ("flexible", "flex", "subscription", []),
        ("small", "pay-as-you-go", "paygo", []),
    ]
    assert [one["crn"] for one in instances] == [instance.crn for instance in qruntime.instances]


def test_an_instance_is_found_by_its_crn_and_by_its_name(qruntime: QRuntime, german: ServiceInstance) -> None:
    for instance in (german.crn, "german"):
        found = service(qruntime, instance=instance)
        assert (found.active_instance(), names(found)) == (german.crn, ["fake_backend", "ibm_german"])


def test_without_an_instance_free_plans_come_first(qruntime: QRuntime, german: ServiceInstance) -> None:
    found = service(qruntime, instance=None)
    assert names(found) == ["fake_backend", "ibm_german", "ibm_east"]
    assert found.backend("ibm_east")._instance == qruntime.crn
    assert found.backend("fake_backend")._instance == german.crn


def test_a_name_that_occurs_twice_means_both(qruntime: QRuntime, german: ServiceInstance) -> None:
    qruntime.instance("lab")
    qruntime.instance("lab", region="eu-de")
    assert names(service(qruntime, instance="lab")) == ["fake_backend", "ibm_east", "ibm_german"]


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"region": "eu-de"}, ["fake_backend", "ibm_german"]),
        ({"region": "us-east"}, ["fake_backend", "ibm_east"]),
        ({"plans_preference": ["premium"]}, ["fake_backend", "ibm_east"]),
        ({"plans_preference": ["premium", "open"]}, ["fake_backend", "ibm_east", "ibm_german"]),
        ({"tags": ["course"]}, ["fake_backend", "ibm_german"]),
    ],
)
def test_instances_are_chosen_by_region_plan_and_tags(
    qruntime: QRuntime, german: ServiceInstance, filters: dict[str, Any], found: list[str]
) -> None:
    assert names(service(qruntime, instance=None, **filters)) == found


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"instance": "nobody"}, "is not a valid instance name"),
        ({"instance": "crn:v1:bluemix:public:quantum-computing:us-east:a/1:2::"}, "does not have access"),
        ({"instance": None, "plans_preference": ["flex"]}, "No matching instances found"),
    ],
)
def test_an_instance_that_is_not_there_is_an_error(qruntime: QRuntime, options: dict[str, Any], message: str) -> None:
    with pytest.raises(IBMInputValueError) as caught:
        service(qruntime, **options)
    assert message in str(caught.value)


def test_more_instances_than_a_page_holds_are_all_found(qruntime: QRuntime) -> None:
    for index in range(120):
        qruntime.instance(f"lab-{index}")
    assert len(service(qruntime).instances()) == 121


@needs_client("0.44.0", "a plan that is unknown")
def test_a_plan_that_the_catalog_has_archived_is_unknown(qruntime: QRuntime) -> None:
    qruntime.instance("old", plan=Plan.named("premium").but(name="standard"))
    (old,) = (one for one in service(qruntime).instances() if one["name"] == "old")
    assert (old["plan"], old["pricing_type"]) == ("unknown", "unknown")


def test_a_key_of_one_instance_finds_that_one(qruntime: QRuntime, german: ServiceInstance) -> None:
    key = qruntime.service.api_key(german.model)
    found = QiskitRuntimeService(channel="ibm_quantum_platform", token=key)
    assert [one["name"] for one in found.instances()] == ["german"]


def test_a_key_that_iam_does_not_know_is_an_invalid_account(qruntime: QRuntime) -> None:
    with pytest.raises(InvalidAccountError, match="Unable to retrieve instances"):
        QiskitRuntimeService(channel="ibm_quantum_platform", token="short")


def test_a_private_endpoint_serves_its_region(qruntime: QRuntime, german: ServiceInstance) -> None:
    assert names(service(qruntime, instance=german.crn, private_endpoint=True)) == ["fake_backend", "ibm_german"]


def test_a_backend_of_another_region_is_not_found(qruntime: QRuntime, german: ServiceInstance) -> None:
    with pytest.raises(QiskitBackendNotFoundError):
        service(qruntime, instance=german.crn).backend("ibm_east")


def test_sessions_and_batches_are_those_of_the_instance(qruntime: QRuntime, german: ServiceInstance) -> None:
    backend = service(qruntime, instance="german").backend("ibm_german")
    with Batch(backend=backend) as batch:
        assert batch.details()["max_time"] == 600
    with pytest.raises(Exception, match=CODE_1352):
        Session(backend=backend)
    (opened,) = qruntime.workloads()
    assert opened.session_id == batch.session_id
    assert german.model.workloads.keys() == {batch.session_id}
