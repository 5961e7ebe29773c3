"""What refused and ignored requests say, and limits that were set or reached."""

from __future__ import annotations

from pytest_qruntime.contracts.answers import AnswerFacts
from pytest_qruntime.contracts.reading.books import Books
from pytest_qruntime.contracts.subjects import Moment, RefusalFacts
from pytest_qruntime.model import Event


class RequestEvents:
    """Notes requests that changed nothing, and what happened to backends and instances."""

    def __init__(self, books: Books) -> None:
        self.books = books

    def rejected(self, number: int, event: Event) -> None:
        """A request was refused."""
        refusal = RefusalFacts(event, number)
        self.books.facts.refused.append(refusal)
        workload = self.books.workloads.get(event.workload or "")
        if workload is not None:
            refusal.workload, refusal.state, refusal.accepting = workload, workload.state, workload.accepting
            workload.refused.append(refusal)
        job = self.books.jobs.get(event.job or "")
        if job is not None:
            refusal.job, refusal.job_known = job, job.deleted is None
            refusal.job_over = job.end is not None

    def ignored(self, number: int, event: Event) -> None:
        """A request changed nothing."""
        workload = self.books.workloads.get(event.workload or "")
        if workload is None:
            self.books.facts.strangers.append((number, event))
            return
        moment = Moment(event, number)
        moment.state, moment.accepting = workload.state, workload.accepting
        workload.ignored.append(moment)

    def answered(self, number: int, event: Event) -> None:
        """An exchange ended."""
        answer = AnswerFacts(event, number)
        answer.workload = self.books.workloads.get(event.workload or "")
        answer.job = self.books.jobs.get(event.job or "")
        self.books.facts.note(answer)

    def status(self, number: int, event: Event) -> None:
        """A backend went or came back."""
        backend = self.books.backend(event)
        if backend is not None:
            backend.interrupted = True

    def limit(self, number: int, event: Event) -> None:
        """An instance reached its cost limit."""
        self.books.facts.limits.append((number, event))

    def usage_limit(self, number: int, event: Event) -> None:
        """An instance got a usage limit."""
        self.books.facts.limited_instances.add(event.data.get("instance"))
