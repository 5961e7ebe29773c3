"""The page "Run jobs in a session": each block that today's client can run, and what the page promises of it."""

from __future__ import annotations

import ast
from typing import Any

import pytest

from pytest_qruntime import QRuntime
from tests.documented import session_page
from tests.documented.conftest import Start
from tests.sdk.needs import at_least

pytestmark = pytest.mark.filterwarnings("ignore:.*V2.* deprecated:DeprecationWarning")

PENDING = "Pending"
ACCEPTING = "In progress, accepting new jobs"
DRAINING = "In progress, not accepting new jobs"
CLOSED = "Closed"

KEYS = (
    "id backend_name interactive_timeout max_time active_timeout state accepting_jobs last_job_started "
    "last_job_completed started_at closed_at activated_at mode usage_time"
) + (" timestamps" if at_least("0.51.0") else "")


def only_session(qruntime: QRuntime) -> Any:
    """The one session that the block opened and kept no handle on."""
    [session] = qruntime.workloads()
    return session


def test_the_service_is_found_without_arguments(qruntime: QRuntime, start: Start) -> None:
    play = start(session_page.SET_UP).run()
    assert play["service"].active_instance() == qruntime.crn
    assert [backend.name for backend in play["service"].backends()] == ["fake_manila"]


def test_a_session_starts_when_its_first_job_begins_execution(qruntime: QRuntime, start: Start) -> None:
    qruntime.other_users(5, quantum="2m")  # as many as there are lanes
    play = start(session_page.OPEN).run()
    session = play["session"]
    assert play["backend"].name == session.details()["backend_name"] == "fake_manila"

    job = play["estimator"].run([play["estimator_pub"]])
    qruntime.clock.tick("1m")
    assert (session.status(), session.details()["started_at"]) == (PENDING, None)

    job.wait_for_final_state()
    assert session.status() == ACCEPTING
    assert session.details()["started_at"] == job.metrics()["timestamps"]["running"]


def test_a_context_manager_opens_and_closes_the_session(qruntime: QRuntime, start: Start) -> None:
    play = start(session_page.OPEN_CONTEXT).run()
    assert only_session(qruntime).status() == CLOSED
    assert play["estimatorv2"].mode is play["samplerv2"].mode
    assert play["estimatorv2"].mode.session_id == only_session(qruntime).session_id


def test_a_session_is_opened_on_the_system_that_is_named(qruntime: QRuntime, start: Start) -> None:
    qruntime.backend("ibm_sherbrooke")
    start(session_page.BY_NAME).run()
    assert only_session(qruntime).details()["backend_name"] == "ibm_sherbrooke"


def test_a_session_is_opened_on_the_least_busy_backend(qruntime: QRuntime, start: Start) -> None:
    qruntime.other_users(10)
    qruntime.backend("idle", qubits=5)
    start(session_page.BY_OBJECT).run()
    assert only_session(qruntime).details()["backend_name"] == "idle"


def test_the_maximum_time_is_the_one_that_was_asked_for(start: Start) -> None:
    assert start(session_page.LENGTH).run()["session"].details()["max_time"] == 25 * 60


def test_leaving_the_context_drains_the_session_and_it_closes_after_its_last_job(
    qruntime: QRuntime, start: Start
) -> None:
    qruntime.next_jobs(2, classical="20s", quantum="10s")
    play = start(session_page.CLOSE_CONTEXT).run_until("result =")
    assert play["session"].status() == DRAINING

    play.run()
    assert play["session"].status() == CLOSED
    assert [job.status() for job in (play["job1"], play["job2"])] == ["DONE", "DONE"]
    assert play["result"][0].data.evs.shape == play["result2"][0].data.evs.shape == (3, 2)
    finished = [job.metrics()["timestamps"]["finished"] for job in (play["job1"], play["job2"])]
    assert play["session"].details()["closed_at"] == max(finished)


def test_no_job_is_taken_after_the_close(qruntime: QRuntime, start: Start, client: Any) -> None:
    play = start(session_page.CLOSE_CONTEXT).run_until("result =")
    estimator, pub = play["estimator"], play["estimator_pub"]
    with pytest.raises(client.IBMRuntimeError, match=r"The session is closed\."):  # the client says so by itself
        estimator.run([pub])

    draining = client.Session.from_id(play["session"].session_id, service=play["service"])
    with pytest.raises(client.IBMRuntimeError, match="1217"):
        play["Estimator"](mode=draining).run([pub])
    play.run()
    assert len(qruntime.jobs()) == 2


def test_a_session_that_is_closed_by_hand_keeps_its_results(start: Start, capsys: pytest.CaptureFixture[str]) -> None:
    play = start(session_page.CLOSE).run_until("session.close")
    assert play["session"].status() == ACCEPTING
    shown = capsys.readouterr().out.splitlines()
    assert [line.partition("PrimitiveResult([")[0] for line in shown] == ["Result1: ", "Result2: "]

    play.run()
    assert play["session"].status() == CLOSED
    assert play["job1"].result()[0].data.evs.shape == (3, 2)


@pytest.mark.qruntime(lanes=1)
def test_cancelling_fails_queued_jobs_and_running_ones_run_on(qruntime: QRuntime, start: Start, client: Any) -> None:
    play = start(session_page.CANCEL).run()
    assert play["session"].status() == CLOSED
    assert [job.status() for job in qruntime.jobs()] == ["RUNNING", "ERROR"]

    assert play["job1"].result()[0].data.evs.shape == (3, 2)
    with pytest.raises(client.RuntimeJobFailureError, match="session that's been closed"):
        play["job2"].result()
    with pytest.raises(client.IBMRuntimeError, match=r"The session is closed\."):
        play["estimator"].run([play["estimator_pub"]])


def test_several_primitives_share_one_session(
    qruntime: QRuntime, start: Start, capsys: pytest.CaptureFixture[str]
) -> None:
    play = start(session_page.SEVERAL_PRIMITIVES).run()
    assert {job.session_id for job in qruntime.jobs()} == {only_session(qruntime).session_id}

    counts, value, metadata = capsys.readouterr().out.splitlines()
    assert set(ast.literal_eval(counts.removeprefix(" > Counts: "))) <= {"00", "11"}
    assert float(value.removeprefix(" > Expectation value: ")) == pytest.approx(1, abs=0.1)
    assert metadata.startswith(" > Metadata: {")
    assert play["result"][0].metadata == ast.literal_eval(metadata.removeprefix(" > Metadata: "))


def test_details_tell_how_a_session_is_configured_and_what_it_does(
    start: Start, capsys: pytest.CaptureFixture[str]
) -> None:
    play = start(session_page.DETAILS).run()
    shown = ast.literal_eval(capsys.readouterr().out)
    assert sorted(shown) == sorted(KEYS.split())
    assert shown["id"] == play["session"].session_id
    expected = {"mode": "dedicated", "state": "active", "interactive_timeout": 60, "max_time": 28800}
    assert {key: shown[key] for key in expected} == expected


def test_the_four_states_of_a_session(qruntime: QRuntime, start: Start) -> None:
    play = start(session_page.OPEN).run()
    session, estimator, pub = play["session"], play["estimator"], play["estimator_pub"]
    states = [session.status()]
    estimator.run([pub]).result()
    states.append(session.status())
    qruntime.clock.tick("1m")  # nobody submits: it is deactivated
    states.append(session.status())
    estimator.run([pub])
    session.close()
    states.append(session.status())
    qruntime.clock.tick("1m")
    states.append(session.status())
    assert states == [PENDING, ACCEPTING, PENDING, DRAINING, CLOSED]


@pytest.mark.qruntime(lanes=1)
def test_at_the_maximum_time_the_session_closes_and_only_the_running_job_finishes(
    qruntime: QRuntime, start: Start
) -> None:
    qruntime.next_jobs(3, quantum="10m")
    play = start(session_page.LENGTH).run_until("with")
    session = play["Session"](backend=play["backend"], max_time="25m")
    estimator = play["Estimator"](mode=session)
    jobs = [estimator.run([play["estimator_pub"]]) for _ in range(4)]

    qruntime.clock.tick("25m")
    assert session.status() == CLOSED
    assert [job.status() for job in jobs] == ["DONE", "DONE", "RUNNING", "ERROR"]
    jobs[2].wait_for_final_state()
    assert jobs[2].status() == "DONE"
