"""What a piece of work asks of us, seen from the outside: how much time is spent in our functions, which requests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import wraps
from time import process_time
from typing import Any
from unittest.mock import patch

from pytest_qruntime.rest import Request, Response, Service


class Stopwatch:
    """Processor time inside the watched functions; what one of them calls of the others is not counted twice.

    Attributes:
        seconds: processor time so far.
    """

    def __init__(self) -> None:
        self.seconds = 0.0
        self._inside = False

    @contextmanager
    def watching(self, *functions: tuple[type, str]) -> Iterator[Stopwatch]:
        """Watch these methods (class, name) for the length of a ``with`` block, in one thread."""
        with ExitStack() as stack:
            for owner, name in functions:
                stack.enter_context(patch.object(owner, name, self._watched(getattr(owner, name))))
            yield self

    def _watched(self, function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def watched(*args: Any, **kwargs: Any) -> Any:
            if self._inside:
                return function(*args, **kwargs)
            self._inside = True
            began = process_time()
            try:
                return function(*args, **kwargs)
            finally:
                self.seconds += process_time() - began
                self._inside = False

        return watched


def requests_of(work: Callable[[], object]) -> list[str]:
    """The requests that a piece of work makes, in order, as ``"GET /api/v1/jobs"``."""
    handle, asked = Service.handle, []

    def noted(service: Service, request: Request) -> Response:
        asked.append(f"{request.method} {request.path}")
        return handle(service, request)

    with patch.object(Service, "handle", noted):
        work()
    return asked
