"""What stands behind a test, out of its settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from pytest_qruntime import arguments
from pytest_qruntime.model import Plan, Policy
from pytest_qruntime.model.errors import ConfigurationError
from pytest_qruntime.model.plan import PLANS
from pytest_qruntime.recording.names import place, shown
from pytest_qruntime.rest import timestamps
from pytest_qruntime.settings import MAX_AGE, SETTINGS, of_world

_PYTEST_RECORDING = ("recording", "pytest_recording.plugin")
_LEFT_OUT = ("freeze",)  # it is about the process of the test, not about the service


@dataclass(frozen=True)
class Choice:
    """What a test is to run on.

    Attributes:
        source: ``"fake"``, ``"cassette"`` or ``"live"``.
        file: the recording of this test.
        max_age_s: how old that may be; None for any age.
        stale: ``"warn"`` or ``"error"`` if it is older.
        settings: the arguments of `pytest_qruntime.world` that were decided.
    """

    source: str
    file: Path
    max_age_s: float | None
    stale: str
    settings: Mapping[str, Any]

    @classmethod
    def of(cls, item: pytest.Item, decided: Mapping[str, Any]) -> Choice:
        """The choice of a test, whose settings have been checked.

        Raises `ConfigurationError` if pytest-recording keeps its cassette of the test in the same file.
        """
        name = decided.get("cassette")
        file = place(item, None if name is None else arguments.cassette(name))
        if decided.get("source") == "cassette" and name is None:
            _check_neighbour(item, file)
        return cls(
            source=decided.get("source", "fake"),
            file=file,
            max_age_s=arguments.max_age(decided.get("max_age", MAX_AGE)),
            stale=decided.get("stale", "warn"),
            settings=of_world(decided),
        )


def _check_neighbour(item: pytest.Item, file: Path) -> None:
    """Both tools have the same default; the file would have half of what each of them looks for."""
    is_theirs = item.get_closest_marker("vcr") is not None and item.get_closest_marker("default_cassette") is None
    if is_theirs and any(item.config.pluginmanager.has_plugin(name) for name in _PYTEST_RECORDING):
        raise ConfigurationError(
            f"The test is marked vcr, too, and pytest-recording keeps its cassette in the same file, "
            f"{shown(file, item.config)}. Name another one for the service: "
            f"@pytest.mark.qruntime(cassette={f'cassettes/{file.parent.name}/{file.stem}.service.yaml'!r})"
        )


def plain(settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings that differ from their defaults as JSON has them: two worlds that are alike are equal."""
    found: dict[str, Any] = {}
    for name in (setting.name for setting in SETTINGS if setting.name not in _LEFT_OUT):
        if name in settings:
            value = _plain(name, settings[name])
            if value != _defaults()[name]:
                found[name] = value
    return found


@cache
def _defaults() -> dict[str, Any]:
    return {
        setting.name: {} if setting.name == "policy" else _plain(setting.name, setting.read(setting.default))
        for setting in SETTINGS
    }


def _plain(name: str, value: Any) -> Any:
    if name == "plan":
        plan = arguments.plan(value)
        return plan.name if PLANS.get(plan.name) == plan else _limits(plan)
    if name == "policy":
        policy = arguments.policy(value)
        return {knob.name: _listed(getattr(policy, knob.name)) for knob in Policy.knobs() if _turned(policy, knob)}
    if name == "start":
        return timestamps.iso(arguments.start(value))
    return value


def _limits(plan: Plan) -> dict[str, Any]:
    return {**asdict(plan), "modes": sorted(plan.modes)}


def _turned(policy: Policy, knob: Any) -> bool:
    return bool(getattr(policy, knob.name) != knob.default)


def _listed(value: Any) -> Any:
    return dict(sorted(value.items())) if isinstance(value, Mapping) else value
