"""What happened, in words: one line for each instant."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import Any, Final

from pytest_qruntime.clock.durations import words_of
from pytest_qruntime.model import Event, Trace
from pytest_qruntime.model import trace as kinds
from pytest_qruntime.model.durations import SECOND_US
from pytest_qruntime.report.timeline.names import Names


class Story:
    """Tells the events of a trace.

    Args:
        trace: what happened.
        names: what things are called.
    """

    def __init__(self, trace: Trace, names: Names) -> None:
        self._trace = trace
        self._names = names

    def lines(self) -> Iterator[tuple[int, str]]:
        """Each instant at which something happened, and what; what is alike is told together."""
        for at_us, together in groupby(self._trace, lambda event: event.at_us):
            said = self._said(list(together))
            if said:
                yield at_us, "; ".join(said)

    def _said(self, events: Sequence[Event]) -> list[str]:
        subjects: dict[str, list[str]] = {}
        for event in events:
            tell = _TOLD.get(event.kind)
            if tell is not None and event.job not in self._names.others:
                subjects.setdefault(tell(event, self._names), []).append(self._names.of(event))
        return [f"{_together(who)} {what}".strip() for what, who in subjects.items()]


def _together(names: Sequence[str]) -> str:
    """``job 1, job 2`` as ``jobs 1, 2``."""
    names = list(dict.fromkeys(names))
    kinds_of = {name.partition(" ")[0] for name in names}
    if len(names) == 1 or len(kinds_of) > 1:
        return ", ".join(names)
    return f"{kinds_of.pop()}s {', '.join(name.partition(' ')[2] for name in names)}"


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
    said = ", ".join(str(one) for one in (code, reason) if one)
    return f" ({said})" if said else ""


def _charged(event: Event) -> str:
    charged = event.data.get("charged_us")
    return f", {words_of(charged)} on the QPU" if isinstance(charged, int) and charged else ""


def _closed(event: Event, names: Names) -> str:
    left = [f"{event.data[what]} {what}" for what in ("queued", "running") if event.data.get(what)]
    return f"closed{_because(event)}{' with jobs ' if left else ''}{', '.join(left)}"


def _settled(event: Event, names: Names) -> str:
    usage: Any = event.data.get("usage_us")
    return f"cost {words_of(usage)} of QPU time" if isinstance(usage, int) else "settled"


def _rejected(event: Event, names: Names) -> str:
    why = event.data.get("refusal") or event.data.get("status") or "refused"
    return f"REFUSED to {event.data.get('operation')}: {str(why).replace('_', ' ')}"


def _ignored(event: Event, names: Names) -> str:
    return f"asked to {event.data.get('operation')} again: nothing changes"


def _online(event: Event, names: Names) -> str:
    return f"{event.data.get('status')}{_because(event)}"


def _says(text: str) -> Callable[[Event, Names], str]:
    return lambda event, names: text


_TOLD: Final[dict[str, Callable[[Event, Names], str]]] = {
    kinds.WORKLOAD_OPENED: _opened,
    kinds.WORKLOAD_ACTIVATED: _says("active"),
    kinds.WORKLOAD_INACTIVATED: lambda event, names: f"inactive{_because(event)}",
    kinds.WORKLOAD_DRAINING: _says("takes no more jobs: closing"),
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
    kinds.BACKEND_STATUS: _online,
    kinds.COST_LIMIT_REACHED: lambda event, names: f"instance {event.data.get('instance')} has reached its cost limit",
}
