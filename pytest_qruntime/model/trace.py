"""The trace: everything that happened in a world, in order. Contracts, timelines and reports are functions of it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple, overload

WORKLOAD_OPENED: Final = "workload.opened"
WORKLOAD_ACTIVATED: Final = "workload.activated"
WORKLOAD_INACTIVATED: Final = "workload.inactivated"
WORKLOAD_DRAINING: Final = "workload.draining"
WORKLOAD_REOPENED: Final = "workload.reopened"
WORKLOAD_CLOSED: Final = "workload.closed"
WORKLOAD_SETTLED: Final = "workload.settled"
JOB_QUEUED: Final = "job.queued"
JOB_RUNNING: Final = "job.running"
JOB_ON_QPU: Final = "job.on_qpu"
JOB_COMPLETED: Final = "job.completed"
JOB_FAILED: Final = "job.failed"
JOB_CANCELLED: Final = "job.cancelled"
JOB_DELETED: Final = "job.deleted"
JOB_TAGGED: Final = "job.tagged"
REQUEST_REJECTED: Final = "request.rejected"
REQUEST_IGNORED: Final = "request.ignored"
REQUEST_ANSWERED: Final = "request.answered"
"""Not in a world's own trace: an exchange with a client, in a trace that was made of exchanges."""
CLIENT_CALLED: Final = "client.called"
"""Not in a world's own trace: a call of a public method of the official client, whose calls were put into a trace."""
BACKEND_STATUS: Final = "backend.status"
COST_LIMIT_REACHED: Final = "instance.cost_limit_reached"
USAGE_LIMIT: Final = "instance.usage_limit"

KINDS: Final = (
    WORKLOAD_OPENED,
    WORKLOAD_ACTIVATED,
    WORKLOAD_INACTIVATED,
    WORKLOAD_DRAINING,
    WORKLOAD_REOPENED,
    WORKLOAD_CLOSED,
    WORKLOAD_SETTLED,
    JOB_QUEUED,
    JOB_RUNNING,
    JOB_ON_QPU,
    JOB_COMPLETED,
    JOB_FAILED,
    JOB_CANCELLED,
    JOB_DELETED,
    JOB_TAGGED,
    REQUEST_REJECTED,
    REQUEST_IGNORED,
    REQUEST_ANSWERED,
    CLIENT_CALLED,
    BACKEND_STATUS,
    COST_LIMIT_REACHED,
    USAGE_LIMIT,
)

NO_DATA: Final[Mapping[str, object]] = MappingProxyType({})


class Event(NamedTuple):
    """One thing that happened, `at_us` microseconds after the world's epoch; ids that don't apply are None.

    What `data` holds depends on `kind`: the mode of an opened workload, the reason of a closed one, the reason code
    and the charged microseconds of a job that ended, the operation and the refusal of a rejected request. A rejected
    request has the ids that it named, even of what does not exist, and the backend if there is one of that name.
    """

    at_us: int
    kind: str
    backend: str | None
    workload: str | None
    job: str | None
    data: Mapping[str, object]

    def to_json(self) -> str:
        """This event as one line of compact JSON with sorted keys."""
        fields = {**self._asdict(), "data": dict(self.data)}
        return json.dumps(fields, sort_keys=True, separators=(",", ":"))


_new_event: Final = tuple.__new__


class Trace:
    """The events of a world in the order in which they happened; read it as a sequence.

    Args:
        complete: whether everything that happened is here, as in a world's own trace. In a trace that was made of what
            somebody saw, absence proves nothing, and an event with ``"late"`` in its data was seen at that instant and
            may have happened before.
        slack_us: by how much the instants of requests and those that the service says may differ.
    """

    __slots__ = ("_events", "complete", "slack_us")

    def __init__(self, *, complete: bool = True, slack_us: int = 0) -> None:
        self._events: list[Event] = []
        self.complete = complete
        self.slack_us = slack_us

    def record(
        self,
        at_us: int,
        kind: str,
        backend: str | None = None,
        workload: str | None = None,
        job: str | None = None,
        data: Mapping[str, object] = NO_DATA,
    ) -> None:
        """Append one event."""
        # What Event(...) does, without the detour over its __new__: this is the most frequent call of a long run.
        self._events.append(_new_event(Event, (at_us, kind, backend, workload, job, data)))

    def __len__(self) -> int:
        return len(self._events)

    def __iter__(self) -> Iterator[Event]:
        return iter(self._events)

    @overload
    def __getitem__(self, index: int) -> Event: ...
    @overload
    def __getitem__(self, index: slice) -> list[Event]: ...
    def __getitem__(self, index: int | slice) -> Event | list[Event]:
        return self._events[index]

    def where(
        self,
        *,
        kind: str | None = None,
        workload: str | None = None,
        job: str | None = None,
        backend: str | None = None,
    ) -> list[Event]:
        """The events that match every given field; `kind` also matches a prefix that ends in a dot (``"job."``)."""
        return [
            event
            for event in self._events
            if (kind is None or event.kind == kind or (kind.endswith(".") and event.kind.startswith(kind)))
            and (workload is None or event.workload == workload)
            and (job is None or event.job == job)
            and (backend is None or event.backend == backend)
        ]

    def to_jsonl(self) -> str:
        """The whole trace as JSON lines: byte-identical for the same seed and inputs."""
        return "".join(event.to_json() + "\n" for event in self._events)

    @classmethod
    def from_jsonl(cls, text: str) -> Trace:
        """The trace that `to_jsonl` wrote; it is complete unless an event tells of the exchange that showed it.

        Raises `ValueError` that names the line which is no event, or stands before what happened before it.
        """
        read = cls()
        last_us = 0
        for number, line in enumerate(text.splitlines(), 1):
            event = _event_of(line)
            if event is None:
                raise ValueError(f"line {number}: expected an event as Trace.to_jsonl() writes it, found {line[:60]!r}")
            if event.at_us < last_us:
                raise ValueError(
                    f"line {number}: at_us is {event.at_us}; expected {last_us} or more: time goes forward"
                )
            last_us = event.at_us
            read.record(*event)
            read.complete = read.complete and "exchange" not in event.data
        return read

    def __repr__(self) -> str:
        return f"<Trace of {len(self._events)} events>"


def _event_of(line: str) -> Event | None:
    """The event that a line of JSON tells of; None if it is none."""
    try:
        fields = json.loads(line)
    except (ValueError, RecursionError):  # brackets within brackets within ...
        return None
    if not isinstance(fields, dict) or set(fields) != set(Event._fields):
        return None
    names = (fields["backend"], fields["workload"], fields["job"])
    whole = type(fields["at_us"]) is int and fields["kind"] in KINDS and isinstance(fields["data"], dict)
    return Event(**fields) if whole and all(name is None or isinstance(name, str) for name in names) else None
