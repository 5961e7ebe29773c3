"""Which requests something is about: by operation, or by method and path."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from typing_extensions import TypedDict

from pytest_qruntime.model.errors import ConfigurationError
from pytest_qruntime.network.names import known_name
from pytest_qruntime.rest.operations import ROUTES, bare_path, operation

__tracebackhide__ = True  # what is wrong with a pattern is told where it is given

METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_WILD: Final = re.compile(r"(\*\*|\*|\{\w+\})")


class RequestOptions(TypedDict, total=False):
    """The keyword arguments that choose requests; see `Where`."""

    method: str | None
    path: str | None


@dataclass(frozen=True)
class Where:
    """Which requests: those that every given part speaks of; without any, all of them.

    Attributes:
        operation: what the request is called, such as ``"submit"`` or ``"read job"``: a name of
            `pytest_qruntime.rest.operations.ROUTES`.
        method: its method, such as ``"PATCH"``.
        path: its path, such as ``"/v1/jobs/*"``: ``*`` and ``{id}`` stand for one part of it, ``**`` for any number.
            What comes before ``/v1`` is left out, and so is the query.

    Raises `ConfigurationError` for what no request of the service can match.
    """

    operation: str | None = None
    method: str | None = None
    path: str | None = None
    _pattern: re.Pattern[str] | None = field(default=None, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.operation is not None:
            known_name("operation", self.operation, ROUTES)
        if self.method is not None:
            known_name("method", self.method, METHODS)
        if self.path is not None:
            object.__setattr__(self, "_pattern", _compiled(self.path))
        if self.operation is not None and (self.method or self.path):
            raise ConfigurationError(
                f"operation {self.operation!r} says the method and the path already: {' '.join(ROUTES[self.operation])}"
            )
        if self.path is not None or self.method is not None:
            self._require_an_endpoint()

    def matches(self, method: str, host: str, path: str, body: bytes = b"") -> bool:
        """Whether it speaks of a request; the path is raw."""
        if self.operation is not None:
            return operation(method, host, path, body) == self.operation
        if self.method is not None and self.method != method:
            return False
        return self._pattern is None or self._pattern.fullmatch(bare_path(path, host)) is not None

    def _require_an_endpoint(self) -> None:
        """Whoever mistypes a path would otherwise wait in vain for a request that matches."""
        like = [route for route in ROUTES.values() if self.path is None or _may_match(self.path, route[1])]
        if not like:
            raise ConfigurationError(
                f"path is {self.path!r}, which no path of the service matches; expected one such as '/v1/jobs', "
                "'/v1/jobs/*', '/v1/jobs/{id}/results' or '/v1/sessions/**'"
            )
        methods = sorted({method for method, _ in like})
        if self.method is not None and self.method not in (*methods, "HEAD", "OPTIONS"):
            where = "here" if self.path is None else f"with {self.path}"
            raise ConfigurationError(f"method is {self.method!r}; expected, {where}, one of {', '.join(methods)}")

    def __str__(self) -> str:
        if self.operation is not None:
            return self.operation
        return " ".join(part for part in (self.method, self.path) if part) or "any request"


def _compiled(path: object) -> re.Pattern[str]:
    if not isinstance(path, str) or not path.startswith("/") or "?" in path or path == "/":
        raise ConfigurationError(
            f"path is {path!r}; expected a path that begins with a slash, such as '/v1/jobs/*', without a query"
        )
    parts = _WILD.split(bare_path(path))
    return re.compile("".join(_expression(part) for part in parts))


def _expression(part: str) -> str:
    if part == "**":
        return ".*"
    return "[^/]+" if _WILD.fullmatch(part) else re.escape(part)


def _may_match(pattern: str, route: str) -> bool:
    """Whether some path of a route matches the pattern."""
    if "**" in pattern:
        return True
    given, known = bare_path(pattern).split("/"), route.split("/")
    return len(given) == len(known) and all(
        one == other or _WILD.search(one) is not None or (other.startswith("{") and one)
        for one, other in zip(given, known, strict=True)
    )
