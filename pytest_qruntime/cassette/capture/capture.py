"""`Capture`: while it is open, what httpx and requests exchange with a service is kept."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from typing import Any, ClassVar

from typing_extensions import Self

from pytest_qruntime.cassette.capture.roll import Roll, Stopwatch
from pytest_qruntime.cassette.capture.shots import Call, shot
from pytest_qruntime.cassette.tape import Exchange, Provenance, Tape
from pytest_qruntime.model.errors import QRuntimeError
from pytest_qruntime.rest import timestamps

_MARK = "qruntime_call"
_unrecorded: ContextVar[bool] = ContextVar("_unrecorded", default=False)


class Capture:
    """A context manager: what programs of this process exchange with a service while it is open.

    httpx (sync and async), requests and what is built on them, such as the official client: by vcrpy, so answers are
    read whole before the program gets them. Clients that were made earlier are recorded too. Requests to others pass
    as if there was nothing; a cassette of vcrpy that a test has opened, before or meanwhile, goes on to answer or to
    record those, and sees none of the service's. aiohttp's requests to the service are refused: no replay answers them.

    The exchanges are those that came to an end, whatever the status: one for each attempt of a retry and each step of a
    redirect. Requests that got no answer are not among them.

    Only one can be open in a process, and each once. Whatever is raised, nothing is left when it is closed.

    Args:
        canonical: the address under which a URL is recorded; None if it is not the service's.
        service: what the recording is said to come from, see `Provenance.service`.
        before: called with the method and the URL as sent before a request leaves. If it raises, nothing is sent.
        after: called with each exchange that came to an end, unscrubbed. What both of them send is not recorded.
        began_us: the first instant of the recorded clock, in microseconds since 1970, for who knows it; by default, and
            if it is later than that, the instant of the first request.
    """

    _open: ClassVar[Capture | None] = None
    _claim: ClassVar[threading.Lock] = threading.Lock()

    def __init__(
        self,
        *,
        canonical: Callable[[str], str | None],
        service: str,
        before: Callable[[str, str], None] | None = None,
        after: Callable[[Exchange], None] | None = None,
        began_us: int | None = None,
    ) -> None:
        self.service = service
        self._canonical = canonical
        self._before = before
        self._after = after
        self._lock = threading.Lock()
        self._watch = Stopwatch()
        self._roll = Roll(began_us)
        self._sent = 0
        self._patches: AbstractContextManager[None] | None = None

    # -- opening and closing -----------------------------------------------------------------------------------------

    def __enter__(self) -> Self:
        from pytest_qruntime.cassette.capture.patching import patched

        with Capture._claim:
            if Capture._open is not None or self._patches is not None:
                raise QRuntimeError(
                    "A recording is being made in this process already, or this one was made before. Requests belong "
                    "to the whole process: end the first, and make a new one for each."
                )
            Capture._open, self._patches = self, patched(self)
            try:
                self._patches.__enter__()
            except BaseException:
                Capture._open = None
                raise
        return self

    def __exit__(self, *raised: Any) -> None:
        assert self._patches is not None
        with Capture._claim:
            try:
                self._patches.__exit__(*raised)
            finally:
                Capture._open = None

    @staticmethod
    @contextmanager
    def unrecorded() -> Iterator[None]:
        """What this thread or task sends in the block passes as if there was no recording."""
        token = _unrecorded.set(True)
        try:
            yield
        finally:
            _unrecorded.reset(token)

    # -- what the patches call ---------------------------------------------------------------------------------------

    def takes(self, url: str) -> bool:
        """Whether a request for this URL is recorded."""
        return not _unrecorded.get() and self._canonical(url) is not None

    def sends(self, request: Any) -> bool:
        """A request of vcrpy is about to be sent, or was: whether it is recorded. Counted when it is first seen."""
        known: dict[str, Any] = vars(request)
        if _MARK not in known:
            known[_MARK] = self._begin(request.method, request.uri)
        return known[_MARK] is not None

    def ends(self, request: Any, response: Mapping[str, Any]) -> None:
        """A request was answered; both are vcrpy's."""
        call: Call = vars(request)[_MARK]
        taken = shot(call, self._canonical, request, response)
        with self._lock:
            at_us = self._roll.add(taken)
        if self._after is not None:
            with self.unrecorded():
                self._after(taken.exchange(at_us))

    def _begin(self, method: str, sent_url: str) -> Call | None:
        url = None if _unrecorded.get() else self._canonical(sent_url)
        if url is None:
            return None
        if self._before is not None:
            with self.unrecorded():
                self._before(method, sent_url)
        with self._lock:
            self._sent += 1
            return Call(self._sent - 1, url, self._watch.now_us())

    # -- the tape ----------------------------------------------------------------------------------------------------

    def tape(
        self,
        *,
        test: str | None = None,
        recorded: str | None = None,
        versions: Mapping[str, str] | None = None,
        settings: Mapping[str, Any] | None = None,
    ) -> Tape:
        """What was recorded so far, in the order in which it was sent; with virtual time, in which it took effect.

        Args:
            test: the node id of the test.
            recorded: the real date, ISO 8601.
            versions: of the packages that took part, by name.
            settings: what the server's world was made of, see `Provenance.settings`.

        Raises:
            CassetteError: a body cannot be decoded.
        """
        with self._lock:
            clock, began_us, exchanges = self._roll.developed()
        began = timestamps.iso(self._watch.now_us() if began_us is None else began_us)
        return Tape(Provenance(self.service, began, clock, recorded, dict(versions or {}), test, settings), exchanges)
