"""The instance of a request: its plan, its limit, its usage."""

from __future__ import annotations

from typing import Final

from pydantic import TypeAdapter

from pytest_qruntime.model.usage import WINDOW_US
from pytest_qruntime.rest.answers import NO_CONTENT, json_answer
from pytest_qruntime.rest.call import Call, body_of
from pytest_qruntime.rest.faults import Fault, RestError
from pytest_qruntime.rest.http import Response
from pytest_qruntime.rest.platform.plans import plan_id
from pytest_qruntime.rest.timestamps import SECOND_US, iso
from pytest_qruntime.rest.wire import accounts as wire
from pytest_qruntime.rest.wire import requests

_UPDATE: Final = body_of(TypeAdapter(requests.UpdateInstance))


def get(call: Call, _: str) -> Response:
    """GET /v1/instance."""
    limit_s = call.instance.usage_limit_s
    shown: wire.Instance = {
        "qctrl_enabled": False,
        "backends": [one.name for one in call.service.mocks.originals() if one.seen_by(call.instance)],
        "plan_id": plan_id(call.instance.plan.name),
    }
    if limit_s is not None:
        shown["instance_limit"] = float(limit_s)
        shown["instance_limit_seconds"] = str(limit_s)
    return json_answer(shown)


def get_configuration(call: Call, _: str) -> Response:
    """GET /v1/instances/configuration."""
    limit_s = call.instance.usage_limit_s
    shown: wire.InstanceConfiguration = {"instance_limit": None if limit_s is None else float(limit_s)}
    return json_answer(shown)


def update_configuration(call: Call, _: str) -> Response:
    """PUT /v1/instances/configuration: another limit, or with null none; a body without it changes nothing."""
    body = _UPDATE(call)
    if "instance_limit" in body:
        limit_s = body["instance_limit"]
        if limit_s is not None and limit_s * SECOND_US < call.instance.usage_us(call.now_us):
            raise RestError(Fault.LIMIT_BELOW_USAGE)
        call.world.limit_usage(call.instance, limit_s)
    return NO_CONTENT


def usage(call: Call, _: str) -> Response:
    """GET /v1/instances/usage: a rolling window of 28 days (USG-11)."""
    instance, now_unix_us = call.instance, call.start_unix_us + call.now_us
    shown: wire.InstanceUsage = {
        "instance_id": call.service.crn(instance),
        "plan_id": plan_id(instance.plan.name),
        "usage_period": {"start_time": iso(now_unix_us - WINDOW_US), "end_time": iso(now_unix_us)},
        "usage_consumed_seconds": instance.usage_us(call.now_us) / SECOND_US,
        "usage_limit_reached": instance.limited(call.now_us),
    }
    if instance.usage_limit_s is not None:
        shown["usage_limit_seconds"] = shown["usage_allocation_seconds"] = float(instance.usage_limit_s)
    return json_answer(shown)
