"""What the control interface tells."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pytest_qruntime import __version__
from pytest_qruntime.clock.instants import iso, utc
from pytest_qruntime.rest import Response
from pytest_qruntime.rest.answers import json_answer
from pytest_qruntime.server import environment
from pytest_qruntime.server.hosted import HostedWorld

if TYPE_CHECKING:
    from pytest_qruntime.server.gateway import Gateway


def server(gateway: Gateway, _: str, body: Mapping[str, Any]) -> Response:
    """GET /qruntime: counts, and the worlds by number."""
    return json_answer(
        {
            "version": __version__,
            "url": gateway.url,
            "requests": gateway.counts.requests,
            "refused": gateway.counts.refused,
            "refused_tunnels": gateway.counts.tunnels,
            "failures": [str(failure) for failure in gateway.failures],
            "worlds": [world.number for world in gateway.worlds],
        }
    )


def worlds(gateway: Gateway, _: str, body: Mapping[str, Any]) -> Response:
    """GET /qruntime/worlds."""
    return json_answer({"worlds": [described(gateway, one) for one in gateway.worlds]})


def world(gateway: Gateway, number: str, body: Mapping[str, Any]) -> Response:
    """GET /qruntime/worlds/{world}."""
    return json_answer(described(gateway, gateway.worlds[number]))


def time(gateway: Gateway, number: str, body: Mapping[str, Any]) -> Response:
    """GET /qruntime/worlds/{world}/time."""
    return json_answer(time_of(gateway.worlds[number]))


def pending(gateway: Gateway, number: str, body: Mapping[str, Any]) -> Response:
    """GET /qruntime/worlds/{world}/pending."""
    hosted = gateway.worlds[number]
    hosted.catch_up()
    with hosted.service.world.lock:
        found = hosted.clock.pending()
    shown = [
        {"at": iso(one.at), "in_us": one.in_us, "kind": one.kind, "subject": one.subject, "text": one.text}
        for one in found
    ]
    return json_answer({"pending": shown})


def trace(gateway: Gateway, number: str, body: Mapping[str, Any]) -> Response:
    """GET /qruntime/worlds/{world}/trace: the events as `Event.to_json` writes them."""
    hosted = gateway.worlds[number]
    hosted.catch_up()
    with hosted.service.world.lock:
        return json_answer({"trace": [json.loads(event.to_json()) for event in hosted.service.world.trace]})


def requests(gateway: Gateway, number: str, body: Mapping[str, Any]) -> Response:
    """GET /qruntime/worlds/{world}/requests: without what was sent and answered."""
    shown = [
        {
            "at": iso(one.at),
            "method": one.method,
            "path": one.path,
            "query": one.query,
            "operation": one.operation,
            "status": one.status,
            "client": one.client,
            "fault": None if one.fault is None else one.fault.what,
        }
        for one in gateway.worlds[number].qruntime.requests
    ]
    return json_answer({"requests": shown})


def described(gateway: Gateway, hosted: HostedWorld) -> dict[str, Any]:
    """A world: how to reach it, and what it consists of."""
    qruntime = hosted.qruntime
    token = gateway.worlds.tickets.issue(hosted, hosted.api_key)
    return {
        "world": hosted.number,
        "url": gateway.url,
        "crn": qruntime.crn,
        "api_key": hosted.api_key,
        "token": token,
        "environment": environment.variables(gateway.url, qruntime.crn, hosted.api_key, token),
        "plan": qruntime.plan.name,
        "seed": qruntime.world.seed,
        "backends": [
            {"name": one.name, "qubits": one.qubits, "lanes": one.lanes, "status": one.status}
            for one in qruntime.world.backends.values()
        ],
        "instances": [
            {"name": one.name, "crn": one.crn, "plan": one.plan, "region": one.region} for one in qruntime.instances
        ],
        "time": time_of(hosted),
    }


def time_of(hosted: HostedWorld) -> dict[str, Any]:
    """What time it is in a world."""
    hosted.catch_up()
    model = hosted.service.world
    next_us = model.next_event_us()
    return {
        "mode": hosted.time,
        "now": iso(utc(hosted.unix_us)),
        "now_us": model.now_us,
        "next_event": None if next_us is None else iso(utc(model.start_unix_us + next_us)),
        "next_event_us": next_us,
    }
