"""What the events of sessions and batches say."""

from __future__ import annotations

from pytest_qruntime.contracts.reading.books import Books, free
from pytest_qruntime.contracts.subjects import Moment, WorkloadFacts
from pytest_qruntime.model import Event
from pytest_qruntime.model.durations import SECOND_US


class WorkloadEvents:
    """Notes the events of sessions and batches."""

    def __init__(self, books: Books) -> None:
        self.books = books

    def opened(self, number: int, event: Event) -> None:
        """It was opened."""
        workload = self.books.workload(event)
        if workload.opened is not None:
            workload.later.append((number, event))
            return
        data = event.data
        workload.opened, workload.mode = event, data.get("mode")
        workload.instance = data.get("instance")  # type: ignore[assignment]
        workload.max_ttl_us = _us(data.get("max_ttl_s"))
        workload.ittl_us = _us(data.get("interactive_ttl_s"))
        workload.active_ttl_us = _us(data.get("active_ttl_s"))
        if workload.is_session:
            self.books.facts.sessions.append(workload)
        elif workload.is_batch:
            self.books.facts.batches.append(workload)

    def _moment(self, number: int, event: Event) -> tuple[WorkloadFacts, Moment]:
        workload = self.books.workload(event)
        moment = Moment(event, number)
        moment.state, moment.accepting = workload.state, workload.accepting
        moment.queued, moment.running = len(workload.queued), len(workload.running)
        moment.idle_since_us = workload.idle_since_us
        moment.active_us = workload.active_us
        if workload.state == "active":
            moment.active_us += event.at_us - workload.active_since_us
        if workload.queued:
            moment.first = next(iter(workload.queued))
        backend = workload.backend
        if backend is not None:
            moment.others = len(backend.running) - len(workload.running)
            moment.head = next(iter(backend.plain), None)
        workload.moments.append(moment)
        if workload.closed is not None:
            workload.later.append((number, event))
        return workload, moment

    def activated(self, number: int, event: Event) -> None:
        """It became active."""
        workload, moment = self._moment(number, event)
        workload.activations.append(moment)
        workload.started = workload.started or moment
        workload.state, workload.active_since_us = "active", event.at_us
        backend = workload.backend
        if backend is None:
            return
        if workload.queued:
            backend.front[workload] = None
        if workload.is_session:
            backend.window = workload
            workload.window_opens(event.at_us)

    def inactivated(self, number: int, event: Event) -> None:
        """It became inactive."""
        workload, moment = self._moment(number, event)
        workload.inactivations.append(moment)
        self._rest(workload, "inactive", event.at_us)

    def _rest(self, workload: WorkloadFacts, state: str, at_us: int) -> None:
        if workload.state == "active":
            workload.active_us += at_us - workload.active_since_us
        workload.state = state
        if workload.backend is not None:
            workload.backend.front.pop(workload, None)
        if not workload.running:
            free(workload, at_us)

    def draining(self, number: int, event: Event) -> None:
        """It takes no jobs any more."""
        workload, moment = self._moment(number, event)
        if not workload.drainings or "reason" in event.data:
            moment.waiting, moment.going = tuple(workload.queued), tuple(workload.running)
        workload.drainings.append(moment)
        workload.accepting = False
        if "reason" in event.data:
            workload.ended = workload.ended or moment
            self._rest(workload, "pending_closed", event.at_us)

    def reopened(self, number: int, event: Event) -> None:
        """It takes jobs again."""
        workload, moment = self._moment(number, event)
        workload.reopenings.append(moment)
        workload.accepting = True

    def closed(self, number: int, event: Event) -> None:
        """It was closed."""
        workload, moment = self._moment(number, event)
        if workload.closed is not None:
            return
        moment.waiting, moment.going = tuple(workload.queued), tuple(workload.running)
        workload.closed = moment
        workload.ended = workload.ended or moment
        workload.accepting = False
        self._rest(workload, "closed", event.at_us)

    def settled(self, number: int, event: Event) -> None:
        """Its usage is final."""
        workload = self.books.workload(event)
        if workload.settled is not None:
            workload.later.append((number, event))
        workload.settled = event


def _us(value: object) -> int | None:
    return value * SECOND_US if isinstance(value, int) else None
