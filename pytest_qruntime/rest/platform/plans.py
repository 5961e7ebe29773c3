"""Global Catalog: GET /api/v1/{id} says how a plan is called and how it is paid."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

from pytest_qruntime.rest.accounts import Grant
from pytest_qruntime.rest.answers import json_answer
from pytest_qruntime.rest.http import Response
from pytest_qruntime.rest.platform.errors import No, PlatformRefusedError
from pytest_qruntime.rest.platform.reading import Asked
from pytest_qruntime.rest.wire.platform import CatalogEntry

PATH: Final = "/api/v1/"
_PREFIX: Final = "plan-"

PricingType = Literal["free", "trial", "paygo", "paid", "subscription"]


class Sold(NamedTuple):
    """What the catalog says of a plan."""

    display_name: str
    pricing: PricingType


PLANS: Final[dict[str, Sold]] = {
    "open": Sold("Open", "free"),
    "payg": Sold("Pay-As-You-Go", "paygo"),
    "flex": Sold("Flex", "subscription"),
    "premium": Sold("Premium", "subscription"),
}
"""The names are those of the client's `plans_preference`, in lower case; which pricing goes with which is ours."""


def plan_id(plan: str) -> str:
    """The id of a plan in the catalog, and of an instance's plan everywhere else; its form is ours."""
    return _PREFIX + plan


def answer(asked: Asked, _grant: Grant | None, id: str) -> Response:
    """A plan of the catalog. One with a name of its own is answered like an archived one, and unknown ids with 404."""
    plan = id.removeprefix(_PREFIX)
    sold = PLANS.get(plan)
    if not id.startswith(_PREFIX) or (sold is None and plan not in _plans(asked)):
        raise PlatformRefusedError(No.ENTRY_UNKNOWN, id=id)
    if sold is None:
        raise PlatformRefusedError(No.ENTRY_ARCHIVED, id=id)
    entry: CatalogEntry = {
        "id": id,
        "name": plan,
        "kind": "plan",
        "active": True,
        "disabled": False,
        "tags": [],
        "overview_ui": {"en": {"display_name": sold.display_name, "description": f"The {sold.display_name} plan."}},
        "metadata": {"pricing": {"type": sold.pricing, "origin": "global_catalog"}},
    }
    return json_answer(entry)


def _plans(asked: Asked) -> set[str]:
    return {instance.plan for instance in asked.service.accounts.owned()}
