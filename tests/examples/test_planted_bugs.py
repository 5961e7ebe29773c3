"""Each example is a project of its own, and beside its module stands the same code with a bug.

A copy of the folder passes anywhere. In a copy in which the buggy file has taken the place of the module, the very same
tests must find the bug, and say what is wrong.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests.forking import CLIENT, fork

EXAMPLES = Path(__file__).parent

Copy = Callable[[str], Path]


@pytest.fixture
def copy(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Copy:
    """Copies the files of an example to an empty folder, the current one."""

    def copy_files(example: str) -> Path:
        # this process may have imported the modules of the original
        for file in (EXAMPLES / example).glob("*.py"):
            monkeypatch.delitem(sys.modules, file.stem, raising=False)
            shutil.copy(file, pytester.path)
        return pytester.path

    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    pytester.makeini("[pytest]")  # whatever is configured in the folders above does not count
    return copy_files


def run(pytester: pytest.Pytester) -> pytest.RunResult:
    # pytest 8 warns of a plugin that is loaded already, which in a run in this process it always is
    warnings = ("-W", "error", "-W", "ignore:Module already imported")
    return pytester.runpytest_inprocess(*warnings, "-p", "pytest_qruntime.plugin")


def assert_found(result: pytest.RunResult, failed: Sequence[str], *messages: str) -> None:
    """Exactly these tests failed, and these lines were shown."""
    shown = [line.rpartition("::")[2] for line in result.stdout.lines if line.startswith("FAILED ")]
    assert [line.partition(" - ")[0] for line in shown] == failed
    result.stdout.fnmatch_lines(messages)


def run_apart(pytester: pytest.Pytester) -> pytest.RunResult:
    """The same in a process of its own: qiskit cannot be imported twice, as a run in this process would make it."""
    fork(pytester, CLIENT)
    return pytester.runpytest_subprocess("-W", "error", "-p", "pytest_qruntime.plugin")


@pytest.mark.parametrize(("example", "tests"), [("vqe", 5), ("partition", 9), ("reopen", 5)])
def test_a_copy_of_an_example_passes(pytester: pytest.Pytester, copy: Copy, example: str, tests: int) -> None:
    copy(example)
    run(pytester).assert_outcomes(passed=tests)


def test_a_session_that_is_left_open_is_found(pytester: pytest.Pytester, copy: Copy) -> None:
    project = copy("vqe")
    (project / "vqe_leaks.py").replace(project / "vqe.py")
    assert_found(
        run(pytester),
        ["test_the_session_is_closed_when_a_job_fails", "test_the_session_is_closed_when_the_optimiser_raises"],
        "E *AssertionError: a job failed, and minimise() left its session open",
        "E *<Session *> is 'In progress, accepting new jobs'*",
        "E *AssertionError: the optimiser raised, and minimise() left its session open",
        "E *<Session *> is 'In progress, accepting new jobs'*",
    )


def test_a_batch_that_is_cancelled_in_place_of_closed_is_found(pytester: pytest.Pytester, copy: Copy) -> None:
    project = copy("partition")
    (project / "partition_cancels.py").replace(project / "partition.py")
    assert_found(
        run(pytester),
        [
            "test_every_circuit_has_its_result_in_order_though_most_jobs_are_queued_at_the_close",
            "test_the_circuits_are_spread_over_as_few_jobs_as_they_fit_in[1-8]",
        ],
        "E *RuntimeError: job * is Failed: Job is part of a session that's been closed",
    )


def test_a_job_that_is_lost_and_forgotten_is_found(pytester: pytest.Pytester, copy: Copy) -> None:
    project = copy("reopen")
    (project / "reopen_loses.py").replace(project / "reopen.py")
    assert_found(
        run(pytester),
        [
            "test_a_job_that_was_lost_with_its_session_is_submitted_again",
            "test_an_error_of_the_job_itself_is_not_tried_for_ever",
        ],
        "E *AssertionError: 2 points were asked for and 1 answered; lost and not resubmitted: [[]<Job *>]",
    )


def test_a_copy_of_the_example_with_the_real_client_passes(pytester: pytest.Pytester, copy: Copy) -> None:
    copy("vqe_qiskit")
    run_apart(pytester).assert_outcomes(passed=5)


def test_an_estimator_that_knows_nothing_of_the_session_is_found(pytester: pytest.Pytester, copy: Copy) -> None:
    project = copy("vqe_qiskit")
    (project / "ground_state_queues.py").replace(project / "ground_state.py")
    assert_found(
        run_apart(pytester),
        [
            "test_every_step_is_a_job_of_one_session_that_is_closed_at_the_end",
            "test_only_the_first_job_waits_in_the_queue",
            "test_when_the_session_is_over_the_best_so_far_is_returned",
        ],
        "E *AssertionError: three steps of ten seconds took 3:*",
    )
