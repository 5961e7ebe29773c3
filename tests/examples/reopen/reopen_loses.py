"""`reopen.py` with a planted bug: a session that refuses a job is replaced, but the job that it lost is forgotten."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tests.examples.reopen import reopen

__all__ = ["Sweep"]


class Sweep(reopen.Sweep):
    """Runs one job after another in a session, and in the next one when that is over."""

    def run(self, points: Iterable[Any]) -> list[Any]:
        """The result of each point, in order; a point is the PUB of its job."""
        # A job without results is answered with 204 and no body, which looks like nothing to collect.
        return [result for result in super().run(points) if result is not None]

    def result(self, pub: Any) -> Any:
        job = self.wait_for(self.submit(pub))
        answer = self.http.get(f"/v1/jobs/{job['id']}/results").raise_for_status()
        return answer.json() if answer.content else None
