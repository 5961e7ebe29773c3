"""What comes together of a test that runs several times, or that has parts."""

from __future__ import annotations

import pytest

from pytest_qruntime.report.run import shown
from tests.plugin.conftest import Project
from tests.telling.conftest import found, telling, the

needs_subtests = pytest.mark.skipif(not hasattr(pytest, "Subtests"), reason="this pytest has no subtests")

SEVERAL = """
    import pytest

    @pytest.fixture(scope="module")
    def shared():
        yield
        {teardown}

    @pytest.mark.qruntime(interleavings="all", lanes=1)
    def test_orders(qruntime, shared):
        qruntime.next_jobs(2, classical=0, quantum=20)
        session = qruntime.session(max_time="20s")
        jobs = [session.run(), session.run()]
        qruntime.clock.tick("1h")
        {check}
"""


def several(project: Project, teardown: str = "pass", check: str = "pass") -> shown.Test:
    telling(project, test_it=SEVERAL.format(teardown=teardown, check=check)).run()
    return the(project, "test_orders")


def test_every_run_of_a_test_counts(project: Project) -> None:
    test = several(project)
    assert test["outcome"] == "passed"
    assert len(test["worlds"]) > 1
    assert all(world["exercised"] for world in test["worlds"])
    cells = [tuple(cell) for world in test["worlds"] for cell in world["driven"]]
    assert len(cells) == len(set(cells))  # each is told once
    assert found(project)["costs"][0]["qpu_s"] == test["worlds"][0]["usage_s"]["premium"]


def test_runs_count_also_if_what_is_shared_cannot_be_torn_down(project: Project) -> None:
    test = several(project, teardown="raise RuntimeError('shared')")
    assert (test["outcome"], test["problem"]) == ("error", "RuntimeError: shared")
    assert len(test["worlds"]) == len(several(project)["worlds"])


def test_a_test_that_fails_in_several_ways_is_one_test(project: Project) -> None:
    test = several(project, teardown="raise RuntimeError('shared')", check="qruntime.batch()")
    assert test["outcome"] == "error"
    assert (test["problem"] or "").startswith("a batch was left open")
    assert len(found(project)["tests"]) == 1


def test_a_sweep_has_a_world_for_each_value(project: Project) -> None:
    sweep = """
        import pytest

        @pytest.mark.qruntime(policy="sweep")
        def test_it(qruntime):
            qruntime.session().cancel()
    """
    telling(project, test_it=sweep).run()
    document = found(project)
    assert document["totals"]["worlds"] == len(document["tests"][0]["worlds"]) > 2


def test_examples_of_a_machine_are_worlds_of_its_test(project: Project) -> None:
    machine = """
        from hypothesis import settings
        from pytest_qruntime.machine import RuntimeMachine

        class Machine(RuntimeMachine):
            pass

        TestMachine = Machine.TestCase
        TestMachine.settings = settings(max_examples=3, stateful_step_count=4, derandomize=True, database=None)
    """
    telling(project, test_it=machine).run()
    [test] = found(project)["tests"]
    assert (test["id"], test["outcome"]) == ("test_it.py::TestMachine::runTest", "passed")
    assert len(test["worlds"]) >= 3
    assert sum(world["jobs"] for world in test["worlds"]) > 0
    assert any(world["driven"] for world in test["worlds"])
    assert all(world["exercised"] for world in test["worlds"] if world["workloads"])

    project.run("--qruntime-contracts=off")
    assert {world["unjudged"] for world in found(project)["tests"][0]["worlds"]} == {"contracts=off"}


SUBTESTS = """
    import unittest

    import pytest

    class TestIt(unittest.TestCase):
        @pytest.fixture(autouse=True)
        def _has_a_world(self, qruntime):
            self.qruntime = qruntime

        def test_parts(self):
            for number in range(3):
                with self.subTest(number=number):
                    with self.qruntime.session() as session:
                        session.run()
                    if number == 1:
                        self.skipTest("this part")
"""


def test_parts_of_a_test_are_no_tests(project: Project) -> None:
    telling(project, test_it=SUBTESTS).run()
    [test] = found(project)["tests"]
    assert (test["id"], test["outcome"], test["problem"]) == ("test_it.py::TestIt::test_parts", "passed", None)
    assert test["worlds"][0]["workloads"] == 3


FAILING_PART = """
    import pytest

    def test_parts(qruntime, subtests, request):
        for number in range(3):
            with subtests.test(number=number):
                assert number != 1, f"part {number} of attempt {getattr(request.node, 'execution_count', 1)}"
"""


@needs_subtests
@pytest.mark.parametrize("options", [(), ("--reruns=1",)])
def test_what_is_wrong_with_a_part_is_what_is_wrong_with_the_test(project: Project, options: tuple[str, ...]) -> None:
    telling(project, test_it=FAILING_PART).run(*options, plugins=("pytest_rerunfailures",) if options else ())
    [test] = found(project)["tests"]
    attempt = 2 if options else 1
    assert (test["outcome"], test["problem"]) == ("failed", f"AssertionError: part 1 of attempt {attempt}")


UNITTEST_PART = SUBTESTS.replace('self.skipTest("this part")', 'self.fail("this part")')


@needs_subtests
def test_a_failing_part_that_is_told_before_its_test_counts(project: Project) -> None:
    telling(project, test_it=UNITTEST_PART).run("--reruns=1", plugins=("pytest_rerunfailures",))
    [test] = found(project)["tests"]
    assert (test["outcome"], test["problem"]) == ("failed", "AssertionError: this part")


HALF = """
    import pytest

    @pytest.mark.qruntime(allow={"leak": "\\ud800"})
    def test_it(qruntime):
        qruntime.session()
"""


@pytest.mark.parametrize("workers", [(), ("-n1",)])
def test_halves_of_characters_stop_nobody(project: Project, workers: tuple[str, ...]) -> None:
    run = telling(project, test_it=HALF).run_apart if workers else telling(project, test_it=HALF).run
    run(*workers, plugins=("xdist",) if workers else ()).assert_outcomes(passed=1)
    assert found(project)["leaks"][0]["allowed"] == "\\ud800"
