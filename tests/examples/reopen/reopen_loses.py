"""`reopen.py` with a planted bug: a session that refuses a job is replaced, but the job that it lost is forgotten."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any

import httpx

CLOSED = 1217  # a submit to a session that is closed


class Sweep:
    """Runs one job after another in a session, and in the next one when that is over."""

    def __init__(self, http: httpx.Client, backend: str, *, max_time: int) -> None:
        self.http = http
        self.backend = backend
        self.max_time = max_time
        self.session_id = ""

    def run(self, points: Iterable[Any]) -> list[Any]:
        """The result of each point, in order; a point is the PUB of its job."""
        self.open()
        try:
            results = [self.result(pub) for pub in points]
            return [result for result in results if result is not None]
        finally:
            self.http.patch(f"/v1/sessions/{self.session_id}", json={"accepting_jobs": False}).raise_for_status()

    def open(self) -> None:
        body = {"mode": "dedicated", "backend": self.backend, "max_ttl": self.max_time}
        self.session_id = self.http.post("/v1/sessions", json=body).raise_for_status().json()["id"]

    def result(self, pub: Any) -> Any:
        job = self.wait_for(self.submit(pub))
        answer = self.http.get(f"/v1/jobs/{job['id']}/results").raise_for_status()
        # BUG: a job without results is answered with 204 and no body, which looks like nothing to collect
        return answer.json() if answer.content else None

    def submit(self, pub: Any) -> str:
        while True:
            answer = self.http.post("/v1/jobs", json=self.job(pub))
            if answer.is_success:
                return str(answer.json()["id"])
            if answer.json()["errors"][0]["code"] != CLOSED:
                answer.raise_for_status()
            self.open()

    def job(self, pub: Any) -> dict[str, Any]:
        return {
            "program_id": "estimator",
            "backend": self.backend,
            "session_id": self.session_id,
            "params": {"pubs": [pub]},
        }

    def wait_for(self, job_id: str) -> Any:
        while (job := self.http.get(f"/v1/jobs/{job_id}").raise_for_status().json())["status"] in ("Queued", "Running"):
            time.sleep(10)
        return job
