"""GET /v1/jobs: filters, order and pages.

The rows come from the narrowest index that the model has (the jobs of a session, the pending ones, or all of the
instance), and `count` is its size unless a filter is left that has to look at every job. A page then costs what its
rows and its offset cost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Final, Protocol

from pytest_qruntime.model.job import Job
from pytest_qruntime.rest.answers import json_answer
from pytest_qruntime.rest.call import Call
from pytest_qruntime.rest.faults import Fault, RestError
from pytest_qruntime.rest.http import Response
from pytest_qruntime.rest.jobs import document
from pytest_qruntime.rest.query import Query
from pytest_qruntime.rest.wire import jobs
from pytest_qruntime.rest.wire.common import INT32_MAX

LIMIT: Final = 200
"""The default and the most of a page; a limit or offset out of range is replaced by the default, as described."""

PATIENCE: Final = 100
"""How often the same page beyond the end is answered."""

Filter = Callable[[Job], bool]


class Jobs(Protocol):
    """Jobs that can be counted and read in both directions: a list, or an index of the model as it is."""

    def __len__(self) -> int:
        """How many."""

    def __iter__(self) -> Iterator[Job]:
        """Oldest first."""

    def __reversed__(self) -> Iterator[Job]:
        """Newest first."""


class _Part:
    """The jobs of an index that have ended, or those that have not. How many there are is known without looking."""

    def __init__(self, jobs_by_id: dict[str, Job], size: int, *, final: bool) -> None:
        self._jobs = jobs_by_id
        self._size = size
        self._final = final

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[Job]:
        return (job for job in self._jobs.values() if job.final is self._final)

    def __reversed__(self) -> Iterator[Job]:
        return (job for job in reversed(self._jobs.values()) if job.final is self._final)


def get(call: Call, _: str) -> Response:
    """GET /v1/jobs; newest first unless ``sort=ASC``, without params unless ``exclude_params=false``."""
    query = call.query()
    limit = _within(query.integer("limit"), 1, LIMIT, default=LIMIT)
    offset = _within(query.integer("offset"), 0, INT32_MAX, default=0)
    ascending = query.choice("sort", ("ASC", "DESC")) == "ASC"
    params = query.boolean("exclude_params", True) is False
    matching = _matching(call, query)
    ordered = iter(matching) if ascending else reversed(matching)
    if offset > len(matching):
        call.service.listings.asked_beyond_the_end(call, offset, len(matching))
    page: jobs.Jobs = {
        "jobs": [document(job, call, params=params) for job in islice(ordered, offset, offset + limit)],
        "count": len(matching),
        "offset": offset,
        "limit": limit,
    }
    return json_answer(page)


class Listings:
    """Notices a client that asks for the same empty page for ever.

    `QiskitRuntimeService.jobs(skip=...)` does so when it skips more jobs than there are: it goes on until it has as
    many as the total leaves after the skipped ones, which is fewer than none.
    """

    def __init__(self) -> None:
        self._last: tuple[object, ...] = ()
        self._times = 0

    def asked_beyond_the_end(self, call: Call, offset: int, count: int) -> None:
        """Raise `RestError` for a page that has been answered again and again, while nothing else happened."""
        asked = (call.instance.name, call.request.query, call.now_us, len(call.world.trace))
        self._times = self._times + 1 if asked == self._last else 1
        self._last = asked
        if self._times > PATIENCE:
            raise RestError(Fault.ENDLESS_LISTING, times=self._times, offset=offset, count=count)


def _within(value: int | None, least: int, most: int, *, default: int) -> int:
    return value if value is not None and least <= value <= most else default


def _matching(call: Call, query: Query) -> Jobs:
    """Every job that the query asks for, in the order of creation."""
    index, filters = _index(call, query), _filters(call, query)
    if not filters:
        return index
    return [job for job in index if all(keep(job) for keep in filters)]


def _index(call: Call, query: Query) -> Jobs:
    """The narrowest index for the session and for whether jobs have ended."""
    session_id, pending = query.text("session_id"), query.boolean("pending")
    jobs_by_id, unfinished = call.instance.jobs, len(call.instance.pending)
    if session_id is not None:
        workload = call.instance.workloads.get(session_id)
        if workload is None:
            return []  # SUB-17: an unknown session has no jobs
        jobs_by_id, unfinished = workload.jobs, workload.queued + workload.running
    elif pending:
        return call.instance.pending.values()
    if pending is None:
        return jobs_by_id.values()
    return _Part(jobs_by_id, unfinished if pending else len(jobs_by_id) - unfinished, final=not pending)


def _filters(call: Call, query: Query) -> list[Filter]:
    """What has to be asked of every job of the index."""
    filters: list[Filter] = []
    program, backend, tags = query.text("program"), query.text("backend"), set(query.texts("tags"))
    after, before = query.instant("created_after"), query.instant("created_before")
    start = call.start_unix_us
    if program is not None:
        filters.append(lambda job: job.request.program == program)
    if backend is not None:
        filters.append(lambda job: job.backend.name == backend)
    if tags:
        filters.append(lambda job: tags.issubset(job.tags))
    if after is not None:
        filters.append(lambda job: start + job.created_us >= after)
    if before is not None:
        filters.append(lambda job: start + job.created_us <= before)
    mocks = call.service.mocks.names
    if mocks and not query.boolean("include_mocks", False):
        filters.append(lambda job: job.backend.name not in mocks)
    return filters
