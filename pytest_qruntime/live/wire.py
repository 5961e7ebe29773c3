"""The settings of a test, as the control interface of a server of our own takes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from pytest_qruntime import arguments
from pytest_qruntime.clock.instants import iso, utc
from pytest_qruntime.model.errors import ConfigurationError
from pytest_qruntime.model.plan import PLANS, Plan
from pytest_qruntime.model.policy import Policy

_OF_THIS_PROCESS: Final = frozenset({"freeze"})
_PLAIN: Final = ("backend", "lanes", "qpu_contention", "engine", "seed")


def world_of(settings: Mapping[str, Any]) -> dict[str, Any]:
    """The body of a request for a world of these settings, with what a test needs that lives on the world's clock.

    Raises `ConfigurationError` for what cannot be told over HTTP, and for a value that cannot be used.
    """
    body: dict[str, Any] = {"time": "manual", "own_account": True, "token_dates": "world"}
    for name, value in settings.items():
        if name in _OF_THIS_PROCESS:
            continue
        if name not in arguments.CHECKS:
            raise ConfigurationError(f"{name} cannot be told to a server; leave it out, or run the test on the fake")
        arguments.CHECKS[name](value)
        body[name] = _told(name, value)
    return body


def _told(name: str, value: Any) -> Any:
    if name == "plan":
        return _plan(arguments.plan(value))
    if name == "policy":
        return _policy(value)
    if name == "start":
        return iso(utc(arguments.start(value)))
    return value


def _plan(plan: Plan) -> str:
    if PLANS.get(plan.name) != plan:
        raise ConfigurationError(
            f"plan is {plan.name} with limits of its own; a server takes one of {', '.join(PLANS)} as it is"
        )
    return plan.name


def _policy(value: Any) -> dict[str, Any]:
    """The knobs that differ from the default, as JSON has them."""
    policy, plain = arguments.policy(value), Policy()
    knobs = {knob.name: getattr(policy, knob.name) for knob in Policy.knobs()}
    turned = {name: value for name, value in knobs.items() if value != getattr(plain, name)}
    return {name: dict(value) if isinstance(value, Mapping) else value for name, value in turned.items()}
