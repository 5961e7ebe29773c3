"""`Network`: the one place where faults act, between every way in and the REST face of a world."""

from __future__ import annotations

from collections.abc import Callable

from pytest_qruntime.clock import Clock
from pytest_qruntime.network.answers import error_answer, malformed
from pytest_qruntime.network.broken import BrokenError
from pytest_qruntime.network.fault import Fault
from pytest_qruntime.network.journal import Journal
from pytest_qruntime.network.rules import Failing, Interlude
from pytest_qruntime.rest.http import Request, Response
from pytest_qruntime.rest.service import Service

__tracebackhide__ = True


class Network:
    """Hands requests on to the service, unless something goes wrong; keeps the journal.

    Of several faults that are about a request, the first one that was arranged counts. Without any, this costs a note
    in the journal.

    Args:
        service: who answers.
        clock: the time that slow answers and timeouts take.

    Attributes:
        journal: every request so far.
    """

    def __init__(self, service: Service, clock: Clock) -> None:
        self.service = service
        self.clock = clock
        self._world = service.world
        self.journal = Journal(self._world.trace)
        self._failing: tuple[Failing, ...] = ()
        self._interludes: tuple[Interlude, ...] = ()
        self._arranged = 0

    # -- what a test arranges ----------------------------------------------------------------------------------------

    def fail(self, fault: Fault) -> Failing:
        """Let this go wrong from now on."""
        with self._world.lock:
            self._arranged += 1
            random = self._world.random(f"fault {self._arranged}")
            failing = Failing(fault, random, lambda: self._world.now_us)
            self._failing = (*self._failing, failing)
        return failing

    def heal(self) -> None:
        """Let nothing go wrong any more, and nothing happen between requests."""
        with self._world.lock:
            self._failing, self._interludes = (), ()

    def interrupt(self, interlude: Interlude) -> Interlude:
        """Let something happen between requests."""
        with self._world.lock:
            self._interludes = (*self._interludes, interlude)
        return interlude

    # -- requests ----------------------------------------------------------------------------------------------------

    def handle(self, request: Request) -> Response:
        """Answer one request. Raises `BrokenError` for what is no answer."""
        fault = self.met(request) if self._failing or self._interludes else None
        if fault is not None:
            return self.failed(request, fault, self.service.handle)
        with self._world.lock:
            response = self.service.handle(request)
            self.journal.note(self.clock.unix_us, request, response)
        if self._interludes:
            self._let_happen("after", request)
        return response

    def note(self, request: Request, response: Response) -> None:
        """A request was answered by somebody who came to the service by another way."""
        with self._world.lock:
            self.journal.note(self.clock.unix_us, request, response)
        self._let_happen("after", request)

    def knows_crn(self, crn: str) -> bool:
        """Whether an instance of the service has this CRN."""
        return self.service.knows_crn(crn)

    def met(self, request: Request) -> Fault | None:
        """What goes wrong with a request that is about to reach the service, after what happens before it."""
        self._let_happen("before", request)
        with self._world.lock:
            self._failing = tuple(failing for failing in self._failing if not failing.over)
            taken = next((failing for failing in self._failing if failing.takes(request)), None)
        return None if taken is None else taken.fault

    def failed(self, request: Request, fault: Fault, answer: Callable[[Request], Response]) -> Response:
        """What comes of a request with which something goes wrong. Raises `BrokenError` for what is no answer."""
        with self._world.lock:
            response = answer(request) if fault.takes_effect else None
            result = self._result(request, fault, response)
            arrived = result if isinstance(result, Response) else result.response
            self.journal.note(self.clock.unix_us, request, arrived, fault)
        if isinstance(result, BrokenError):
            raise result
        self._let_happen("after", request)
        return result

    def _result(self, request: Request, fault: Fault, response: Response | None) -> Response | BrokenError:
        what = fault.what
        if isinstance(what, int):
            return error_answer(fault, self.service.next_trace)
        if what == "malformed":
            assert response is not None
            return malformed(response, fault.body)
        if what == "truncated" and not (response and response.body):
            what = "lost"  # of an answer without a body, nothing arrives in part
        arrives = response if what in ("slow", "truncated") else None
        return BrokenError(what, f"{request.method} {request.path}", self.clock, arrives, fault.delay_us)

    def _let_happen(self, when: str, request: Request) -> None:
        if not self._interludes:
            return
        with self._world.lock:
            self._interludes = tuple(interlude for interlude in self._interludes if not interlude.over)
            happening = [one for one in self._interludes if one.when == when and one.takes(request)]
        for interlude in happening:  # without the lock: it may move time, or ask the service itself
            interlude.happens()
