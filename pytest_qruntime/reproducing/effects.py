"""What happened to a service without a client's request: other users, those who run it, and the stage of the test."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final, NamedTuple

from pytest_qruntime.model import World
from pytest_qruntime.model import trace as kinds
from pytest_qruntime.model.maintenance import REASON
from pytest_qruntime.model.states import CANCELLED_BY_USER, CLOSED_BY_USER, CLOSED_EARLY
from pytest_qruntime.model.trace import Event
from pytest_qruntime.reproducing.steps import Lasting, Step, Var

_ONLINE: Final = ("online", "available")
_CALIBRATION: Final = "calibration"
_BY_USER: Final = {CANCELLED_BY_USER: "cancel", CLOSED_EARLY: "close", CLOSED_BY_USER: "close"}


class Effect(NamedTuple):
    """A step that stands for an event: its place in the trace, and when it was."""

    place: int
    at_us: int
    step: Step


class Effects:
    """Reads a trace for what no request explains.

    Args:
        world: that of the trace.
        names: the variables of sessions, batches and jobs, by their ids.
        asked: tells whether a client closed, cancelled or reopened at this instant what has this id.
    """

    def __init__(self, world: World, names: Mapping[str, Var], asked: Callable[[int, str], bool]) -> None:
        self._world = world
        self._names = names
        self._asked = asked
        self._events = list(world.trace)
        self._until_us: dict[str, int] = {}
        self._statuses: dict[str, tuple[str, str]] = {}

    def read(self) -> list[Effect]:
        """The effects, in order; jobs of others that arrive at once are one."""
        found: list[Effect] = []
        for place, event in enumerate(self._events):
            for step in self._steps(place, event):
                last = found[-1] if found else None
                if last is not None and last.at_us == event.at_us and _alike(last.step, step):
                    found[-1] = last._replace(step=replace(step, given=(last.step.given[0] + 1,)))
                else:
                    found.append(Effect(place, event.at_us, step))
        return found

    def _steps(self, place: int, event: Event) -> Iterator[Step]:
        if event.kind == kinds.JOB_QUEUED and event.data["instance"] == self._world.others.name:
            yield self._others(event)
        elif event.kind == kinds.BACKEND_STATUS:
            yield from self._status(place, event)
        elif event.kind == kinds.USAGE_LIMIT and event.data["instance"] == self._world.instance.name:
            limit_s: Any = event.data["limit_s"]
            yield Step(None, "limit_usage", (None if limit_s is None else Lasting(limit_s * 1_000_000),))
        elif event.workload in self._names and not self._asked(event.at_us, str(event.workload)):
            yield from self._ended(place, event, self._names[str(event.workload)])

    def _others(self, event: Event) -> Step:
        job = self._world.jobs[str(event.job)]
        where = self._elsewhere(event.backend)
        if event.data["program"] == _CALIBRATION:
            return Step(None, "calibrate", (Lasting(job.durations.classical_us),), where)
        named = (("classical", Lasting(job.durations.classical_us)), ("quantum", Lasting(job.durations.quantum_us)))
        return Step(None, "other_users", (1,), (*named, *where))

    def _status(self, place: int, event: Event) -> Iterator[Step]:
        """A backend that was in maintenance comes back by itself, to what it was before."""
        name, now = str(event.backend), (str(event.data["status"]), str(event.data["reason"]))
        before = self._statuses.get(name, _ONLINE)
        self._statuses[name] = now
        end_us = self._end_of_maintenance(place, event, before) if now[1] == REASON else None
        if end_us is not None:
            self._until_us[name] = end_us
            how = () if now[0] == "paused" else (("status", now[0]),)
            yield Step(None, "maintenance", (Lasting(end_us - event.at_us),), (*how, *self._elsewhere(name)))
        elif self._until_us.pop(name, None) != event.at_us:
            where = "" if name == self._default else f'"{name}"'
            given = now[:1] if now[1] in (now[0], _ONLINE[1]) else now
            yield Step(None, f"backend({where}).set_status", given)

    def _end_of_maintenance(self, place: int, event: Event, before: tuple[str, str]) -> int | None:
        """When it ends, if nobody changes the status meanwhile."""
        later = (one for one in self._events[place + 1 :] if one.kind == event.kind and one.backend == event.backend)
        if (end := next(later, None)) is not None:
            ends = (end.data["status"], end.data["reason"]) == before and end.at_us > event.at_us
            return end.at_us if ends else None
        pending = (due for due in self._world.pending() if due.subject == event.backend and REASON in due.text)
        return next((due.at_us for due in pending), None)

    def _ended(self, place: int, event: Event, var: Var) -> Iterator[Step]:
        """Somebody closed or cancelled it through the model itself."""
        if event.kind == kinds.WORKLOAD_DRAINING and event.data.get("reason") in (None, CANCELLED_BY_USER):
            yield Step(var, _BY_USER.get(str(event.data.get("reason")), "close"))
        elif event.kind == kinds.WORKLOAD_CLOSED and not self._drained(place, event):
            how = _BY_USER.get(str(event.data["reason"]))
            yield from [] if how is None else [Step(var, how)]

    def _drained(self, place: int, event: Event) -> bool:
        before = self._events[:place]
        return any(one.kind == kinds.WORKLOAD_DRAINING and one.workload == event.workload for one in before)

    def _elsewhere(self, backend: str | None) -> tuple[tuple[str, Any], ...]:
        return () if backend == self._default else (("backend", backend),)

    @property
    def _default(self) -> str:
        return next(iter(self._world.backends))


def _alike(one: Step, other: Step) -> bool:
    return one.path == other.path == "other_users" and one.named == other.named
