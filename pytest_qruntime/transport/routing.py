"""Which interceptions are active, and which of them answers a request."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_qruntime.rest.http import Handler, Request, Response

Witness = Callable[["Request | None", "Response | None"], None]
"""Is told of a request and its answer, in the thread that made the request; of None if the handler raised, as a faulty
network makes it do, so that an answer comes late, in part or not at all. Of no request, if one goes past all handlers,
to a host that is not the service's, as a loopback server's is not. It must not raise."""


class Route:
    """One active interception, as the patched functions see it: who answers, and on whose behalf."""

    __slots__ = ("handler", "label")

    def __init__(self, handler: Handler, label: str) -> None:
        self.handler = handler
        self.label = label


class Routes:
    """The active interceptions, innermost last.

    What a process patches is one for all its threads, so this is too. `active` is replaced, never changed: a request
    takes one look at it and needs no lock, whatever other threads start or stop. So are `witnesses`, who are told of
    every answer to requests.
    """

    __slots__ = ("active", "witnesses")

    def __init__(self) -> None:
        self.active: tuple[Route, ...] = ()
        self.witnesses: tuple[Witness, ...] = ()

    def witnessed(self, handler: Handler) -> Handler:
        """A handler that answers as the given one does, and has everybody told who wants to know."""
        return _Witnessed(handler, self.witnesses) if self.witnesses else handler


class _Witnessed:
    """A handler whose answers are told to others before they go out."""

    def __init__(self, handler: Handler, witnesses: tuple[Witness, ...]) -> None:
        self._handler = handler
        self._witnesses = witnesses

    def handle(self, request: Request) -> Response:
        """Answer one request."""
        response = None
        try:
            response = self._handler.handle(request)
            return response
        finally:
            for witness in self._witnesses:
                witness(request, response)


def choose(active: tuple[Route, ...], headers: Mapping[str, str]) -> Handler:
    """The handler that answers a request with these (lower-case) headers; `active` is not empty.

    Worlds may be nested, and a client of the outer one may still be in use: its requests carry the CRN of one of its
    instances. The innermost handler that knows this CRN; without a CRN, or if none knows it, the innermost of all.
    """
    if len(active) > 1:
        crn = headers.get("service-crn")
        if crn is not None:
            for route in reversed(active):
                knows_crn = getattr(route.handler, "knows_crn", None)
                if knows_crn is not None and knows_crn(crn):
                    return route.handler
    return active[-1].handler
