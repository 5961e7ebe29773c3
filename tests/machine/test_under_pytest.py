"""Machines in a project of their own: its settings count, workers share them, and what is printed can be pasted."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from pytest_qruntime.machine.case import ALIKE

PLUGINS = ("-p", "pytest_qruntime.plugin", "-p", "no:cacheprovider", "-W", "error")

MACHINES = """
    from hypothesis import HealthCheck, settings, strategies as st
    from hypothesis.stateful import invariant, rule

    from pytest_qruntime import RuntimeMachine

    few = settings(max_examples=40, stateful_step_count=5, derandomize=True, database=None)


    class Decided(RuntimeMachine):
        settings = {"lanes": 3, "policy": {"batch_autoend": 7}}
        weights = {"*": 0, "let_time_pass": 1}

        @invariant()
        def it_is_what_everybody_said(self):
            found = self.qruntime
            assert (found.backend().lanes, found.plan.name, found.world.seed) == (3, "flex", 5)
            assert (found.policy.batch_autoend, found.policy.idle_close) == (7, "lazy")


    @few
    class Decorated(Decided):
        def teardown(self):
            ran.append(self)

    ran = []


    class Faulty(RuntimeMachine):
        weights = {"*": 0, "open_batch": 1}

        @rule(session=RuntimeMachine.sessions, times=st.integers(0, 3))
        def submit_some(self, session, times):
            assert times < 2, f"{times} jobs in {session.session_id}"


    TestDecided = Decided.TestCase
    TestDecided.settings = settings(few, max_examples=5)
    TestDecorated = Decorated.TestCase
    TestFaulty = Faulty.TestCase
    TestFaulty.settings = few
"""
CONFTEST = """
    import pytest

    @pytest.fixture(scope="session")
    def qruntime_config():
        return {"lanes": 2, "policy": {"idle_close": "lazy"}, "plan": "premium"}
"""


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makeconftest(CONFTEST)
    pytester.makeini("[pytest]\nqruntime_seed = 5\nqruntime_source = cassette\n")
    pytester.makepyfile(test_machines=MACHINES)
    return pytester


def test_a_project_runs_machines_in_workers_and_pastes_what_they_print(project: pytest.Pytester) -> None:
    options = (*PLUGINS, "-p", "xdist", "-p", "_hypothesis_pytestplugin", "--qruntime-plan=flex", "--qruntime-strict")
    found = project.runpytest_subprocess(*options, "-n1", "test_machines.py")
    found.assert_outcomes(passed=2, failed=1)
    found.stdout.re_match_lines([r"tests        3 in \d\d+ worlds; ", r"\d+ of \d+ contracts hold: .*OPN-02"])
    text = found.stdout.str()
    function = text.partition(ALIKE)[2].partition("\n====")[0]
    error = re.search(r"^E\s+AssertionError: (\d jobs in \S+)$", text, re.MULTILINE)
    assert error is not None, text

    project.makepyfile(test_pasted=function)
    again = project.runpytest_inprocess(*options, "test_pasted.py")

    again.assert_outcomes(failed=1)
    again.stdout.fnmatch_lines([f"E * AssertionError: {error[1]}"])
    assert '@pytest.mark.qruntime(source="fake", leaks="off")' in function


WITHOUT = """
import sys
sys.modules["hypothesis"] = None
import pytest_qruntime
from pytest_qruntime import *
assert "hypothesis" not in [name for name, module in sys.modules.items() if module is not None]
try:
    from pytest_qruntime import RuntimeMachine
except ImportError as error:
    assert isinstance(error, pytest_qruntime.QRuntimeError)
    print(error)
"""


def test_without_hypothesis_it_says_what_to_install() -> None:
    found = subprocess.run([sys.executable, "-c", WITHOUT], capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stderr
    assert found.stdout == (
        "RuntimeMachine is a state machine of Hypothesis, and hypothesis is not installed; expected the extra that "
        "brings it: pip install 'pytest-qruntime[hypothesis]'\n"
    )
