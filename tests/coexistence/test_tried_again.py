"""pytest-rerunfailures: the last attempt decides."""

from __future__ import annotations

import pytest

from tests.coexistence.suites import LEAKS, LEAKS_ONCE, RERUNS, XDIST, outcomes, report
from tests.plugin.conftest import Project


@pytest.mark.parametrize("arguments", [(), ("--qruntime-strict",), ("-n", "2")])
def test_what_was_left_open_in_an_attempt_that_is_repeated_does_not_count(
    project: Project, arguments: tuple[str, ...]
) -> None:
    plugins = (RERUNS, XDIST) if "-n" in arguments else (RERUNS,)
    found = report(project.write(test_it=LEAKS_ONCE), "--reruns=1", *arguments, plugins=plugins)

    assert (outcomes(found), found["leaks"]) == ({"test_it.py::test_it": "passed"}, [])
    assert (found["totals"]["worlds"], found["totals"]["workloads"]) == (1, 1)


def test_the_run_is_fine_and_its_summary_speaks_of_the_last_attempt(project: Project) -> None:
    result = project.write(test_it=LEAKS_ONCE).run("--reruns=1", "--qruntime-strict", plugins=(RERUNS,))

    assert result.ret == pytest.ExitCode.OK
    assert result.parseoutcomes() == {"passed": 2, "rerun": 1}  # of the first attempt, all went well but its end
    result.stdout.fnmatch_lines("tests *1 in 1 world; 1 session or batch, 0 jobs")
    result.stdout.fnmatch_lines("left open *nothing")


def test_a_marker_repeats_as_the_option_does(project: Project) -> None:
    text = LEAKS_ONCE.replace("def test_it", "@__import__('pytest').mark.flaky(reruns=2)\n    def test_it")
    found = report(project.write(test_it=text), plugins=(RERUNS,))

    assert (outcomes(found), found["totals"]["worlds"]) == ({"test_it.py::test_it": "passed"}, 1)


def test_what_is_left_open_in_every_attempt_counts_once(project: Project) -> None:
    found = report(project.write(test_it=LEAKS), "--reruns=2", plugins=(RERUNS,))

    assert outcomes(found) == {"test_it.py::test_it": "error"}
    assert [leak["line"] for leak in found["leaks"]] == [2]
    assert found["totals"]["worlds"] == 1


def test_a_test_that_fails_in_every_order_is_tried_again_as_a_whole(project: Project) -> None:
    text = 'import pytest\n\n@pytest.mark.qruntime(interleavings="all")\n' + LEAKS
    found = report(project.write(test_it=text), "--reruns=1", plugins=(RERUNS,))

    assert outcomes(found) == {"test_it.py::test_it": "error"}
    assert len(found["leaks"]) == 1
