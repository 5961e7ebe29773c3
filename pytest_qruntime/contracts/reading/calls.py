"""What the calls of the official client say."""

from __future__ import annotations

from pytest_qruntime.contracts.calls import AskedFacts, CallFacts, HandleFacts
from pytest_qruntime.contracts.reading.books import Books
from pytest_qruntime.model import Event

_ENDS = ("Session.close", "Session.cancel", "Session.__exit__")


class CallEvents:
    """Notes the calls, and for each what had been done before with the same objects."""

    def __init__(self, books: Books) -> None:
        self.calls = books.facts.calls
        self.handles: dict[int, HandleFacts] = {}
        self.built: dict[int | None, CallFacts] = {}
        self.ended: dict[str, CallFacts] = {}
        self.job_cancels: dict[int | None, CallFacts] = {}
        self.job_looks: dict[int | None, AskedFacts] = {}

    def called(self, number: int, event: Event) -> None:
        """A call ended."""
        call = CallFacts(event, number)
        self.calls.append(call)
        topic, _, method = call.name.partition(".")
        if topic == "Session":
            self._of_session(call, method)
        elif topic == "Primitive":
            self._of_primitive(call, method)
        elif topic == "Job":
            self._of_job(call, method)

    # -- sessions and batches ------------------------------------------------------------------------------------------

    def _handle(self, number: int) -> HandleFacts:
        found = self.handles.get(number)
        if found is None:
            found = self.handles[number] = HandleFacts(number)
        return found

    def _of_session(self, call: CallFacts, method: str) -> None:
        if method == "from_id":
            self._taken_up(call)
            return
        if call.handle is None:
            return
        call.by = handle = self._handle(call.handle)
        if method == "__init__":
            handle.known, handle.session = True, (call.returned or {}).get("session")
        if call.name in _ENDS:
            self._ended(call, handle, method)

    def _ended(self, call: CallFacts, handle: HandleFacts, method: str) -> None:
        handle.ended = handle.ended or call
        if method == "cancel":
            handle.cancelled = handle.cancelled or call
        if call.session is not None and any(one.accepted for one in call.requests("close", "cancel")):
            self.ended.setdefault(call.session, call)

    def _taken_up(self, call: CallFacts) -> None:
        number = (call.returned or {}).get("handle")
        if number is None:
            return
        call.by = handle = self._handle(number)
        handle.known, handle.session, handle.taken_up = True, call.session, call
        for look in call.requests("read session"):
            if look.accepted:
                handle.found = look.said("state"), look.said("accepting_jobs")

    # -- primitives ----------------------------------------------------------------------------------------------------

    def _of_primitive(self, call: CallFacts, method: str) -> None:
        if method == "__init__":
            self.built[call.primitive] = call
            return
        call.built = self.built.get(call.primitive)
        number = call.given.get("in_handle")
        if number is None:
            return
        call.by = handle = self._handle(number)
        if handle.ended is not None and handle.ended.came_before(call):
            call.sealed = handle.ended
        ended = self.ended.get(call.session or "")
        if ended is not None and ended.handle != number and ended.came_before(call):
            call.closed = ended

    # -- jobs ----------------------------------------------------------------------------------------------------------

    def _of_job(self, call: CallFacts, method: str) -> None:
        cancel = self.job_cancels.get(call.handle)
        if cancel is not None and cancel.came_before(call):
            call.cancelled_job = cancel
        for look in call.requests("read job"):
            if look.job_status:
                self.job_looks[call.handle] = look
        call.last_status = self.job_looks.get(call.handle)
        if method == "cancel" and call.raised is None:
            self.job_cancels.setdefault(call.handle, call)
