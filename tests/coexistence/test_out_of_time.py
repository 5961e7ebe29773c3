"""pytest-timeout: a test that never ends is a failure as any other, or the end of the process."""

from __future__ import annotations

import pytest

from tests.coexistence.suites import TIMEOUT, outcomes, read
from tests.plugin.conftest import Project

HANGS = """
    def test_fine(qruntime):
        pass

    def test_hangs(qruntime):
        with qruntime.session() as session:
            session.run(shots=1000)
            qruntime.clock.tick("1h")
            while True:
                pass

    def test_after(qruntime):
        pass
"""


def test_a_test_that_is_interrupted_fails_with_its_timeline(project: Project) -> None:
    result = project.write(test_it=HANGS).run(
        "--timeout=0.2", "--timeout-method=signal", "--qruntime-report=report.json", plugins=(TIMEOUT,)
    )

    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(["*Failed: Timeout*", "*timeline: what happened at the service*", "*session 1*"])
    assert outcomes(read(project))["test_it.py::test_hangs"] == "failed"


def test_a_process_that_is_ended_leaves_the_report_of_the_last_run(project: Project) -> None:
    project.write(test_it="def test_it(qruntime): pass").run("--qruntime-report=report.json")
    before = read(project)

    result = project.write(test_it=HANGS).run_apart(
        "--timeout=0.2", "--timeout-method=thread", "--qruntime-report=report.json", plugins=(TIMEOUT,)
    )

    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["*Timeout*"])
    assert read(project) == before
