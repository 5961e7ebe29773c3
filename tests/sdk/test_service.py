"""How a service is made: by the fixture, and by code under test from arguments, variables or a saved account."""

from __future__ import annotations

import builtins
import os
from pathlib import Path
from typing import Any

import pytest
from qiskit_ibm_runtime import IBMInputValueError, QiskitRuntimeService
from qiskit_ibm_runtime.accounts import InvalidAccountError
from qiskit_ibm_runtime.fake_provider import FakeManilaV2

from pytest_qruntime import QRuntime, ServiceInstance
from tests.sdk.client import submit
from tests.sdk.conftest import Asked

EAST, GERMANY = "quantum.cloud.ibm.com", "eu-de.quantum.cloud.ibm.com"


@pytest.fixture
def german(qruntime: QRuntime) -> ServiceInstance:
    """A second instance, on the Open plan in eu-de, tagged, with a backend of its region."""
    qruntime.backend("ibm_east", snapshot="fake_lima", region="us-east")
    qruntime.backend("ibm_german", snapshot="fake_lima", region="eu-de")
    return qruntime.instance("german", plan="open", region="eu-de", tags=["course"])


@pytest.fixture
def opened(users_file: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Which files called `qiskit-ibm.json` were opened; the user's is there, and cannot be read."""
    found: list[str] = []
    original = builtins.open

    def noting(file: Any, *args: Any, **kwargs: Any) -> Any:
        if str(file).endswith("qiskit-ibm.json"):
            found.append(os.path.abspath(file))
        return original(file, *args, **kwargs)

    monkeypatch.setattr(builtins, "open", noting)
    return found


def names(service: QiskitRuntimeService) -> list[str]:
    return [backend.name for backend in service.backends()]


def runtime_hosts(asked: Asked) -> set[str]:
    """The hosts of the runtime API that were asked for something."""
    return {request.host for request in asked.whole if request.host.endswith("quantum.cloud.ibm.com")}


def test_the_service_of_the_fixture_has_the_first_instance(
    opened: list[str], qruntime: QRuntime, german: ServiceInstance, qiskit_runtime_service: QiskitRuntimeService
) -> None:
    assert qiskit_runtime_service.active_instance() == qruntime.crn
    assert names(qiskit_runtime_service) == ["fake_manila", "ibm_east"]
    assert [one["name"] for one in qiskit_runtime_service.instances()] == ["default", "german"]
    assert opened == []


def test_code_under_test_that_knows_nothing_has_the_same_one(
    opened: list[str], german: ServiceInstance, qiskit_runtime_service: QiskitRuntimeService
) -> None:
    own = QiskitRuntimeService()
    assert own.active_account() == qiskit_runtime_service.active_account()
    job = submit(qiskit_runtime_service.backend("fake_manila"))
    assert own.job(job.job_id()).result() is not None
    assert opened == []


@pytest.mark.parametrize("named", ["german", None])
def test_an_instance_is_asked_at_the_host_of_its_region(
    opened: list[str], qruntime: QRuntime, german: ServiceInstance, asked: Asked, named: str | None
) -> None:
    service = QiskitRuntimeService(token=qruntime.api_key, instance=named or german.crn)
    assert (service.active_instance(), names(service)) == (german.crn, ["fake_manila", "ibm_german"])
    assert runtime_hosts(asked) == {GERMANY}
    assert opened == []


def test_without_an_instance_all_are_asked_each_at_its_own_host(
    opened: list[str], qruntime: QRuntime, german: ServiceInstance, asked: Asked
) -> None:
    service = QiskitRuntimeService(token=qruntime.api_key)
    assert names(service) == ["fake_manila", "ibm_german", "ibm_east"]
    assert runtime_hosts(asked) == {EAST, GERMANY}
    jobs = [submit(service.backend(name)) for name in ("ibm_german", "ibm_east")]
    assert [job.instance for job in jobs] == [german.crn, qruntime.crn]
    assert [service.job(job.job_id()).result() is not None for job in jobs] == [True, True]
    assert opened == []


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"region": "eu-de"}, ["fake_manila", "ibm_german"]),
        ({"plans_preference": ["premium", "open"]}, ["fake_manila", "ibm_east", "ibm_german"]),
        ({"tags": ["course"]}, ["fake_manila", "ibm_german"]),
    ],
)
def test_a_saved_account_keeps_its_preferences(
    users_file: Path, qruntime: QRuntime, german: ServiceInstance, filters: dict[str, Any], found: list[str]
) -> None:
    before = users_file.read_bytes()
    QiskitRuntimeService.save_account(token=qruntime.api_key, set_as_default=True, **filters)
    assert names(QiskitRuntimeService()) == found
    assert users_file.read_bytes() == before


def test_a_saved_account_keeps_its_instance_and_an_argument_prevails(
    users_file: Path, qruntime: QRuntime, german: ServiceInstance
) -> None:
    QiskitRuntimeService.save_account(token=qruntime.api_key, instance="german", name="team")
    assert QiskitRuntimeService(name="team").active_instance() == german.crn
    assert QiskitRuntimeService(name="team", instance=qruntime.crn).active_instance() == qruntime.crn


@pytest.mark.parametrize("named", ["german", None])
def test_variables_of_the_test_name_the_instance(
    opened: list[str],
    qruntime: QRuntime,
    german: ServiceInstance,
    monkeypatch: pytest.MonkeyPatch,
    named: str | None,
) -> None:
    monkeypatch.setenv("QISKIT_IBM_TOKEN", qruntime.api_key)
    monkeypatch.setenv("QISKIT_IBM_INSTANCE", named or german.crn)
    monkeypatch.setenv("QISKIT_IBM_CHANNEL", "ibm_quantum_platform")
    assert QiskitRuntimeService().active_instance() == german.crn
    assert opened == []


def test_a_private_endpoint_is_asked_at_its_own_host(qruntime: QRuntime, german: ServiceInstance, asked: Asked) -> None:
    service = QiskitRuntimeService(token=qruntime.api_key, instance=german.crn, private_endpoint=True)
    assert names(service) == ["fake_manila", "ibm_german"]
    assert runtime_hosts(asked) == {f"private.{GERMANY}"}


@pytest.mark.parametrize("instance", [None, "default", "crn"])
def test_a_bad_key_is_an_invalid_account_whatever_the_instance(
    opened: list[str], qruntime: QRuntime, instance: str | None
) -> None:
    with pytest.raises(InvalidAccountError, match=r"Unable to retrieve instances\..*valid API token"):
        QiskitRuntimeService(token="bad", instance=qruntime.crn if instance == "crn" else instance)
    assert opened == []


def test_a_bad_channel_is_refused_by_the_client(qruntime: QRuntime, asked: Asked) -> None:
    with pytest.raises(ValueError, match="'channel' can only be"):
        QiskitRuntimeService(channel="ibm_quantum_classic")
    assert asked == []


def test_an_instance_of_somebody_else_is_refused(qruntime: QRuntime) -> None:
    foreign = qruntime.crn.replace("us-east:a/", "us-east:a/0")
    with pytest.raises(IBMInputValueError, match="does not have access to the instance crn:"):
        QiskitRuntimeService(token=qruntime.api_key, instance=foreign)


def test_usage_is_that_of_the_active_instance(qruntime: QRuntime, german: ServiceInstance) -> None:
    qruntime.next_jobs(classical=0, quantum=40)
    service = QiskitRuntimeService(token=qruntime.api_key, instance="german")
    submit(service.backend("ibm_german")).result()
    usage = service.usage()
    assert (usage["instance_id"], usage["usage_consumed_seconds"]) == (german.crn, 40)
    assert usage["usage_remaining_seconds"] == 560
    assert QiskitRuntimeService().usage()["usage_consumed_seconds"] == 0


@pytest.mark.filterwarnings("ignore:Properties of fake_nighthawk")
def test_a_local_service_stays_local(qruntime: QRuntime, asked: Asked) -> None:
    backend = QiskitRuntimeService(channel="local").backend("fake_manila")
    assert backend.num_qubits == 5
    assert asked == []


def test_a_backend_of_the_local_mode_stays_local(qruntime: QRuntime, asked: Asked) -> None:
    before_us = qruntime.world.now_us
    job = submit(FakeManilaV2())
    assert job.result() is not None
    assert (asked, qruntime.jobs(), qruntime.world.now_us) == ([], [], before_us)
