"""Global Search: POST /v3/resources/search finds the instances of the account that the token stands for.

Of the query language it reads clauses such as ``service_name:quantum-computing`` and ``name:"my instance"``, with ``*``
for any characters, joined by AND; a word without a field is looked for in the name.
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any, Final, NamedTuple, cast

from pydantic import TypeAdapter, ValidationError
from pydantic_core import from_json

from pytest_qruntime.rest.accounts import Grant, ServiceInstance
from pytest_qruntime.rest.answers import json_answer, to_bytes
from pytest_qruntime.rest.credentials import ACCOUNT
from pytest_qruntime.rest.http import Request, Response
from pytest_qruntime.rest.platform.errors import No, PlatformRefusedError
from pytest_qruntime.rest.platform.plans import plan_id
from pytest_qruntime.rest.platform.reading import Asked
from pytest_qruntime.rest.wire.platform import Found, SearchQuery, SearchResult

PATH: Final = "/v3/resources/search"
SERVICE_NAME: Final = "quantum-computing"
DEFAULT_LIMIT: Final = 10
MOST: Final = 1000
DEFAULT_FIELDS: Final = ("name", "type", "family", "account_id")
_CLAUSE: Final = re.compile(r'\s*(?:([\w.]+):)?("[^"]*"|[^\s()":]+)\s*')
_JOINT: Final = re.compile(r"(?:AND|&&)(?=\s)")
_BODY: Final = TypeAdapter(SearchQuery)


class Page(NamedTuple):
    """Where a search goes on: what a cursor stands for."""

    query: str
    fields: tuple[str, ...]
    offset: int


def answer(asked: Asked, grant: Grant, _: str) -> Response:
    """One page of what was found, in the order in which the instances were made."""
    limit = asked.whole_number("limit", 1, MOST, default=DEFAULT_LIMIT)
    page = _page(asked.request)
    found = [resource(instance) for instance in asked.service.accounts.owned(grant)]
    wanted = clauses(page.query)
    matching = [one for one in found if _of_account(asked, one) and all(_matches(one, *clause) for clause in wanted)]
    shown = matching[page.offset : page.offset + limit]
    result: SearchResult = {"items": [_selected(one, page.fields) for one in shown], "limit": limit}
    if page.offset + limit < len(matching):
        result["search_cursor"] = _cursor(page._replace(offset=page.offset + limit))
    return json_answer(result)


def resource(instance: ServiceInstance) -> Found:
    """Everything that can be asked for of an instance."""
    return {
        "crn": instance.crn,
        "name": instance.name,
        "type": "resource-instance",
        "family": "resource_controller",
        "account_id": ACCOUNT,
        "region": instance.region,
        "service_name": SERVICE_NAME,
        "service_instance": instance.crn.split(":")[7],
        "service_plan_unique_id": plan_id(instance.plan),
        "tags": list(instance.tags),
        "doc": {"extensions": [{"id": "backends"}]},
    }


def clauses(query: str) -> list[tuple[str, str]]:
    """The fields and patterns of a query, all of which have to match. Refuses what is not understood."""
    found: list[tuple[str, str]] = []
    position = 0
    while position < len(query):
        joint = _JOINT.match(query, position) if found else None
        clause = _CLAUSE.match(query, joint.end() if joint else position)
        if clause is None or clause[2] in ("OR", "NOT", "||") or clause[2][0] in "-!+":
            raise PlatformRefusedError(
                No.BAD_REQUEST,
                problem=f"the query {query!r} is not understood at {query[position:]!r}; this fake reads clauses such "
                f"as service_name:{SERVICE_NAME} joined by AND",
            )
        found.append((clause[1] or "name", clause[2].strip('"')))
        position = clause.end()
    return [clause for clause in found if clause != ("name", "*")]


def _page(request: Request) -> Page:
    try:
        body = _BODY.validate_python(from_json(request.body or b"{}", allow_inf_nan=False))
    except (ValidationError, ValueError) as error:
        problem = "; ".join(str(error).splitlines()[:3])
        raise PlatformRefusedError(No.BAD_REQUEST, problem=f"the body cannot be read: {problem}") from None
    cursor = body.get("search_cursor")
    if cursor is not None:
        return _page_of(cursor)
    return Page(body.get("query") or "*", tuple(body.get("fields") or DEFAULT_FIELDS), 0)


def _cursor(page: Page) -> str:
    return urlsafe_b64encode(to_bytes(page)).decode()


def _page_of(cursor: str) -> Page:
    try:
        query, fields, offset = from_json(urlsafe_b64decode(cursor.encode()))
        if isinstance(query, str) and isinstance(offset, int) and all(isinstance(name, str) for name in fields):
            return Page(query, tuple(fields), offset)
    except (ValueError, TypeError):
        pass
    raise PlatformRefusedError(No.BAD_REQUEST, problem=f"search_cursor is {cursor!r}, which no search has answered")


def _of_account(asked: Asked, found: Found) -> bool:
    account = asked.text("account_id")
    return account is None or account == found["account_id"]


def _matches(found: Found, name: str, pattern: str) -> bool:
    values = cast("Mapping[str, Any]", found).get(name.partition(".")[0])
    each = values if isinstance(values, list) else [values]
    return any(isinstance(value, str) and fnmatchcase(value, pattern.replace("[", "[[]")) for value in each)


def _selected(found: Found, fields: tuple[str, ...]) -> Found:
    """The fields that were asked for, and the CRN in any case."""
    if "*" in fields:
        return found
    return cast("Found", {name: value for name, value in found.items() if name == "crn" or name in fields})
