"""What each value of each policy knob changes."""

from __future__ import annotations

import typing
from typing import Any

import pytest

from pytest_qruntime.model import Policy
from tests.model.knob_stories import CASES, Story
from tests.model.timeline import J, Timeline

ON_THE_WIRE = {"legacy_usage_keys", "ran_too_long"}
"""Knobs that change only how the REST face writes an answer."""

NEEDS: dict[str, dict[str, Any]] = {
    "open_plan_session": {"plan": "open"},
    "cost_limit_running": {"cost_limit_s": 10},
    "active_ttl_expiry": {"allow_custom_ttl": True},
}
WIDE = {"batch_exclusion", "session_activation", "service_timeout"}


@pytest.mark.parametrize(
    ("knob", "value", "story", "expected"), CASES, ids=[f"{story.__name__}-{k}={v}" for k, v, story, _ in CASES]
)
def test_a_knob_changes_what_it_says(knob: str, value: object, story: Story, expected: object) -> None:
    turned: dict[str, Any] = {knob: value, **NEEDS.get(knob, {})}
    assert story(Timeline(lanes=5 if knob in WIDE else 1, **turned)) == expected


def test_every_value_of_every_knob_has_a_case() -> None:
    shown: dict[str, list[object]] = {}
    for knob, value, _, _ in CASES:
        shown.setdefault(knob, []).append(value)
    hints = typing.get_type_hints(Policy)
    for knob_of in Policy.knobs():
        if knob_of.name in ON_THE_WIRE:
            continue
        choices = typing.get_args(hints[knob_of.name]) if "Literal" in str(hints[knob_of.name]) else ()
        values = [True, False] if hints[knob_of.name] is bool else [*choices, knob_of.default]
        assert all(value in shown[knob_of.name] for value in values), knob_of.name
        assert len(shown[knob_of.name]) >= 2


@pytest.mark.parametrize(
    ("knob", "value"), [("legacy_usage_keys", True), ("ran_too_long", "uncoded"), ("ran_too_long", "status_string")]
)
def test_a_knob_of_the_wire_changes_nothing_in_the_model(knob: str, value: object) -> None:
    traces = []
    turns: list[dict[str, Any]] = [{}, {knob: value}]
    for knobs in turns:
        t = Timeline(**knobs)
        t.submit(None, J(20, 20), cost_s=10)
        t.at(100)
        traces.append(t.world.trace.to_jsonl())
    assert traces[0] == traces[1]
