"""What the client asked: of the exchanges that a trace tells of, else of what they brought about."""

from __future__ import annotations

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


class Call(NamedTuple):
    """A request: when, what for, and whether it only looked."""

    at_us: int
    operation: str
    looks: bool = False


def calls_of(trace: Trace, names: Names) -> list[Call]:
    """The requests of the client, in the order of time."""
    answered = [
        Call(event.at_us, str(event.data.get("operation")), event.data.get("method") == "GET")
        for event in trace.where(kind=kinds.REQUEST_ANSWERED)
    ]
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


def _operation(event: Event, drained: bool) -> str | None:
    if event.kind in (kinds.REQUEST_REJECTED, kinds.REQUEST_IGNORED):
        return str(event.data.get("operation"))
    if event.kind == kinds.WORKLOAD_CLOSED:
        return None if drained else _CLOSED_BY.get(str(event.data.get("reason")))
    return _SHOWN_BY.get(event.kind)
