"""pytest without some of its parts, in its other ways to run, and stopped in the middle."""

from __future__ import annotations

import sys

import pytest

from tests.coexistence.suites import LEAKS, MIXED, outcomes, read, report
from tests.forking import PYTEST, fork
from tests.plugin.conftest import Project

INTERRUPTED = """
    import pytest

    def test_fine(qruntime):
        pass

    def test_leaks(qruntime):
        qruntime.session()

    def test_interrupted(qruntime):
        qruntime.session()
        {interrupt}

    def test_after(qruntime):
        pass
"""
UNIT = """
    import unittest

    import pytest

    class TestIt(unittest.TestCase):
        @pytest.fixture(autouse=True)
        def world(self, qruntime):
            self.qruntime = qruntime

        def test_fine(self):
            with self.qruntime.session() as session:
                self.assertEqual(session.run(shots=1000).status(), "RUNNING")

        def test_leaks(self):
            self.qruntime.session()

    @pytest.mark.usefixtures("qruntime")
    class TestOther(unittest.TestCase):
        def test_used(self):
            pass
"""


@pytest.mark.parametrize(
    "part", ["terminal", "cacheprovider", "junitxml", "warnings", "logging", "capture", "faulthandler"]
)
def test_no_part_is_needed(project: Project, part: str) -> None:
    result = project.write(**MIXED).run("-p", f"no:{part}", "--qruntime-report=report.json", "--qruntime-strict")

    assert result.ret == pytest.ExitCode.TESTS_FAILED
    assert outcomes(read(project))["test_one.py::test_leaks"] == "error"
    assert result.errlines == []


def test_without_a_terminal_nothing_is_said_and_the_run_fails_for_what_it_should(project: Project) -> None:
    project.write(test_it="def test_it(qruntime): pass")

    assert project.run("-p", "no:terminal").ret == pytest.ExitCode.OK
    result = project.run("-p", "no:terminal", "--qruntime-cov-fail-under=50")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    assert result.outlines == []


@pytest.mark.parametrize(
    "option", ["--collect-only", "--setup-plan", "--setup-only", "--fixtures", "--fixtures-per-test", "--markers"]
)
def test_where_no_test_runs_there_is_nothing_to_tell(project: Project, option: str) -> None:
    project.pytester.makeini("[pytest]\nqruntime_cov_fail_under = 50")
    result = project.write(**MIXED).run(option, "--qruntime-strict")

    assert result.ret == pytest.ExitCode.OK
    result.stdout.no_fnmatch_line("*= pytest-qruntime =*")


def test_a_run_that_stops_at_the_first_failure_reports_what_ran(project: Project) -> None:
    found = report(project.write(**MIXED), "-x")

    assert outcomes(found) == {"test_one.py::test_fine": "passed", "test_one.py::test_leaks": "error"}
    assert found["lost"] == [
        "the run stopped early (stopping after 1 failures), so tests that were to come later are missing"
    ]


def test_the_tests_that_failed_last_report_for_themselves(project: Project) -> None:
    project.write(**MIXED).run()
    found = report(project, "--lf")

    assert outcomes(found) == {"test_one.py::test_leaks": "error", "test_one.py::test_fails": "failed"}


@pytest.mark.parametrize("interrupt", ["raise KeyboardInterrupt", "pytest.exit('enough')"])
def test_a_run_that_is_interrupted_says_so_and_reports_what_ran(project: Project, interrupt: str) -> None:
    fork(project.pytester, PYTEST)
    result = project.write(test_it=INTERRUPTED.format(interrupt=interrupt)).run_apart("--qruntime-report=report.json")

    assert result.ret == pytest.ExitCode.INTERRUPTED
    found = read(project)
    assert outcomes(found) == {"test_it.py::test_fine": "passed", "test_it.py::test_leaks": "error"}
    assert found["lost"] == ["the run was interrupted, so tests that were to come later are missing"]


def test_tests_of_unittest_are_tests(project: Project) -> None:
    found = report(project.write(test_it=UNIT))

    assert outcomes(found) == {
        "test_it.py::TestIt::test_fine": "passed",
        "test_it.py::TestIt::test_leaks": "error",
        "test_it.py::TestOther::test_used": "passed",
    }


@pytest.mark.parametrize("mode", ["importlib", "append"])
def test_test_files_may_be_imported_in_any_way(project: Project, mode: str) -> None:
    [leak] = report(project.write(test_it=LEAKS), f"--import-mode={mode}")["leaks"]

    assert (leak["file"], leak["line"], leak["function"]) == ("test_it.py", 2, "test_it")


def test_nothing_depends_on_assertions_of_python(project: Project) -> None:
    project.write(**MIXED)
    plugins = ("-p", "pytest_qruntime.plugin")
    project.pytester.run(sys.executable, "-O", "-m", "pytest", *plugins, "--qruntime-report=report.json")

    found = outcomes(read(project))
    assert found["test_one.py::test_leaks"] == "error"
    assert found["test_one.py::test_fine"] == found["test_two.py::test_orders"] == "passed"
