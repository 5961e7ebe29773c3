"""`partition.py` with a planted bug: DELETE .../close sounds like closing and is a cancel; queued jobs are lost."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import httpx


def run_in_batch(http: httpx.Client, backend: str, circuits: Sequence[str], *, size: int) -> list[Any]:
    """The result of each circuit, in order. Each job takes `size` circuits."""
    batch_id = post(http, "/v1/sessions", {"mode": "batch", "backend": backend})["id"]
    try:
        jobs = [submit(http, backend, batch_id, part) for part in partition(circuits, size)]
    finally:
        close(http, batch_id)  # right away: whoever is next need not wait, and what was submitted still runs
    return [result for job_id in jobs for result in wait_for(http, job_id)["results"]]


def partition(circuits: Sequence[str], size: int) -> list[Sequence[str]]:
    return [circuits[start : start + size] for start in range(0, len(circuits), size)]


def submit(http: httpx.Client, backend: str, batch_id: str, circuits: Sequence[str]) -> str:
    job = {
        "program_id": "sampler",
        "backend": backend,
        "session_id": batch_id,
        "params": {"pubs": [[circuit] for circuit in circuits]},
    }
    return str(post(http, "/v1/jobs", job)["id"])


def close(http: httpx.Client, batch_id: str) -> None:
    http.delete(f"/v1/sessions/{batch_id}/close").raise_for_status()  # BUG: the wrong endpoint


def wait_for(http: httpx.Client, job_id: str) -> Any:
    while (job := http.get(f"/v1/jobs/{job_id}").raise_for_status().json())["status"] in ("Queued", "Running"):
        time.sleep(5)
    if job["status"] != "Completed":
        raise RuntimeError(f"job {job_id} is {job['status']}: {job['state']['reason']}")
    return http.get(f"/v1/jobs/{job_id}/results").raise_for_status().json()


def post(http: httpx.Client, path: str, body: dict[str, Any]) -> Any:
    return http.post(path, json=body).raise_for_status().json()
