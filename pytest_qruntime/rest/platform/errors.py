"""How the services of the platform say no: the two forms of their errors, and each error with what is known of it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import TYPE_CHECKING, Final, NamedTuple

from pytest_qruntime.model.errors import QRuntimeError
from pytest_qruntime.rest.answers import json_answer
from pytest_qruntime.rest.faults import Fault
from pytest_qruntime.rest.http import Response
from pytest_qruntime.rest.regions import Platform
from pytest_qruntime.rest.wire.platform import PlatformError, ResourceError

if TYPE_CHECKING:
    from pytest_qruntime.rest.service import Service


class No(str, Enum):
    """What can be wrong with a request to a service of the platform."""

    UNAUTHENTICATED = "unauthenticated"
    TOKEN_EXPIRED = "token_expired"
    BAD_REQUEST = "bad_request"
    PATH_UNKNOWN = "path_unknown"
    METHOD_NOT_ALLOWED = "method_not_allowed"
    ENTRY_UNKNOWN = "entry_unknown"
    ENTRY_ARCHIVED = "entry_archived"
    INSTANCE_UNKNOWN = "instance_unknown"


class PlatformEntry(NamedTuple):
    """How one error is answered: status, code, message (a template), and what is known of it."""

    status: int
    code: str
    message: str
    evidence: str


OURS: Final = "form from IBM Cloud's handbook for its APIs; code and text are ours"

SEARCH_AND_CATALOG: Final[Mapping[No, PlatformEntry]] = {
    No.UNAUTHENTICATED: PlatformEntry(401, "unauthorized", "The token is missing or not valid.", OURS),
    No.TOKEN_EXPIRED: PlatformEntry(401, "token_expired", "The token is expired.", OURS),
    No.BAD_REQUEST: PlatformEntry(400, "bad_request", "{problem}", OURS),
    No.PATH_UNKNOWN: PlatformEntry(404, "not_found", "There is nothing at {path}.", OURS),
    No.METHOD_NOT_ALLOWED: PlatformEntry(
        405, "method_not_allowed", "{method} is not allowed here; use {allowed}.", OURS
    ),
    No.ENTRY_UNKNOWN: PlatformEntry(404, "not_found", "There is no entry {id} in the catalog.", OURS),
    No.ENTRY_ARCHIVED: PlatformEntry(
        403,
        "forbidden",
        "The entry {id} is archived.",
        "that archived entries are answered with 403 is said in the Python client; " + OURS,
    ),
}
"""Errors of Global Search and Global Catalog."""

RESOURCE_CONTROLLER: Final[Mapping[No, PlatformEntry]] = {
    No.UNAUTHENTICATED: PlatformEntry(
        401, "RC-IamErrorResponse", "The token is missing or not valid.", "form and code from public captures"
    ),
    No.TOKEN_EXPIRED: PlatformEntry(
        401, "RC-IamErrorResponse", "Token is expired", "status, code and text from public captures"
    ),
    No.BAD_REQUEST: PlatformEntry(
        400, "RC-BadRequest", "{problem}", "form from public captures; code and text are ours"
    ),
    No.PATH_UNKNOWN: PlatformEntry(
        404, "RC-NotFound", "Not found: {path}", "form from public captures; the rest is ours"
    ),
    No.METHOD_NOT_ALLOWED: PlatformEntry(
        405, "RC-MethodNotAllowed", "Use {allowed}, not {method}", "form from public captures; the rest is ours"
    ),
    No.INSTANCE_UNKNOWN: PlatformEntry(
        404,
        "RC-DatabaseErrorResponse",
        "The resource instance cannot be found: {id}",
        "status, code and form as in public captures for resource keys",
    ),
}
"""Errors of the Resource Controller. The fake does not create, change or delete anything there."""

MORE_INFO: Final = "https://cloud.ibm.com/docs/api-handbook"


class PlatformRefusedError(QRuntimeError):
    """A request that a service of the platform answers with an error; never leaves this room."""

    def __init__(self, why: No, **details: object) -> None:
        self.why = why
        self.details = details
        super().__init__(why.value)


def of_credentials(fault: Fault) -> No:
    """What a service of the platform calls a fault of the credentials."""
    return No.TOKEN_EXPIRED if fault is Fault.TOKEN_EXPIRED else No.UNAUTHENTICATED


def error_answer(service: Service, platform: Platform, error: PlatformRefusedError) -> Response:
    """The error in the form of the service that was asked."""
    trace = service.next_trace()
    entries = RESOURCE_CONTROLLER if platform == "resources" else SEARCH_AND_CATALOG
    entry = entries[error.why]
    message = entry.message.format_map(error.details).encode("utf-8", "replace").decode()
    headers = (("allow", str(error.details["allowed"])),) if error.why is No.METHOD_NOT_ALLOWED else ()
    if platform == "resources":
        return json_answer(_resource_error(entry, message, trace, error.why), entry.status, headers)
    document: PlatformError = {
        "errors": [{"code": entry.code, "message": message, "more_info": MORE_INFO}],
        "status_code": entry.status,
        "trace": trace,
    }
    return json_answer(document, entry.status, headers)


def _resource_error(entry: PlatformEntry, message: str, trace: str, why: No) -> ResourceError:
    document: ResourceError = {
        "error_code": entry.code,
        "message": message,
        "status_code": entry.status,
        "transaction_id": "bss-" + trace.replace("-", "")[:16],
    }
    if why is No.INSTANCE_UNKNOWN:
        document["details"] = "status_code=404 error=not_found reason=missing"
    return document
