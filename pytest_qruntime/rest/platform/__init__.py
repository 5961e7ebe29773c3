"""The services of IBM Cloud that a client asks before it finds the runtime API: which instances there are, on which
plans.

Their endpoints are listed here, and routing, conformance and the reference page are made from the list.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import unquote

from pytest_qruntime.rest.accounts import Grant
from pytest_qruntime.rest.faults import RestError
from pytest_qruntime.rest.http import Request, Response
from pytest_qruntime.rest.platform import plans, resources, search
from pytest_qruntime.rest.platform.errors import (
    RESOURCE_CONTROLLER,
    SEARCH_AND_CATALOG,
    No,
    PlatformEntry,
    PlatformRefusedError,
    error_answer,
    of_credentials,
)
from pytest_qruntime.rest.platform.reading import Asked
from pytest_qruntime.rest.regions import Platform

if TYPE_CHECKING:
    from pytest_qruntime.rest.service import Service

__all__ = ["ENDPOINTS", "ERRORS", "ERROR_SCHEMAS", "PlatformEndpoint", "PlatformEntry", "answer", "find"]


class PlatformEndpoint(NamedTuple):
    """One endpoint of a service of the platform; with `{id}` its path goes on with an id."""

    platform: Platform
    method: str
    path: str
    handler: Callable[[Asked, Any, str], Response]
    summary: str
    schema: str
    errors: tuple[int, ...]
    body: str | None = None
    public: bool = False
    note: str = ""


ENDPOINTS: Final = (
    PlatformEndpoint(
        "search",
        "POST",
        search.PATH,
        search.answer,
        "Find the instances of the account",
        "SearchResult",
        (400, 401),
        body="SearchQuery",
        note="Global Search. Of Lucene's language: clauses with `*`, joined by AND.",
    ),
    PlatformEndpoint(
        "catalog",
        "GET",
        plans.PATH + "{id}",
        plans.answer,
        "Read a plan",
        "CatalogEntry",
        (401, 403, 404),
        public=True,
        note="Global Catalog. Needs no token. Plans with names of your own are answered like archived ones, 403.",
    ),
    PlatformEndpoint(
        "resources",
        "GET",
        resources.PATH,
        resources.get_all,
        "List the instances of the account",
        "ResourceInstances",
        (401,),
        note="Resource Controller. One page; of the filters name, guid and resource_plan_id.",
    ),
    PlatformEndpoint(
        "resources",
        "GET",
        resources.PATH + "/{id}",
        resources.get,
        "Read an instance",
        "ResourceInstance",
        (401, 404),
        note="Resource Controller. By CRN or GUID.",
    ),
)

ERRORS: Final = {
    "Global Search, Global Catalog": SEARCH_AND_CATALOG,
    "Resource Controller": RESOURCE_CONTROLLER,
}
ERROR_SCHEMAS: Final[dict[Platform, str]] = {
    "search": "PlatformError",
    "catalog": "PlatformError",
    "resources": "ResourceError",
}


def find(platform: Platform, path: str) -> tuple[PlatformEndpoint, str] | None:
    """The endpoint of a raw path, whatever its method, and the id in it; None if there is no such path."""
    for endpoint in ENDPOINTS:
        before, with_id, _ = endpoint.path.partition("{id}")
        rest = path.removeprefix(before) if with_id else ""
        if endpoint.platform == platform and path == before + rest and bool(rest) is bool(with_id) and "/" not in rest:
            return endpoint, unquote(rest)
    return None


def answer(service: Service, request: Request, platform: Platform) -> Response:
    """Answer a request on a host of the platform, with errors in that service's own form."""
    try:
        found = find(platform, request.path)
        if found is None:
            raise PlatformRefusedError(No.PATH_UNKNOWN, path=request.path)
        endpoint, resource_id = found
        if request.method != endpoint.method:
            raise PlatformRefusedError(No.METHOD_NOT_ALLOWED, method=request.method, allowed=endpoint.method)
        return endpoint.handler(Asked(service, request), _grant(service, request, endpoint), resource_id)
    except PlatformRefusedError as error:
        return error_answer(service, platform, error)


def _grant(service: Service, request: Request, endpoint: PlatformEndpoint) -> Grant | None:
    if endpoint.public and "authorization" not in request.headers:
        return None
    try:
        return service.accounts.authenticate(request.headers)
    except RestError as error:
        raise PlatformRefusedError(of_credentials(error.fault)) from None
