"""Named assertions on contracts: they hold, they fail, and they fail if nothing happened."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from unittest.mock import Mock

import pytest

from pytest_qruntime import ConfigurationError, ContractChecker, QRuntime, ServiceError, world
from pytest_qruntime.contracts import CATALOGUE, Terms
from pytest_qruntime.contracts.reading import read
from pytest_qruntime.model import Trace
from pytest_qruntime.model import trace as kinds
from pytest_qruntime.mutants import MUTANTS, Patches

Asked = Callable[[ContractChecker], None]
S = 1_000_000
NAMED: dict[str, Asked] = {
    "no submits": lambda asked: asked.assert_no_submits_after_close(),
    "refused submits": lambda asked: asked.assert_submits_refused_after_close(),
    "queued on cancel": lambda asked: asked.assert_queued_jobs_fail_on_cancel(),
    "running on cancel": lambda asked: asked.assert_running_jobs_finish_on_cancel(),
    "queued at max time": lambda asked: asked.assert_queued_jobs_fail_at_max_time(),
    "running at max time": lambda asked: asked.assert_running_jobs_finish_at_max_time(),
    "closed": lambda asked: asked.assert_closed_automatically(),
    "usage": lambda asked: asked.assert_usage(),
    "by its id": lambda asked: asked.assert_holds("CAN-02"),
}


def checker(qruntime: QRuntime) -> ContractChecker:
    return ContractChecker(lambda: qruntime.trace, lambda: Terms.of(qruntime.world))


def of(trace: Trace) -> ContractChecker:
    return ContractChecker(lambda: trace, Terms)


@pytest.mark.parametrize("name", NAMED)
def test_nothing_happened_so_nothing_holds(name: str) -> None:
    with pytest.raises(AssertionError, match="nothing in this trace shows"):
        NAMED[name](of(Trace()))


def test_what_was_not_exercised_says_how_to_exercise_it() -> None:
    with pytest.raises(AssertionError, match="CAN-02 holds: it was not exercised") as caught:
        of(Trace()).assert_holds("CAN-02")
    assert "to exercise it: Cancel a session with a queued job." in str(caught.value)
    assert "source: Run jobs in a session, guide (2024)" in str(caught.value)
    assert "run it on the fake" not in str(caught.value)

    with pytest.raises(AssertionError, match="run it on the fake"):
        of(Trace(complete=False)).assert_holds("CAN-02")


def test_an_unknown_contract_is_told_with_those_that_are_near() -> None:
    with pytest.raises(ConfigurationError, match="no contract 'can2'; did you mean CAN-02"):
        of(Trace()).assert_holds("can2")
    with pytest.raises(ConfigurationError, match=r"no contract 7; ids are such as 'CAN-02'\. All"):
        of(Trace()).assert_holds(7)  # type: ignore[arg-type]


def test_a_session_is_a_handle_or_an_id_of_this_test() -> None:
    with world() as qruntime:
        session = qruntime.session()
        session.close()
        asked = checker(qruntime)
        asked.assert_closed_automatically(session)
        asked.assert_closed_automatically(session.session_id)
        with pytest.raises(
            ConfigurationError, match=f"'w', which this trace does not know; it knows {session.session_id}"
        ):
            asked.assert_closed_automatically("w")
        with pytest.raises(ConfigurationError, match="session is 7; expected a session or batch, or the id of one"):
            asked.assert_usage(7)


def cancelled(qruntime: QRuntime) -> None:
    with qruntime.session() as session:
        jobs = [session.run() for _ in range(2)]
        session.cancel()
        jobs[0].wait_for_final_state()


def drained(qruntime: QRuntime) -> None:
    with qruntime.session() as session:
        session.run()
    qruntime.clock.tick("2m")


def timed_out(qruntime: QRuntime) -> None:
    qruntime.next_jobs(2, quantum="4m")
    with qruntime.session(max_time="1m") as session:
        jobs = [session.run() for _ in range(2)]
        jobs[0].wait_for_final_state()


@pytest.mark.parametrize(
    ("life", "names"),
    [
        (cancelled, ["queued on cancel", "running on cancel", "by its id"]),
        (timed_out, ["queued at max time", "running at max time"]),
    ],
)
def test_what_the_service_does_right_holds(life: Callable[[QRuntime], None], names: list[str]) -> None:
    with world(lanes=1) as qruntime:
        life(qruntime)
        for name in names:
            NAMED[name](checker(qruntime))


@pytest.mark.parametrize(
    ("fault", "life", "name", "contract"),
    [
        ("runs_queued_jobs_after_the_end", cancelled, "queued on cancel", "CAN-02"),
        ("runs_queued_jobs_after_the_end", cancelled, "by its id", "CAN-02"),
        ("runs_queued_jobs_after_the_end", timed_out, "queued at max time", "MAX-03"),
        ("a_cancel_kills_running_jobs", cancelled, "running on cancel", "CAN-03"),
        ("max_ttl_kills_running_jobs", timed_out, "running at max time", "MAX-04"),
        ("waits_for_the_interactive_ttl_when_drained", drained, "closed", "CLS-03"),
        ("charges_a_session_twice", cancelled, "usage", "USG-01"),
    ],
)
def test_a_faulty_service_is_told(fault: str, life: Callable[[QRuntime], None], name: str, contract: str) -> None:
    [mutant] = [one for one in MUTANTS if one.name == fault]
    with Patches() as patches:
        mutant.put(patches)
        with world(lanes=1) as qruntime:
            life(qruntime)
            with pytest.raises(AssertionError, match=rf"{contract} \(must\) is broken: ") as caught:
                NAMED[name](checker(qruntime))
    assert "expected:" in str(caught.value)
    assert " s  workload." in str(caught.value)


def test_a_refused_submit_after_a_close_is_the_callers_fault() -> None:
    with world() as qruntime:
        good, bad = qruntime.session(), qruntime.session()
        good.close()
        bad.close()
        asked = checker(qruntime)
        asked.assert_no_submits_after_close()
        with pytest.raises(ServiceError):
            bad.run()

        asked.assert_no_submits_after_close(good)
        asked.assert_submits_refused_after_close()
        with pytest.raises(AssertionError, match="not exercised"):
            asked.assert_submits_refused_after_close(good)
        for session in (None, bad):
            with pytest.raises(AssertionError, match="after its session or batch was closed") as caught:
                asked.assert_no_submits_after_close(session)
    assert "seen:     a submit, which the service refused: workload_closed" in str(caught.value)
    assert "request.rejected" in str(caught.value)


def test_a_submit_that_was_accepted_after_the_close_is_the_services_fault() -> None:
    trace = Trace()
    for second, kind, job, data in [
        (0, kinds.WORKLOAD_OPENED, None, {"mode": "dedicated"}),
        (5, kinds.WORKLOAD_CLOSED, None, {"reason": "session_closed"}),
        (6, kinds.JOB_QUEUED, "j", {"program": "sampler"}),
    ]:
        trace.record(second * S, kind, "b", "w", job, data)
    for name in ("no submits", "refused submits"):
        with pytest.raises(AssertionError, match=r"SUB-02 \(must\) is broken"):
            NAMED[name](of(trace))


def test_a_session_closes_at_once_with_its_last_job_or_unused() -> None:
    with world() as qruntime:
        with qruntime.session() as at_once:
            at_once.run().result()
        with qruntime.batch() as draining:
            job = draining.run()
        job.result()
        unused = qruntime.session()
        qruntime.clock.tick("30m")

        asked = checker(qruntime)
        asked.assert_closed_automatically()
        ways: dict[Any, Any] = {"close": at_once, "last job": draining, "unused": unused}
        for by, session in ways.items():
            asked.assert_closed_automatically(session, by=by)
            for other in ways:
                if other != by:
                    with pytest.raises(AssertionError, match="not exercised"):
                        asked.assert_closed_automatically(session, by=other)
        with pytest.raises(ConfigurationError, match="by is 'magic'; expected one of 'close', 'last job', 'unused'"):
            asked.assert_closed_automatically(by="magic")  # type: ignore[arg-type]


def test_what_is_open_or_was_cancelled_or_ran_out_of_time_was_not_closed_automatically() -> None:
    with world() as qruntime:
        closed, forgotten, stopped = (qruntime.session() for _ in range(3))
        closed.close()
        stopped.cancel()
        asked = checker(qruntime)
        asked.assert_closed_automatically(closed)
        with pytest.raises(AssertionError, match="it is open, and nobody saw it closed"):
            asked.assert_closed_automatically(forgotten)
        job = forgotten.run()
        forgotten.close()
        with pytest.raises(AssertionError, match=r"it is active and takes no jobs; .* wait for them"):
            asked.assert_closed_automatically(forgotten)
        job.result()
        asked.assert_closed_automatically(forgotten, by="last job")
        with pytest.raises(AssertionError, match="it is closed: session_cancelled"):
            asked.assert_closed_automatically(stopped)
        with pytest.raises(AssertionError, match=f"{stopped.session_id} was not closed automatically"):
            asked.assert_closed_automatically()

    with world(lanes=1) as qruntime:
        timed_out(qruntime)
        with pytest.raises(AssertionError, match="session_closed_by_max_ttl"):
            checker(qruntime).assert_closed_automatically()


def test_usage_is_that_of_one_session_or_of_all() -> None:
    with world() as qruntime:
        qruntime.next_jobs(None, classical=0, quantum=10)
        for _ in range(2):
            with qruntime.session() as session:
                session.run().result()
        asked = checker(qruntime)
        used = session.usage()
        assert used is not None
        asked.assert_usage(session, seconds=used, at_most=used)
        asked.assert_usage(seconds=2 * used)
        with pytest.raises(AssertionError, match=rf"costs {used:g} s; expected 1 s"):
            asked.assert_usage(session, seconds=1)
        with pytest.raises(AssertionError, match=rf"cost {2 * used:g} s; expected at most {used:g} s"):
            asked.assert_usage(at_most=used)


@pytest.mark.parametrize("wrong", ["1m", -1, True, float("nan")])
def test_what_is_no_number_of_seconds_is_told(wrong: Any) -> None:
    for name in ("seconds", "at_most"):
        with pytest.raises(ConfigurationError, match=f"{name} is .*; expected a number of seconds, such as 60"):
            of(Trace()).assert_usage(**{name: wrong})


def test_what_is_no_trace_is_told() -> None:
    with pytest.raises(ConfigurationError, match=r"trace is 5; expected one such as qruntime\.trace"):
        of(Trace()).check(5)  # type: ignore[arg-type]


def test_a_report_shows_how_many_contracts_hold() -> None:
    with world() as qruntime:
        qruntime.session().close()
        report = checker(qruntime).check()
    assert repr(report).startswith(f"<Report: 0 broken, {len(report.ids('holds'))} holds, ")


def test_usage_of_what_is_open_is_not_known() -> None:
    with world() as qruntime:
        session = qruntime.session()
        session.run().result()
        asked = checker(qruntime)
        asked.assert_usage()  # of the job
        with pytest.raises(AssertionError, match="is not known yet: it is active"):
            asked.assert_usage(session, at_most=60)


def test_the_usage_of_others_says_nothing_of_a_session() -> None:
    with world() as qruntime:
        session = qruntime.session()
        qruntime.run().result()
        asked = checker(qruntime)
        asked.assert_usage()
        with pytest.raises(AssertionError, match="not exercised"):
            asked.assert_usage(session)


def test_another_trace_can_be_judged() -> None:
    with world() as first:
        first.session().close()
        first.session()
    with world() as second:
        second.clock.tick("1h")
        asked = checker(second)
        assert asked.check().verdict("CLS-06") == "not exercised"
        other = asked.check(first.trace)
        assert other.verdict("CLS-06") == "holds"
        assert other.broken == []  # it is of another time: nothing of it is overdue
        assert len(list(asked.check())) == len(CATALOGUE)


def test_a_trace_is_read_once_however_many_sessions_it_has(monkeypatch: pytest.MonkeyPatch) -> None:
    with world() as qruntime:
        for _ in range(20):
            with qruntime.session() as session:
                session.run().result()
        reading = Mock(wraps=read)
        monkeypatch.setattr("pytest_qruntime.contracts.checker.read", reading)
        checker(qruntime).assert_closed_automatically(by="close")
    assert reading.call_count == 1
