"""GET /v1/workloads: plain jobs, sessions and batches in one list, page by page with cursors (STS-06)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple
from urllib.parse import parse_qsl, urlencode

from pytest_qruntime.model.job import Job
from pytest_qruntime.model.policy import DEDICATED
from pytest_qruntime.model.states import ACTIVE, CANCELLED_BY_USER, CLOSED, PENDING_CLOSED
from pytest_qruntime.model.workload import Workload
from pytest_qruntime.rest.answers import json_answer
from pytest_qruntime.rest.call import Call
from pytest_qruntime.rest.faults import Fault, RestError
from pytest_qruntime.rest.http import Response
from pytest_qruntime.rest.query import Query
from pytest_qruntime.rest.timestamps import SECOND_US, iso
from pytest_qruntime.rest.wire import workloads as wire

DEFAULT_LIMIT: Final = 10
MOST: Final = 50
MODES: Final[tuple[wire.WorkloadMode, ...]] = ("job", "session", "batch")
STATUSES: Final[tuple[wire.WorkloadStatus, ...]] = ("completed", "canceled", "failed", "pending", "in_progress")
_JOB_STATUS: Final[dict[str, wire.WorkloadStatus]] = {
    "Queued": "pending",
    "Running": "in_progress",
    "Completed": "completed",
    "Cancelled": "canceled",
    "Failed": "failed",
}
_CURSOR: Final = re.compile(r"([0-9a-f]{1,16})-(.{1,100})")

Item = Job | Workload


class Place(NamedTuple):
    """Where an item stands in the order of creation; a cursor is a place as text."""

    created_us: int
    id: str


def get(call: Call, _: str) -> Response:
    """GET /v1/workloads; oldest first unless ``sort=-createdAt``, as the description says."""
    query = call.query()
    limit = _limit(query)
    query.choice("user", ("me",))
    descending = query.choice("sort", ("createdAt", "-createdAt")) == "-createdAt"
    places = sorted(((_place(item), item) for item in _matching(call, query)), key=_by_place, reverse=descending)
    first, last = _window([place for place, _ in places], query, limit, descending)
    page: wire.Workloads = {
        "workloads": [_row(item, call) for _, item in places[first:last]],
        "total_count": float(len(places)),
        "limit": float(limit),
    }
    if first > 0:
        page["previous"] = _neighbour(call, "previous", places[first][0])
    if last < len(places):
        page["next"] = _neighbour(call, "next", places[last - 1][0])
    return json_answer(page)


def _limit(query: Query) -> int:
    limit = query.integer("limit")
    if limit is not None and not 1 <= limit <= MOST:
        raise RestError(Fault.QUERY_INVALID, problem=f"limit is {limit}; expected 1 to {MOST}")
    return DEFAULT_LIMIT if limit is None else limit


# -- pages -----------------------------------------------------------------------------------------------------------


def _place(item: Item) -> Place:
    return Place(item.created_us if isinstance(item, Job) else item.opened_us, item.id)


def _by_place(entry: tuple[Place, Item]) -> Place:
    return entry[0]


def _window(places: list[Place], query: Query, limit: int, descending: bool) -> tuple[int, int]:
    """The slice of the page: after the place that `next` names, before the one that `previous` names, or the first."""
    following, preceding = query.text("next"), query.text("previous")
    if following is not None:
        cursor = _cursor("next", following)
        first = sum(1 for place in places if (place >= cursor if descending else place <= cursor))
        return first, min(first + limit, len(places))
    if preceding is not None:
        cursor = _cursor("previous", preceding)
        last = sum(1 for place in places if (place > cursor if descending else place < cursor))
        return max(last - limit, 0), last
    return 0, min(limit, len(places))


def _cursor(name: str, text: str) -> Place:
    match = _CURSOR.fullmatch(text)
    if match is None:
        raise RestError(Fault.QUERY_INVALID, problem=f"{name} is {text!r}; expected the cursor of a page")
    return Place(int(match[1], 16), match[2])


def _neighbour(call: Call, name: str, place: Place) -> wire.Cursor:
    """The address of the next or previous page: this query with another cursor."""
    kept = [
        pair for pair in parse_qsl(call.request.query, keep_blank_values=True) if pair[0] not in ("next", "previous")
    ]
    query = urlencode([*kept, (name, f"{place.created_us:x}-{place.id}")], errors="replace")
    return {"href": f"{call.service.accounts.registered(call.instance).base_url}/v1/workloads?{query}"}


# -- rows ------------------------------------------------------------------------------------------------------------


def _matching(call: Call, query: Query) -> Iterator[Item]:
    backend, search, tags = query.text("backend"), query.text("search"), set(query.texts("tags"))
    statuses, mode = query.choices("status", STATUSES), query.choice("mode", MODES)
    after, before = query.instant("created_after"), query.instant("created_before")
    start, hidden = call.start_unix_us, call.service.mocks.names
    if query.boolean("include_mocks", False):
        hidden = set()
    for item in _items(call, mode):
        created = start + _place(item).created_us
        if (
            _backend_name(item) not in hidden
            and (backend is None or _backend_name(item) == backend)
            and (not statuses or _status(item) in statuses)
            and (after is None or created >= after)
            and (before is None or created <= before)
            and (not tags or tags.issubset(_tags(item)))
            and (search is None or search in item.id or any(search in tag for tag in _tags(item)))
        ):
            yield item


def _items(call: Call, mode: wire.WorkloadMode | None) -> Iterator[Item]:
    """Plain jobs and workloads of the instance; the jobs of a workload are not listed on their own."""
    if mode in (None, "job"):
        yield from (job for job in call.instance.jobs.values() if job.workload is None)
    if mode != "job":
        yield from (item for item in call.instance.workloads.values() if mode in (None, _mode(item)))


def _mode(item: Item) -> wire.WorkloadMode:
    if isinstance(item, Job):
        return "job"
    return "session" if item.mode == DEDICATED else "batch"


def _status(item: Item) -> wire.WorkloadStatus:
    """STS-06: open and inactive are pending, active is in progress; a cancelled workload is canceled (ours)."""
    if isinstance(item, Job):
        return _JOB_STATUS[item.status]
    if item.state == CLOSED:
        return "canceled" if item.state_reason == CANCELLED_BY_USER else "completed"
    return "in_progress" if item.state in (ACTIVE, PENDING_CLOSED) else "pending"


def _backend_name(item: Item) -> str:
    return item.backend.name if item.backend is not None else ""


def _tags(item: Item) -> list[str]:
    """The tags of a job; of a workload those of its jobs, each once."""
    if isinstance(item, Job):
        return list(item.tags)
    return list(dict.fromkeys(tag for job in item.jobs.values() for tag in job.tags))


def _row(item: Item, call: Call) -> wire.WorkloadRow:
    return {
        "id": item.id,
        "created": iso(call.start_unix_us + _place(item).created_us),
        "ended": call.at(item.finished_us if isinstance(item, Job) else item.closed_us),
        "backend": _backend_name(item),
        "instance": call.service.crn(item.instance),
        "user_id": item.instance.user_id,
        "accepting_jobs": None if isinstance(item, Job) else item.accepting,
        "mode": _mode(item),
        "status": _status(item),
        "status_reason": item.reason if isinstance(item, Job) else None,
        "tags": _tags(item),
        "usage_seconds": _usage_s(item, call.now_us),
    }


def _usage_s(item: Item, now_us: int) -> float | None:
    """Usage in seconds; null for a job that has not ended and for a workload that has not started (USG-09)."""
    if isinstance(item, Job):
        return item.charged_us / SECOND_US if item.final else None
    usage_us = item.usage_us(now_us)
    return None if usage_us is None else usage_us / SECOND_US
