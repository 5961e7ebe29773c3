"""Whether an exchange conforms to the JSON Schemas, in both directions: for tests and strict mode, not the hot path.

An answer must have a status that its endpoint declares, the content type that goes with it, and a body of the declared
shape. A request's body is held to its schema only if the service accepted it: refusing a bad one is conforming, too.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import Any, Final, Literal, NamedTuple

from jsonschema import Draft202012Validator, FormatChecker, ValidationError, validators
from jsonschema.protocols import Validator

from pytest_qruntime.model.errors import ConfigurationError, QRuntimeError
from pytest_qruntime.rest import platform, routes, schema
from pytest_qruntime.rest.call import Endpoint
from pytest_qruntime.rest.http import Request, Response
from pytest_qruntime.rest.regions import Platform, answered_by

IAM_PATH: Final = "/identity/token"
COMMON_ERRORS: Final = (400, 401, 403, 404)
"""What every endpoint can answer: a bad IBM-API-Version, and whatever is wrong with credentials and instance."""

REQUEST: Final = "request"
ANSWER: Final = "answer"

IAM_ANSWERS: Final[dict[int, str | None]] = {200: "Token", 400: "IamError", 405: "IamError"}


class Violation(NamedTuple):
    """One point in which an exchange does not conform.

    `kind` says whether the service has no such route, or status, or whether a body has another `form` than its endpoint
    (none, JSON, text), another `shape` than its schema, or only a key `extra`, or a `number` written as an integer.
    `text` may quote the body. `error` is that of the schema, if it is one.
    """

    kind: Literal["route", "status", "form", "shape", "extra", "number"]
    what: str
    text: str
    error: ValidationError | None = None


class ConformanceError(QRuntimeError, AssertionError):
    """A request or an answer does not conform; the message lists every problem."""


def check(request: Request, response: Response) -> None:
    """Raise `ConformanceError` if the exchange does not conform."""
    found = list(problems(request, response))
    if found:
        what = f"{request.method} {request.path} answered {response.status}"
        raise ConformanceError(what + ", which does not conform:" + "".join(f"\n- {problem}" for problem in found))


def problems(request: Request, response: Response) -> Iterator[str]:
    """Every point in which an exchange does not conform, as text."""
    return (violation.text for violation in violations(request, response))


def violations(request: Request, response: Response) -> Iterator[Violation]:
    """Every point in which an exchange does not conform."""
    if request.path == IAM_PATH and answered_by(request.host).iam:
        yield from _answer_problems(request, response, IAM_ANSWERS)
        return
    service = answered_by(request.host).platform
    if service is not None:
        yield from _platform_problems(service, request, response)
        return
    endpoint = _endpoint(request)
    if endpoint is None:
        if response.status not in (404, 405):
            text = f"there is no such endpoint; expected status 404 or 405, not {response.status}"
            yield Violation("route", REQUEST, text)
        yield from _answer_problems(request, response, {404: "ErrorDocument", 405: "ErrorDocument"})
        return
    yield from _answer_problems(request, response, declared(endpoint))
    if endpoint.body is not None and response.status < 400:
        yield from _document_problems(REQUEST, endpoint.body, request.body)


def _platform_problems(service: Platform, request: Request, response: Response) -> Iterator[Violation]:
    found = platform.find(service, request.path)
    error = platform.ERROR_SCHEMAS[service]
    if found is None or found[0].method != request.method:
        yield from _answer_problems(request, response, {405 if found else 404: error})
        return
    endpoint = found[0]
    yield from _answer_problems(request, response, {200: endpoint.schema, **dict.fromkeys(endpoint.errors, error)})
    if endpoint.body is not None and response.status < 400:
        yield from _document_problems(REQUEST, endpoint.body, request.body or b"{}")


def declared(endpoint: Endpoint) -> dict[int, str | None]:
    """The schemas of everything that an endpoint may answer, by status."""
    errors = () if endpoint.public else COMMON_ERRORS + endpoint.errors + ((415,) if endpoint.body else ())
    return {**endpoint.answers, **dict.fromkeys(sorted(set(errors)), "ErrorDocument")}


def _endpoint(request: Request) -> Endpoint | None:
    found = routes.match(request.path) if answered_by(request.host).runtime else None
    return None if found is None else found[0].endpoints.get(request.method)


def _answer_problems(request: Request, response: Response, answers: dict[int, str | None]) -> Iterator[Violation]:
    if response.status not in answers:
        text = f"status {response.status} is not declared; declared are {sorted(answers)}"
        yield Violation("status", ANSWER, text)
        return
    name = answers[response.status]
    content_type = dict(response.headers).get("content-type")
    if name is None or request.method == "HEAD":
        if response.body:
            yield Violation("form", ANSWER, f"an empty body was expected, found {response.body[:80]!r}")
    elif name == routes.TEXT:
        if content_type != "text/plain; charset=utf-8":
            text = f"content-type is {content_type!r}; expected 'text/plain; charset=utf-8'"
            yield Violation("form", ANSWER, text)
    else:
        if content_type is None or content_type.partition(";")[0] != "application/json":
            yield Violation("form", ANSWER, f"content-type is {content_type!r}; expected application/json")
        yield from _document_problems(ANSWER, name, response.body)


def _document_problems(what: str, name: str, body: bytes) -> Iterator[Violation]:
    try:
        document: Any = json.loads(body)
    except ValueError as error:
        yield Violation("form", what, f"the {what} is not JSON: {error}")
        return
    for found in validator(name, answer=what == ANSWER).iter_errors(document):
        yield Violation(_kind(found), what, f"{what} {name}: {found.json_path} {found.message}", found)


def _kind(error: ValidationError) -> Literal["shape", "extra", "number"]:
    """What is wrong; of several forms that are allowed, with the one that comes closest."""
    if error.validator == "additionalProperties":
        return "extra"
    if (error.validator, error.validator_value, type(error.instance)) == ("type", "number", int):
        return "number"
    forms: dict[object, set[Literal["shape", "extra", "number"]]] = {}
    for part in error.context or ():
        forms.setdefault(part.schema_path[0], set()).add(_kind(part))
    small = [kinds for kinds in forms.values() if "shape" not in kinds]
    return "shape" if not small else "extra" if any("extra" in kinds for kinds in small) else "number"


def _type(validator: Any, types: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
    """The keyword `type`, for an answer: where a ``number`` is declared, clients of typed languages expect a float."""
    if types == "number" and isinstance(instance, int) and not isinstance(instance, bool):
        yield ValidationError(f"{instance!r} is written as an integer; expected a number such as {instance}.0")
    else:
        yield from Draft202012Validator.VALIDATORS["type"](validator, types, instance, schema) or ()


_AnswerValidator: Final = validators.extend(Draft202012Validator, {"type": _type})  # type: ignore[no-untyped-call]


@cache
def validator(name: str, *, answer: bool) -> Validator:
    """The validator of one document, built once; it checks date-times, and of an answer how numbers are written."""
    formats = FormatChecker(["date-time"]) if "date-time" in FormatChecker.checkers else None
    if formats is None:
        raise ConfigurationError("jsonschema cannot check date-times here; install rfc3339-validator")
    kind = _AnswerValidator if answer else Draft202012Validator
    return kind(schema.load(name), format_checker=formats)
