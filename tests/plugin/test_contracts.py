"""The fixture `qruntime_contracts` on the fake, and on recordings of the project."""

from __future__ import annotations

import time

import pytest

from pytest_qruntime import ContractChecker, QRuntime
from tests.plugin.conftest import Project
from tests.recorded.marks import recorded


def test_a_failed_assertion_is_shown_where_the_test_makes_it(project: Project) -> None:
    result = project.write(
        test_it="""
        def test_it(qruntime, qruntime_contracts):
            qruntime_contracts.assert_queued_jobs_fail_on_cancel()

        def test_typo(qruntime_contracts):
            qruntime_contracts.assert_holds("CAN-2")
        """
    ).run()
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(["E*AssertionError: nothing in this trace shows that queued jobs fail on cancel*"])
    result.stdout.fnmatch_lines(["test_it.py:2: AssertionError", "test_it.py:5: ConfigurationError"])
    result.stdout.no_fnmatch_line("*checker.py*:*Error")


def test_the_terms_are_those_of_the_tests_world_at_the_moment_of_the_question(project: Project) -> None:
    project.write(
        test_it="""
        import pytest

        @pytest.mark.qruntime(policy={"queued_on_end": "cancelled"}, lanes=1)
        def test_policy(qruntime, qruntime_contracts):
            with qruntime.session() as session:
                jobs = [session.run() for _ in range(2)]
                session.cancel()
            qruntime_contracts.assert_queued_jobs_fail_on_cancel(session)
            qruntime_contracts.assert_holds("ORD-01")  # which needs the number of lanes

        def test_unused(qruntime_contracts, qruntime_session, qruntime_clock):
            qruntime_clock.tick("30m")
            qruntime_contracts.assert_closed_automatically(by="unused")
            assert qruntime_contracts.check().broken == []
        """
    ).run().assert_outcomes(passed=2)


@pytest.mark.qruntime(lanes=1)
def test_on_the_fake(qruntime: QRuntime, qruntime_contracts: ContractChecker) -> None:
    with qruntime.session() as session:
        jobs = [session.run() for _ in range(2)]
    for job in jobs:
        job.result()
    qruntime_contracts.assert_closed_automatically(session, by="last job")
    qruntime_contracts.assert_no_submits_after_close()
    qruntime_contracts.assert_usage(session, seconds=session.usage())


@recorded("httpx/unused_session")
def test_on_a_recording(qruntime: QRuntime, qruntime_contracts: ContractChecker) -> None:
    session = qruntime.session()
    while session.status() != "Closed":
        time.sleep(60)
    qruntime_contracts.assert_closed_automatically(session, by="unused")
    qruntime_contracts.assert_usage(seconds=session.usage())
    with pytest.raises(AssertionError, match="shows what its client saw and nothing else"):
        qruntime_contracts.assert_holds("ORD-01")


@recorded("httpx/cancel_with_queued_jobs", lanes=1)
def test_a_recorded_cancel(qruntime: QRuntime, qruntime_contracts: ContractChecker) -> None:
    session = qruntime.session()
    jobs = [session.run(shots=1_000_000) for _ in range(3)]
    while jobs[0].status() == "QUEUED":
        time.sleep(5)
    session.cancel()
    assert [job.status() for job in jobs] == ["RUNNING", "ERROR", "ERROR"]
    while jobs[0].status() == "RUNNING":
        time.sleep(5)
    assert [job.status() for job in jobs] == ["DONE", "ERROR", "ERROR"]
    qruntime_contracts.assert_queued_jobs_fail_on_cancel(session)
    qruntime_contracts.assert_running_jobs_finish_on_cancel(session)
