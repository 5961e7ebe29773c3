"""Requests of several threads at one instant: those that change something are served in a fixed order."""

from __future__ import annotations

from typing import Protocol

from pytest_qruntime.client.errors import hidden
from pytest_qruntime.client.polling import Polling
from pytest_qruntime.clock import Clock
from pytest_qruntime.rest.http import Handler, Request, Response
from pytest_qruntime.rest.platform import search
from pytest_qruntime.rest.service import IAM_PATH

__tracebackhide__ = hidden

_READS = frozenset({"GET", "HEAD", "OPTIONS"})

# Are sent as POST and change nothing. Clients hold locks while they ask for a token: a thread that waits for such a
# lock would lose its turn to the one that holds it.
_ASKS = frozenset({IAM_PATH, search.PATH})


class Answering(Handler, Protocol):
    """A handler that knows for which instances it answers."""

    def knows_crn(self, crn: str) -> bool:
        """Whether it answers for the instance with this CRN."""


class InTurn:
    """Who answers in virtual time, for the threads of the process that holds the clock.

    Virtual time does not pass while threads compute, so two of them often submit at the same instant. On a real clock
    one is a little earlier; here the thread that began first is (see `Clock.take_turn`), whichever got a processor.
    """

    def __init__(self, service: Answering, clock: Clock) -> None:
        self._service = service
        self._clock = clock
        self._polling = Polling(clock)

    def handle(self, request: Request) -> Response:
        """Answer one request, in its turn if it may change something. Raises `ClockError` for polls without an end."""
        if request.method in _READS:
            self._polling.note(request)
        elif request.path not in _ASKS:
            self._clock.take_turn()
        return self._service.handle(request)

    def knows_crn(self, crn: str) -> bool:
        """Whether an instance of the service has this CRN."""
        return self._service.knows_crn(crn)
