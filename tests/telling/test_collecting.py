"""What the tests of a run showed comes together, whoever ran them, in whatever order, and whatever became of them."""

from __future__ import annotations

import pytest

from tests.plugin.conftest import Project, summary
from tests.telling.conftest import found, telling, the, timeless

SUITE = """
    import pytest

    @pytest.fixture
    def opened(qruntime):
        return qruntime.session(max_time="10m")

    @pytest.fixture
    def broken(opened):
        raise RuntimeError("this is broken")

    def test_passes(qruntime_session):
        qruntime_session.run().result()

    def test_fails(opened):
        opened.run().result()
        assert opened is None, "as\\nit must"

    def test_skips(opened):
        pytest.skip("on its way")

    def test_whose_setup_fails(broken):
        pass

    @pytest.mark.xfail(reason="as it must")
    def test_fails_as_expected(qruntime_batch):
        assert qruntime_batch is None

    @pytest.mark.xfail(reason="it does not")
    def test_passes_unexpectedly(qruntime_batch):
        pass

    @pytest.mark.qruntime(contracts="off", leaks="off", plan="flex", allow={"leak": "nobody looks"})
    def test_off(opened):
        opened.run().result()

    @pytest.mark.qruntime(allow={"leak": "it is a demo", "CLS-01": "it may be"})
    def test_allowed(opened):
        opened.cancel()

    def test_two_instances(qruntime):
        other = qruntime.instance("mine", plan="open")
        qruntime.other_users(2, quantum="1m")
        qruntime.run().result()
        qruntime.batch()

    def test_other():
        pass

    def test_nothing(qruntime, nothing):
        pass

    class TestIt:
        @pytest.mark.parametrize("number", [1, 2])
        def test_method(self, qruntime_session, number):
            pass
"""


def outcomes(project: Project) -> dict[str, str]:
    return {test["id"].partition("::")[2]: test["outcome"] for test in found(project)["tests"]}


def test_whatever_became_of_a_test_it_counts_if_it_used_the_service(project: Project) -> None:
    telling(project, test_it=SUITE).run()
    assert outcomes(project) == {
        "test_passes": "passed",
        "test_fails": "failed",
        "test_skips": "error",
        "test_whose_setup_fails": "error",
        "test_fails_as_expected": "xfailed",
        "test_passes_unexpectedly": "xpassed",
        "test_off": "passed",
        "test_allowed": "passed",
        "test_two_instances": "error",
        "test_nothing": "error",
        "TestIt::test_method[1]": "passed",
        "TestIt::test_method[2]": "passed",
    }
    fails = the(project, "test_fails")
    assert (fails["file"], fails["line"], fails["problem"]) == ("test_it.py", 14, "AssertionError: as")
    assert the(project, "test_skips")["problem"] == "a session was left open: test_it.py:5, in opened"
    assert the(project, "test_whose_setup_fails")["problem"] == "RuntimeError: this is broken"
    assert {the(project, name)["problem"] for name in ("test_passes", "test_fails_as_expected")} == {None}


def test_a_world_tells_what_happened_and_what_it_cost(project: Project) -> None:
    telling(project, test_it=SUITE).run()
    [world] = the(project, "test_passes")["worlds"]
    assert (world["source"], world["workloads"], world["jobs"], world["unjudged"]) == ("fake", 1, 1, None)
    assert world["usage_s"] == {"premium": world["virtual_s"]}
    assert ["job", "Queued", "dispatched"] in world["driven"]
    assert "OPN-04" in world["exercised"]
    assert (world["broken"], world["leaks"], world["allowed"]) == ([], [], [])

    [world] = the(project, "test_two_instances")["worlds"]
    assert (world["workloads"], world["jobs"]) == (1, 1)
    assert world["usage_s"] == {"premium": 3.024, "open": 0.0}


def test_what_was_left_open_is_told_with_where_and_what_it_costs(project: Project) -> None:
    telling(project, test_it=SUITE).run()
    [leak] = the(project, "test_fails")["worlds"][0]["leaks"]
    assert leak["id"]
    assert {**leak, "id": ""} == {
        "id": "",
        "kind": "session",
        "file": "test_it.py",
        "line": 5,
        "function": "opened",
        "served": False,
        "opened_s": 0.0,
        "ended_s": 5.124,
        "used_s": 5.124,
        "closed_s": 600.0,
        "cost_s": 65.124,
        "at_most_s": 600.0,
        "allowed": None,
    }
    assert the(project, "test_two_instances")["worlds"][0]["leaks"][0]["closed_s"] is None


def test_what_is_not_judged_counts_and_says_why(project: Project) -> None:
    telling(project, test_it=SUITE).run()
    [world] = the(project, "test_off")["worlds"]
    assert (world["unjudged"], world["exercised"], world["leaks"], world["allowed"]) == ("contracts=off", [], [], [])
    assert world["usage_s"]["flex"] > 0
    assert world["driven"]


def test_what_is_allowed_says_whether_it_was_needed(project: Project) -> None:
    telling(project, test_it=SUITE).run()
    [world] = the(project, "test_allowed")["worlds"]
    assert world["allowed"] == [
        {"where": "test_it.py::test_allowed", "name": "CLS-01", "reason": "it may be", "used": False},
        {"where": "test_it.py::test_allowed", "name": "leak", "reason": "it is a demo", "used": False},
    ]


def test_workers_and_the_order_of_tests_make_no_difference(project: Project) -> None:
    telling(project, test_it=SUITE, test_more=SUITE)
    documents = []
    for run, options, plugins in (
        (project.run, (), ()),
        (project.run_apart, ("-n2",), ("xdist",)),
        (project.run, ("--randomly-seed=3",), ("pytest_randomly",)),
    ):
        run("--qruntime-strict", *options, plugins=plugins)
        documents.append(timeless(found(project)))
    alone, together, shuffled = documents
    assert len(alone["tests"]) == 24
    assert alone == together == shuffled


def test_a_worker_that_crashed_loses_one_test(project: Project) -> None:
    crash = """
        import os
        from pathlib import Path

        import pytest

        def test_crashes(qruntime_session):
            os._exit(1)

        @pytest.mark.flaky(reruns=1)
        def test_once(qruntime_session):
            if not Path("once").exists():
                Path("once").touch()
                os._exit(1)

        def test_other(qruntime_session):
            pass
    """
    result = telling(project, test_it=crash).run_apart("-n1", plugins=("xdist", "pytest_rerunfailures"))
    assert result.parseoutcomes() == {"passed": 2, "failed": 1, "rerun": 1}
    lost = "test_it.py::test_crashes crashed its worker, so what it showed is not known"
    assert found(project)["lost"] == [lost]
    assert outcomes(project) == {"test_once": "passed", "test_other": "passed"}
    assert summary(result)["lost"] == [lost]


RERUN = """
    import pytest

    def opened(request, qruntime, when):
        if request.node.execution_count < 3:
            qruntime.batch()
            assert when != "call"
        else:
            qruntime.run().result()

    def test_fails(request, qruntime):
        opened(request, qruntime, "call")

    def test_leaks(request, qruntime):
        opened(request, qruntime, "teardown")

    @pytest.fixture
    def fixed(request, qruntime):
        opened(request, qruntime, "call")

    def test_setup(fixed):
        pass

    @pytest.mark.flaky(reruns=1)
    def test_never(request, qruntime):
        qruntime.session()
        assert request.node.execution_count == 0, request.node.execution_count
"""


@pytest.mark.parametrize("workers", [(), ("-n2",)])
def test_of_several_attempts_at_a_test_the_last_one_counts(project: Project, workers: tuple[str, ...]) -> None:
    plugins = ("pytest_rerunfailures", *(["xdist"] if workers else []))
    run = telling(project, test_it=RERUN).run_apart if workers else telling(project, test_it=RERUN).run
    result = run("--reruns=2", *workers, plugins=plugins)
    assert result.parseoutcomes()["rerun"] == 7
    assert outcomes(project) == {
        "test_fails": "passed",
        "test_leaks": "passed",
        "test_setup": "passed",
        "test_never": "failed",
    }
    document = found(project)
    assert (document["totals"]["worlds"], document["totals"]["jobs"]) == (4, 3)
    assert [leak["test"] for leak in document["leaks"]] == ["test_it.py::test_never"]
    assert the(project, "test_never")["problem"] == "AssertionError: 2"


# -- those who do not use it -------------------------------------------------------------------------------------------


def test_tests_that_do_not_use_it_are_not_spoken_of(project: Project) -> None:
    result = telling(project, test_it="def test_it(): pass").run()
    document = found(project)
    assert (document["tests"], document["totals"]["worlds"]) == ([], 0)
    result.stdout.no_fnmatch_line("*pytest-qruntime*")


def test_a_test_that_was_interrupted_showed_nothing(project: Project) -> None:
    project.write(test_it="import pytest\n\ndef test_it(qruntime):\n    qruntime.batch()\n    pytest.exit('enough')\n")
    result = project.run()
    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.stdout.no_fnmatch_line("*left open*")
