"""What the control interface does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pytest_qruntime.model.errors import ConfigurationError
from pytest_qruntime.rest import Response
from pytest_qruntime.rest.answers import NO_CONTENT, json_answer
from pytest_qruntime.server.hosted import AUTO, REAL, HostedWorld
from pytest_qruntime.server.reports import described, time_of

if TYPE_CHECKING:
    from pytest_qruntime.server.gateway import Gateway


def create(gateway: Gateway, _: str, body: Mapping[str, Any]) -> Response:
    """POST /qruntime/worlds."""
    made = gateway.worlds.create(**{"time": AUTO, **body})
    return json_answer(described(gateway, made), 201)


def remove(gateway: Gateway, number: str, body: Mapping[str, Any]) -> Response:
    """DELETE /qruntime/worlds/{world}."""
    gateway.worlds.remove(number)
    return NO_CONTENT


def reset(gateway: Gateway, number: str, body: Mapping[str, Any]) -> Response:
    """POST /qruntime/worlds/{world}/reset."""
    return json_answer(described(gateway, gateway.worlds.reset(number)))


def move(gateway: Gateway, number: str, body: Mapping[str, Any]) -> Response:
    """POST /qruntime/worlds/{world}/time."""
    hosted = gateway.worlds[number]
    if len(body) != 1:
        raise ConfigurationError(
            f"the body has {', '.join(body) or 'nothing'}; expected one of advance_by, advance_to, next_event, mode"
        )
    if "mode" in body:
        hosted.time = body["mode"]
    elif hosted.time == REAL:
        raise ConfigurationError("time is real, and moves by itself; give the world the mode auto or manual first")
    else:
        _advance(hosted, body)
    return json_answer(time_of(hosted))


def _advance(hosted: HostedWorld, body: Mapping[str, Any]) -> None:
    if "advance_by" in body:
        hosted.clock.tick(body["advance_by"])
    elif "advance_to" in body:
        hosted.clock.move_to(body["advance_to"])
    else:
        _to_next_event(hosted, wanted=body["next_event"])


def _to_next_event(hosted: HostedWorld, *, wanted: bool) -> None:
    if not wanted:
        raise ConfigurationError("next_event is false; expected true, or advance_by or advance_to in its place")
    with hosted.service.world.lock:
        next_us = hosted.service.world.next_event_us()
        if next_us is None:
            raise ConfigurationError("nothing is pending; submit work first, or advance time by a duration")
        hosted.clock.advance_to(next_us)


def next_jobs(gateway: Gateway, number: str, body: Mapping[str, Any]) -> Response:
    """POST /qruntime/worlds/{world}/next-jobs."""
    _now(gateway, number).qruntime.next_jobs(**body)
    return NO_CONTENT


def other_users(gateway: Gateway, number: str, body: Mapping[str, Any]) -> Response:
    """POST /qruntime/worlds/{world}/other-users."""
    _now(gateway, number).qruntime.other_users(**body)
    return NO_CONTENT


def calibrate(gateway: Gateway, number: str, body: Mapping[str, Any]) -> Response:
    """POST /qruntime/worlds/{world}/calibrations."""
    _now(gateway, number).qruntime.calibrate(**body)
    return NO_CONTENT


def maintain(gateway: Gateway, number: str, body: Mapping[str, Any]) -> Response:
    """POST /qruntime/worlds/{world}/maintenances."""
    _now(gateway, number).qruntime.maintenance(**body)
    return NO_CONTENT


def fail(gateway: Gateway, number: str, body: Mapping[str, Any]) -> Response:
    """POST /qruntime/worlds/{world}/faults."""
    _now(gateway, number).qruntime.fail(**body)
    return NO_CONTENT


def heal(gateway: Gateway, number: str, body: Mapping[str, Any]) -> Response:
    """DELETE /qruntime/worlds/{world}/faults."""
    gateway.worlds[number].qruntime.network.heal()
    return NO_CONTENT


def play(gateway: Gateway, number: str, body: Mapping[str, Any]) -> Response:
    """POST /qruntime/worlds/{world}/scenarios."""
    _now(gateway, number).qruntime.play(body["name"])
    return NO_CONTENT


def limit_usage(gateway: Gateway, number: str, body: Mapping[str, Any]) -> Response:
    """POST /qruntime/worlds/{world}/usage-limits."""
    _now(gateway, number).qruntime.limit_usage(**body)
    return NO_CONTENT


def set_status(gateway: Gateway, number: str, body: Mapping[str, Any]) -> Response:
    """POST /qruntime/worlds/{world}/backend-status."""
    qruntime = _now(gateway, number).qruntime
    name = body.get("backend", qruntime.default_backend)
    if name not in qruntime.world.backends:
        raise ConfigurationError(f"backend is {name!r}; expected one of {', '.join(qruntime.world.backends)}")
    with qruntime.world.lock:
        qruntime.world.backends[name].set_status(body["status"], body.get("reason", ""))
    return NO_CONTENT


def add_backend(gateway: Gateway, number: str, body: Mapping[str, Any]) -> Response:
    """POST /qruntime/worlds/{world}/backends."""
    hosted = _now(gateway, number)
    hosted.qruntime.backend(**body)
    return json_answer(described(gateway, hosted), 201)


def add_instance(gateway: Gateway, number: str, body: Mapping[str, Any]) -> Response:
    """POST /qruntime/worlds/{world}/instances."""
    hosted = _now(gateway, number)
    hosted.qruntime.instance(**body)
    return json_answer(described(gateway, hosted), 201)


def _now(gateway: Gateway, number: str) -> HostedWorld:
    """The world of that number, at the instant at which the request came."""
    hosted = gateway.worlds[number]
    hosted.catch_up()
    return hosted
