"""Every scenario by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pytest_qruntime.network.names import known_name
from pytest_qruntime.scenarios.of_the_network import NETWORK
from pytest_qruntime.scenarios.of_the_service import SERVICE
from pytest_qruntime.scenarios.scenario import Scenario

__tracebackhide__ = True  # what is wrong with a name is told where it is given

ALL: Final = "all"
"""Stands for every scenario, each of which makes a test."""

SCENARIOS: Final[Mapping[str, Scenario]] = {scenario.name: scenario for scenario in (*SERVICE, *NETWORK)}


def named(name: object) -> Scenario:
    """The scenario of that name. Raises `ConfigurationError` with the nearest one and all of them."""
    return SCENARIOS[known_name("scenario", name, SCENARIOS)]
