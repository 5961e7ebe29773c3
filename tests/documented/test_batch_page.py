"""The page "Run jobs in a batch": each of its blocks, and what the page promises of it."""

from __future__ import annotations

import ast
from typing import Any

import pytest

from pytest_qruntime import QRuntime
from tests.documented import batch_page
from tests.documented.conftest import Start
from tests.sdk.needs import at_least

pytestmark = pytest.mark.filterwarnings("ignore:.*V2.* deprecated:DeprecationWarning")

DETAILS = {
    "backend_name": "fake_torino",
    "interactive_timeout": 1,
    "max_time": 28800,
    "active_timeout": 28800,
    "state": "open",
    "accepting_jobs": True,
    "last_job_started": None,
    "last_job_completed": None,
    "started_at": None,
    "closed_at": None,
    "activated_at": None,
    "mode": "batch",
    "usage_time": None,
}

PUB_OF_ESTIMATOR = {
    "shots": 4096,
    "target_precision": 0.015625,
    "circuit_metadata": {},
    "resilience": {},
    "num_randomizations": 32,
}

OF_ESTIMATOR = {
    "dynamical_decoupling": {
        "enable": False,
        "sequence_type": "XX",
        "extra_slack_distribution": "middle",
        "scheduling_method": "alap",
    },
    "twirling": {
        "enable_gates": False,
        "enable_measure": True,
        "num_randomizations": "auto",
        "shots_per_randomization": "auto",
        "interleave_randomizations": True,
        "strategy": "active-accum",
    },
    "resilience": {"measure_mitigation": True, "zne_mitigation": False, "pec_mitigation": False},
    "version": 2,
}


def only_batch(qruntime: QRuntime) -> Any:
    """The one batch that the block opened and kept no handle on."""
    [batch] = qruntime.workloads()
    return batch


def test_the_service_is_found_without_arguments(qruntime: QRuntime, start: Start) -> None:
    assert start(batch_page.SET_UP).run()["service"].active_instance() == qruntime.crn


def test_a_batch_is_closed_by_hand(start: Start) -> None:
    play = start(batch_page.OPEN).run_until("batch.close")
    assert play["batch"].status() == "Pending"
    assert play["estimator"].mode is play["sampler"].mode is play["batch"]
    assert play.run()["batch"].status() == "Closed"


def test_a_context_manager_opens_and_closes_the_batch(qruntime: QRuntime, start: Start) -> None:
    play = start(batch_page.OPEN_CONTEXT).run()
    assert only_batch(qruntime).status() == "Closed"
    assert play["sampler"].mode.session_id == only_batch(qruntime).session_id


@pytest.mark.qruntime(lanes=1)
def test_at_the_maximum_time_running_jobs_finish_and_queued_ones_fail(
    qruntime: QRuntime, start: Start, client: Any
) -> None:
    batch = start(batch_page.LENGTH).run()["batch"]
    assert (batch.details()["max_time"], batch.status()) == (25 * 60, "Closed")

    qruntime.other_users(1, quantum="10m")  # the time counts from the start of the batch
    play = start(batch_page.CLOSE_CONTEXT).run_until("with")
    play.names["Batch"] = lambda backend: client.Batch(backend=backend, max_time="5m")
    qruntime.next_jobs(1, quantum="6m")
    play.run_until("result =")
    qruntime.clock.tick("15m")
    assert play["batch"].status() == "Closed"
    assert [play["job1"].status(), play["job2"].status()] == ["RUNNING", "ERROR"]
    assert play["job1"].result()[0].data.evs.shape == (3, 2)
    with pytest.raises(client.RuntimeJobFailureError):
        play["job2"].result()


def test_leaving_the_context_drains_the_batch_and_it_closes_after_its_last_job(
    qruntime: QRuntime, start: Start, client: Any
) -> None:
    qruntime.next_jobs(2, classical="20s", quantum="10s")
    play = start(batch_page.CLOSE_CONTEXT).run_until("result =")
    assert play["batch"].status() == "In progress, not accepting new jobs"
    second = client.Batch.from_id(play["batch"].session_id, service=play["service"])
    with pytest.raises(client.IBMRuntimeError, match="1217"):
        play["Sampler"](mode=second).run([play["sampler_pub"]])

    play.run()
    assert (play["batch"].status(), play["batch"].usage()) == ("Closed", 20)
    assert play["result"][0].data.evs.shape == play["result2"][0].data.meas.shape == (3, 2)


def test_an_idle_batch_is_deactivated_after_a_minute_and_takes_jobs_still(qruntime: QRuntime, start: Start) -> None:
    play = start(batch_page.CLOSE).run_until("batch.close")
    assert play["batch"].status() == "In progress, accepting new jobs"
    qruntime.clock.tick("1m")
    assert (play["batch"].status(), play["batch"].details()["state"]) == ("Pending", "inactive")
    play["sampler"].run([play["sampler_pub"]]).result()
    assert play.run()["batch"].status() == "Closed"


@pytest.mark.qruntime(backend="fake_torino")  # the page's has 133 qubits
def test_results_have_the_shapes_that_the_page_prints(start: Start) -> None:
    play = start(batch_page.CLOSE).run()
    [of_estimator], [of_sampler] = play["job1"].result(), play["job2"].result()
    for name in ("evs", "stds", "ensemble_standard_error"):
        assert (of_estimator.data[name].shape, of_estimator.data[name].dtype) == ((3, 2), float)

    bits = {name: (array.shape, array.num_shots, array.num_bits) for name, array in of_sampler.data.items()}
    assert bits == {"meas": ((3, 2), 4096, 2), "meas0": ((3, 2), 4096, 133)}


@pytest.mark.parametrize("kind", ["legacy"])  # the page's; the others tell their options in place of this
def test_results_have_the_metadata_that_the_page_prints(start: Start) -> None:
    play = start(batch_page.CLOSE).run()
    of_estimator, of_sampler = play["job1"].result(), play["job2"].result()
    assert (of_estimator[0].metadata, of_sampler[0].metadata) == (PUB_OF_ESTIMATOR, {"circuit_metadata": {}})

    engine = of_estimator.metadata.pop("pytest_qruntime")  # what is not the service's own says so
    assert engine == of_sampler.metadata.pop("pytest_qruntime")
    assert of_estimator.metadata == OF_ESTIMATOR
    assert sorted(of_sampler.metadata) == ["execution", "version"]
    [span] = of_sampler.metadata["execution"]["execution_spans"]
    assert span.size == 6 * 4096
    assert play["job2"].metrics()["timestamps"]["running"] <= f"{span.start:%Y-%m-%dT%H:%M:%S.%fZ}"


@pytest.mark.qruntime(backend="fake_torino")
def test_details_are_those_that_the_page_prints(start: Start, capsys: pytest.CaptureFixture[str]) -> None:
    play = start(batch_page.DETAILS).run()
    shown = ast.literal_eval(capsys.readouterr().out)
    assert shown.pop("id") == play["batch"].session_id
    if at_least("0.51.0"):  # newer than the page
        assert [entry["status"] for entry in shown.pop("timestamps")] == ["open"]
    assert shown == DETAILS


def test_a_primitive_that_is_made_for_the_backend_inside_of_the_context_joins_it(
    qruntime: QRuntime, start: Start
) -> None:
    play = start(batch_page.OPEN_CONTEXT).run_until("with")  # the page's caution says job mode, as it was once
    with play["Batch"](backend=play["backend"]) as batch:
        job = play["Sampler"](mode=play["backend"]).run([play["sampler_circuit"]])
    assert job.session_id == batch.session_id


def test_a_primitive_that_is_made_before_the_context_joins_it_only_if_it_is_built_on_the_executor(
    start: Start, kind: str
) -> None:
    play = start(batch_page.OPEN_CONTEXT).run_until("with")
    sampler = play["Sampler"](mode=play["backend"])
    with play["Batch"](backend=play["backend"]) as batch:
        job = sampler.run([play["sampler_circuit"]])
    assert job.session_id == (batch.session_id if kind == "executor" else None)


def test_five_hundred_circuits_are_five_jobs_of_a_batch(qruntime: QRuntime, start: Start) -> None:
    play = start(batch_page.RECONFIGURE).run()
    assert only_batch(qruntime).status() == "In progress, not accepting new jobs"
    results = [job.result() for job in play["jobs"]]
    assert [len(result) for result in results] == [100] * 5
    assert {job.session_id for job in qruntime.jobs()} == {only_batch(qruntime).session_id}
    assert only_batch(qruntime).status() == "Closed"
