"""What the client asked: of the exchanges that a trace tells of, else of what they brought about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from pytest_qruntime.model import Event, Trace
from pytest_qruntime.model import trace as kinds
from pytest_qruntime.model.states import CANCELLED_BY_USER, CLOSED_BY_USER, CLOSED_EARLY
from pytest_qruntime.report.timeline.names import Names

_SHOWN_BY: Final = {
    kinds.WORKLOAD_OPENED: "open",
    kinds.JOB_QUEUED: "submit",
    kinds.WORKLOAD_DRAINING: "close",
    kinds.WORKLOAD_REOPENED: "reopen",
    kinds.JOB_CANCELLED: "cancel",
    kinds.JOB_DELETED: "delete",
    kinds.JOB_TAGGED: "tag",
}
_CLOSED_BY: Final = {CANCELLED_BY_USER: "cancel", CLOSED_BY_USER: "close", CLOSED_EARLY: "close"}
LOOKS: Final = "reads"
"""The row of all requests that only look."""


class Call(NamedTuple):
    """A request.

    Attributes:
        at_us: when it reached the service.
        operation: what it was for.
        looks: whether it only looked.
        workload, job: the ids that it named, as far as somebody wants to know.
        problem: what it was told instead of what it asked for, in words; empty: nothing.
        fault: what went wrong with it because the test said so, in words; empty: nothing did.
        after: how many events the trace had when it was answered; None: nobody knows.
    """

    at_us: int
    operation: str
    looks: bool = False
    workload: str | None = None
    job: str | None = None
    problem: str = ""
    fault: str = ""
    after: int | None = None

    @property
    def row(self) -> str:
        """The row that it is counted in."""
        return LOOKS if self.looks else self.operation

    @property
    def failed(self) -> bool:
        """Whether it was refused, or something went wrong with it."""
        return bool(self.problem or self.fault)


def problem_of(status: object, document: object) -> str:
    """An answer with an error status in words: ``400, code 1217: Session has been closed.``"""
    errors = document.get("errors") if isinstance(document, Mapping) else None
    first = errors[0] if isinstance(errors, list | tuple) and errors else None
    if not isinstance(first, Mapping):
        return str(status)
    code = f", code {first['code']}" if "code" in first else ""
    message = f": {first['message']}" if first.get("message") else ""
    return f"{status}{code}{message}"


def calls_of(trace: Trace, names: Names) -> list[Call]:
    """The requests of the client, in the order of time."""
    answered = [_answered(event) for event in trace if event.kind == kinds.REQUEST_ANSWERED]
    if answered:
        return answered
    calls, draining = [], set[str | None]()
    for event in trace:
        if event.kind == kinds.WORKLOAD_DRAINING:
            draining.add(event.workload)
        operation = _operation(event, event.workload in draining)
        if operation is not None and event.job not in names.others:
            calls.append(Call(event.at_us, operation))
    return calls


def _answered(event: Event) -> Call:
    status = event.data.get("status")
    is_error = isinstance(status, int) and status >= 400
    return Call(
        event.at_us,
        str(event.data.get("operation")),
        event.data.get("method") == "GET",
        event.workload,
        event.job,
        problem_of(status, event.data.get("told")) if is_error else "",
    )


def _operation(event: Event, drained: bool) -> str | None:
    if event.kind in (kinds.REQUEST_REJECTED, kinds.REQUEST_IGNORED):
        return str(event.data.get("operation"))
    if event.kind == kinds.WORKLOAD_CLOSED:
        return None if drained else _CLOSED_BY.get(str(event.data.get("reason")))
    return _SHOWN_BY.get(event.kind)
