"""What is answered in place of the service's own answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, Final

from pytest_qruntime.model.errors import Refusal, RefusedError
from pytest_qruntime.network.fault import Fault, body_of
from pytest_qruntime.rest.answers import JSON_TYPE, to_bytes
from pytest_qruntime.rest.errors import error_document
from pytest_qruntime.rest.faults import Fault as Wrong
from pytest_qruntime.rest.faults import RestError
from pytest_qruntime.rest.http import Response

Headers = tuple[tuple[str, str], ...]

# As the service's own refusals of that status; the limit of submits is the documented one (PLN-07).
_OWN: Final[Mapping[int, RefusedError | RestError]] = {
    401: RestError(Wrong.TOKEN_EXPIRED),
    403: RestError(Wrong.ACCESS_DENIED),
    429: RefusedError(Refusal.RATE_LIMITED, "PLN-07", limit=5, per="minute"),
}
HTML: Final = (("content-type", "text/html; charset=utf-8"),)
# What Cloudflare, which stands before the service, calls what http.HTTPStatus does not know.
_OF_A_GATEWAY: Final = {
    520: "Web Server Returned an Unknown Error",
    521: "Web Server Is Down",
    522: "Connection Timed Out",
    523: "Origin Is Unreachable",
    524: "A Timeout Occurred",
}


def error_answer(fault: Fault, trace: Callable[[], str]) -> Response:
    """The answer with an error status. `trace` makes the id of the request.

    Errors up to 501 are the service's own, in its envelope; those above are a gateway's, in HTML.
    """
    assert isinstance(fault.what, int)
    status = fault.what
    headers: Headers = JSON_TYPE if status <= 501 else HTML
    body = _envelope(status, trace()) if status <= 501 else _page(status)
    if fault.body is not None:
        headers, body = _given(fault.body, headers)
    if fault.retry_after is not None:
        headers = (*headers, ("retry-after", str(fault.retry_after)))
    return Response(status, headers, body)


def malformed(answer: Response, body: str | bytes | Mapping[str, Any] | None) -> Response:
    """The answer with a body that is no JSON: the first half of its own, unless one is given."""
    spoiled = answer.body[: len(answer.body) // 2] or b"{"
    status = 200 if answer.status == 204 else answer.status
    headers: Headers = answer.headers or JSON_TYPE
    if body is not None:
        headers, spoiled = _given(body, headers)
    return Response(status, headers, spoiled)


def phrase(status: int) -> str:
    """What a status is called."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return _OF_A_GATEWAY.get(status, "Error")


def _envelope(status: int, trace: str) -> bytes:
    own = _OWN.get(status)
    if own is not None:
        return to_bytes(error_document(own, trace)[1])
    code = phrase(status).lower().replace(" ", "_")
    return to_bytes({"errors": [{"code": code, "message": phrase(status), "more_info": ""}], "trace": trace})


def _page(status: int) -> bytes:
    title = f"{status} {phrase(status)}"
    return f"<html>\n<head><title>{title}</title></head>\n<body><h1>{title}</h1></body>\n</html>\n".encode()


def _given(body: str | bytes | Mapping[str, Any], headers: Headers) -> tuple[Headers, bytes]:
    return JSON_TYPE if isinstance(body, Mapping) else headers, body_of(body)
