"""What the real client reads of jobs: inputs, tags, usage, logs, pages, dry runs, refusals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from qiskit_ibm_runtime import (
    IBMBackend,
    IBMRuntimeError,
    RuntimeInvalidStateError,
    RuntimeJobNotFound,
    RuntimeProgramNotFound,
    SamplerV2,
    Session,
)

from pytest_qruntime import QRuntime
from tests.rest.real_client import flips, service
from tests.sdk.needs import needs_client

pytestmark = pytest.mark.filterwarnings("ignore:.*SamplerV2:DeprecationWarning")


@pytest.fixture(scope="session")
def qruntime_config() -> Mapping[str, Any]:
    return {"backend": "fake_manila"}  # five qubits: little to read


@pytest.fixture
def backend(qruntime: QRuntime) -> IBMBackend:
    return service(qruntime).backend("fake_manila")


def submitted(backend: IBMBackend, **options: Any) -> Any:
    """A job of ten shots; `options` are those of the environment, such as job_tags and private."""
    sampler = SamplerV2(mode=backend)
    for name, value in options.items():
        setattr(sampler.options.environment, name, value)
    return sampler.run([flips()], shots=10)


def test_inputs_come_back_as_objects(backend: IBMBackend) -> None:
    job = submitted(backend)
    circuit, values, shots = job.inputs["pubs"][0]
    assert (circuit.num_qubits, values.size, shots) == (2, 0, 10)
    assert circuit == flips()


def test_another_handle_sees_what_was_submitted(qruntime: QRuntime, backend: IBMBackend) -> None:
    sampler = SamplerV2(mode=backend, options={"experimental": {"image": "ibm:latest"}})
    sampler.options.environment.job_tags = ["vqe"]
    job = sampler.run([flips()])
    again = service(qruntime).job(job.job_id())
    assert (again.tags, again.image, again.primitive_id, again.private) == (["vqe"], "ibm:latest", "sampler", False)
    assert again.backend().name == "fake_manila"
    assert again.inputs["pubs"][0][0] == flips()


def test_a_private_job_shows_no_inputs_and_its_results_once(backend: IBMBackend) -> None:
    job = submitted(backend, private=True)
    assert job.result()[0].data.meas.num_shots == 10
    assert (job.private, job.inputs) == (True, {})
    with pytest.raises(Exception, match="can be read only once"):
        job.result()


def test_tags_are_replaced(backend: IBMBackend) -> None:
    job = submitted(backend, job_tags=["old"])
    assert sorted(job.update_tags(["new", "newer"])) == ["new", "newer"]


def test_usage_metrics_and_logs_are_read(qruntime: QRuntime, backend: IBMBackend) -> None:
    qruntime.next_jobs(classical=5, quantum=7)
    job = submitted(backend)
    assert (job.usage(), job.logs()) == (0, "")
    job.wait_for_final_state()
    assert job.usage() == 7
    assert job.metrics()["timestamps"]["running"] == "2026-01-15T12:00:00.000000Z"
    assert "Starting program sampler" in job.logs()
    assert backend.service.usage()["usage_consumed_seconds"] == 7


def test_calibration_ids_reach_the_service(qruntime: QRuntime) -> None:
    backend = service(qruntime).backend("fake_manila", calibration_id="cal-1")
    assert submitted(backend).result()[0].data.meas.get_counts() == {"11": 10}


def test_jobs_are_listed_page_by_page(backend: IBMBackend) -> None:
    ids = [submitted(backend, job_tags=["odd"] if index % 2 else ["even"]).job_id() for index in range(25)]
    jobs = backend.service.jobs
    assert [job.job_id() for job in jobs(limit=None)] == ids[::-1]
    assert [job.job_id() for job in jobs(limit=5, skip=3, descending=False)] == ids[3:8]
    assert len(jobs()) == 10
    assert len(jobs(limit=None, skip=25)) == 0
    assert [job.job_id() for job in jobs(limit=None, job_tags=["odd"])] == ids[1::2][::-1]
    assert len(jobs(limit=None, pending=True)) == 25
    assert len(jobs(limit=None, program_id="estimator")) == 0
    assert len(jobs(limit=None, backend_name="fake_manila")) == 25


@pytest.mark.parametrize("jobs", [0, 1])
def test_skipping_more_jobs_than_there_are_does_not_go_on_for_ever(backend: IBMBackend, jobs: int) -> None:
    for _ in range(jobs):
        submitted(backend)
    with pytest.raises(Exception, match="The same empty page was asked for 101 times"):
        backend.service.jobs(skip=5)
    assert len(backend.service.jobs()) == jobs


def test_a_job_is_deleted_once_it_has_ended(backend: IBMBackend) -> None:
    job = submitted(backend)
    with pytest.raises(IBMRuntimeError, match="must be in a terminal state"):
        backend.service.delete_job(job.job_id())
    job.wait_for_final_state()
    backend.service.delete_job(job.job_id())
    with pytest.raises(RuntimeJobNotFound):
        backend.service.job(job.job_id())


def test_a_finished_job_cannot_be_cancelled(qruntime: QRuntime, backend: IBMBackend) -> None:
    job = submitted(backend)
    qruntime.clock.tick("1h")
    with pytest.raises(RuntimeInvalidStateError):
        job.cancel()


def test_an_unknown_program_is_not_found(backend: IBMBackend) -> None:
    with pytest.raises(RuntimeProgramNotFound, match="Program ID: samplr"):
        backend.service._run(program_id="samplr", inputs={}, options={"backend": backend})
    assert backend.service.jobs() == []


def test_a_program_of_ones_own_runs_as_it_is_scripted(qruntime: QRuntime, backend: IBMBackend) -> None:
    qruntime.next_jobs(quantum="1m", program="my-program")
    job = backend.service._run(program_id="my-program", inputs={}, options={"backend": backend})
    job.wait_for_final_state()
    assert (job.status(), job.usage()) == ("DONE", 60)


def test_jobs_of_other_instances_are_found_by_a_service_of_all(qruntime: QRuntime) -> None:
    qruntime.instance("german", region="eu-de")
    everywhere = service(qruntime, instance=None)
    job = submitted(service(qruntime, instance="german").backend("fake_manila"))
    assert everywhere.job(job.job_id()).job_id() == job.job_id()
    with pytest.raises(RuntimeJobNotFound):
        service(qruntime).job(job.job_id())


@needs_client("0.44.0", "asking for the usage before each job")
def test_an_exhausted_instance_warns_at_submit(qruntime: QRuntime) -> None:
    lab = qruntime.instance("lab", plan="flex")
    qruntime.world.limit_usage(lab.model, 5)
    backend = service(qruntime, instance="lab").backend("fake_manila")
    qruntime.next_jobs(quantum=6)
    submitted(backend).result()
    with pytest.warns(UserWarning, match="has met its usage limit"):
        job = submitted(backend)
    qruntime.clock.tick("1h")
    assert job.status() == "QUEUED"


def test_a_paused_backend_warns_at_submit(qruntime: QRuntime, backend: IBMBackend) -> None:
    qruntime.maintenance("2h")
    with pytest.warns(UserWarning, match="currently has a status of maintenance"):
        job = submitted(backend)
    job.result()
    assert job.metrics()["timestamps"]["running"] == "2026-01-15T14:00:00.000000Z"


# -- dry runs ----------------------------------------------------------------------------------------------------------


@needs_client("0.51.0", "a dry run")
def test_a_dry_run_has_random_results_at_no_cost(qruntime: QRuntime, backend: IBMBackend) -> None:
    job = SamplerV2(mode=backend).run([flips()], shots=50, dry_run=True)
    result = job.result()
    assert (job.backend().name, job.usage()) == ("mock_manila", 0)
    assert len(result[0].data.meas.get_counts()) > 1  # an ideal run has one outcome
    assert backend.service.usage()["usage_consumed_seconds"] == 0
    assert backend.service.jobs() == []
    assert [job.job_id()] == [found.job_id() for found in backend.service.jobs(include_mocks=True)]


@needs_client("0.51.0", "a dry run")
def test_a_dry_run_in_a_session_leaves_the_session_alone(qruntime: QRuntime, backend: IBMBackend) -> None:
    with Session(backend=backend) as session:
        SamplerV2(mode=session).run([flips()], dry_run=True).result()
        assert session.details()["state"] == "open"
        SamplerV2(mode=session).run([flips()]).result()
        assert session.details()["state"] == "active"


@needs_client("0.50.0", "a session with fields of its own")
@pytest.mark.qruntime(policy={"allow_custom_ttl": True})
def test_a_session_may_be_opened_with_more_fields(backend: IBMBackend) -> None:
    from qiskit_ibm_runtime.session import AdvancedSession

    session = AdvancedSession(backend, max_time="10m", interactive_ttl=30, active_ttl=300, something_new=True)
    details = session.details()
    assert (details["max_time"], details["active_timeout"], details["interactive_timeout"]) == (600, 300, 30)
