"""Recording what a handler answers in this process, at the times of its world."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Protocol

from pytest_qruntime.cassette.decoding import decoded
from pytest_qruntime.cassette.files import LIMIT
from pytest_qruntime.cassette.tape import Exchange, Provenance, Tape
from pytest_qruntime.rest import timestamps
from pytest_qruntime.rest.http import Handler, Request, Response


class Timekeeper(Protocol):
    """What a recording needs of a world: `pytest_qruntime.model.World` is one."""

    @property
    def now_us(self) -> int:
        """The instant that it is, in microseconds since the world's epoch."""

    @property
    def start_unix_us(self) -> int:
        """The epoch, in microseconds since 1970."""

    @property
    def lock(self) -> threading.RLock:
        """Held by whoever reads or changes the world while other threads may."""


class Taping:
    """A handler that lets another one answer, and keeps every exchange: IAM's too, and errors.

    Args:
        handler: who answers. What it raises reaches the caller, and leaves no exchange.
        world: whose clock tells when. Its lock is held from the look at the clock to the end of the answer, so that the
            exchanges of several threads stand in the order in which they took effect.
    """

    def __init__(self, handler: Handler, world: Timekeeper) -> None:
        self.handler = handler
        self.world = world
        self._exchanges: list[Exchange] = []

    def handle(self, request: Request) -> Response:
        """Answer one request as the handler does."""
        with self.world.lock:
            at_us = self.world.now_us
            response = self.handler.handle(request)
            self._exchanges.append(_exchange(at_us, request, response))
        return response

    def knows_crn(self, crn: str) -> bool:
        """Whether the handler knows it; one that cannot tell does not."""
        known = getattr(self.handler, "knows_crn", None)
        return known is not None and bool(known(crn))

    def tape(
        self, *, test: str | None = None, recorded: str | None = None, versions: Mapping[str, str] | None = None
    ) -> Tape:
        """What was recorded so far.

        Args:
            test: the node id of the test.
            recorded: the real date, ISO 8601.
            versions: of the packages that took part, by name.
        """
        began = timestamps.iso(self.world.start_unix_us)
        provenance = Provenance("pytest-qruntime", began, "virtual", recorded, dict(versions or {}), test)
        with self.world.lock:
            return Tape(provenance, tuple(self._exchanges))


def _exchange(at_us: int, request: Request, response: Response) -> Exchange:
    headers: dict[str, str] = {}
    for name, value in response.headers:
        key = name.lower()
        headers[key] = f"{headers[key]}, {value}" if key in headers else value
    headers, body = decoded(headers, response.body, LIMIT)
    query = f"?{request.query}" if request.query else ""
    return Exchange(
        at_us=at_us,
        method=request.method.upper(),
        url=f"https://{request.host}{request.path}{query}",
        request_headers=dict(request.headers),
        request_body=request.body,
        status=response.status,
        response_headers=headers,
        response_body=body,
    )
