"""What one test opened and submitted: what is told to the journal, to the meter, and closed when the test is over."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from pytest_qruntime.cassette.replay.meaning import Place, created, document, place
from pytest_qruntime.cassette.tape import Exchange
from pytest_qruntime.client.errors import hidden
from pytest_qruntime.clock.instants import iso, utc
from pytest_qruntime.clock.real import Real
from pytest_qruntime.live.api import Api
from pytest_qruntime.live.budget import BudgetExceededError, Meter
from pytest_qruntime.live.journal import Entry, Journal
from pytest_qruntime.live.target import Target, digest
from pytest_qruntime.model.errors import QRuntimeError
from pytest_qruntime.model.states import CLOSED

__tracebackhide__ = hidden

_REFUSED: Final = 400


class Ledger:
    """Keeps account of one test.

    Args:
        target: the service.
        api: of the test's instance.
        journal: what is told of open sessions; None: nobody is.
        meter: what counts the run's QPU time; None: nobody does.
        label: the test.
    """

    def __init__(self, target: Target, api: Api, *, journal: Journal | None, meter: Meter | None, label: str) -> None:
        self._target = target
        self._api = api
        self._journal = journal
        self._meter = meter
        self._label = label
        self._open: dict[str, Api] = {}

    def check(self) -> None:
        """Something is about to be sent that may cost.

        Raises `BudgetExceededError` if the run has used more than it may; then what is open is closed.
        """
        try:
            if self._meter is not None:
                self._meter.check()
        except BudgetExceededError:
            self.close_all()
            raise

    def note(self, exchange: Exchange) -> None:
        """A request was answered, and its sender does not know yet. Raises `QRuntimeError` if the disk is full."""
        if exchange.status >= _REFUSED:
            return
        where = place(urlsplit(exchange.url).path)
        new = created(exchange)
        if new:
            self._note_creation(new, where, exchange)
        elif where.kind == "sessions" and where.id:
            self._note_state(where, exchange)

    def close_all(self) -> list[str]:
        """Close what is open, and say what could not be closed; that stays in the journal."""
        return [problem for session_id, api in list(self._open.items()) if (problem := self._close(session_id, api))]

    def gone(self) -> None:
        """What was open has gone with its world."""
        for session_id in list(self._open):
            self._forget(session_id)

    def _note_creation(self, new: str, where: Place, exchange: Exchange) -> None:
        api = self._api.of(exchange.request_headers.get("service-crn", ""))
        if where.kind == "sessions":
            self._note_opening(new, api)
            if self._meter is not None:
                self._meter.add_session(new, api)
        elif self._meter is not None and not document(exchange.request_body).get("session_id"):
            self._meter.add_job(new, api)

    def _note_opening(self, session_id: str, api: Api) -> None:
        self._open[session_id] = api
        if self._journal is None:
            return
        entry = Entry(
            session=session_id,
            service=self._target.service,
            account=digest(api.crn),
            server=self._target.url if self._target.own else "",
            test=self._label,
            at=iso(utc(round(Real.time()) * 1_000_000)),
        )
        try:
            self._journal.opened(entry)
        except OSError as problem:
            self._close(session_id, api)
            raise QRuntimeError(
                f"session {session_id} was opened and is closed again: the journal in {self._journal.folder.name} "
                f"cannot be written ({problem.strerror}), and after a crash nobody would know of it"
            ) from None

    def _note_state(self, where: Place, exchange: Exchange) -> None:
        if exchange.method == "DELETE" and where.part == "close":
            self._forget(where.id)
            return
        said = document(exchange.request_body if exchange.method == "PATCH" else exchange.response_body)
        if said.get("state") == CLOSED or said.get("accepting_jobs") is False:
            self._forget(where.id)

    def _close(self, session_id: str, api: Api) -> str | None:
        try:
            if api.is_open(session_id):
                api.close(session_id)
        except QRuntimeError as problem:
            return f"session {session_id} may still be open: {problem}"
        self._forget(session_id)
        return None

    def _forget(self, session_id: str) -> None:
        self._open.pop(session_id, None)
        if self._journal is not None:
            self._journal.closed(session_id)
