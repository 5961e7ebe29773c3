"""What the services of the platform take and say: Global Search, Global Catalog, Resource Controller.

Only what the Python client reads and a little more; the real documents have many more keys.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import NotRequired, TypedDict

from pytest_qruntime.rest.wire.common import Timestamp, answer, request

# -- Global Search -----------------------------------------------------------------------------------------------------


@request
class SearchQuery(TypedDict):
    """POST /v3/resources/search. With a cursor everything else is ignored."""

    query: NotRequired[str | None]
    fields: NotRequired[list[str] | None]
    search_cursor: NotRequired[str | None]


class FoundDocument(TypedDict):
    """What the owner of a resource publishes of it. An instance without extensions has no quantum computers."""

    extensions: list[dict[str, str]]


@answer
class Found(TypedDict):
    """A resource: its CRN, and those of its other fields that were asked for."""

    crn: str
    name: NotRequired[str]
    type: NotRequired[str]
    family: NotRequired[str]
    account_id: NotRequired[str]
    region: NotRequired[str]
    service_name: NotRequired[str]
    service_instance: NotRequired[str]
    service_plan_unique_id: NotRequired[str]
    tags: NotRequired[list[str]]
    doc: NotRequired[FoundDocument]


@answer
class SearchResult(TypedDict):
    """A page of resources; with a cursor if there are more."""

    items: list[Found]
    limit: int
    search_cursor: NotRequired[str]


# -- Global Catalog ----------------------------------------------------------------------------------------------------


class Overview(TypedDict):
    """Words for people."""

    display_name: str
    description: str


class Overviews(TypedDict):
    """By language."""

    en: Overview


class Pricing(TypedDict):
    """How a plan is paid; the Python client knows no other words."""

    type: Literal["free", "trial", "paygo", "paid", "subscription"]
    origin: str


class EntryMetadata(TypedDict):
    """What machines read."""

    pricing: Pricing


@answer
class CatalogEntry(TypedDict):
    """GET /api/v1/{id}: a plan."""

    id: str
    name: str
    kind: Literal["plan"]
    active: bool
    disabled: bool
    tags: list[str]
    overview_ui: Overviews
    metadata: EntryMetadata


# -- Resource Controller -----------------------------------------------------------------------------------------------


@answer
class ResourceInstance(TypedDict):
    """GET /v2/resource_instances/{id}."""

    id: str
    guid: str
    crn: str
    name: str
    region_id: str
    account_id: str
    resource_plan_id: str
    type: Literal["service_instance"]
    state: Literal["active"]
    created_at: Timestamp


@answer
class ResourceInstances(TypedDict):
    """GET /v2/resource_instances."""

    rows_count: int
    next_url: str | None
    resources: list[ResourceInstance]


# -- errors ------------------------------------------------------------------------------------------------------------


@answer
class PlatformErrorItem(TypedDict):
    """One error of Global Search or Global Catalog."""

    code: str
    message: str
    more_info: str


@answer
class PlatformError(TypedDict):
    """An error of Global Search or Global Catalog: the error container of IBM Cloud's handbook for its APIs."""

    errors: Annotated[list[PlatformErrorItem], Field(min_length=1, max_length=1)]
    status_code: int
    trace: str


@answer
class ResourceError(TypedDict):
    """An error of the Resource Controller."""

    error_code: str
    message: str
    details: NotRequired[str]
    status_code: int
    transaction_id: str
