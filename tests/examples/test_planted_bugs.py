"""Beside each example stands the same code with a bug; the very same tests must find it, and say what is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from shlex import quote

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]

PLANT = """
import importlib, sys

sys.modules["{good}"] = importlib.import_module("{bad}")
"""


def run(pytester: pytest.Pytester, example: str, bug: str) -> pytest.RunResult:
    """Run the tests of an example in a process of their own, with `bug` in the place of its module."""
    package = f"tests.examples.{example}"
    pytester.makepyfile(planted_bug=PLANT.format(good=f"{package}.{example}", bad=f"{package}.{bug}"))
    pytester.syspathinsert()
    return pytester.runpytest_subprocess(
        *("-p", "no:randomly", "-p", "no:cacheprovider"),
        *("-o", f"pythonpath={quote(str(ROOT))} {quote(str(pytester.path))}", "-p", "planted_bug"),
        *(f"--rootdir={ROOT}", "-c", str(ROOT / "pyproject.toml"), str(HERE / example)),
    )


def assert_found(result: pytest.RunResult, failed: Sequence[str], *messages: str) -> None:
    """Exactly these tests failed, and these lines were shown."""
    shown = [line.rpartition("::")[2] for line in result.stdout.lines if line.startswith("FAILED ")]
    assert [line.partition(" - ")[0] for line in shown] == failed
    result.stdout.fnmatch_lines(messages)


def test_a_session_that_is_left_open_is_found(pytester: pytest.Pytester) -> None:
    assert_found(
        run(pytester, "vqe", "vqe_leaks"),
        ["test_the_session_is_closed_when_a_job_fails", "test_the_session_is_closed_when_the_optimiser_raises"],
        "E *AssertionError: a job failed, and minimise() left its session open",
        "E *<Session *> is 'In progress, accepting new jobs'*",
        "E *AssertionError: the optimiser raised, and minimise() left its session open",
        "E *<Session *> is 'In progress, accepting new jobs'*",
    )


def test_a_batch_that_is_cancelled_in_place_of_closed_is_found(pytester: pytest.Pytester) -> None:
    assert_found(
        run(pytester, "partition", "partition_cancels"),
        [
            "test_every_circuit_has_its_result_in_order_though_most_jobs_are_queued_at_the_close",
            "test_the_circuits_are_spread_over_as_few_jobs_as_they_fit_in[1-8]",
        ],
        "E *RuntimeError: job * is Failed: Job is part of a session that's been closed",
    )


def test_a_job_that_is_lost_and_forgotten_is_found(pytester: pytest.Pytester) -> None:
    assert_found(
        run(pytester, "reopen", "reopen_loses"),
        [
            "test_a_job_that_was_lost_with_its_session_is_submitted_again",
            "test_an_error_of_the_job_itself_is_not_tried_for_ever",
        ],
        "E *AssertionError: 2 points were asked for and 1 answered; lost and not resubmitted: [[]<Job *>]",
    )
