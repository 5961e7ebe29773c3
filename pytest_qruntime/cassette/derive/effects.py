"""What the accepted requests to close, reopen and cancel a session did: an answer of 204 does not say.

Each is taken to have done what the service documents, unless the recording shows otherwise: the session was closed
before, or at that instant, or was not taking jobs already, or went on as if nothing had been asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from pytest_qruntime.cassette.derive.evidence import Act, Job, Moment, Workload
from pytest_qruntime.model import trace
from pytest_qruntime.model.durations import SECOND_US
from pytest_qruntime.model.states import CANCELLED_BY_USER, PENDING_CLOSED

_UNUSED_S: Final = 1800
"""After how long a session that got no job is closed by the service."""


class Effect(NamedTuple):
    """An event that a request brought about."""

    act: Act
    kind: str
    data: dict[str, object]


class Effects:
    """Goes through the requests of one workload in their order.

    Args:
        workload: whose.
        jobs: its own.
        slack_us: by how much the clocks of the recording and of the service may differ.
    """

    def __init__(self, workload: Workload, jobs: Sequence[Job], slack_us: int) -> None:
        self._workload = workload
        self._jobs = jobs
        self._slack_us = slack_us
        self._accepting: bool | None = True
        self._closed = False

    def all(self) -> Iterator[Effect]:
        """The events; a closing is not among them, but is noted in the workload if nothing else shows it."""
        looks = iter([*self._workload.looks, None])
        look = next(looks)
        for act in self._workload.acts:
            while look is not None and look.number < act.number:
                self._accepting = self._accepting if look.accepting is None else look.accepting
                self._closed = self._closed or look.closed
                look = next(looks)
            effect = {"close": self._close, "reopen": self._reopen, "cancel": self._cancel}[act.operation](act)
            if effect is not None:
                yield effect

    def _close(self, act: Act) -> Effect | None:
        if self._was_closed_before(act) or self._accepting is False:
            return _ignored(act)
        certain, self._accepting = self._accepting is not None, False
        if self._closed_by(act):
            return None
        return Effect(act, trace.WORKLOAD_DRAINING, {}) if certain else None

    def _reopen(self, act: Act) -> Effect | None:
        if self._was_closed_before(act) or self._accepting is True:
            return _ignored(act)
        look = self._workload.next_look(act.number)
        if self._accepting is None or self._closes_at(act) or (look is not None and look.closed):
            self._accepting = None  # it may have been closed by then
            return None
        if look is not None and look.accepting is False:
            return _ignored(act)
        self._accepting = True
        return Effect(act, trace.WORKLOAD_REOPENED, {})

    def _cancel(self, act: Act) -> Effect | None:
        if self._was_closed_before(act):
            return _ignored(act)
        self._accepting = False
        if self._closes_at(act):
            self._ends_with(act)
            return None
        later = self._workload.looks_after(act.number)
        pending = next((look for look in later if look.state == PENDING_CLOSED), None)
        if pending is not None:
            return Effect(act, trace.WORKLOAD_DRAINING, {} if pending.reason is None else {"reason": pending.reason})
        if not later and self._workload.closed is None:
            self._workload.closed = Moment(act.number, act.at_us, exact=False)
            if not self._may_be_over(act):
                self._ends_with(act)
        return None

    # -- what is known of the end ------------------------------------------------------------------------------------

    def _was_closed_before(self, act: Act) -> bool:
        closed_us = self._workload.closed_us()
        return self._closed or (closed_us is not None and closed_us < act.at_us - self._slack_us)

    def _may_be_over(self, act: Act) -> bool:
        """Whether the service may have closed it before, though nobody saw it."""
        opened, max_ttl_s = self._workload.opened, self._workload.data.get("max_ttl_s")
        if opened is None:
            return False
        passed_us = act.at_us - opened.at_us
        unused = not self._jobs and passed_us >= _UNUSED_S * SECOND_US
        return unused or (isinstance(max_ttl_s, int) and passed_us >= max_ttl_s * SECOND_US)

    def _closes_at(self, act: Act) -> bool:
        closed_us = self._workload.closed_us()
        return closed_us is not None and abs(closed_us - act.at_us) <= self._slack_us

    def _closed_by(self, act: Act) -> bool:
        """Whether there was nothing left to run, so that this close was the end, without draining."""
        if not self._closes_at(act) or any(job.unfinished_after(act.number, act.at_us) for job in self._jobs):
            return False
        look = self._workload.next_look(act.number)
        if look is not None and not look.closed:
            return False
        if self._workload.closed_because == CANCELLED_BY_USER and any(
            other.number > act.number and other.operation == "cancel" for other in self._workload.acts
        ):
            return False  # that one was the end
        self._ends_with(act)
        return True

    def _ends_with(self, act: Act) -> None:
        self._closed, self._workload.closed_by = True, act.number


def _ignored(act: Act) -> Effect:
    return Effect(act, trace.REQUEST_IGNORED, {"operation": act.operation})
