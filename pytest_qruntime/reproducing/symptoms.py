"""What is wrong with a test, as something that can be seen of any world that is over: a symptom."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final, NamedTuple

from pytest_qruntime.client import JobCancelledError, JobFailedError, JobTimeoutError
from pytest_qruntime.contracts import Terms, check
from pytest_qruntime.contracts.catalogue import contract
from pytest_qruntime.judging.leaks import leaked
from pytest_qruntime.judging.openings import Opening
from pytest_qruntime.model import NothingPendingError
from pytest_qruntime.model.job import SESSION_CLOSED_CODE
from pytest_qruntime.model.trace import WORKLOAD_OPENED
from pytest_qruntime.reproducing.asking import asking
from pytest_qruntime.reproducing.program import Outcome
from pytest_qruntime.reproducing.steps import Step, Var
from pytest_qruntime.reproducing.story import Story
from pytest_qruntime.runtime import QRuntime

FAILS: Final = "This test fails in the same way:"
PASSES: Final = """\
This is the shortest program that brings the service to where the failing test
saw it last. It passes: what the test expected instead stands above."""
_CHARGED: Final = "qpu_charge_time_seconds"
_VARYING: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\b[a-z0-9]{20}\b|\d+(\.\d+)?")


@dataclass(frozen=True)
class Symptom(ABC):
    """What is wrong.

    Attributes:
        ending: the steps at the end of a program that is to show it.
        remark: what stands at the end of the program, in a comment.
        says: what the program is to the test.
    """

    ending: tuple[Step, ...] = ()
    remark: ClassVar[str] = ""
    says: ClassVar[str] = FAILS

    @abstractmethod
    def shown(self, outcome: Outcome) -> bool:
        """Whether a world that is over shows it."""


class Found(NamedTuple):
    """A symptom, the steps that led to it, and what it is about beyond its ending."""

    symptom: Symptom
    steps: tuple[Step, ...]
    about: frozenset[Var] = frozenset()

    @property
    def focus(self) -> frozenset[Var]:
        """What it is about."""
        made = {step.makes for step in self.symptom.ending}
        return self.about.union(*(step.uses for step in self.symptom.ending)) - made


@dataclass(frozen=True)
class LeftOpen(Symptom):
    """A session or batch was left open: of which kind, and in which state."""

    kind: str = ""
    state: str = ""
    remark: ClassVar[str] = "nobody closes it"

    def shown(self, outcome: Outcome) -> bool:
        """Whether one of that kind is left, in that state."""
        return outcome.error is None and (self.kind, self.state) in left_open(outcome.qruntime)


def left_open(qruntime: QRuntime) -> Sequence[tuple[str, str]]:
    """The kinds and states of what is open at the end, as the test is judged for it."""
    opened = {str(one.workload): Opening(None, None, False) for one in qruntime.trace.where(kind=WORKLOAD_OPENED)}
    world = qruntime.world
    return [(one.kind, one.state) for one in leaked(qruntime.trace, Terms.of(world), opened, world.now_us, {})]


@dataclass(frozen=True)
class Broken(Symptom):
    """The service broke a contract."""

    contract: str = ""
    remark: ClassVar[str] = "the service has broken its contract"

    def shown(self, outcome: Outcome) -> bool:
        """Whether it is broken."""
        report = check(
            outcome.qruntime.trace, terms=Terms.of(outcome.qruntime.world), contracts=[contract(self.contract)]
        )
        return outcome.error is None and bool(report.broken)


@dataclass(frozen=True)
class NotHeld(Symptom):
    """An assertion about the contracts failed: with such words."""

    words: str = ""

    def shown(self, outcome: Outcome) -> bool:
        """Whether it fails with the same words."""
        return isinstance(outcome.error, AssertionError) and first_line(outcome.error) == self.words


def first_line(error: BaseException) -> str:
    """The first line of what an error says, without ids and figures."""
    return _VARYING.sub("#", (str(error).splitlines() or [""])[0])


@dataclass(frozen=True)
class Refused(Symptom):
    """The service refused a request, or did not answer it: which, how, and what was wrong with the network."""

    operation: str = ""
    status: int | None = None
    code: int | str | None = None
    fault: int | str | None = None
    closing: str | None = None

    def shown(self, outcome: Outcome) -> bool:
        """Whether the last request is such a one, of what was closed for the same reason, and its error was raised."""
        records = outcome.qruntime.requests
        if outcome.error is None or not len(records):
            return False
        last = asking(records[-1])
        fault = records[-1].fault
        story = Story(outcome.qruntime)
        how = (last.operation, last.status, last.code, None if fault is None else fault.what)
        closing = story.closing(last, len(records) - 1)
        return (*how, closing) == (self.operation, self.status, self.code, self.fault, self.closing)


@dataclass(frozen=True)
class Unsuccessful(Symptom):
    """A job that was waited for failed, or was cancelled (then it has no code)."""

    cancelled: bool = False
    code: int | None = None
    closing: str | None = None

    def shown(self, outcome: Outcome) -> bool:
        """Whether the job ends so."""
        error = outcome.error
        if not isinstance(error, JobCancelledError if self.cancelled else JobFailedError):
            return False
        if self.cancelled or self.code != SESSION_CLOSED_CODE:
            return getattr(error, "code", None) == self.code
        records = outcome.qruntime.requests
        closing = Story(outcome.qruntime).closing(asking(records[-1]), len(records) - 1)
        return (getattr(error, "code", None), closing) == (self.code, self.closing)


@dataclass(frozen=True)
class Unfinished(Symptom):
    """A wait for a job ended before the job did: its time was up, or nothing could end it."""

    status: str = ""
    hopeless: bool = False

    def shown(self, outcome: Outcome) -> bool:
        """Whether the wait ends so, while the job is in the same state."""
        wanted = NothingPendingError if self.hopeless else JobTimeoutError
        if not isinstance(outcome.error, wanted):
            return False
        waited_for = outcome.qruntime.world.jobs.get(asking(outcome.qruntime.requests[-1]).about or "")
        return waited_for is not None and waited_for.status == self.status


@dataclass(frozen=True)
class Told(Symptom):
    """What the test was told last of a session, batch or job: of its status, or of its usage."""

    what: str = "status"
    parts: tuple[Any, ...] = ()
    says: ClassVar[str] = PASSES

    def shown(self, outcome: Outcome) -> bool:
        """Whether the program is told the same last."""
        records = outcome.qruntime.requests
        told = told_parts(asking(records[-1]).answer, self.what) if len(records) else ()
        return outcome.error is None and told == self.parts


def told_parts(answer: Any, what: str) -> tuple[Any, ...]:
    """What an answer tells of the status or the usage of what was asked for; empty if it tells nothing of that."""
    if not isinstance(answer, dict):
        return ()
    if "mode" in answer:
        names = ("state", "state_reason", "accepting_jobs", *(("elapsed_time",) if what == "usage" else ()))
        return tuple(answer.get(name) for name in names)
    if what == "usage":
        usage = answer.get("usage")
        return (usage[_CHARGED],) if isinstance(usage, dict) and _CHARGED in usage else ()
    state = answer.get("state")
    return (state.get("status"), state.get("reason_code")) if isinstance(state, dict) else ()
