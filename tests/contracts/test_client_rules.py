"""The rules of the client, on calls that are made up: what they judge, and what they leave alone since nobody knows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from pytest_qruntime.contracts import CATALOGUE, Report, check
from pytest_qruntime.model import Trace
from pytest_qruntime.model.trace import CLIENT_CALLED, WORKLOAD_OPENED, WORKLOAD_REOPENED

S = "s-1"
CLOSED = "'The session is closed.'"


class Told:
    """A trace of calls, one second apart."""

    def __init__(self, client: str = "0.51.0") -> None:
        self.trace = Trace(complete=False)
        self.client = client
        self.second = 0

    def call(self, name: str, session: str | None = None, **data: Any) -> Told:
        """A call. What is not given is as it is in the main thread, outside of blocks, and if all goes well."""
        given = data.pop("given", {})
        asked: Any = data.pop("requests", ())
        begun = (self.second - data.pop("took", 0)) * 1_000_000
        usual: dict[str, Any] = {
            "thread": 1,
            "blocks": (),
            "fresh": False,
            "elsewhere": False,
            "warned": (),
            "deaf": False,
            "raised": None,
            "message": None,
            "returned": None,
            "began_us": begun,
            "client": self.client,
            "requests": None if asked is None else tuple(asked),
        }
        told = {"call": name, "given": given, **usual, **data}
        self.trace.record(self.second * 1_000_000, CLIENT_CALLED, None, session, data.get("job"), told)
        self.second += 1
        return self

    def check(self) -> Report:
        """The verdicts."""
        return check(self.trace)


def asked(
    operation: str,
    status: int = 200,
    told: Mapping[str, Any] | None = None,
    sent: Mapping[str, Any] | None = None,
    method: str = "GET",
    at: float = 0,
) -> dict[str, Any]:
    path = f"/v1/{operation.replace(' ', '-')}"
    return {
        "operation": operation,
        "method": method,
        "path": path,
        "status": status,
        "asked": sent,
        "told": told,
        "at_us": round(at * 1_000_000),
    }


def submit(status: int = 200, **sent: Any) -> dict[str, Any]:
    return asked("submit", status, {"id": "j-1"}, {"program_id": "sampler", **sent}, "POST")


def closing(told: Told, handle: int = 1, **data: Any) -> Told:
    given = {"kind": "Session", "handle": handle}
    return told.call("Session.close", S, given=given, requests=[asked("close", 204, method="PATCH")], **data)


def opening(told: Told, handle: int = 1) -> Told:
    given = {"kind": "Session", "handle": handle, "local": False}
    return told.call("Session.__init__", None, given=given, returned={"session": S})


def taking_up(told: Told, handle: int, state: str = "active", accepting: bool = True) -> Told:
    look = asked(
        "read session", told={"mode": "dedicated", "backend_name": "b", "state": state, "accepting_jobs": accepting}
    )
    given = {"kind": "Session"}
    returned = {"kind": "Session", "handle": handle, "session": S}
    return told.call("Session.from_id", S, given=given, requests=[look, look], returned=returned)


def running(told: Told, handle: int = 1, **data: Any) -> Told:
    return told.call("Primitive.run", S, given={"primitive": 9, "in_session": S, "in_handle": handle}, **data)


def making(told: Told, mode: str, **data: Any) -> Told:
    given = {"primitive": 9, "mode": mode, **data.pop("given", {})}
    return told.call("Primitive.__init__", given=given, **data)


# -- what nobody knows is not judged -----------------------------------------------------------------------------------


def test_without_calls_no_rule_of_the_client_is_exercised() -> None:
    report = check(Trace())
    of_the_client = [one.id for one in CATALOGUE if one.partial == "client"]
    assert {report.verdict(name) for name in of_the_client} == {"not exercised"}
    assert len(of_the_client) == 30


def test_blocks_that_are_not_known_say_nothing_of_modes() -> None:
    for blocks in (None, ((S, 1),)):
        told = making(Told(), "none", blocks=blocks, fresh=True, returned={"in_session": None})
        assert told.check().verdict("SDK-01") == ("not exercised" if blocks is None else "broken")


def test_requests_that_nobody_could_see_are_not_missed() -> None:
    for requests in (None, ()):
        told = opening(Told()).call("Session.__exit__", S, given={"kind": "Session", "handle": 1}, requests=requests)
        assert told.check().verdict("CLS-05") == ("not exercised" if requests is None else "broken")


def test_a_job_of_which_nobody_read_the_body_is_in_no_mode() -> None:
    for sent, verdict in ((None, "not exercised"), ({"session_id": S, "program_id": "sampler"}, "broken")):
        told = making(Told(), "backend", given={"backend": "b"})
        request = {**submit(), "asked": sent}
        told.call(
            "Primitive.run", given={"primitive": 9}, blocks=((S, 1),), fresh=True, requests=[request], warned=("so",)
        )
        assert told.check().verdict("SDK-04") == verdict


def test_a_log_that_is_deaf_to_warnings_does_not_lack_them() -> None:
    for deaf, verdict in ((True, "holds"), (False, "broken")):
        given = {"backend": "b", "block_backend": "b", "same": True}
        told = making(
            Told(), "backend", blocks=((S, 1),), fresh=True, given=given, deaf=deaf, returned={"in_session": S}
        )
        assert told.check().verdict("SDK-02") == verdict


# -- threads -----------------------------------------------------------------------------------------------------------


def test_a_run_that_began_before_the_close_of_another_thread_was_over_is_not_late() -> None:
    for took, verdict in ((2, "not exercised"), (0, "broken")):
        told = closing(opening(Told()), thread=2)
        running(told, took=took, requests=[submit(session_id=S)], returned={"job": "j-1"})
        assert told.check().verdict("SUB-05") == verdict


def test_a_run_by_another_handle_counts_if_the_close_was_over() -> None:
    for took, verdict in ((2, "not exercised"), (0, "broken")):
        told = closing(taking_up(opening(Told()), 2), thread=2)
        running(told, 2, took=took, requests=[submit(session_id=S)], returned={"job": "j-1"})
        assert told.check().verdict("SUB-06") == verdict


def test_what_somebody_let_take_jobs_again_may_take_them() -> None:
    told = Told()
    told.trace.record(0, WORKLOAD_OPENED, "b", S, None, {"mode": "dedicated"})
    closing(taking_up(opening(told), 2))
    told.trace.record(told.second * 1_000_000, WORKLOAD_REOPENED, "b", S)
    running(told, 2, requests=[submit(session_id=S)], returned={"job": "j-1"})
    assert told.check().verdict("SUB-06") == "not exercised"
    assert told.check().verdict("SDK-09") == "not exercised"


def test_a_close_that_was_refused_closes_the_handle_and_not_the_session() -> None:
    told = taking_up(opening(Told()), 2)
    given = {"kind": "Session", "handle": 1}
    failed = asked("close", 500, method="PATCH")
    told.call("Session.close", S, given=given, requests=[failed], raised="IBMRuntimeError", message="Error closing")
    running(told, 1, raised="IBMRuntimeError", message=CLOSED)
    running(told, 2, requests=[submit(session_id=S)], returned={"job": "j-1"})
    report = told.check()
    assert [report.verdict(name) for name in ("SUB-05", "SUB-06", "SDK-09", "CLS-15")] == [
        *("holds", "not exercised", "not exercised", "holds"),
    ]


# -- requests ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("statuses", "verdict"),
    [
        ([503, 200], "holds"),
        ([503] * 6, "holds"),
        ([503] * 5 + [200], "holds"),
        ([503] * 3, "broken"),
        ([503] * 7, "broken"),
        ([501], "not exercised"),
        ([0, 503, 503], "not exercised"),
        ([404], "not exercised"),
    ],
)
def test_how_often_an_outage_is_outlasted(statuses: list[int], verdict: str) -> None:
    waits = (0, 0, 1, 3, 7, 15, 16)
    looks = [asked("read session", status, at=at) for status, at in zip(statuses, waits, strict=False)]
    told = Told().call("Session.status", S, given={"kind": "Session", "handle": 1}, requests=looks, raised="Any")
    assert told.check().verdict("SDK-11") == verdict


def test_two_requests_after_each_other_are_no_retries() -> None:
    looks = [asked("read session", 503), asked("read session"), asked("read session"), asked("list backends", 503)]
    told = Told().call("Session.from_id", S, given={"kind": "Session"}, requests=looks, raised="RequestsApiError")
    finding = told.check()["SDK-11"]
    assert (finding.cases, len(finding.breaks)) == (2, 1)  # the backends were asked for once


def test_a_client_before_0_44_does_not_ask_for_the_usage() -> None:
    look = {**asked("backend status"), "path": "/v1/backends/b/status"}
    for client, verdict in (("0.43.1", "holds"), ("0.51.0", "broken"), ("1.0.0rc1", "broken")):
        told = Told(client).call("Primitive.run", given={"primitive": 9}, requests=[look, submit(backend="b")])
        assert told.check().verdict("SDK-13") == verdict


def test_how_long_it_sleeps_depends_on_the_version_and_the_session() -> None:
    looks = [asked("read job", told={"state": {"status": "Running"}}, at=at) for at in (0, 0.1)]
    for client, session, interval, verdict in (
        ("0.43.1", None, None, "holds"),
        ("0.51.0", None, None, "broken"),
        ("0.51.0", S, None, "holds"),
        ("0.51.0", None, 0.1, "holds"),
        ("0.51.0", S, 0.01, "holds"),
        ("0.51.0", S, 2, "broken"),
    ):
        given = {"handle": 1, "timeout": None, "poll_interval": interval}
        told = Told(client).call("Job.result", session, given=given, requests=looks)
        assert told.check().verdict("SDK-10") == verdict, (client, session, interval)


@pytest.mark.parametrize(
    ("max_time", "sent", "verdict"),
    [
        (300, 300, "holds"),
        ("2h 30m 40s", 9040, "holds"),
        ("2h30m", 9000, "holds"),
        ("25m", 25, "broken"),
        (None, None, "holds"),
        (0, None, "holds"),
        (0, 0, "broken"),
        (None, 600, "broken"),
        ("1.5h", 18_000, "not exercised"),
        ("-5m", 300, "not exercised"),
    ],
)
def test_the_maximum_time_in_seconds(max_time: object, sent: int | None, verdict: str) -> None:
    body = {"mode": "dedicated"} if sent is None else {"mode": "dedicated", "max_ttl": sent}
    given = {"kind": "Session", "handle": 1, "local": False, "max_time": max_time}
    told = Told().call("Session.__init__", given=given, requests=[asked("open", sent=body, method="POST")])
    assert told.check().verdict("SDK-15") == verdict


def test_an_answer_that_a_faulty_network_lost_proves_nothing() -> None:
    told = taking_up(opening(Told()), 2, accepting=False)
    closing(told)
    running(told, 2, requests=[submit(0, session_id=S)], raised="IBMRuntimeError", message="reset by peer")
    told.call("Session.cancel", S, given={"kind": "Session", "handle": 2}, requests=[asked("cancel", 204)])
    given = {"kind": "Session", "handle": 2}
    lost = asked("close", 0, sent={"accepting_jobs": False}, method="PATCH")
    told.call("Session.__exit__", S, given=given, requests=[lost], raised="RequestsApiError")
    report = told.check()
    verdicts = [report.verdict(name) for name in ("SUB-06", "SUB-07", "CLS-11", "CLS-15", "CLS-05")]
    assert verdicts == ["not exercised"] * 4 + ["holds"]


# -- words -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "accepting", "words", "rule"),
    [
        ("open", False, "Pending", "STS-01"),
        ("inactive", True, "Pending", "STS-01"),
        ("active", True, "In progress, accepting new jobs", "STS-02"),
        ("pending_inactive", False, "In progress, accepting new jobs", "STS-02"),
        ("active", False, "In progress, not accepting new jobs", "STS-03"),
        ("pending_closed", True, "In progress, not accepting new jobs", "STS-03"),
        ("closed", False, "Closed", "STS-04"),
        ("canceled", False, "Canceled", "STS-04"),
    ],
)
def test_one_rule_judges_each_state(state: str, accepting: bool, words: str, rule: str) -> None:
    look = asked("read session", told={"state": state, "accepting_jobs": accepting})
    for returned, verdict in ((words, "holds"), (state, "broken"), (None, "broken")):
        given = {"kind": "Batch", "handle": 1}
        report = Told().call("Session.status", S, given=given, requests=[look], returned=returned).check()
        verdicts = {name: report.verdict(name) for name in ("STS-01", "STS-02", "STS-03", "STS-04")}
        assert verdicts == {**dict.fromkeys(verdicts, "not exercised"), rule: verdict}


def test_details_without_timestamps_are_those_of_older_versions() -> None:
    told = {"id": S, "state": "open", "timestamps": [{"status": "open"}]}
    names = ["backend_name", "interactive_timeout", "max_time", "active_timeout", "accepting_jobs", "last_job_started"]
    names += ["last_job_completed", "started_at", "closed_at", "activated_at", "mode", "usage_time"]
    details = {"id": S, "state": "open", **dict.fromkeys(names)}
    for returned, verdict in (
        (details, "holds"),
        ({**details, "timestamps": told["timestamps"]}, "holds"),
        ({**details, "timestamps": []}, "broken"),
        ({**details, "max_time": 7}, "broken"),
        ({"id": S}, "broken"),
    ):
        given = {"kind": "Session", "handle": 1}
        looked = Told().call(
            "Session.details", S, given=given, requests=[asked("read session", told=told)], returned=returned
        )
        assert looked.check().verdict("DET-01") == verdict


def test_a_break_tells_the_call_its_outcome_and_what_it_asked() -> None:
    told = opening(Told()).call(
        "Session.__exit__", S, given={"kind": "Session", "handle": 1}, requests=[asked("cancel", 204, method="DELETE")]
    )
    report = told.check()
    text = report.describe(report["CLS-05"])
    assert "CLS-05 (must) is broken: Leaving the with block" in text
    assert "seen:     Session.__exit__ returned None; it asked for DELETE /v1/cancel 204" in text
    assert ">          1 s  client.called    call=Session.__exit__ raised=None returned=None" in text
