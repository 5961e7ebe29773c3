"""What happened in a test, as the steps of a program: what its clients asked for, and what nobody asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Final, NamedTuple

from pytest_qruntime.model import World
from pytest_qruntime.model import trace as kinds
from pytest_qruntime.model.states import CANCELLED_BY_USER, CLOSED_BY_USER, CLOSED_EARLY
from pytest_qruntime.model.trace import Event
from pytest_qruntime.network import RequestRecord
from pytest_qruntime.reproducing.asking import Asked, asking
from pytest_qruntime.reproducing.effects import Effects
from pytest_qruntime.reproducing.jobs import decided, decided_by
from pytest_qruntime.reproducing.steps import Step, Var, tick, tidy
from pytest_qruntime.runtime import QRuntime

ENDS: Final = ("close", "cancel", "reopen")
_CLOSED: Final = (kinds.WORKLOAD_CLOSED, kinds.WORKLOAD_DRAINING)
_ENDED: Final = (kinds.JOB_COMPLETED, kinds.JOB_FAILED, kinds.JOB_CANCELLED)
_MARKS: Final = {
    "open": (kinds.WORKLOAD_OPENED,),
    "submit": (kinds.JOB_QUEUED,),
    "reopen": (kinds.WORKLOAD_REOPENED,),
    "cancel job": (kinds.JOB_CANCELLED,),
    "delete job": (kinds.JOB_DELETED,),
    "replace tags": (kinds.JOB_TAGGED,),
}
"""By operation, what a request does that is not refused or ignored."""

_BY: Final[Mapping[object, str]] = {
    None: "close",
    CLOSED_BY_USER: "close",
    CLOSED_EARLY: "close",
    CANCELLED_BY_USER: "cancel",
}
"""By the reason for which something is closed, or takes no more jobs, what somebody asked for."""

_STEMS: Final = {"dedicated": "session", "batch": "batch"}


class Happening(NamedTuple):
    """A step, when it was taken, and before which request it was; a request is before the one after it."""

    at_us: int
    before: int
    step: Step


class Story:
    """The steps of a test that is over.

    Args:
        qruntime: its service.
        ended_us: when it was over, in microseconds since the beginning of the world; None: now.

    Attributes:
        records: its requests.
        names: the variables of its sessions, batches and jobs, by their ids.
    """

    def __init__(self, qruntime: QRuntime, *, ended_us: int | None = None) -> None:
        self.qruntime = qruntime
        self.world: World = qruntime.world
        self.ended_us = self.world.now_us if ended_us is None else ended_us
        self.records: Sequence[RequestRecord] = list(qruntime.requests)
        self._events: list[Event] = list(qruntime.trace)
        self.names: Mapping[str, Var] = dict(self._named())
        self._read: dict[int, Asked] = {}

    def _named(self) -> Iterator[tuple[str, Var]]:
        counts: Counter[str] = Counter()
        for event in self._events:
            found = None
            if event.kind == kinds.WORKLOAD_OPENED:
                found = str(event.workload), _STEMS[str(event.data["mode"])]
            elif event.kind == kinds.JOB_QUEUED and event.data["instance"] != self.world.others.name:
                found = str(event.job), "job"
            if found is not None:
                counts[found[1]] += 1
                yield found[0], Var(found[1], counts[found[1]])

    def at_us(self, number: int) -> int:
        """When a request came, in microseconds since the beginning of the world."""
        return self.records[number].unix_us - self.world.start_unix_us

    def asked(self, number: int) -> Asked:
        """A request, read."""
        if number not in self._read:
            self._read[number] = asking(self.records[number])
        return self._read[number]

    def _seen(self, number: int) -> Asked:
        """A request as the service has seen it: it may have done what its client never heard of."""
        asked, fault = self.asked(number), self.records[number].fault
        if fault is None or not fault.takes_effect or not asked.refused:
            return asked
        made = (
            event.job or event.workload
            for event in self._events
            if event.at_us == self.at_us(number) and event.kind in _MARKS.get(asked.operation, ())
        )
        return replace(asked, status=200, made=next((one for one in made if one not in self._told_of), None))

    @cached_property
    def _told_of(self) -> set[str | None]:
        """What clients know that they have made."""
        return {self.asked(number).made for number, one in enumerate(self.records) if one.method == "POST"}

    def closing(self, asked: Asked, number: int) -> str | None:
        """Why the session or batch that a request is about was closed; None: it was not. Its number tells when."""
        named = {*asked.ids, self._owner(asked.about)}
        before = self._events[: self._next_place(number)]
        closed = [
            event
            for event in before
            if event.kind in _CLOSED and event.workload in named and event.at_us <= self.at_us(number)
        ]
        reason = closed[-1].data.get("reason") if closed else ""
        return _BY.get(reason, str(reason)) or None

    def _next_place(self, number: int) -> int:
        """The place in the trace of what the next request did that did anything; its end if there is none."""
        now = self._anchors[number]
        return next((later for later in self._anchors[number + 1 :] if later > now), len(self._events))

    def end_of(self, job_id: str | None) -> Event | None:
        """How a job ended."""
        ended = (one for one in self._events if one.kind in _ENDED and one.job == job_id)
        return next(ended, None)

    def _owner(self, job_id: str | None) -> str | None:
        """The session or batch of a job."""
        queued = (one.workload for one in self._events if one.kind == kinds.JOB_QUEUED and one.job == job_id)
        return next(queued, None)

    # -- as steps ----------------------------------------------------------------------------------------------------

    def steps(self, until_us: int, before: int | None = None) -> tuple[Step, ...]:
        """What was done until an instant, and before the request of this number; None: all of them."""
        while before is not None and before < len(self.records) and self.records[before].method == "GET":
            before += 1  # a read sees everything that is due at its instant
        steps, now_us = list(self._premises()), 0
        for one in self._happenings:
            if one.at_us > until_us or (before is not None and one.before > before):
                continue
            steps += [tick(one.at_us - now_us), one.step]
            now_us = one.at_us
        return tidy([*steps, tick(max(until_us - now_us, 0))])

    def _premises(self) -> Iterator[Step]:
        """Backends that the world did not begin with."""
        for name, backend in list(self.world.backends.items())[1:]:
            lanes = () if backend.lanes == self.world.lanes else (("lanes", backend.lanes),)
            yield Step(None, "backend", (name,), lanes)

    @cached_property
    def _happenings(self) -> list[Happening]:
        anchors = self._anchors
        effects = Effects(self.world, self.names, self._asked).read()
        found: list[Happening] = []
        for number in range(len(self.records)):
            while effects and (effects[0].at_us, effects[0].place) < (self.at_us(number), anchors[number]):
                found.append(Happening(effects[0].at_us, number, effects.pop(0).step))
            found += [Happening(self.at_us(number), number + 1, step) for step in self._steps_of(number)]
        return [*found, *(Happening(one.at_us, len(self.records), one.step) for one in effects)]

    @cached_property
    def _anchors(self) -> list[int]:
        return list(self._anchored())

    def _anchored(self) -> Iterator[int]:
        """The place in the trace of what each request did; of one that did nothing, of what was done before."""
        events, anchor = self._events, -1
        first = 0
        for number, record in enumerate(self.records):
            if record.method == "GET":
                yield anchor
                continue
            at_us, asked = self.at_us(number), self._seen(number)
            while first < len(events) and events[first].at_us < at_us:
                first += 1
            place = max(first, anchor + 1)
            while place < len(events) and events[place].at_us == at_us:
                if _marks(events[place], asked):
                    anchor = place
                    break
                place += 1
            yield anchor

    def _asked(self, at_us: int, about: str) -> bool:
        return about in self._asked_at.get(at_us, ())

    @cached_property
    def _asked_at(self) -> dict[int, set[str]]:
        """What clients closed, cancelled or reopened, by the instant."""
        found: dict[int, set[str]] = {}
        for number, record in enumerate(self.records):
            if record.method != "GET" and self.asked(number).operation in ENDS:
                found.setdefault(self.at_us(number), set()).update(self.asked(number).ids)
        return found

    def _steps_of(self, number: int) -> Iterator[Step]:
        """The steps that stand for a request which the service has seen, and which may have changed something."""
        record = self.records[number]
        if record.method == "GET" or (record.fault is not None and not record.fault.takes_effect):
            return
        asked = self._seen(number)
        step = None if asked.reads else self.call(asked)
        if step is None:
            return
        before = self._decided(asked.made) if asked.operation == "submit" and asked.made else None
        yield from [] if before is None else [before]
        yield step

    def call(self, asked: Asked) -> Step | None:
        """The call that asks for the same; None: there is none."""
        return asked.call(self.names, self.qruntime.default_backend)

    def _decided(self, job_id: str) -> Step | None:
        """What has to be decided about a job before it is submitted; of one that is gone, its events tell."""
        job = self.world.jobs.get(job_id)
        if job is not None:
            return decided(job, self.world.policy.service_timeout)
        return decided_by({event.kind: event for event in self._events if event.job == job_id})


def _marks(event: Event, asked: Asked) -> bool:
    """Whether an event is what became of a request, or the first of that."""
    if not {event.workload, event.job} & asked.ids and asked.ids:
        return False
    if asked.refused or event.kind in (kinds.REQUEST_REJECTED, kinds.REQUEST_IGNORED):
        return "operation" in event.data and event.data["operation"] == asked.operation
    if event.kind in _CLOSED:
        return _BY.get(event.data.get("reason"), "") == asked.operation
    return event.kind in _MARKS.get(asked.operation, ())
