"""The contracts that a service broke in a test: what fails, what warns, and what is said."""

from __future__ import annotations

from tests.plugin.conftest import Project

HASTY = """
    import pytest

    @pytest.fixture
    def drained(qruntime):
        with qruntime.session() as session:
            job = session.run()
        job.result()

    pytestmark = pytest.mark.faulty("a_close_does_not_wait_for_running_jobs")
"""

UNORDERED = """
    import pytest

    @pytest.mark.faulty("runs_the_last_job_of_a_workload_first")
    @pytest.mark.qruntime(lanes=1)
    def test_it(qruntime):
        with qruntime.session() as session:
            jobs = [session.run() for _ in range(4)]
        for job in jobs:
            job.result()
"""


def test_a_break_of_level_must_fails_the_test_with_all_that_is_known(faulty: Project) -> None:
    result = faulty.write(test_it=HASTY + "\n    def test_it(drained): pass").run()
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(
        [
            "*ERROR at teardown of test_it*",
            "the service broke a contract: CLS-01",
            "CLS-01 (must) is broken: *",
            "  source: *",
            "  at 0 s, session or batch *-*",
            "    expected: *",
            "    seen: *",
            "    *workload.opened*",
            "    > *workload.closed *",
            "The service is the fake, so this is a fault of pytest-qruntime *please report it. "
            '*@pytest.mark.qruntime(allow={"CLS-01": "..."})*',
            "ERROR test_it.py::test_it - Failed: the service broke a contract: CLS-01",
        ]
    )
    result.stdout.no_fnmatch_line("*trial.py*")


def test_what_is_allowed_warned_of_or_off_does_not_fail_the_test(faulty: Project) -> None:
    faulty.write(
        test_it=HASTY
        + """
    @pytest.mark.qruntime(allow={"CLS-01": "it is known"})
    def test_allowed(drained): pass

    @pytest.mark.qruntime(contracts="off")
    def test_off(drained): pass

    @pytest.mark.qruntime(contracts="warn")
    def test_warned(drained): pass
    """
    )
    result = faulty.run("-W", "default::pytest_qruntime.ContractWarning")
    result.assert_outcomes(passed=3, warnings=1)
    result.stdout.fnmatch_lines(["*test_it.py:*: ContractWarning: the service broke a contract: CLS-01"])


def test_a_break_of_level_may_warns_and_fails_only_a_strict_run(faulty: Project) -> None:
    faulty.write(test_it=UNORDERED)
    warned = faulty.run("-W", "default::pytest_qruntime.ContractWarning")
    warned.assert_outcomes(passed=1, warnings=1)
    warned.stdout.fnmatch_lines(["*ContractWarning: the service broke a contract: ORD-09"])

    faulty.run("--qruntime-strict").assert_outcomes(passed=1, errors=1)


def test_a_test_that_failed_already_has_no_second_failure(faulty: Project) -> None:
    result = faulty.write(
        test_it=HASTY
        + """
    def test_fails(drained): assert 1 == 2

    @pytest.mark.xfail(reason="of course")
    def test_fails_as_expected(drained): assert 1 == 2
    """
    ).run()
    result.assert_outcomes(failed=1, xfailed=1)
    result.stdout.fnmatch_lines(
        ["E*assert 1 == 2", "*told by pytest-qruntime at teardown*", "the service broke a contract: CLS-01"]
    )


def test_an_error_of_the_teardown_is_the_one_that_is_told(faulty: Project) -> None:
    leaks = HASTY + '\n    def test_skips(drained, qruntime): qruntime.batch(); pytest.skip("why not")\n'
    result = faulty.write(test_it=leaks).run("--qruntime-contracts=warn")  # and warnings are errors here
    result.assert_outcomes(skipped=1, errors=1)
    result.stdout.fnmatch_lines(["E *ContractWarning: the service broke a contract: CLS-01"])


def test_that_a_test_is_skipped_on_its_way_excuses_no_break(faulty: Project) -> None:
    skips = HASTY + '\n    def test_skips(drained): pytest.skip("why not")\n'
    result = faulty.write(test_it=skips).run()
    result.assert_outcomes(skipped=1, errors=1)
    result.stdout.fnmatch_lines(["*ERROR at teardown of test_skips*", "the service broke a contract: CLS-01"])


def test_an_interrupted_test_is_not_judged(faulty: Project) -> None:
    result = faulty.write(
        test_it=HASTY + "\n    def test_it(drained, qruntime): qruntime.session(); pytest.exit('enough')"
    ).run()
    result.stdout.no_fnmatch_line("*broke*")
    result.stdout.no_fnmatch_line("*left open*")


def test_breaks_of_several_contracts_and_a_leak_are_one_failure(faulty: Project) -> None:
    result = faulty.write(
        test_it="""
        import pytest

        @pytest.mark.faulty("a_close_does_not_wait_for_running_jobs", "gives_ten_minutes_as_interactive_ttl")
        def test_it(qruntime):
            qruntime.batch()
            with qruntime.session() as session:
                session.run()
        """
    ).run()
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(
        ["the service broke 2 contracts: CLS-01, ITT-07", "a batch was left open: test_it.py:5, in test_it"]
    )
