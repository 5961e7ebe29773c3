"""Jobs as their submitter sees them: words, results, and what became of those that have none."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from pytest_qruntime import (
    ConfigurationError,
    Job,
    JobCancelledError,
    JobFailedError,
    JobMaxTimeError,
    QRuntime,
    ServiceError,
)

Submit = Callable[..., Job]

BELL = 'OPENQASM 3.0; include "stdgates.inc"; qubit[2] q; bit[2] c; h q[0]; cx q[0], q[1]; c = measure q;'


@pytest.mark.qruntime(lanes=1)
def test_a_job_is_queued_then_running_then_done(qruntime: QRuntime, submit: Submit) -> None:
    first, second = submit(qruntime, 30, 10), submit(qruntime, 30, 10)
    assert (first.status(), second.status()) == ("RUNNING", "QUEUED")
    qruntime.clock.tick(30)
    assert (first.status(), second.status()) == ("DONE", "RUNNING")
    assert (first.in_final_state(), second.in_final_state()) == (True, False)


def test_a_sampler_job_has_the_shots_that_were_asked_for(qruntime: QRuntime) -> None:
    result = qruntime.run(shots=128).result()
    assert len(result["results"][0]["data"]["c"]["samples"]) == 128


def test_an_estimator_job_has_an_expectation_value(qruntime: QRuntime) -> None:
    result = qruntime.run("estimator", shots=1000).result()
    assert -1 <= result["results"][0]["data"]["evs"] <= 1


@pytest.mark.parametrize("params", [{"pubs": [[BELL]]}, [[BELL]], ([BELL],)])
def test_parameters_are_a_mapping_or_a_list_of_pubs(qruntime: QRuntime, params: Any) -> None:
    assert set(qruntime.run("sampler", params).result()["results"][0]["data"]) == {"c"}


def test_a_circuit_alone_is_refused_with_what_is_expected(qruntime: QRuntime, asked: list[str]) -> None:
    with pytest.raises(ConfigurationError, match=r"params is 'OPENQASM 3.0; .* a list of PUBs, .*: \[\[qasm\]\]"):
        qruntime.run("sampler", BELL)
    assert asked == []


@pytest.mark.parametrize("circuits", [BELL, [[BELL]]])
def test_circuits_in_the_place_of_the_program_are_refused_with_the_right_place(
    qruntime: QRuntime, circuits: Any
) -> None:
    with pytest.raises(
        ConfigurationError, match=r"expected a name such as 'sampler'.*: run\('sampler', \[\[qasm\]\]\)"
    ):
        qruntime.run(circuits)


@pytest.mark.parametrize(("limit", "cost"), [("5m", 300), (300, 300), (timedelta(minutes=5), 300), (None, 10_800)])
def test_the_maximum_execution_time_may_be_text_seconds_or_a_timedelta(
    qruntime: QRuntime, limit: Any, cost: int
) -> None:
    assert qruntime.run(max_execution_time=limit).details()["cost"] == cost


@pytest.mark.parametrize("limit", ["300", -5, 0.5, "soon"])
def test_a_maximum_execution_time_that_makes_no_sense_is_refused(qruntime: QRuntime, limit: Any) -> None:
    with pytest.raises(ConfigurationError, match="max_execution_time"):
        qruntime.run(max_execution_time=limit)


def test_wrong_content_is_accepted_and_the_job_fails(qruntime: QRuntime) -> None:
    job = qruntime.run("sampler", [["this is no OpenQASM"]])
    with pytest.raises(JobFailedError) as caught:
        job.result()
    assert job.status() == "ERROR"
    assert job.error_message() == f"Error code {caught.value.code}; {caught.value.reason}"
    assert str(caught.value).startswith(f"job {job.job_id()} has no result: error code {caught.value.code}; ")


def test_a_misspelt_option_is_a_type_error(qruntime: QRuntime) -> None:
    with pytest.raises(TypeError, match="unexpected keyword argument 'shot'"):
        qruntime.run(shot=10)  # type: ignore[call-arg]


# -- jobs without a result -------------------------------------------------------------------------------------------


def test_a_scripted_failure_has_its_code_reason_and_solution(qruntime: QRuntime) -> None:
    qruntime.next_jobs(code=9707, reason="Temporary Internal Error", solution="Try again.")
    job = qruntime.run()
    with pytest.raises(JobFailedError) as caught:
        job.result()
    assert (caught.value.code, caught.value.reason, caught.value.solution) == (
        9707,
        "Temporary Internal Error",
        "Try again.",
    )
    assert str(caught.value) == (
        f"job {job.job_id()} has no result: error code 9707; Temporary Internal Error. Try again."
    )


@pytest.mark.qruntime(lanes=1)
def test_jobs_that_are_lost_when_their_session_is_cancelled_fail_with_4001(qruntime: QRuntime) -> None:
    session = qruntime.session()
    _, lost = session.run(), session.run()
    session.cancel()
    with pytest.raises(JobFailedError, match="Job is part of a session that's been closed") as caught:
        lost.result()
    assert caught.value.code == 4001
    assert lost.usage() == 0


@pytest.mark.qruntime(lanes=1)
@pytest.mark.qruntime(policy={"queued_on_end": "cancelled"})
def test_where_lost_jobs_are_cancelled_they_say_so(qruntime: QRuntime) -> None:
    session = qruntime.session()
    _, lost = session.run(), session.run()
    session.cancel()
    with pytest.raises(JobCancelledError):
        lost.result()


def test_a_job_over_its_execution_time_is_an_error_of_its_own_kind(qruntime: QRuntime) -> None:  # GT-11
    qruntime.next_jobs(classical=50, quantum=400)
    job = qruntime.run(max_execution_time=300)
    with pytest.raises(JobMaxTimeError) as caught:
        job.result()
    assert (caught.value.code, job.status(), job.usage()) == (1305, "ERROR", 300)
    assert qruntime.world.now_us == 350_000_000


@pytest.mark.qruntime(policy={"ran_too_long": "uncoded"})
def test_where_too_long_jobs_carry_no_code_they_are_cancelled_with_a_reason(qruntime: QRuntime) -> None:
    qruntime.next_jobs(runs_too_long=True)
    job = qruntime.run(max_execution_time=300)
    with pytest.raises(JobCancelledError, match=r"it was cancelled \(.*[Rr]an too long") as caught:
        job.result()
    assert caught.value.reason


def test_a_cancelled_job_has_no_result(qruntime: QRuntime) -> None:
    job = qruntime.run()
    job.cancel()
    assert (job.status(), job.error_message()) == ("CANCELLED", None)
    with pytest.raises(JobCancelledError, match=f"job {job.job_id()} has no result: it was cancelled$"):
        job.result()


def test_a_finished_job_cannot_be_cancelled(qruntime: QRuntime) -> None:
    job = qruntime.run()
    job.result()
    with pytest.raises(ServiceError, match="terminal state") as caught:
        job.cancel()
    assert caught.value.status == 409


# -- what else can be asked ------------------------------------------------------------------------------------------


def test_usage_is_zero_until_the_job_is_final(qruntime: QRuntime, submit: Submit) -> None:
    job = submit(qruntime, 30, 12)
    qruntime.clock.tick(29)
    assert job.usage() == 0
    qruntime.clock.tick(1)
    assert job.usage() == 12


def test_metrics_have_the_timestamps_of_the_job(qruntime: QRuntime, submit: Submit) -> None:
    job = submit(qruntime, 30, 12)
    job.result()
    assert job.metrics()["timestamps"] == {
        "created": "2026-01-15T12:00:00.000000Z",
        "running": "2026-01-15T12:00:00.000000Z",
        "finished": "2026-01-15T12:00:30.000000Z",
    }


def test_logs_are_empty_until_the_job_has_run(qruntime: QRuntime) -> None:
    job = qruntime.run()
    assert job.logs() == ""
    job.result()
    assert "sampler" in job.logs()


def test_tags_can_be_given_and_replaced(qruntime: QRuntime) -> None:
    job = qruntime.run(tags=["first"])
    assert job.tags == ["first"]
    assert job.update_tags(["second", "third"]) == ["second", "third"]
    assert job.tags == ["second", "third"]


def test_one_text_is_not_taken_for_a_list_of_tags(qruntime: QRuntime) -> None:
    with pytest.raises(ConfigurationError, match=r"tags is 'vqe'; expected a list of texts, such as \['vqe'\]"):
        qruntime.run(tags="vqe")
    with pytest.raises(ConfigurationError, match="tags is 'vqe'"):
        qruntime.run().update_tags("vqe")


def test_a_job_knows_its_session(qruntime: QRuntime) -> None:
    batch = qruntime.batch()
    assert batch.run().session_id == batch.session_id
    assert qruntime.run().session_id is None


def test_a_private_job_shows_its_results_once(qruntime: QRuntime) -> None:
    job = qruntime.run(private=True)
    assert job.result() is not None
    with pytest.raises(ServiceError, match="can be read only once"):
        job.result()


def test_a_deleted_job_is_unknown(qruntime: QRuntime) -> None:
    job = qruntime.run()
    with pytest.raises(ServiceError, match="must be in a terminal state"):
        job.delete()
    job.result()
    job.delete()
    with pytest.raises(ServiceError, match="Job not found") as caught:
        job.status()
    assert caught.value.status == 404


def test_a_handle_on_a_job_that_other_code_submitted(qruntime: QRuntime) -> None:
    body = {"program_id": "sampler", "backend": "fake_backend", "params": {"pubs": [[BELL]]}}
    job_id = qruntime.http.post("/v1/jobs", json=body).json()["id"]
    assert qruntime.job(job_id).result() == Job(qruntime.http, job_id).result()


def test_a_handle_on_an_unknown_job_is_refused_at_once(qruntime: QRuntime) -> None:
    with pytest.raises(ServiceError, match=r"GET /api/v1/jobs/nothing was answered with HTTP 404"):
        qruntime.job("nothing")
