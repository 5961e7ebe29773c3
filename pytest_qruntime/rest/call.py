"""One authenticated request on its way through the service: what every endpoint needs to answer it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol, TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import from_json

from pytest_qruntime.model.instance import Instance
from pytest_qruntime.rest.faults import Fault, RestError
from pytest_qruntime.rest.http import Request, Response
from pytest_qruntime.rest.query import Query
from pytest_qruntime.rest.timestamps import iso

if TYPE_CHECKING:
    from pytest_qruntime.rest.service import Service

Document = TypeVar("Document", covariant=True)

DEFAULT_VERSION: Final = "2025-05-01"
"""The IBM-API-Version of a request that names none, as the description says."""


class Body(Protocol[Document]):
    """Reads the body of a request."""

    def __call__(self, call: Call) -> Document:
        """The body of this request, validated."""


class Call:
    """A request of `instance`, at the world's present instant."""

    __slots__ = ("instance", "now_us", "request", "service", "start_unix_us", "version", "world")

    def __init__(self, service: Service, request: Request, instance: Instance, version: str) -> None:
        self.service = service
        self.world = service.world
        self.request = request
        self.instance = instance
        self.version = version
        self.now_us = service.world.now_us
        self.start_unix_us = service.world.start_unix_us

    def at(self, at_us: int | None) -> str | None:
        """An instant of the model as text; None stays None."""
        return None if at_us is None else iso(self.start_unix_us + at_us)

    def query(self) -> Query:
        """The query, parsed."""
        return Query(self.request.query)


class Handler(Protocol):
    """Answers one endpoint; `id` is the part of the path that varies, or empty."""

    def __call__(self, call: Call, id: str, /) -> Response:
        """Answer, or raise `RestError` or `RefusedError`."""


class Endpoint(NamedTuple):
    """One method of one route.

    `body` and `answers` name the JSON Schemas of the request and, by status, of the answer; `str` stands for text and
    None for an empty body. Errors that any endpoint can have (401, 404 for the instance, 405) are not listed.
    """

    method: str
    route: str
    handler: Handler
    summary: str
    answers: dict[int, str | None]
    body: str | None = None
    errors: tuple[int, ...] = ()
    note: str = ""
    public: bool = False


def body_of(adapter: TypeAdapter[Document]) -> Body[Document]:
    """A reader of bodies of one type: JSON parsed once, validated once, never descended into where it is opaque."""
    validate = adapter.validator.validate_python

    def read(call: Call) -> Document:
        request = call.request
        media_type = request.headers.get("content-type")
        if media_type is not None and media_type != "application/json":
            _require_json(media_type)
        try:
            # NaN and Infinity are not JSON, and the service's own parser does not take them.
            document: Document = validate(from_json(request.body, allow_inf_nan=False))
        except ValidationError as error:
            raise RestError(Fault.BODY_INVALID, problem=_explain(error)) from None
        except ValueError as error:
            raise RestError(Fault.BODY_INVALID, problem=f"the body is not JSON: {error}") from None
        return document

    return read


def _require_json(media_type: str) -> None:
    essence = media_type.partition(";")[0].strip().lower()
    if essence != "application/json":
        raise RestError(Fault.MEDIA_TYPE, value=media_type)


def _explain(error: ValidationError) -> str:
    """Every problem as ``place: what is wrong``, in one line."""
    problems = error.errors(include_url=False, include_context=False, include_input=False)
    return "; ".join(f"{_place(problem['loc'])}: {problem['msg']}" for problem in problems)


def _place(location: tuple[Any, ...]) -> str:
    return ".".join(str(part) for part in location) or "body"
