"""Sessions and batches as their user sees them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from pytest_qruntime import Batch, ConfigurationError, Job, QRuntime, ServiceError, Session

Submit = Callable[..., Job]

DETAILS = {
    "id",
    "backend_name",
    "interactive_timeout",
    "max_time",
    "active_timeout",
    "state",
    "accepting_jobs",
    "last_job_started",
    "last_job_completed",
    "started_at",
    "closed_at",
    "activated_at",
    "mode",
    "usage_time",
    "timestamps",
}


def test_a_session_goes_through_the_four_statuses(qruntime: QRuntime, submit: Submit) -> None:
    session = qruntime.session()
    assert session.status() == "Pending"
    submit(session, 60, 30)
    assert session.status() == "In progress, accepting new jobs"
    session.close()
    assert session.status() == "In progress, not accepting new jobs"
    qruntime.clock.tick(60)
    assert session.status() == "Closed"


def test_a_session_without_work_is_pending_again_after_its_interactive_time(qruntime: QRuntime) -> None:
    session = qruntime.session()
    session.run().result()
    qruntime.clock.tick(59)
    assert session.status() == "In progress, accepting new jobs"
    qruntime.clock.tick(1)
    assert session.status() == "Pending"


def test_details_have_the_names_that_qiskit_gives_them(qruntime: QRuntime) -> None:
    session = qruntime.session(max_time="25m")
    details = session.details()
    assert set(details) == DETAILS
    assert details["id"] == session.session_id
    assert (details["backend_name"], details["mode"], details["state"]) == ("fake_backend", "dedicated", "open")
    assert (details["max_time"], details["active_timeout"], details["interactive_timeout"]) == (1500, 1500, 60)
    assert details["accepting_jobs"] is True
    assert [details[name] for name in ("started_at", "closed_at", "last_job_started", "usage_time")] == [None] * 4
    assert [entry["status"] for entry in details["timestamps"]] == ["open"]


def test_a_batch_has_the_mode_of_a_batch(qruntime: QRuntime) -> None:
    assert qruntime.batch().details()["mode"] == "batch"


@pytest.mark.parametrize("max_time", ["25m", 1500, 1500.0, timedelta(minutes=25), "0h 25m 0s"])
def test_the_maximum_time_may_be_text_seconds_or_a_timedelta(qruntime: QRuntime, max_time: str) -> None:
    assert qruntime.session(max_time=max_time).details()["max_time"] == 1500


@pytest.mark.parametrize("max_time", [None, 0, "0s", timedelta(0)])
def test_no_maximum_time_leaves_the_plan_its_own(qruntime: QRuntime, max_time: str | None) -> None:
    assert qruntime.session(max_time=max_time).details()["max_time"] == 28_800


@pytest.mark.parametrize(
    ("max_time", "message"),
    [
        ("1500", "'1500' cannot be used as max_time; a number in quotes needs its unit"),
        ("soon", "'soon' cannot be used as max_time; expected \"25m\""),
        (-5, "-5 cannot be used as max_time"),
        (True, "True cannot be used as max_time"),
        (0.5, "max_time is 0.5; expected whole seconds, such as 1500 or '25m'"),
        ("1.5s", "max_time is '1.5s'; expected whole seconds"),
    ],
)
def test_a_maximum_time_that_makes_no_sense_is_refused_without_a_request(
    qruntime: QRuntime, asked: list[str], max_time: str, message: str
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        qruntime.session(max_time=max_time)
    assert str(caught.value).startswith(message)
    assert asked == []


def test_a_maximum_time_over_the_plans_is_refused_by_the_service(qruntime: QRuntime) -> None:
    with pytest.raises(ServiceError, match=r"HTTP 400.*max_ttl \(28801\) exceeds the maximum of the plan \(28800\)"):
        qruntime.session(max_time=28_801)


@pytest.mark.qruntime(plan="open")
def test_a_session_on_the_open_plan_is_refused_with_the_way_out(qruntime: QRuntime) -> None:
    with pytest.raises(ServiceError) as caught:
        qruntime.session()
    assert (caught.value.status, caught.value.code) == (400, 1352)
    assert str(caught.value) == (
        "POST /api/v1/sessions was answered with HTTP 400, code 1352: You are not authorized to run a session when "
        "using the open plan. Create an instance of a different plan type or use a different execution mode."
    )


def test_an_unknown_backend_is_refused_by_the_service(qruntime: QRuntime) -> None:
    with pytest.raises(ServiceError, match="device not found") as caught:
        qruntime.batch("ibm_nowhere")
    assert caught.value.status == 404


# -- ending ------------------------------------------------------------------------------------------------------------


def test_closing_lets_queued_jobs_finish(qruntime: QRuntime, submit: Submit) -> None:
    qruntime.backend("narrow", lanes=1)
    session = qruntime.session("narrow")
    jobs = [submit(session, 30, 20), submit(session, 40, 25)]
    session.close()
    assert [job.result() is not None for job in jobs] == [True, True]


def test_closing_twice_changes_nothing(qruntime: QRuntime) -> None:
    session = qruntime.session()
    session.close()
    closed = session.details()
    qruntime.clock.tick("5m")
    session.close()
    assert session.details() == closed


def test_a_closed_workload_takes_no_job(qruntime: QRuntime) -> None:
    for workload in (qruntime.session(), qruntime.batch()):
        workload.close()
        with pytest.raises(ServiceError, match="Session has been closed") as caught:
            workload.run()
        assert caught.value.code == 1217


def test_cancelling_fails_what_is_queued_and_lets_finish_what_runs(qruntime: QRuntime, submit: Submit) -> None:
    qruntime.backend("narrow", lanes=1)
    session = qruntime.session("narrow")
    running, queued = submit(session, 100, 80), submit(session, 10, 10)
    qruntime.clock.tick(20)
    session.cancel()
    assert (session.status(), running.status(), queued.status()) == ("Closed", "RUNNING", "ERROR")
    assert running.result() is not None


def test_cancelling_twice_and_after_a_close_changes_nothing(qruntime: QRuntime) -> None:
    batch = qruntime.batch()
    batch.close()
    batch.cancel()
    batch.cancel()
    assert batch.status() == "Closed"


def test_leaving_the_block_closes_and_never_cancels(qruntime: QRuntime, asked: list[str], submit: Submit) -> None:
    with qruntime.session() as session:
        job = submit(session, 100, 80)
    assert asked[-1] == f"PATCH /sessions/{session.session_id}"
    assert not [request for request in asked if request.startswith("DELETE")]
    assert job.result() is not None


@pytest.mark.qruntime(lanes=1)
def test_an_error_in_the_block_closes_the_session_and_comes_through(  # GT-14
    qruntime: QRuntime, asked: list[str], submit: Submit, at: Callable[[float], None]
) -> None:
    at(5)
    session = qruntime.session()
    running, queued = submit(session, 100, 80), submit(session, 100, 80)
    at(20)
    with pytest.raises(ZeroDivisionError), session:
        raise ZeroDivisionError
    assert [request for request in asked if not request.startswith("POST")] == [f"PATCH /sessions/{session.session_id}"]
    at(105)
    assert (running.status(), queued.status()) == ("DONE", "RUNNING")
    at(205)
    assert (queued.status(), session.status(), session.usage()) == ("DONE", "Closed", 200)


def test_a_block_may_cancel_or_close_what_it_leaves(qruntime: QRuntime) -> None:
    with qruntime.session() as cancelled:
        cancelled.cancel()
    with qruntime.batch() as closed:
        closed.close()
    assert (cancelled.status(), closed.status()) == ("Closed", "Closed")


def test_nested_blocks_close_each_its_own(qruntime: QRuntime) -> None:
    with qruntime.batch() as outer:
        with qruntime.session() as inner:
            pass
        assert (inner.status(), outer.status()) == ("Closed", "Pending")
    assert outer.status() == "Closed"


# -- second handles ----------------------------------------------------------------------------------------------------


def test_a_second_handle_speaks_of_the_same_session(qruntime: QRuntime) -> None:
    session = qruntime.session()
    again = Session.from_id(qruntime.http, session.session_id)
    again.run().result("1h")
    assert again.details() == session.details()
    again.close()
    with pytest.raises(ServiceError):
        session.run()


def test_a_second_handle_waits_on_the_worlds_clock(qruntime: QRuntime, asked: list[str]) -> None:
    session = qruntime.session()
    again = Session.from_id(qruntime.http, session.session_id)
    qruntime.next_jobs(quantum="8h")
    asked.clear()
    again.run(max_execution_time=None).wait_for_final_state()
    assert len(asked) <= 4


def test_a_handle_of_the_wrong_kind_is_refused_with_the_right_one(qruntime: QRuntime) -> None:
    session, batch = qruntime.session(), qruntime.batch()
    with pytest.raises(ConfigurationError, match=r"mode 'dedicated', a Batch has mode 'batch'; use Session\.from_id"):
        Batch.from_id(qruntime.http, session.session_id)
    with pytest.raises(ConfigurationError, match=r"mode 'batch', a Session has mode 'dedicated'; use Batch\.from_id"):
        Session.from_id(qruntime.http, batch.session_id)


def test_a_handle_on_an_unknown_id_is_refused_by_the_service(qruntime: QRuntime) -> None:
    with pytest.raises(ServiceError, match=r"Session not found\. Session ID: nothing") as caught:
        Session.from_id(qruntime.http, "nothing")
    assert caught.value.status == 404


@pytest.mark.qruntime(policy={"backend_name_when_open": "null"})
def test_a_second_handle_learns_its_backend_once_it_is_told(qruntime: QRuntime) -> None:
    session = qruntime.session()
    again = Session.from_id(qruntime.http, session.session_id)
    with pytest.raises(ConfigurationError, match=r"does not tell its backend yet; name it: run\(backend=\.\.\.\)"):
        again.run()
    again.run(backend="fake_backend")
    assert again.run().result() is not None


def test_handles_show_their_ids(qruntime: QRuntime) -> None:
    session, batch, job = qruntime.session(), qruntime.batch(), qruntime.run()
    assert repr(session) == f"<Session {session.session_id}>"
    assert repr(batch) == f"<Batch {batch.session_id}>"
    assert repr(job) == f"<Job {job.job_id()}>"
