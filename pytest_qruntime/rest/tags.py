"""GET /v1/tags: the tags of the instance's jobs."""

from __future__ import annotations

from typing import Final

from pytest_qruntime.rest.answers import json_answer
from pytest_qruntime.rest.call import Call
from pytest_qruntime.rest.faults import Fault, RestError
from pytest_qruntime.rest.http import Response
from pytest_qruntime.rest.wire import jobs

SHORTEST: Final = 3
LONGEST: Final = 100


def get(call: Call, _: str) -> Response:
    """Tags that contain `search`, sorted (PLN-11)."""
    query = call.query()
    query.choice("type", ("job",))
    search = query.texts("search")[-1] if query.texts("search") else ""
    if not SHORTEST <= len(search) <= LONGEST:
        raise RestError(Fault.TAG_SEARCH)
    found = {tag for job in call.instance.jobs.values() for tag in job.tags if search in tag}
    shown: jobs.Tags = {"tags": sorted(found)}
    return json_answer(shown)
