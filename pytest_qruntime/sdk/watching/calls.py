"""What was seen of the client: one `Call` for each call of a public method, and `Calls`, all of them in order."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from importlib.metadata import version as version_of
from typing import Final, NamedTuple

from pydantic_core import from_json

from pytest_qruntime.model.trace import CLIENT_CALLED, Event
from pytest_qruntime.rest import operations
from pytest_qruntime.rest.http import Request, Response
from pytest_qruntime.rest.regions import answered_by

_LARGE: Final = 1_000_000
"""Bodies of more bytes are not kept: a watch must not double the memory that circuits and results take."""
_LONG: Final = 400
_ASKED: Final = frozenset({"open", "submit", "close", operations.REOPEN})
_TOLD: Final[Mapping[str, tuple[str, ...] | None]] = {
    "open": None,
    "read session": None,
    "read job": ("state", "session_id"),
    "usage": ("usage_limit_reached",),
    "submit": ("id", "session_id", "backend"),
}
"""What answers are kept, and which of their fields; None: all of them."""
_NOBODYS_BUSINESS: Final = frozenset({"instance", "user_id", "params"})


class Seen(NamedTuple):
    """An exchange during a call: when it was answered, its number on the tape if there is one, and what it said.

    The status is 0 if nobody knows what arrived of an answer: the network was faulty.
    """

    at_us: int
    number: int | None
    method: str
    host: str
    path: str
    status: int
    asked: bytes
    told: bytes


class Call:
    """One call of a public method of the client, by the code under test and not by the client itself.

    Attributes:
        name: as ``"Session.close"``: the class that has the method; a batch is a session.
        given: of the arguments and of what they were called on, plain JSON-able values. The names ``session``, ``job``
            and ``backend`` are ids.
        thread: a number for the thread.
        blocks: the sessions and batches of the with blocks that surround the call, as pairs of the id and the number of
            the handle, the innermost last; None: they were entered before the watch began.
        fresh: whether the innermost block was entered, and none left since.
        elsewhere: whether a block is open that does not surround the call, in another thread say.
        deaf: whether the client's log does not tell warnings.
        warned: what the client warned of, by its log or with `warnings`.
        seen: the exchanges; None: nobody could see them, since they went past pytest-qruntime.
    """

    def __init__(self, name: str, given: dict[str, object], began_us: int) -> None:
        self.name = name
        self.given = given
        self.began_us = began_us
        self.at_us = began_us
        self.thread = 0
        self.blocks: tuple[tuple[str | None, int], ...] | None = ()
        self.fresh = False
        self.elsewhere = False
        self.deaf = False
        self.warned: list[str] = []
        self.seen: list[Seen] | None = []
        self.returned: object = None
        self.raised: str | None = None
        self.message: str | None = None

    def failed(self, error: BaseException) -> None:
        """It raised."""
        self.raised, self.message = type(error).__name__, str(error)[:_LONG]

    def event(self) -> Event:
        """This call as an event of a trace."""
        numbers = [one.number for one in self.seen or () if one.number is not None]
        data: dict[str, object] = {
            "call": self.name,
            "given": {name: value for name, value in self.given.items() if name not in ("session", "job")},
            "thread": self.thread,
            "blocks": self.blocks,
            "fresh": self.fresh,
            "elsewhere": self.elsewhere,
            "raised": self.raised,
            "message": self.message,
            "returned": self.returned,
            "warned": tuple(self.warned),
            "deaf": self.deaf,
            "requests": None if self.seen is None else _told(self.seen),
            "began_us": self.began_us,
            "client": _version(),
            "first": min(numbers, default=None),
            "last": max(numbers, default=None),
        }
        backend, session, job = (_text(self.given.get(name)) for name in ("backend", "session", "job"))
        return Event(self.at_us, CLIENT_CALLED, backend, session, job, data)


def _told(seen: Iterable[Seen]) -> tuple[dict[str, object], ...]:
    """The requests to the API, without what no rule of the client is about; those for tokens are none."""
    return tuple(_in_short(one) for one in seen if answered_by(one.host).runtime)


def _in_short(one: Seen) -> dict[str, object]:
    called = operations.operation(one.method, one.host, one.path, one.asked)
    return {
        "operation": called,
        "method": one.method,
        "path": operations.bare_path(one.path, one.host),
        "status": one.status,
        "asked": _fields(one.asked, None) if called in _ASKED else None,
        "told": _fields(one.told, _TOLD[called]) if called in _TOLD else None,
        "at_us": one.at_us,
    }


def _fields(body: bytes, names: tuple[str, ...] | None) -> dict[str, object] | None:
    """These fields of a JSON object; None if it is none."""
    try:
        found = from_json(body)
    except ValueError:
        return None
    if not isinstance(found, dict):
        return None
    kept = found if names is None else {name: found[name] for name in names if name in found}
    return {name: value for name, value in kept.items() if name not in _NOBODYS_BUSINESS}


@cache
def _version() -> str:
    """Of the client that is installed."""
    return version_of("qiskit-ibm-runtime")


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


class Calls:
    """The calls of a watch, in the order in which they ended. May be read while the watch is on, and from any thread.

    Args:
        now: tells the time of the world, in microseconds since its epoch.
        exchanges: grows with every exchange, such as those of a tape; None: exchanges have no numbers.
    """

    def __init__(
        self, now: Callable[[], int] = lambda: 0, exchanges: Callable[[], Sequence[object]] | None = None
    ) -> None:
        self.now = now
        self._exchanges = exchanges
        self._lock = threading.Lock()
        self._calls: list[Call] = []

    def __len__(self) -> int:
        return len(self._calls)

    def add(self, call: Call) -> None:
        """A call has ended."""
        with self._lock:
            call.at_us = self.now()
            self._calls.append(call)

    def seen(self, request: Request, response: Response | None) -> Seen:
        """An exchange, as it will be told."""
        number = None if self._exchanges is None else len(self._exchanges()) - 1
        method, host, path = request.method.upper(), request.host, request.path
        called = operations.operation_of(request)
        asked, told = (
            body if called in kept and len(body) <= _LARGE else b""
            for kept, body in ((_ASKED, request.body), (_TOLD, b"" if response is None else response.body))
        )
        status = 0 if response is None else response.status
        return Seen(self.now(), number, method, host, path, status, asked, told)

    def events(self) -> list[Event]:
        """All of them as events of a trace."""
        with self._lock:
            calls = list(self._calls)
        return [call.event() for call in calls]

    def __repr__(self) -> str:
        return f"<Calls: {len(self)}>"
