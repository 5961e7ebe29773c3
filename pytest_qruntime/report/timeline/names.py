"""Short names: ids are long and alike, and a reader wants "session 1" and "job 3"."""

from __future__ import annotations

from collections import defaultdict
from typing import Final

from pytest_qruntime.model import Event, Trace
from pytest_qruntime.model.policy import BATCH
from pytest_qruntime.model.trace import JOB_QUEUED, WORKLOAD_OPENED

OTHERS: Final = "others"
"""The instance of other users' jobs in a fake world."""


class Names:
    """Numbers sessions, batches and jobs in the order in which a trace speaks of them first.

    The jobs of other users have no names.
    """

    def __init__(self, trace: Trace) -> None:
        self.workloads: dict[str, str] = {}
        self.jobs: dict[str, str] = {}
        self.others: set[str] = set()
        self._counts: defaultdict[str, int] = defaultdict(int)
        modes = {event.workload: event.data.get("mode") for event in trace if event.kind == WORKLOAD_OPENED}
        for event in trace:
            if event.kind.startswith("request."):  # it may name what does not exist
                continue
            self._meet(event, modes)

    def _meet(self, event: Event, modes: dict[str | None, object]) -> None:
        if event.workload is not None and event.workload not in self.workloads:
            kind = "batch" if modes.get(event.workload) == BATCH else "session"
            self.workloads[event.workload] = self._next(kind)
        job = event.job
        if job is None or job in self.jobs or job in self.others:
            return
        if event.kind == JOB_QUEUED and event.data.get("instance") == OTHERS:
            self.others.add(job)
        else:
            self.jobs[job] = self._next("job")

    def _next(self, kind: str) -> str:
        self._counts[kind] += 1
        return f"{kind} {self._counts[kind]}"

    def of(self, event: Event) -> str:
        """What an event is about."""
        if event.job is not None:
            return self.job(event.job)
        if event.workload is not None:
            return self.workload(event.workload)
        return event.backend or "the service"

    def job(self, job_id: str) -> str:
        """The name of a job; of one that nobody submitted the beginning of its id."""
        return self.jobs.get(job_id) or f"job {job_id[:8]}"

    def workload(self, workload_id: str) -> str:
        """The name of a session or batch; of one that nobody opened the beginning of its id."""
        return self.workloads.get(workload_id) or f"session {workload_id[:8]}"
