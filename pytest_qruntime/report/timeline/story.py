"""What happened, in words: one line for each instant."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from textwrap import shorten
from typing import Any, Final, Literal, NamedTuple

from pytest_qruntime.clock.durations import words_of
from pytest_qruntime.model import Event, Trace, states
from pytest_qruntime.model import trace as kinds
from pytest_qruntime.model.durations import SECOND_US
from pytest_qruntime.model.job import RAN_TOO_LONG_CODE
from pytest_qruntime.report.timeline.calls import Call
from pytest_qruntime.report.timeline.names import Names
from pytest_qruntime.report.timeline.sentences import Said, Sentences, counted
from pytest_qruntime.report.timeline.times import brief


class Line(NamedTuple):
    """A line of a story: when, whether it tells of something bad, or is marked, and what."""

    at_us: int
    kind: Literal["", "bad", "mark"]
    text: str


class Memory:
    """What a sentence needs to know of what was before: how long somebody waited, and which limit a session has."""

    def __init__(self) -> None:
        self._since: dict[str | None, int] = {}
        self._active: set[str | None] = set()
        self._limits: dict[str | None, object] = {}

    def more(self, event: Event) -> str:
        """What is to be added to the sentence on an event; tell it of all that are told, in their order."""
        if event.kind == kinds.WORKLOAD_OPENED:
            self._limits[event.workload] = event.data.get("interactive_ttl_s")
        elif event.kind in (kinds.WORKLOAD_INACTIVATED, kinds.WORKLOAD_CLOSED):
            self._active.discard(event.workload)
            return self._limit(event) if event.data.get("reason") == states.INACTIVATED else ""
        elif event.kind == kinds.JOB_QUEUED:
            self._since[event.job] = event.at_us
            if event.workload is not None and event.workload not in self._active:
                self._since.setdefault(event.workload, event.at_us)
        elif event.kind == kinds.WORKLOAD_ACTIVATED:
            self._active.add(event.workload)
            return self._waited(event.workload, event.at_us)
        elif event.kind == kinds.JOB_RUNNING and event.workload is None:
            return self._waited(event.job, event.at_us)
        return ""

    def _limit(self, event: Event) -> str:
        limit_s = self._limits.get(event.workload)
        return f", {words_of(limit_s * SECOND_US)}" if isinstance(limit_s, int) else ""

    def _waited(self, who: str | None, now_us: int) -> str:
        waited_us = now_us - self._since.pop(who, now_us)
        return f" after {brief(waited_us)} in the queue" if waited_us > 0 else ""


class Story:
    """Tells the events of a trace.

    Args:
        trace: what happened.
        names: what things are called.
        calls: the requests of the client; those are told that were refused, or with which something went wrong.
    """

    def __init__(self, trace: Trace, names: Names, calls: Iterable[Call] = ()) -> None:
        self._trace = trace
        self._names = names
        self._memory = Memory()
        self._failed: defaultdict[int, list[Call]] = defaultdict(list)
        for call in calls:
            if call.failed:
                self._failed[call.at_us].append(call)

    def lines(self) -> Iterator[Line]:
        """What happened, instant by instant: what is alike together, and what went wrong in a line of its own."""
        instants = groupby(_numbered(self._trace), lambda numbered: numbered[1].at_us)
        told = {at_us: self._said(at_us, list(together)) for at_us, together in instants}
        for at_us in self._failed.keys() - told.keys():
            told[at_us] = self._said(at_us, [])
        for at_us, said in sorted(told.items()):
            for bad, together in groupby(said, lambda one: one.bad):
                texts = list(counted(one.text for one in together))
                yield from (Line(at_us, "bad", text) for text in texts) if bad else [Line(at_us, "", "; ".join(texts))]

    def _said(self, at_us: int, events: Sequence[tuple[int, Event]]) -> list[Said]:
        """What happened in an instant. What went wrong parts what was before it from what came then."""
        failed, said, sentences = list(self._failed.get(at_us, ())), list[Said](), Sentences()

        def tell(call: Call) -> None:
            said.extend([*sentences.take(), Said(self._refused(call), True)])
            failed.remove(call)

        for number, event in events:
            while failed and failed[0].after is not None and failed[0].after <= number:
                tell(failed[0])
            if (call := _refusal(event, failed)) is not None:
                tell(call)
            elif self._matters(event):
                told = f"{_TOLD[event.kind](event, self._names)}{self._memory.more(event)}"
                who = "" if event.kind == kinds.CLIENT_CALLED else self._names.of(event)
                sentences.add(event, who, told)
        for call in list(failed):
            tell(call)
        return [*said, *sentences.take()]

    def _matters(self, event: Event) -> bool:
        if event.kind == kinds.CLIENT_CALLED:
            return event.data.get("raised") is not None
        return event.kind in _TOLD and event.job not in self._names.others

    def _refused(self, call: Call) -> str:
        """What came of a request that went wrong."""
        about = f" ({self._names.job(call.job)})" if call.job else ""
        if call.workload and not about:
            about = f" ({self._names.workload(call.workload)})"
        if call.fault:
            return f"FAULT arranged by the test: {call.operation}{about} {call.fault}"
        return f"{call.operation}{about} REFUSED with {call.problem.rstrip('.')}"


def _numbered(trace: Trace) -> Iterator[tuple[int, Event]]:
    """Each event, and how many were before it at the service: calls of clients are no part of its own trace."""
    before = 0
    for event in trace:
        yield before, event
        before += event.kind != kinds.CLIENT_CALLED


def _refusal(event: Event, failed: Sequence[Call]) -> Call | None:
    """The request that an event says was refused, if the answer to it is known."""
    if event.kind != kinds.REQUEST_REJECTED:
        return None
    wanted = event.data.get("operation")
    return next((one for one in failed if one.operation == wanted and one.problem and not one.fault), None)


def _opened(event: Event, names: Names) -> str:
    limit_s = event.data.get("max_ttl_s")
    return f"opened (max TTL {words_of(limit_s * SECOND_US)})" if isinstance(limit_s, int) else "opened"


def _queued(event: Event, names: Names) -> str:
    return "submitted" if event.workload is None else f"submitted to {names.workload(event.workload)}"


def _ended(word: str) -> Callable[[Event, Names], str]:
    def told(event: Event, names: Names) -> str:
        return f"{word}{_because(event)}{_charged(event)}"

    return told


def _because(event: Event) -> str:
    code, reason = event.data.get("reason_code"), event.data.get("reason")
    with_code = f" with code {code}" if code else ""
    hint = _HINTS.get(code, "")
    return f"{with_code}: {reason}{hint}" if reason else with_code


def _charged(event: Event) -> str:
    charged = event.data.get("charged_us")
    return f", {words_of(charged)} on the QPU" if isinstance(charged, int) and charged else ""


def _inactive(event: Event, names: Names) -> str:
    reason = event.data.get("reason")
    return f"inactive{_WHY_INACTIVE.get(str(reason), f' ({reason})' if reason else '')}"


def _closed(event: Event, names: Names) -> str:
    reason = event.data.get("reason")
    why = _WHY_CLOSED.get(str(reason), f" ({reason})" if reason else "")
    left = [f"{event.data[what]} {what}" for what in ("queued", "running") if event.data.get(what)]
    return f"closed{why}{', with jobs ' if left else ''}{', '.join(left)}"


def _settled(event: Event, names: Names) -> str:
    usage: Any = event.data.get("usage_us")
    return f"cost {words_of(usage)} of QPU time" if isinstance(usage, int) else "settled"


def _rejected(event: Event, names: Names) -> str:
    code = f", code {event.data['code']}" if event.data.get("code") else ""
    why = str(event.data.get("refusal") or event.data.get("status") or "").replace("_", " ")
    return f"REFUSED to {event.data.get('operation')}{f': {why}' if why else ''}{code}"


def _raised(event: Event, names: Names) -> str:
    message = shorten(str(event.data.get("message") or ""), _LONG, placeholder=" ...")
    return (
        f"the client's {event.data.get('call')}() RAISED {event.data.get('raised')}{f': {message}' if message else ''}"
    )


def _ignored(event: Event, names: Names) -> str:
    return f"asked to {event.data.get('operation')} again: nothing changes"


def _says(text: str) -> Callable[[Event, Names], str]:
    return lambda event, names: text


_LONG: Final = 90
_HINTS: Final[dict[object, str]] = {RAN_TOO_LONG_CODE: " (its time on the QPU was used up)"}
_WHY_INACTIVE: Final = {
    states.INACTIVATED: ": no job came within its interactive TTL",
    states.INACTIVATED_BY_ACTIVE_TTL: ": its active TTL is used up",
}
_WHY_CLOSED: Final = {
    states.CLOSED_EARLY: " as asked, before any job ran",
    states.CLOSED_BY_USER: " as asked",
    states.CANCELLED_BY_USER: " by a cancel",
    states.CLOSED_BY_MAX_TTL: " by the service: its max TTL is over",
    states.CLOSED_BY_ACTIVE_TTL: " by the service: its active TTL is used up",
    states.CLOSED_UNUSED: " by the service: nobody submitted a job",
    states.CLOSED_AFTER_LAST_JOB: " by the service after its last job",
    states.CLOSED_BY_COST_LIMIT: " by the service: the cost limit of the instance is reached",
}
_TOLD: Final[dict[str, Callable[[Event, Names], str]]] = {
    kinds.WORKLOAD_OPENED: _opened,
    kinds.WORKLOAD_ACTIVATED: _says("active"),
    kinds.WORKLOAD_INACTIVATED: _inactive,
    kinds.WORKLOAD_DRAINING: _says("closing: no more jobs"),
    kinds.WORKLOAD_REOPENED: _says("takes jobs again"),
    kinds.WORKLOAD_CLOSED: _closed,
    kinds.WORKLOAD_SETTLED: _settled,
    kinds.JOB_QUEUED: _queued,
    kinds.JOB_RUNNING: _says("running"),
    kinds.JOB_ON_QPU: _says("on the QPU"),
    kinds.JOB_COMPLETED: _ended("completed"),
    kinds.JOB_FAILED: _ended("FAILED"),
    kinds.JOB_CANCELLED: _ended("cancelled"),
    kinds.JOB_DELETED: _says("deleted"),
    kinds.REQUEST_REJECTED: _rejected,
    kinds.REQUEST_IGNORED: _ignored,
    kinds.CLIENT_CALLED: _raised,
    kinds.BACKEND_STATUS: lambda event, names: f"{event.data.get('status')}{_because(event)}",
    kinds.COST_LIMIT_REACHED: lambda event, names: f"instance {event.data.get('instance')} has reached its cost limit",
}
