"""The one pass over a trace that makes its facts. Each event costs the same, however long the trace is."""

from __future__ import annotations

from collections.abc import Callable

from pytest_qruntime.contracts.facts import Facts
from pytest_qruntime.contracts.reading.books import Books
from pytest_qruntime.contracts.reading.calls import CallEvents
from pytest_qruntime.contracts.reading.jobs import JobEvents
from pytest_qruntime.contracts.reading.requests import RequestEvents
from pytest_qruntime.contracts.reading.workloads import WorkloadEvents
from pytest_qruntime.contracts.terms import Terms
from pytest_qruntime.model import Event, Trace, trace


def read(events: Trace, terms: Terms) -> Facts:
    """The facts of a trace."""
    books = Books(events, terms)
    handlers = _handlers(books)
    for number, event in enumerate(events):
        handler = handlers.get(event.kind)
        if handler is not None:
            handler(number, event)
    return books.facts


def _handlers(books: Books) -> dict[str, Callable[[int, Event], None]]:
    jobs, workloads, requests = JobEvents(books), WorkloadEvents(books), RequestEvents(books)
    return {
        trace.JOB_QUEUED: jobs.queued,
        trace.JOB_RUNNING: jobs.running,
        trace.JOB_ON_QPU: jobs.on_qpu,
        trace.JOB_COMPLETED: jobs.ended,
        trace.JOB_FAILED: jobs.ended,
        trace.JOB_CANCELLED: jobs.ended,
        trace.JOB_DELETED: jobs.deleted,
        trace.JOB_TAGGED: jobs.tagged,
        trace.WORKLOAD_OPENED: workloads.opened,
        trace.WORKLOAD_ACTIVATED: workloads.activated,
        trace.WORKLOAD_INACTIVATED: workloads.inactivated,
        trace.WORKLOAD_DRAINING: workloads.draining,
        trace.WORKLOAD_REOPENED: workloads.reopened,
        trace.WORKLOAD_CLOSED: workloads.closed,
        trace.WORKLOAD_SETTLED: workloads.settled,
        trace.REQUEST_REJECTED: requests.rejected,
        trace.REQUEST_IGNORED: requests.ignored,
        trace.REQUEST_ANSWERED: requests.answered,
        trace.CLIENT_CALLED: CallEvents(books).called,
        trace.BACKEND_STATUS: requests.status,
        trace.COST_LIMIT_REACHED: requests.limit,
        trace.USAGE_LIMIT: requests.usage_limit,
    }
