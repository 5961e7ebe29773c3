"""What the code under test did, as far as its exchanges with the service tell."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

from pytest_qruntime.cassette.replay.meaning import created, document, place
from pytest_qruntime.cassette.tape import Exchange
from pytest_qruntime.client import Batch, Session
from pytest_qruntime.runtime.surface import Opened, Submitted


class Observed:
    """The exchanges of one run of a test, in the order in which they were noted, and what was created in them.

    Attributes:
        on_open: is called with the id of each session or batch that was opened, by whoever notes it; None: nobody asks.
    """

    def __init__(self) -> None:
        self.on_open: Callable[[str], None] | None = None
        self._exchanges: list[Exchange] = []
        self._opened: dict[str, Opened] = {}
        self._submitted: dict[str, Submitted] = {}

    def note(self, exchange: Exchange) -> None:
        """A request was answered. May be called from any thread."""
        self._exchanges.append(exchange)
        if exchange.method == "POST":
            self._note_creation(exchange)
        elif exchange.method == "DELETE" and exchange.status < 300:
            where = place(urlsplit(exchange.url).path)
            if where.kind == "jobs" and not where.part:
                self._submitted.pop(where.id, None)

    def _note_creation(self, exchange: Exchange) -> None:
        new = created(exchange)
        if not new:
            return
        crn = exchange.request_headers.get("service-crn", "")
        if place(urlsplit(exchange.url).path).kind == "jobs":
            self._submitted[new] = Submitted(new, crn)
        else:
            is_batch = document(exchange.request_body).get("mode") == Batch.mode
            self._opened[new] = Opened(new, Batch.mode if is_batch else Session.mode, crn)
            if self.on_open is not None:
                self.on_open(new)

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """Every exchange so far."""
        return tuple(self._exchanges)

    @property
    def opened(self) -> Sequence[Opened]:
        """The sessions and batches that were opened, in that order."""
        return tuple(self._opened.values())

    @property
    def submitted(self) -> Sequence[Submitted]:
        """The jobs that were submitted and not deleted, in the order of their submission."""
        return tuple(self._submitted.values())
