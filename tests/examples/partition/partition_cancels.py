"""`partition.py` with a planted bug: DELETE .../close sounds like closing and is a cancel; queued jobs are lost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import httpx

from tests.examples.partition.partition import partition, post, submit, wait_for

__all__ = ["run_in_batch"]


def run_in_batch(http: httpx.Client, backend: str, circuits: Sequence[str], *, size: int) -> list[Any]:
    """The result of each circuit, in order. Each job takes `size` circuits."""
    batch_id = post(http, "/v1/sessions", {"mode": "batch", "backend": backend})["id"]
    try:
        jobs = [submit(http, backend, batch_id, part) for part in partition(circuits, size)]
    finally:
        http.delete(f"/v1/sessions/{batch_id}/close").raise_for_status()
    return [result for job_id in jobs for result in wait_for(http, job_id)["results"]]
