"""Who is who in a trace, while it is read."""

from __future__ import annotations

from pytest_qruntime.contracts.facts import Facts
from pytest_qruntime.contracts.subjects import BackendFacts, JobFacts, WorkloadFacts
from pytest_qruntime.contracts.terms import Terms
from pytest_qruntime.model import Event, Trace


class Books:
    """The facts so far, and everybody in them by name."""

    def __init__(self, events: Trace, terms: Terms) -> None:
        self.facts = Facts(events, terms)
        self.jobs: dict[str, JobFacts] = {}
        self.workloads: dict[str, WorkloadFacts] = {}
        self.backends: dict[str, BackendFacts] = {}

    def backend(self, event: Event) -> BackendFacts | None:
        """The backend that an event is about, if it says."""
        name = event.backend
        if name is None:
            return None
        found = self.backends.get(name)
        if found is None:
            found = self.backends[name] = BackendFacts(name)
        return found

    def workload(self, event: Event) -> WorkloadFacts:
        """The session or batch that an event is about."""
        name = str(event.workload)
        found = self.workloads.get(name)
        if found is None:
            found = self.workloads[name] = WorkloadFacts(name)
            self.facts.workloads.append(found)
        if found.backend is None:
            found.backend = self.backend(event)
        return found

    def job(self, event: Event) -> JobFacts:
        """The job that an event is about."""
        name = str(event.job)
        job = self.jobs.get(name)
        if job is None:
            job = self.jobs[name] = JobFacts(name)
            self.facts.jobs.append(job)
        return job


def free(workload: WorkloadFacts, at_us: int) -> None:
    """A workload is not active any more and nothing of it runs: others may have its backend."""
    workload.window_ends(at_us)
    if workload.backend is not None and workload.backend.window is workload:
        workload.backend.window = None
