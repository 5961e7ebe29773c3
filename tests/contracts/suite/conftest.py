"""What the tests of the suite share: scenarios that were played to the fake, each once."""

from __future__ import annotations

import os

import pytest

from pytest_qruntime.contracts.suite.played import Played
from pytest_qruntime.contracts.suite.scenario import Scenario
from pytest_qruntime.contracts.suite.scenarios import SCENARIOS
from pytest_qruntime.contracts.suite.sources import Fake

OURS = ("-p", "pytest_qruntime.plugin", "-W", "error", "-W", "ignore:Module already imported")
SUITE = ("--pyargs", "pytest_qruntime.contracts.suite")


class Plays:
    """What the scenarios left on the fake."""

    def __init__(self) -> None:
        self._played: dict[str, Played] = {}

    def of(self, scenario: Scenario, item: pytest.Item) -> Played:
        if scenario.name not in self._played:
            self._played[scenario.name] = Fake({}).play(scenario, item)
        return self._played[scenario.name]


@pytest.fixture(autouse=True)
def no_other_plugin(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody's plugins but ours are in the runs of these tests, and nobody's account."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    for name in os.environ:
        if name.startswith(("QISKIT_IBM_", "IAM_", "PYTEST_ADDOPTS")):
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def plays() -> Plays:
    return Plays()


def named(name: str) -> Scenario:
    return next(scenario for scenario in SCENARIOS if scenario.name == name)


def suite(pytester: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    """A run of the suite as others run it, in this process."""
    return pytester.runpytest_inprocess(*OURS, *SUITE, *arguments)
