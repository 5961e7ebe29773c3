"""The end of a strict run: what was exercised, broken and never touched, whoever ran the tests."""

from __future__ import annotations

import pytest

from tests.plugin.conftest import Project, summary

SUITE = """
    import pytest

    def session_of(qruntime):
        with qruntime.session() as session:
            session.run()

    @pytest.mark.faulty("a_close_does_not_wait_for_running_jobs")
    @pytest.mark.qruntime(contracts="warn")
    def test_breaks(qruntime):
        session_of(qruntime)

    @pytest.mark.faulty("a_close_does_not_wait_for_running_jobs")
    @pytest.mark.qruntime(allow={"CLS-01": "it is known", "MAX-03": "it is not"})
    def test_allowed(qruntime):
        session_of(qruntime)

    @pytest.mark.qruntime(contracts="off", leaks="off", allow={"leak": "nobody looks", "CLS-01": "nobody looks"})
    def test_off(qruntime):
        session_of(qruntime)

    @pytest.mark.parametrize("number", range(3))
    def test_keeps(qruntime, number):
        session_of(qruntime)
"""

QUIET = ("-W", "ignore::pytest_qruntime.ContractWarning")


def test_everything_is_told_and_a_break_fails_the_run(faulty: Project) -> None:
    result = faulty.write(test_it=SUITE).run("--qruntime-strict", "-q", *QUIET)
    result.assert_outcomes(passed=6)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(
        [
            "pytest-qruntime: 6 tests, *, 1 contract broken, *",
            "not judged: contracts=off: test_it.py::test_off",
            "broken: CLS-01 (must): A close lets the jobs finish that were submitted: *",
            "    *",
            "  test_it.py::test_breaks: at 0 s, session or batch",
            "      *-*, by workload.closed",
            "    expected job * finishes first; seen: it is closed, and",
            "      the job has not ended",
            "  test_it.py::test_allowed: at 0 s, session or batch",
            "      *-*, by workload.closed",
            "    allowed: it is known",
            "* contracts hold: OPN-03 (5), OPN-04 (5), *",
        ],
        consecutive=True,
    )
    result.stdout.fnmatch_lines(
        [
            "* were never exercised: OPN-*",
            "    *, CAN-01, *",
            "allowed, and not broken: MAX-03 by test_it.py::test_allowed (it is not)",
            "the run fails: a contract was broken where that is not allowed",
        ]
    )
    assert max(map(len, result.outlines)) <= 80
    result.stdout.no_fnmatch_line("*nobody looks*")


def test_a_break_that_only_warns_or_is_allowed_fails_no_run(faulty: Project) -> None:
    faulty.write(test_it=SUITE)
    assert faulty.run(*QUIET).ret == pytest.ExitCode.OK
    assert faulty.run("--qruntime-strict", "-k", "allowed", *QUIET).ret == pytest.ExitCode.OK


def test_a_run_without_a_break_is_green_and_one_that_judges_nothing_says_so(project: Project) -> None:
    project.write(test_it="def test_it(qruntime_session): pass", test_other="def test_other(): pass")
    kept = project.run("--qruntime-strict", "test_it.py")
    assert kept.ret == pytest.ExitCode.OK
    kept.stdout.fnmatch_lines(["tests        1 in 1 world; *", "* contracts hold: *"])
    other = project.run("--qruntime-strict", "test_other.py")
    assert other.ret == pytest.ExitCode.OK
    assert summary(other)["tests"] == ["none used a fixture of pytest-qruntime, so nothing was judged"]
    project.run().stdout.no_fnmatch_line("* contracts hold: *")


def test_a_test_whose_warning_is_an_error_counts_too(project: Project) -> None:
    project.write(test_it="def test_it(qruntime): qruntime.session()")
    result = project.run("--qruntime-strict", "--qruntime-leaks=warn")
    result.assert_outcomes(passed=1, errors=1)
    assert summary(result)["left open"] == ["1 session", "test_it.py::test_it: a session, opened at test_it.py:1"]


def test_workers_and_the_order_of_tests_make_no_difference(faulty: Project) -> None:
    faulty.write(test_it=SUITE)
    alone = faulty.run("--qruntime-strict", *QUIET)
    together = faulty.run_apart("--qruntime-strict", "-n", "2", *QUIET, plugins=("xdist",))
    shuffled = faulty.run("--qruntime-strict", "--randomly-seed=2", *QUIET, plugins=("pytest_randomly",))
    assert [run.ret for run in (alone, together, shuffled)] == [pytest.ExitCode.TESTS_FAILED] * 3
    told = [summary(run) for run in (alone, together, shuffled)]
    assert [one.pop("time")[0].partition(" in ")[0] for one in told] == ["0s of virtual time"] * 3
    assert told[0] == told[1] == told[2]


def test_a_worker_that_crashed_is_missed(project: Project) -> None:
    project.write(
        test_it="""
        import os

        def test_crashes(qruntime_session):
            os._exit(1)

        def test_other(qruntime_session):
            pass
        """
    )
    result = project.run_apart("--qruntime-strict", "-n", "1", plugins=("xdist",))
    assert result.ret != pytest.ExitCode.OK
    told = summary(result)
    assert told["lost"] == ["test_it.py::test_crashes crashed its worker, so what it showed is not known"]
    assert told["tests"] == ["1 in 1 world; 1 session or batch, 0 jobs"]


def test_without_a_terminal_the_run_fails_all_the_same(faulty: Project) -> None:
    result = faulty.write(test_it=SUITE).run("--qruntime-strict", "-p", "no:terminal", *QUIET)
    assert result.ret == pytest.ExitCode.TESTS_FAILED


def test_of_several_attempts_at_a_test_the_last_one_counts(project: Project) -> None:
    project.write(
        conftest="""
        from _pytest.runner import runtestprotocol

        def pytest_runtest_protocol(item, nextitem):  # as pytest-rerunfailures has it
            item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
            for item.execution_count in (1, 2):
                reports = runtestprotocol(item, nextitem=nextitem, log=False)
            for report in reports:
                item.ihook.pytest_runtest_logreport(report=report)
            item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
            return True
        """,
        test_it="""
        import pytest
        from pytest_qruntime.mutants import MUTANTS, Patches

        @pytest.mark.qruntime(contracts="warn")
        def test_it(request, qruntime):
            [mutant] = [one for one in MUTANTS if one.name == "a_close_does_not_wait_for_running_jobs"]
            with Patches() as patches:
                if request.node.execution_count == 1:
                    mutant.put(patches)
                with qruntime.session() as session:
                    session.run()
        """,
    )
    result = project.run("--qruntime-strict", *QUIET)
    assert result.ret == pytest.ExitCode.OK
    assert summary(result)["tests"] == ["1 in 1 world; 1 session or batch, 1 job"]
