"""What was seen of the client: one `Call` for each call of a public method, and `Calls`, all of them in order."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from importlib.metadata import version as version_of
from typing import Final, NamedTuple

from pytest_qruntime.cassette.derive.gathering import gather
from pytest_qruntime.cassette.derive.known import Known
from pytest_qruntime.cassette.tape import Exchange
from pytest_qruntime.model.trace import CLIENT_CALLED, Event
from pytest_qruntime.rest.http import Request, Response

_LARGE: Final = 1_000_000
"""Bodies of more bytes are not kept: a watch must not double the memory that circuits and results take."""
_UNREAD: Final = ("/results", "/configuration", "/properties")
"""What these paths tell is of no lifecycle, and may be large."""
_LONG: Final = 400
_WHOLE: Final = ("open", "read session")
_KEPT: Final = ("id", "state", "session_id", "backend", "usage_limit_reached", "errors")
"""What other answers tell that a rule of the client is about."""
_NOBODYS_BUSINESS: Final = ("instance", "user_id")


class Seen(NamedTuple):
    """An exchange during a call: when it was answered, its number on the tape if there is one, and itself."""

    at_us: int
    number: int | None
    exchange: Exchange


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
    """The requests to the API in so many words, without what is of no lifecycle; those for tokens are none."""
    known = Known(0, 0)
    times: dict[int, Seen] = {}
    for number, one in enumerate(seen):
        gather(known, number, one.exchange)
        times[number] = one
    return tuple({**_short(answered.data), "at_us": times[answered.number].at_us} for answered in known.answered)


def _short(data: Mapping[str, object]) -> dict[str, object]:
    """An exchange without what no rule of the client is about."""
    told, asked = data["told"], data["asked"]
    if isinstance(told, dict) and data["operation"] not in _WHOLE:
        told = {name: told[name] for name in _KEPT if name in told}
    told, asked = _discreet(told), _discreet(asked)
    return {**{name: data[name] for name in ("operation", "method", "path", "status")}, "asked": asked, "told": told}


def _discreet(found: object) -> object:
    if not isinstance(found, dict):
        return None
    return {name: value for name, value in found.items() if name not in _NOBODYS_BUSINESS}


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
        self, now: Callable[[], int] = lambda: 0, exchanges: Callable[[], Sequence[Exchange]] | None = None
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

    def seen(self, request: Request, response: Response) -> Seen:
        """An exchange, as it will be told."""
        number = None if self._exchanges is None else len(self._exchanges()) - 1
        query = f"?{request.query}" if request.query else ""
        unread = response.status == 200 and request.path.endswith(_UNREAD)
        asked, told = (b"" if len(body) > _LARGE else body for body in (request.body, b"" if unread else response.body))
        url = f"https://{request.host}{request.path}{query}"
        exchange = Exchange(0, request.method.upper(), url, {}, asked, response.status, {}, told)
        return Seen(self.now(), number, exchange)

    def events(self) -> list[Event]:
        """All of them as events of a trace."""
        with self._lock:
            calls = list(self._calls)
        return [call.event() for call in calls]

    def __repr__(self) -> str:
        return f"<Calls: {len(self)}>"
