"""The policy: its defaults, what it validates, and which contradiction each knob settles."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from pytest_qruntime.model import ConfigurationError, Policy, QRuntimeError, World
from pytest_qruntime.model.policy import WITHOUT_KNOB

TABLE: dict[str, dict[str, object]] = {
    "X-01": {"queued_on_end": "failed"},
    "X-02": {"open_plan_session": "error"},
    "X-04": {"idle_close": "immediate"},
    "X-05": {"batch_autoend": None},
    "X-06": {"cost_limit_s": None},
    "X-07": {"batch_ittl": "documented"},
    "X-08": {"active_ttl_report": "max"},
    "X-09": {"session_usage": "windows"},
    "X-10": {"cost_limit_running": "complete"},
    "X-11": {"batch_exclusion": "workloads"},
    "X-12": {"closing_state": "closed"},
    "X-13": {"legacy_usage_keys": False},
    "X-14": {"ran_too_long": "coded"},
    "X-15": {"delete_nonterminal": "reject"},
    "X-16": {"service_timeout": 10_800},
    "X-17": {"backend_required": True, "backend_name_when_open": "shown"},
    "X-18": {"unused_autoclose": {"dedicated": 1800}},
    "X-19": {"max_payload_bytes": None},
    "X-23": {"max_ttl_from": "start"},
    "": {
        "session_activation": "drain",
        "allow_custom_ttl": False,
        "max_ttl_over": "reject",
        "active_ttl_expiry": "deactivate",
        "cancel_closed": 204,
        "reopen_while_draining": True,
        "batch_order": "fifo",
        "queue_order": "fifo",
    },
}
"""The contradictions with the knobs that settle them and their defaults; no number where the documents are silent."""


def test_the_defaults_are_those_of_the_table() -> None:
    expected = {name: value for knobs in TABLE.values() for name, value in knobs.items()}
    assert dataclasses.asdict(Policy()) == expected


def test_every_knob_names_its_contradiction_and_every_contradiction_is_settled() -> None:
    named = {knob.name: knob.contradiction for knob in Policy.knobs()}
    assert named == {name: contradiction for contradiction, knobs in TABLE.items() for name in knobs}
    settled = {contradiction for contradiction in TABLE if contradiction} | set(WITHOUT_KNOB)
    assert settled == {f"X-{number:02}" for number in range(1, 24)}
    assert not set(TABLE) & set(WITHOUT_KNOB)


def test_every_knob_describes_itself() -> None:
    for knob in Policy.knobs():
        assert knob.default == getattr(Policy(), knob.name)
        assert knob.allowed
        assert knob.meaning.endswith(".")


@pytest.mark.parametrize(
    ("knob", "value", "allowed"),
    [
        ("queued_on_end", "lost", "'failed', 'cancelled'"),
        ("open_plan_session", True, "'error', 'job_mode'"),
        ("idle_close", "later", "'immediate', 'lazy'"),
        ("batch_autoend", -1, "None or a whole number, at least 0"),
        ("batch_autoend", "30", "None or a whole number, at least 0"),
        ("cost_limit_s", 0, "None or a whole number, at least 1"),
        ("cost_limit_s", 1.5, "None or a whole number, at least 1"),
        ("batch_ittl", 60, "'documented', 'literal', 'consistent'"),
        ("active_ttl_report", "min", "'max', 'remaining'"),
        ("session_usage", "span ", "'windows', 'span'"),
        ("cost_limit_running", "stop", "'complete', 'stop_ran_too_long'"),
        ("batch_exclusion", None, "'workloads', 'none'"),
        ("closing_state", "open", "'closed', 'pending_closed'"),
        ("legacy_usage_keys", 1, "True or False"),
        ("ran_too_long", "", "'coded', 'uncoded', 'status_string'"),
        ("delete_nonterminal", "ALLOW", "'reject', 'allow'"),
        ("service_timeout", None, "a whole number, at least 1"),
        ("service_timeout", True, "a whole number, at least 1"),
        ("backend_required", "yes", "True or False"),
        ("backend_name_when_open", None, "'shown', 'null'"),
        ("unused_autoclose", 1800, "a mapping of mode to seconds"),
        ("unused_autoclose", {"session": 1800}, "'dedicated', 'batch'"),
        ("unused_autoclose", {"batch": 0}, "a whole number, at least 1"),
        ("max_payload_bytes", 0, "None or a whole number, at least 1"),
        ("max_ttl_from", "close", "'start', 'open'"),
        ("session_activation", "preempt", "'drain', 'immediate'"),
        ("allow_custom_ttl", None, "True or False"),
        ("max_ttl_over", "ignore", "'reject', 'clamp'"),
        ("active_ttl_expiry", "fail", "'deactivate', 'close', 'ignore'"),
        ("cancel_closed", 200, "204, 404, 409"),
        ("reopen_while_draining", "no", "True or False"),
        ("batch_order", "lifo", "'fifo' or 'shuffle:<seed>'"),
        ("batch_order", "shuffle:x", "'fifo' or 'shuffle:<seed>'"),
        ("queue_order", "lifo", "'fifo', 'fair_share'"),
    ],
)
def test_a_value_that_cannot_be_used_is_an_error_that_names_the_knob_and_what_it_takes(
    knob: str, value: Any, allowed: str
) -> None:
    for make in (Policy, Policy().but):
        with pytest.raises(ConfigurationError) as error:
            make(**{knob: value})
        assert knob in str(error.value)
        assert repr(value) in str(error.value) or knob == "unused_autoclose"
        assert allowed in str(error.value)


def test_every_knob_refuses_something() -> None:
    for knob in Policy.knobs():
        broken: Any = {knob.name: object()}
        with pytest.raises(ConfigurationError, match=knob.name):
            Policy(**broken)


def test_but_turns_some_knobs_and_leaves_the_policy_alone() -> None:
    policy = Policy(idle_close="lazy")
    assert policy.but(batch_autoend=30) == Policy(idle_close="lazy", batch_autoend=30)
    assert policy.batch_autoend is None


def test_but_names_the_knobs_when_one_is_unknown() -> None:
    with pytest.raises(
        ConfigurationError, match=r"unknown policy knob idle_closing, speed; the knobs are .*idle_close,"
    ):
        Policy().but(speed=3, idle_closing="lazy")


def test_a_configuration_error_is_a_value_error_and_one_of_ours() -> None:
    assert issubclass(ConfigurationError, QRuntimeError)
    assert issubclass(ConfigurationError, ValueError)


@pytest.mark.parametrize("arguments", [{"lanes": 0}, {"lanes": "5"}, {"seed": -1}, {"seed": None}, {"plan": "gold"}])
def test_a_world_validates_its_arguments_at_once(arguments: Any) -> None:
    with pytest.raises(ConfigurationError, match=next(iter(arguments))):
        World(**arguments)
