"""Tests that run several times, among other tests, with other plugins and other styles."""

from __future__ import annotations

import pytest

from tests.plugin.conftest import Project, summary
from tests.repeating.test_every_order import FRAGILE, ROBUST
from tests.repeating.test_every_policy import FRAGILE as RELIES


def test_workers_of_xdist_collect_and_tell_the_same(project: Project) -> None:
    matrix = "@pytest.mark.qruntime(lanes=[1, 5], policy=[{}, {'batch_ittl': 'literal'}])"
    project.write(test_it=f"{FRAGILE}\n\n    {matrix}\n    def test_y(qruntime): ...", test_others=RELIES)
    result = project.run_apart("-n", "2", plugins=("xdist",))
    result.assert_outcomes(failed=2, passed=4)
    told = summary(result)
    assert told["orders"] == ["1 test in 3 orders of events"]
    assert told["policies"][1].startswith("test_others.py::test_x relies on ")
    result.stdout.fnmatch_lines(["  pytest 'test_it.py::test_x' --qruntime-interleavings=0.1"])


def test_the_first_failure_ends_the_run_and_is_the_one_that_runs_again(project: Project) -> None:
    project.write(test_it=FRAGILE + "\n\n    def test_y(): ...")
    result = project.run("-x")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*stopping after 1 failures*"])
    project.run("--lf").assert_outcomes(failed=1)


def test_a_test_case_of_unittest(project: Project) -> None:
    project.write(
        test_it="""
        import unittest, pytest

        class Test(unittest.TestCase):
            runs = 0

            @pytest.fixture(autouse=True)
            def world(self, qruntime):
                self.qruntime = qruntime

            @pytest.mark.qruntime(interleavings="all", lanes=1)
            def test_x(self):
                Test.runs += 1
                assert not hasattr(self, "seen")
                self.seen = True
                self.qruntime.next_jobs(classical="10s", quantum="10s")
                with self.qruntime.session(max_time=20) as session:
                    session.run(), session.run()
                    self.qruntime.clock.tick("20s")

            def test_y(self):
                assert Test.runs == 3
        """
    ).run().assert_outcomes(passed=2)


def test_a_test_that_is_a_coroutine(project: Project) -> None:
    text = ROBUST.replace("    @pytest.mark", "    @pytest.mark.anyio\n    @pytest.mark", 1)
    text = text.replace("def test_x(qruntime):", "async def test_x(qruntime, anyio_backend_name):")
    fixture = "\n    @pytest.fixture\n    def anyio_backend():\n        return 'asyncio'\n"
    result = project.write(test_it=text + fixture).run(plugins=("anyio",))
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["orders       1 test in 3 orders of events"])


def test_parameters_stay_with_their_test(project: Project) -> None:
    text = ROBUST.replace("    @pytest.mark", "    @pytest.mark.parametrize('n', [1, 2])\n    @pytest.mark", 1)
    result = project.write(test_it=text.replace("test_x(qruntime)", "test_x(qruntime, n)")).run("-v")
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["test_it.py::test_x[[]1[]] PASSED*", "orders       2 tests in 6 orders of events"])


def test_what_pytest_only_shows_does_not_run(project: Project) -> None:
    result = project.write(test_it=ROBUST).run("--setup-plan")
    assert result.stdout.str().count("SETUP    F qruntime") == 1
    result.stdout.no_fnmatch_line("*order* of events*")
    shown = project.run("--setup-show")
    shown.assert_outcomes(passed=1)
    assert shown.stdout.str().count("SETUP    F qruntime ") == 3


@pytest.mark.parametrize("arguments", [("--timeout=60",), ("--timeout=60", "--timeout-method=thread")])
def test_a_timeout_is_one_of_all_runs(project: Project, arguments: tuple[str, ...]) -> None:
    project.write(test_it=ROBUST).run(*arguments, plugins=("pytest_timeout",)).assert_outcomes(passed=1)
