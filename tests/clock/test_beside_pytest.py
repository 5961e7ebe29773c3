"""Tools that measure tests keep the real clock, while the tests see the virtual one."""

from __future__ import annotations

import re

import pytest

FIXTURE = """
import time
import pytest
from pytest_qruntime.clock import Clock
from tests.clock.stub import StubWorld

@pytest.fixture
def clock():
    with Clock(StubWorld()).hold() as clock:
        yield clock
"""


@pytest.fixture
def project(
    pytester: pytest.Pytester, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> pytest.Pytester:
    """A small project whose tests hold a clock. It knows no plugin but ours and those that it names."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    pytester.plugins.append("pytest_qruntime.plugin")
    pytester.makeconftest(FIXTURE)
    pytester.syspathinsert(request.config.rootpath)
    return pytester


def test_durations_are_real(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import time
        def test_a_day(clock):
            before = time.time()
            clock.tick("1d")
            time.sleep(3600)
            assert time.time() - before == 90000
        """
    )
    result = project.runpytest_subprocess("--durations=3", "-vv")
    result.assert_outcomes(passed=1)
    seconds = [float(found) for found in re.findall(r"([\d.]+)s (?:call|setup|teardown)", result.stdout.str())]
    assert len(seconds) == 3
    assert max(seconds) < 60
    assert float(re.findall(r"in ([\d.]+)s", result.stdout.str())[-1]) < 60


def test_durations_are_real_inside_a_freeze_of_a_fixture_too(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import time
        import freezegun
        import pytest

        @pytest.fixture
        def freezer():  # as pytest-freezer has it
            with freezegun.freeze_time("2030-01-01", ignore=["_pytest.runner", "_pytest.terminal"]):
                yield

        def test_a_day(freezer, clock):
            before = time.perf_counter()
            clock.tick("1d")
            assert time.perf_counter() - before == 86400
        """
    )
    result = project.runpytest_subprocess("--durations=3", "-vv")
    result.assert_outcomes(passed=1)
    seconds = [float(found) for found in re.findall(r"([\d.]+)s (?:call|setup|teardown)", result.stdout.str())]
    assert len(seconds) == 3
    assert max(seconds) < 60


def test_hypothesis_deadlines_count_real_time(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import time
        from hypothesis import HealthCheck, given, settings, strategies as st
        @settings(max_examples=30, deadline=20_000, suppress_health_check=[HealthCheck.function_scoped_fixture])
        @given(st.integers(1, 100_000))
        def test_examples(clock, seconds):
            before = time.time()
            time.sleep(seconds)
            clock.tick("1d")
            assert time.time() - before == seconds + 86400
        """
    )
    project.runpytest_subprocess("-p", "_hypothesis_pytestplugin", "-p", "no:cacheprovider").assert_outcomes(passed=1)


@pytest.mark.parametrize("method", ["thread", "signal"])
def test_a_timeout_of_pytest_timeout_counts_real_time(method: str, project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import threading, time
        def test_virtual_days_pass(clock):
            for _ in range(100):
                time.sleep(86400)
        """
    )
    result = project.runpytest_subprocess("-p", "pytest_timeout", "--timeout=60", f"--timeout-method={method}")
    result.assert_outcomes(passed=1)


def test_a_worker_of_xdist_sleeps_virtually_beside_its_receiver(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import time, pytest
        @pytest.mark.parametrize("n", range(6))
        def test_virtual_hours_pass(clock, n):
            before = time.time()
            for _ in range(50):
                time.sleep(60)
            assert time.time() - before == 3000
            assert clock.world.seconds == 3000
        """
    )
    project.runpytest_subprocess("-p", "xdist", "-p", "pytest_timeout", "-n1", "--timeout=60").assert_outcomes(passed=6)


def test_a_failing_test_leaves_the_process_alone(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import asyncio, datetime, time
        from time import sleep
        real = time.sleep, time.time, datetime.datetime, asyncio.sleep, sleep
        def test_fails(clock):
            assert time.sleep is not real[0]
            sleep(5)
            assert clock is None
        def test_errors(clock):
            raise KeyError
        def test_untouched():
            assert (time.sleep, time.time, datetime.datetime, asyncio.sleep, sleep) == real
        """
    )
    project.runpytest_subprocess().assert_outcomes(failed=2, passed=1)
