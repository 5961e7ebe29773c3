"""What a recording says became of each job that it submits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pytest_qruntime.cassette.drift.entries import Entry
from pytest_qruntime.model.job import CANCELLED, COMPLETED, FINAL, QUEUED, RAN_TOO_LONG_CODE, RUNNING
from pytest_qruntime.rest import timestamps
from pytest_qruntime.rest.timestamps import SECOND_US


@dataclass
class Fate:
    """One submitted job as the recording shows it. Instants are those of the recorded clock.

    Attributes:
        number: that of the exchange that submitted it.
        submitted_us: when.
        queued_us: the latest look that found it queued; the submission if there is none.
        unfinished_us: the latest look that found it not yet ended.
        started_by_us: the first look that found it no longer queued; None if there is none.
        ended_by_us: the first look that found it ended; None if there is none.
        running_us: when it began to run, if an answer says so.
        finished_us: when it ended, if an answer says so.
        charged_us: the QPU time that it was charged for, if an answer says so.
        estimated_us: how long it takes, if an answer says so.
        waited: whether a look found it queued.
        ran: whether a look found it running.
        state: the last one that was seen.
    """

    number: int
    submitted_us: int
    queued_us: int
    unfinished_us: int
    started_by_us: int | None = None
    ended_by_us: int | None = None
    running_us: int | None = None
    finished_us: int | None = None
    charged_us: int | None = None
    estimated_us: int | None = None
    waited: bool = False
    ran: bool = False
    state: Mapping[str, Any] = field(default_factory=dict)

    @property
    def status(self) -> str:
        """The last one that was seen."""
        return str(self.state.get("status", QUEUED)).partition(" ")[0]

    @property
    def code(self) -> int | None:
        """The reason code of a failure."""
        code = self.state.get("reason_code")
        return code if isinstance(code, int) else None

    @property
    def too_long(self) -> bool:
        """Whether it was stopped at its time limit."""
        said = f"{self.state.get('status')} {self.state.get('reason')}".lower()
        return self.status == CANCELLED and (self.code == RAN_TOO_LONG_CODE or "too long" in said)

    @property
    def never_ran(self) -> bool:
        """Whether it ended without having begun."""
        told = self.ran or self.running_us is not None or bool(self.charged_us)
        return self.ended_by_us is not None and self.status != COMPLETED and not told

    @property
    def begin_us(self) -> int | None:
        """When it began to run, as exactly as the recording tells; None if it did not."""
        if self.started_by_us is None or self.never_ran:
            return None
        begin_us = self.running_us
        if begin_us is None:  # in time for what it takes before it was seen to have ended
            takes_us = self.estimated_us or self.charged_us or 0
            begin_us = self.started_by_us if self.ended_by_us is None else self.ended_by_us - takes_us
        return min(max(begin_us, self.queued_us + self.waited), self.started_by_us)

    @property
    def end_us(self) -> int | None:
        """When it ended, as exactly as the recording tells, and not before it began; None if it did not."""
        if self.ended_by_us is None:
            return None
        latest_us = self.ended_by_us if self.finished_us is None else self.finished_us
        return min(max(latest_us, self.unfinished_us, self.begin_us or 0), self.ended_by_us)


def fates_of(entries: Iterable[Entry], began_unix_us: int) -> dict[int, Fate]:
    """The jobs that were submitted, by the numbers of the exchanges that did it; in order."""
    by_id: dict[str, Fate] = {}
    for entry in entries:
        at_us = entry.exchange.at_us
        if entry.submits and entry.created:
            by_id[entry.created] = Fate(entry.number, at_us, at_us, at_us)
        elif entry.where.kind == "jobs" and entry.worked:
            _look(by_id, entry, began_unix_us)
    return {fate.number: fate for fate in by_id.values()}


def lanes_of(fates: Iterable[Fate], otherwise: int) -> int:
    """How many jobs ran at once when another one waited; `otherwise` if none did."""
    fates, spans = list(fates), []
    for fate in fates:
        if (begin_us := fate.begin_us) is not None:
            end_us = fate.unfinished_us if fate.end_us is None else fate.end_us
            spans.append((begin_us, max(end_us, begin_us + 1)))
    if not spans or not any(fate.waited or fate.never_ran for fate in fates):
        return otherwise
    return max(sum(begin <= at < end for begin, end in spans) for at, _ in spans) or 1


def _look(by_id: Mapping[str, Fate], entry: Entry, began_unix_us: int) -> None:
    where = entry.where
    if where.part == "metrics" and where.id in by_id:
        _of_metrics(by_id[where.id], entry.said, began_unix_us)
    elif where.part == "":
        rows = [entry.said] if where.id else entry.said.get("jobs")
        for row in rows if isinstance(rows, list) else ():
            if isinstance(row, dict) and (fate := by_id.get(str(row.get("id")))) is not None:
                _of_document(fate, row, entry.exchange.at_us)


def _of_document(fate: Fate, row: Mapping[str, Any], at_us: int) -> None:
    state = row.get("state")
    if not isinstance(state, dict):
        return
    fate.state = state
    if fate.status == QUEUED:
        fate.queued_us = fate.unfinished_us = at_us
        fate.waited = True
    else:
        fate.started_by_us = at_us if fate.started_by_us is None else fate.started_by_us
        fate.ran = fate.ran or fate.status == RUNNING
        if fate.status not in FINAL:
            fate.unfinished_us = at_us
        elif fate.ended_by_us is None:
            fate.ended_by_us = at_us
    fate.estimated_us = _microseconds(row.get("estimated_running_time_seconds"), fate.estimated_us)
    if fate.status in FINAL and isinstance(row.get("usage"), dict):
        usage = row["usage"]
        fate.charged_us = _microseconds(usage.get("seconds", usage.get("quantum_seconds")), fate.charged_us)


def _of_metrics(fate: Fate, said: Mapping[str, Any], began_unix_us: int) -> None:
    dates, usage = said.get("timestamps"), said.get("usage")
    if isinstance(dates, dict):
        fate.running_us = _instant(dates.get("running"), began_unix_us, fate.running_us)
        fate.finished_us = _instant(dates.get("finished"), began_unix_us, fate.finished_us)
    if isinstance(usage, dict) and fate.finished_us is not None:
        fate.charged_us = _microseconds(
            usage.get("qpu_charge_time_seconds", usage.get("quantum_seconds")), fate.charged_us
        )


def _microseconds(seconds: object, otherwise: int | None) -> int | None:
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)) or not 0 <= seconds < 1e9:
        return otherwise
    return round(seconds * SECOND_US)


def _instant(text: object, began_unix_us: int, otherwise: int | None) -> int | None:
    try:
        return timestamps.parse(text) - began_unix_us if isinstance(text, str) else otherwise
    except ValueError:
        return otherwise
