"""IAM's token endpoint, with IAM's own error bodies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import parse_qs

from pytest_qruntime.rest.answers import json_answer
from pytest_qruntime.rest.credentials import is_api_key
from pytest_qruntime.rest.http import Request, Response
from pytest_qruntime.rest.wire.accounts import IamError

if TYPE_CHECKING:
    from pytest_qruntime.rest.service import Service

GRANT_TYPE: Final = "urn:ibm:params:oauth:grant-type:apikey"


class IamEntry(NamedTuple):
    """How IAM answers one error, and what is known of it."""

    status: int
    code: str
    message: str
    details: str | None
    evidence: str


METHOD: Final = IamEntry(
    405,
    "BXNIM0060E",
    "Web application exception 'javax.ws.rs.ClientErrorException' during request processing.",
    "HTTP 405 Method Not Allowed",
    "code and texts from a public capture; the status is ours",
)
GRANT_MISSING: Final = IamEntry(
    400,
    "BXNIM0109E",
    "Property missing or empty.",
    "Property 'grant_type' either missing or empty.",
    "code and texts verified in public captures",
)
GRANT_UNKNOWN: Final = IamEntry(
    400, "BXNIM0106E", "Unsupported grant type.", None, "not verified: code and text are ours"
)
KEY_MISSING: Final = IamEntry(
    400,
    "BXNIM0109E",
    "Property missing or empty.",
    "Property 'apikey' either missing or empty.",
    "code and texts verified in public captures",
)
KEY_UNKNOWN: Final = IamEntry(
    400, "BXNIM0415E", "Provided API key could not be found.", None, "status, code and text verified in public captures"
)
IAM_CATALOGUE: Final = (METHOD, GRANT_MISSING, GRANT_UNKNOWN, KEY_MISSING, KEY_UNKNOWN)


def token(service: Service, request: Request) -> Response:
    """POST /identity/token: a token for an API key, form-encoded."""
    if request.method != "POST":
        return _refuse(service, METHOD, (("allow", "POST"),))
    form = _form(request)
    grant, key = form.get("grant_type"), form.get("apikey")
    if not grant:
        return _refuse(service, GRANT_MISSING)
    if grant != GRANT_TYPE:
        return _refuse(service, GRANT_UNKNOWN)
    if not key:
        return _refuse(service, KEY_MISSING)
    if not is_api_key(key):
        return _refuse(service, KEY_UNKNOWN)
    return json_answer(service.accounts.mint(key))


def _form(request: Request) -> dict[str, str]:
    """The last value of each field; nothing if the body is not a form."""
    media_type = request.headers.get("content-type", "application/x-www-form-urlencoded").partition(";")[0]
    if media_type.strip().lower() != "application/x-www-form-urlencoded":
        return {}
    return {name: values[-1] for name, values in parse_qs(request.body.decode("utf-8", "replace")).items()}


def _refuse(service: Service, entry: IamEntry, headers: tuple[tuple[str, str], ...] = ()) -> Response:
    document: IamError = {
        "errorCode": entry.code,
        "errorMessage": entry.message,
        "context": {"requestId": service.next_trace(), "requestType": "incoming.Identity_Token"},
    }
    if entry.details is not None:
        document["errorDetails"] = entry.details
    return json_answer(document, entry.status, headers)
