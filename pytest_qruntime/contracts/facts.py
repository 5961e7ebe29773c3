"""The vocabulary of the contracts: what a trace says, in the terms of the rules.

One pass over the trace makes the facts (`pytest_qruntime.contracts.reading`); the contracts only read them. What a rule
asks about an instant (who was queued, who held the backend) is noted when the pass comes by.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from operator import attrgetter
from typing import Any, Final

from pytest_qruntime.contracts.answers import AnswerFacts, Words
from pytest_qruntime.contracts.calls import CallFacts
from pytest_qruntime.contracts.contract import Break
from pytest_qruntime.contracts.subjects import (
    LOST_CODE,
    NEVER,
    JobFacts,
    Moment,
    RefusalFacts,
    WorkloadFacts,
)
from pytest_qruntime.contracts.terms import Terms
from pytest_qruntime.model import Event, Trace
from pytest_qruntime.model.durations import SECOND_US

_JOBS: Final = ("jobs", "ran", "lost", "failed", "cancelled")
LATE: Final = "late"
"""In the data of an event that somebody saw: it may have happened before."""


class Facts:
    """Everything that a trace says, in the terms of the contracts."""

    def __init__(self, trace: Trace, terms: Terms) -> None:
        self.trace = trace
        self.terms = terms
        self.policy = terms.policy
        self.complete = trace.complete
        self.slack_us = trace.slack_us
        self.jobs: list[JobFacts] = []
        self.odd_jobs: list[JobFacts] = []
        self.ran: list[JobFacts] = []
        self.lost: list[JobFacts] = []
        self.failed: list[JobFacts] = []
        self.cancelled: list[JobFacts] = []
        self.deleted: list[JobFacts] = []
        self.long: list[JobFacts] = []
        self.workloads: list[WorkloadFacts] = []
        self.sessions: list[WorkloadFacts] = []
        self.batches: list[WorkloadFacts] = []
        self.refused: list[RefusalFacts] = []
        self.answers: list[AnswerFacts] = []
        self.answers_to: dict[str, list[AnswerFacts]] = {}
        self.said = Words()
        self.calls: list[CallFacts] = []
        self.limits: list[tuple[int, Event]] = []
        self.tagged: list[Event] = []
        self.limited_instances: set[object] = set()
        self.strangers: list[tuple[int, Event]] = []
        self.service_timeout_us = terms.policy.service_timeout * SECOND_US
        self.first_us = trace[0].at_us if len(trace) else 0
        self.last_us = trace[len(trace) - 1].at_us if len(trace) else 0

    def note(self, answer: AnswerFacts) -> None:
        """Add an exchange."""
        self.answers.append(answer)
        alike = self.answers_to.get(answer.operation)
        if alike is None:
            alike = self.answers_to[answer.operation] = []
        alike.append(answer)
        self.said.add(answer)

    def forget(self) -> None:
        """Be garbage that nobody has to look for, at the end."""
        for workload in self.workloads:
            workload.forget()

    def passed(self, due_us: int) -> bool:
        """Whether what was due then must have happened, had it been to happen."""
        now_us = self.terms.now_us
        return self.complete and (due_us < self.last_us or (now_us is not None and due_us <= now_us))

    def sure(self, *events: Event | None) -> bool:
        """Whether all of these happened, and exactly then."""
        for event in events:  # no generator, because rules ask this all the time
            if event is None:
                return False
            if not self.complete and LATE in event.data:
                return False
        return True

    def same(self, one_us: int, other_us: int) -> bool:
        """Whether two instants may be one: on a real clock, what happens at once is told a little apart."""
        return abs(one_us - other_us) <= self.slack_us

    def follows(self, event: Event, number: int, moment: Moment) -> bool:
        """Whether it is certain that an event came after a moment."""
        return number > moment.no and (self.complete or event.at_us > moment.at_us + self.slack_us)

    def whole(self) -> Facts:
        """These facts, of the sessions and batches alone of which everything is known.

        In a trace of what somebody saw that takes a session that was opened and used by nobody else (`Terms.alone`),
        looked at after its end, and jobs of which the beginning and the end are known.
        """
        known = self._of([workload for workload in self.workloads if self._known(workload)])
        known.answers, known.answers_to, known.said = self.answers, self.answers_to, self.said
        return known

    def only(self, workload_id: str) -> Facts:
        """These facts, of one session or batch and its jobs alone; for the rules that speak of nothing else."""
        mine = self._by_workload.get(workload_id, {})
        one = self._of(mine.get("workloads", []))
        for name in (*_JOBS, "calls"):
            setattr(one, name, mine.get(name, []))
        for answer in mine.get("answers", ()):
            one.note(answer)
        return one

    @cached_property
    def _by_workload(self) -> dict[object, dict[str, list[Any]]]:
        """What is known of each session and batch, by its id and the name of the list; made when everything is."""
        found: dict[object, dict[str, list[Any]]] = {}
        known: list[tuple[object, str, object]] = [(one.id, "workloads", one) for one in self.workloads]
        known += [(job.workload.id, name, job) for name in _JOBS for job in getattr(self, name) if job.workload]
        known += [(call.session, "calls", call) for call in self.calls]
        known += [(answer.event.workload, "answers", answer) for answer in self.answers]
        for whose, name, what in known:
            found.setdefault(whose, {}).setdefault(name, []).append(what)
        return found

    def _of(self, workloads: list[WorkloadFacts]) -> Facts:
        known = Facts(self.trace, self.terms)
        known.workloads = workloads
        known.sessions = [workload for workload in workloads if workload.is_session]
        known.batches = [workload for workload in workloads if workload.is_batch]
        return known

    def may_be_open_again(self, workload: WorkloadFacts) -> bool:
        """Whether somebody asked a session or batch to take jobs again, and nobody saw what came of it."""
        asked = [one for one in self.answered("reopen") if one.accepted and one.event.workload == workload.id]
        ignored = [one for one in workload.ignored if one.event.data.get("operation") == "reopen"]
        return not self.complete and len(asked) > len(workload.reopenings) + len(ignored)

    def _known(self, workload: WorkloadFacts) -> bool:
        moments = [moment.event for moment in workload.moments]
        if not self.terms.alone or workload.later or not self.sure(workload.opened, workload.settled, *moments):
            return False
        jobs, opened = workload.jobs, workload.opened
        if opened is None or any(moment.at_us < opened.at_us for moment in workload.moments[:1]):
            return False
        if self.may_be_open_again(workload):
            return False
        return self._in_sure_order(workload) and all(
            job.accepted and self.sure(job.queued, job.end) and (self.sure(job.running) or job.code == LOST_CODE)
            for job in jobs
        )

    def _in_sure_order(self, workload: WorkloadFacts) -> bool:
        """Whether nothing of it happened at one instant in an order that nobody saw."""
        active = {moment.at_us for moment in workload.activations}
        started = {job.running.at_us for job in workload.jobs if job.running is not None}
        ended = set() if workload.ended is None else {workload.ended.at_us}
        inactive = {moment.at_us for moment in workload.inactivations}
        if not self.slack_us:
            return not active & inactive and not (active | started) & ended
        came = {job.queued.at_us for job in workload.jobs if job.queued is not None}
        return not self._meet(active | started | came, inactive) and not self._meet(active | started, ended)

    def _meet(self, some_us: set[int], others_us: set[int]) -> bool:
        """Whether any two of these instants may be one."""
        return any(self.same(one_us, other_us) for one_us in some_us for other_us in others_us)

    def ran_at(self, workload: WorkloadFacts, end: Moment) -> Iterator[JobFacts]:
        """The jobs of a workload that ran when it ended, for certain."""
        if self.complete:
            yield from end.going
            return
        for job in workload.jobs if self.sure(end.event) else ():
            running = job.running
            if running is None or job.end is None or running.at_us > end.at_us:
                continue
            late = not self.sure(running)
            began = _shown(running) < _shown(end.event) if late else running.at_us < end.at_us
            # who failed in that instant because of the end had not ended by himself
            stayed = job.code == LOST_CODE or (late and running.at_us == end.at_us) or self.outlived(job, end)
            if began and stayed:
                yield job

    def outlived(self, job: JobFacts, moment: Moment) -> bool:
        """In what somebody saw: a job that was there at a moment had not ended then, for certain."""
        if job.end is not None and self.sure(job.end):
            return job.end.at_us > moment.at_us + self.slack_us
        running = job.running
        return running is not None and not self.sure(running) and _shown(running) > _shown(moment.event)

    def refusals(self, *why: str) -> Iterator[RefusalFacts]:
        """The requests that were refused for one of these reasons."""
        return (refusal for refusal in self.refused if refusal.why in why)

    def answered(self, *operations: str) -> list[AnswerFacts]:
        """The exchanges of these kinds, in their order: none in a service's own trace."""
        if len(operations) == 1:
            return self.answers_to.get(operations[0], [])
        found = [answer for one in operations for answer in self.answers_to.get(one, ())]
        return sorted(found, key=attrgetter("no"))

    def called(self, *names: str) -> Iterator[CallFacts]:
        """The calls of these methods of the official client, in the order in which they ended."""
        return (call for call in self.calls if call.name in names)

    def unlimited(self, instance: object) -> bool:
        """Whether the jobs of an instance never wait for usage."""
        plan = self.terms.plans.get(str(instance))
        return plan is not None and plan.usage_limit_s is None and instance not in self.limited_instances

    def deadline_us(self, workload: WorkloadFacts) -> int | None:
        """When its max TTL ends; None if that is not known, or it has not begun."""
        since = workload.opened if self.policy.max_ttl_from == "open" else _event(workload.started)
        if workload.max_ttl_us is None or since is None or not self.sure(since):
            return None
        return since.at_us + workload.max_ttl_us

    def overdue(self, workload: WorkloadFacts, due_us: int, expected: str) -> Break:
        """Something that was due did not happen."""
        return Break(due_us, workload.id, None, expected, f"it is {workload.state} and nothing happened")


def _event(moment: Moment | None) -> Event | None:
    return None if moment is None else moment.event


def _shown(event: Event) -> int:
    """The number of the exchange that shows an event."""
    exchange = event.data.get("exchange")
    return exchange if isinstance(exchange, int) else NEVER
