"""The journal: every request of a test, in order, and what a test asserts about them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sized
from datetime import datetime
from typing import Any, Final
from urllib.parse import parse_qs

from pydantic_core import from_json
from typing_extensions import Unpack

from pytest_qruntime.clock.instants import iso, utc
from pytest_qruntime.model.errors import ConfigurationError, QRuntimeError
from pytest_qruntime.network.fault import Fault
from pytest_qruntime.network.where import RequestOptions, Where
from pytest_qruntime.rest.http import Request, Response
from pytest_qruntime.rest.operations import bare_path, operation

__tracebackhide__ = True  # an assertion fails where the test asserts

LIMIT: Final = 20_000
BODIES: Final = 32 * 1024 * 1024
LET_GO: Final = bytes(bytearray(b"the journal has let go of this body"))  # an object of its own, told by identity
_SHOWN: Final = 20
Note = tuple[int, Request, Response | None, Fault | None, int]
# How clients call themselves, by what they put into their header, the most telling first.
_CLIENTS: Final = (
    ("qiskit_ibm_runtime", "qiskit-ibm-runtime"),
    ("python-sdk", "ibm-cloud-sdk"),
    ("python-httpx", "httpx"),
    ("python-requests", "requests"),
    ("aiohttp", "aiohttp"),
    ("curl/", "curl"),
)


class RequestAssertionError(QRuntimeError, AssertionError):
    """Other requests were sent than the test asserts."""


class RequestRecord:
    """A request that was sent, and what came of it.

    Attributes:
        method: such as ``"POST"``.
        host: which it was sent to.
        raw_path: the path as it was sent, percent-encoded.
        raw_query: the query as it was sent, without its question mark.
        status: of the answer; None: there was none.
        unix_us: when it reached the service, in the time of the world: microseconds since 1970.
        fault: what went wrong because the test said so; None: nothing did.
        after: how many events the trace had when it was answered; None: nobody knows.
    """

    __slots__ = (
        "_agent",
        "_answer",
        "_body",
        "after",
        "fault",
        "host",
        "method",
        "raw_path",
        "raw_query",
        "status",
        "unix_us",
    )

    def __init__(
        self,
        unix_us: int,
        method: str,
        host: str,
        raw_path: str,
        raw_query: str,
        agent: str,
        body: bytes,
        status: int | None,
        answer: bytes,
        fault: Fault | None,
        after: int | None = None,
    ) -> None:
        self.unix_us = unix_us
        self.method = method
        self.host = host
        self.raw_path = raw_path
        self.raw_query = raw_query
        self._agent = agent
        self._body = body
        self.status = status
        self._answer = answer
        self.fault = fault
        self.after = after

    @property
    def at(self) -> datetime:
        """When it reached the service, in the time of the world: an aware datetime in UTC."""
        return utc(self.unix_us)

    @property
    def path(self) -> str:
        """Its path as the documentation writes it, such as ``/v1/jobs``: without what comes before ``/v1``."""
        return bare_path(self.raw_path, self.host)

    @property
    def operation(self) -> str:
        """What it is called, such as ``"submit"``; ``"other"`` for what the service does not answer."""
        return operation(self.method, self.host, self.raw_path, self._body)

    @property
    def query(self) -> dict[str, list[str]]:
        """The parameters of its query, each with all of its values."""
        return parse_qs(self.raw_query, keep_blank_values=True)

    @property
    def client(self) -> str | None:
        """Who sent it, such as ``"qiskit-ibm-runtime"``, ``"httpx"`` or ``"requests"``; None if nobody knows."""
        return next((name for mark, name in _CLIENTS if mark in self._agent), None)

    @property
    def body(self) -> bytes:
        """What was sent. Raises `QRuntimeError` if it was so much in all that the journal has let go of it."""
        return _kept(self._body)

    @property
    def json(self) -> Any:
        """The JSON document that was sent; None if there was no body. Raises ValueError for what is no JSON."""
        return from_json(self.body) if self.body else None

    @property
    def answer(self) -> Any:
        """The JSON document that was answered; None without one. Raises ValueError for what is no JSON."""
        told = _kept(self._answer)
        return from_json(told) if told else None

    def __str__(self) -> str:
        query = f"?{self.raw_query}" if self.raw_query else ""
        result = "no answer" if self.status is None else str(self.status)
        fault = "" if self.fault is None else f" (fault: {self.fault.what})"
        return f"{self.method} {self.path}{query} [{self.operation}] -> {result}{fault}"

    def __repr__(self) -> str:
        return f"<RequestRecord {self}>"


class Requests:
    """Some requests of a test, in the order in which they reached the service: ``len``, ``[0]``, ``for``.

    Args:
        records: the requests.
        what: which requests these are, in words.
        lost: how many earlier ones the journal has let go of.
        among: the requests of which these are a part; None: these are all.
    """

    def __init__(
        self,
        records: Iterable[RequestRecord],
        what: str = "any request",
        *,
        lost: int = 0,
        among: Requests | None = None,
    ) -> None:
        self._records = tuple(records)
        self._what = what
        self._lost = lost
        self._among = among

    def where(
        self,
        operation: str | None = None,
        *,
        status: int | None = None,
        failed: bool | None = None,
        **options: Unpack[RequestOptions],
    ) -> Requests:
        """Those that match every given part: ``where("submit")``, ``where(method="PATCH", path="/v1/sessions/*")``.

        Args:
            operation, method, path: see `pytest_qruntime.network.Where`.
            status: of the answer.
            failed: whether a fault of the test's acted.

        Raises `ConfigurationError` for an operation, a method, a path or a status that no request can have.
        """
        where = Where(operation, **options)
        _check(status, failed)
        found = [
            one
            for one in self._records
            if (status is None or one.status == status)
            and (failed is None or (one.fault is not None) is failed)
            and where.matches(one.method, one.host, one.raw_path, one._body)
        ]
        what = ", ".join(
            said
            for said, chosen in (
                (str(where), where != Where()),
                (f"answered {status}", status is not None),
                (f"{failed=}", failed is not None),
            )
            if chosen
        )
        return Requests(found, what or "any request", lost=self._lost, among=self._among or self)

    @property
    def count(self) -> int:
        """How many they are. Raises `QRuntimeError` if there were more than the journal holds."""
        if self._lost:
            raise QRuntimeError(
                f"the journal holds the last {LIMIT} requests and has let go of {self._lost} earlier ones, so nothing "
                "can be said of all of them; iterate over those that it has"
            )
        return len(self._records)

    def one(self) -> RequestRecord:
        """The only one. Raises `RequestAssertionError`, with what was sent, if there is none, or more."""
        if self.count != 1:
            raise RequestAssertionError(self._story("one request"))
        return self._records[0]

    def none(self) -> None:
        """Assert that there is none. Raises `RequestAssertionError`, with what was sent."""
        if self.count:
            raise RequestAssertionError(self._story("no request"))

    def _story(self, expected: str) -> str:
        """What was expected, what there was instead, and if that is nothing, everything else that there was."""
        if self._records or self._among is None:
            return f"expected {expected} ({self._what}), and there were {len(self)}:{self}"
        return f"expected {expected} ({self._what}), and there was none. All {len(self._among)}:{self._among}"

    def __getitem__(self, index: int) -> RequestRecord:
        return self._records[index]

    def __len__(self) -> int:
        return len(self._records)

    def __iter__(self) -> Iterator[RequestRecord]:
        return iter(self._records)

    def __str__(self) -> str:
        """A line for each; of many, the first and the last ones."""
        lines = [f"  {iso(one.at)} {one}" for one in self._records]
        if len(lines) > _SHOWN:
            half = _SHOWN // 2
            lines = [*lines[:half], f"  ... {len(lines) - 2 * half} more", *lines[-half:]]
        return "".join(f"\n{line}" for line in lines)

    def __repr__(self) -> str:
        return f"<Requests: {len(self._records)} ({self._what}){self}>"


class Journal:
    """Keeps the last `LIMIT` requests at least, and of the latest of them `BODIES` bytes of what was sent and answered.

    A note is what there is already, and made into a record when somebody reads it.

    Args:
        events: the trace of the world.
    """

    def __init__(self, events: Sized = ()) -> None:
        self._events = events
        self._notes: list[Note] = []
        self._weight = 0
        self._lighter = 0  # so many notes, the first ones, have let go of their bodies
        self._lost = 0

    def note(self, unix_us: int, request: Request, response: Response | None, fault: Fault | None = None) -> None:
        """A request was answered, or not. The world's lock is held."""
        self._notes.append((unix_us, request, response, fault, len(self._events)))
        self._weight += len(request[5]) if response is None else len(request[5]) + len(response[2])
        if self._weight > BODIES or len(self._notes) > 2 * LIMIT:
            self._let_go()

    def requests(self) -> Requests:
        """Every request so far."""
        return Requests([_record(*note) for note in self._notes], lost=self._lost)

    def _let_go(self) -> None:
        gone = max(0, len(self._notes) - LIMIT) if len(self._notes) > 2 * LIMIT else 0
        for note in self._notes[self._lighter : gone]:
            self._weight -= _weight(note)
        del self._notes[:gone]
        self._lost += gone
        self._lighter = max(0, self._lighter - gone)
        while self._weight > BODIES:
            unix_us, request, response, fault, after = note = self._notes[self._lighter]
            self._weight -= _weight(note)
            self._notes[self._lighter] = (unix_us, _bodiless(request), _bodiless(response), fault, after)
            self._lighter += 1


def _weight(note: Note) -> int:
    _, request, response, _, _ = note
    return len(request.body) + (0 if response is None else len(response.body))


def _bodiless(one: Any) -> Any:
    """A request or a response without its body; `LET_GO` says so, if there was one."""
    return one._replace(body=LET_GO) if one is not None and one.body else one


def _record(
    unix_us: int, request: Request, response: Response | None, fault: Fault | None, after: int
) -> RequestRecord:
    method, host, path, query, headers, body = request
    status, answer = (None, b"") if response is None else (response.status, response.body)
    return RequestRecord(unix_us, method, host, path, query, agent_of(headers), body, status, answer, fault, after)


def _check(status: object, failed: object) -> None:
    """Of what no request can have there is none: `none` would hold, and prove nothing."""
    number = isinstance(status, int) and not isinstance(status, bool)
    if status is not None and not (number and 100 <= status <= 599):  # type: ignore[operator]
        raise ConfigurationError(f"status is {status!r}; expected that of an answer, from 100 to 599, such as 200")
    if failed is not None and not isinstance(failed, bool):
        raise ConfigurationError(f"failed is {failed!r}; expected True or False")


def agent_of(headers: Mapping[str, str]) -> str:
    """What a client calls itself, in the (lower-case) headers of its request."""
    return headers.get("x-qx-client-application") or headers.get("user-agent", "")


def _kept(body: bytes) -> bytes:
    if body is LET_GO:
        raise QRuntimeError(
            f"the journal has let go of this body: it keeps {BODIES // 1024 // 1024} MiB of them, the latest ones"
        )
    return body
