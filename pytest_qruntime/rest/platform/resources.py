"""Resource Controller: the instances of the account, listed and one by one. It creates and deletes nothing.

Today's Python client no longer asks it; older clients and REST users find their instances with it.
"""

from __future__ import annotations

from typing import Final

from pytest_qruntime.rest.accounts import Grant, ServiceInstance
from pytest_qruntime.rest.answers import json_answer
from pytest_qruntime.rest.credentials import ACCOUNT
from pytest_qruntime.rest.http import Response
from pytest_qruntime.rest.platform.errors import No, PlatformRefusedError
from pytest_qruntime.rest.platform.plans import plan_id
from pytest_qruntime.rest.platform.reading import Asked
from pytest_qruntime.rest.timestamps import iso
from pytest_qruntime.rest.wire.platform import ResourceInstance, ResourceInstances

PATH: Final = "/v2/resource_instances"


def get_all(asked: Asked, grant: Grant, _: str) -> Response:
    """Every instance, or those of one name, GUID or plan, on one page."""
    resources = [_shown(asked, instance) for instance in asked.service.accounts.owned(grant)]
    for field in ("name", "guid", "resource_plan_id"):
        wanted = asked.text(field)
        if wanted is not None:
            resources = [resource for resource in resources if resource[field] == wanted]
    listed: ResourceInstances = {"rows_count": len(resources), "next_url": None, "resources": resources}
    return json_answer(listed)


def get(asked: Asked, grant: Grant, id: str) -> Response:
    """One instance, by its CRN or its GUID."""
    for instance in asked.service.accounts.owned(grant):
        shown = _shown(asked, instance)
        if id in (shown["crn"], shown["guid"]):
            return json_answer(shown)
    raise PlatformRefusedError(No.INSTANCE_UNKNOWN, id=id)


def _shown(asked: Asked, instance: ServiceInstance) -> ResourceInstance:
    return {
        "id": instance.crn,
        "guid": instance.crn.split(":")[7],
        "crn": instance.crn,
        "name": instance.name,
        "region_id": instance.region,
        "account_id": ACCOUNT,
        "resource_plan_id": plan_id(instance.plan),
        "type": "service_instance",
        "state": "active",
        "created_at": iso(asked.service.world.start_unix_us),
    }
