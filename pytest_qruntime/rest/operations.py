"""What requests are called: ``submit``, ``read job``, ``close``, and so on, for everything that the service answers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from pydantic_core import from_json

from pytest_qruntime.rest import platform, routes
from pytest_qruntime.rest.http import Request
from pytest_qruntime.rest.regions import answered_by
from pytest_qruntime.rest.service import IAM_PATH

TOKEN: Final = "token"
REOPEN: Final = "reopen"
OTHER: Final = "other"

_OF_THE_API: Final[Mapping[tuple[str, str], str]] = {
    ("POST", "/v1/sessions"): "open",
    ("GET", "/v1/sessions/{id}"): "read session",
    ("PATCH", "/v1/sessions/{id}"): "close",
    ("DELETE", "/v1/sessions/{id}/close"): "cancel",
    ("POST", "/v1/jobs"): "submit",
    ("GET", "/v1/jobs"): "list jobs",
    ("GET", "/v1/jobs/{id}"): "read job",
    ("DELETE", "/v1/jobs/{id}"): "delete job",
    ("POST", "/v1/jobs/{id}/cancel"): "cancel job",
    ("GET", "/v1/jobs/{id}/results"): "results",
    ("GET", "/v1/jobs/{id}/interim_results"): "interim results",
    ("GET", "/v1/jobs/{id}/metrics"): "metrics",
    ("GET", "/v1/jobs/{id}/logs"): "log",
    ("GET", "/v1/jobs/{id}/transpiled_circuits"): "transpiled circuits",
    ("PUT", "/v1/jobs/{id}/tags"): "replace tags",
    ("GET", "/v1/backends"): "list backends",
    ("GET", "/v1/backends/{id}/configuration"): "backend configuration",
    ("GET", "/v1/backends/{id}/properties"): "backend properties",
    ("GET", "/v1/backends/{id}/defaults"): "backend defaults",
    ("GET", "/v1/backends/{id}/status"): "backend status",
    ("GET", "/v1/workloads"): "list workloads",
    ("GET", "/v1/tags"): "search tags",
    ("GET", "/v1/instance"): "instance",
    ("GET", "/v1/instances/usage"): "usage",
    ("GET", "/v1/instances/configuration"): "limit",
    ("PUT", "/v1/instances/configuration"): "set limit",
    ("GET", "/v1/versions"): "versions",
}
_OF_THE_PLATFORM: Final = {"search": "find instances", "catalog": "read plan", "resources": "read instance"}

_BASE: Final = re.compile(r"/(?:experimental/)?api(?=/v1/)")


def bare_path(path: str, host: str = "") -> str:
    """A path as the documentation writes it: without ``/api`` before ``/v1``; the path of a plan is left whole."""
    base = None if answered_by(host).platform == "catalog" else _BASE.match(path)
    return path if base is None else path[base.end() :]


ROUTES: Final[Mapping[str, tuple[str, str]]] = {
    **{name: route for route, name in _OF_THE_API.items()},
    REOPEN: ("PATCH", "/v1/sessions/{id}"),
    TOKEN: ("POST", IAM_PATH),
    **{_OF_THE_PLATFORM[end.platform]: (end.method, end.path) for end in platform.ENDPOINTS},
}
"""The method and the path of every operation."""


def operation(method: str, host: str, path: str, body: bytes = b"") -> str:
    """What a request is called; `OTHER` for what the service does not answer.

    Closing and reopening differ in the body.
    """
    called = _operation(method, host, bare_path(path, host))
    return REOPEN if called == "close" and _accepts(body) else called


def operation_of(request: Request) -> str:
    """The same for a request."""
    return operation(request.method, request.host, request.path, request.body)


@lru_cache(maxsize=4096)
def _operation(method: str, host: str, path: str) -> str:
    answers = answered_by(host)
    if path == IAM_PATH and answers.iam:
        return TOKEN
    found = routes.match(routes.BASE + path)
    if found is not None and answers.runtime:
        endpoint = found[0].endpoints.get(method)
        return OTHER if endpoint is None else _OF_THE_API[endpoint.method, endpoint.route]
    return OTHER if answers.platform is None else _OF_THE_PLATFORM[answers.platform]


def _accepts(body: bytes) -> bool:
    try:
        found = from_json(body)
    except ValueError:
        return False
    return isinstance(found, dict) and found.get("accepting_jobs") is True
