"""Scenarios: what has gone wrong for others, by name, ready to be tried on one's own code."""

from pytest_qruntime.scenarios.catalogue import ALL, SCENARIOS, named
from pytest_qruntime.scenarios.scenario import Scenario

__all__ = ["ALL", "SCENARIOS", "Scenario", "named"]
