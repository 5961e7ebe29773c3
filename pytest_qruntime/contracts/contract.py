"""What a contract is: a rule of the lifecycle that can be judged, and what it is to break one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from pytest_qruntime.model import Event

if TYPE_CHECKING:
    from pytest_qruntime.contracts.facts import Facts

Level = Literal["must", "may"]
Partial = Literal["no", "yes", "whole", "client"]

SOURCES: Final = {
    "s0": "Execution modes using REST API, guide",
    "s1": "Run jobs in a session, guide (2024)",
    "s2": "Introduction to execution modes, guide",
    "s3": "Execution mode changes, migration guide (2024)",
    "s4": "Run jobs in a batch, guide (2026)",
    "dSES": "Run jobs in a session, guide (2026)",
    "dBAT": "Run jobs in a batch, guide (2026)",
    "dMAX": "Maximum execution time, guide",
    "dFAQ": "Execution modes FAQ",
    "dUSE": "Estimate job run time, guide",
    "dMON": "Monitor a job, guide",
    "dCOST": "Manage cost, guide",
    "dINS": "Instances, guide",
    "dFSS": "Fair-share scheduler, guide",
    "oa25": "OpenAPI description of the service, 0.25.0",
    "c51": "qiskit-ibm-runtime 0.51.0, source",
    "it": "qiskit-ibm-runtime, integration tests",
    "live": "measured on the live service by third parties",
    "issues": "reports in public issue trackers",
    "ours": "undocumented; the choice of pytest-qruntime",
}
"""The documents that a contract may name."""

CONFIDENCE: Final = {
    "S": "stated by a guide",
    "D": "stated by newer documents or the OpenAPI description",
    "L": "measured live",
    "C": "read in the client's source",
    "V": "verified with the unmodified client",
    "I": "reported in an issue",
    "U": "undocumented",
}


class Break(NamedTuple):
    """A rule was broken: when, by whom, and what was expected instead.

    `number` is the place in the trace of the event that broke it (None: of something that did not happen), `exchange`
    the number of the exchange of a recording that shows it, if the trace was made of one.
    """

    at_us: int
    workload: str | None
    job: str | None
    expected: str
    seen: str
    number: int | None = None
    exchange: int | None = None

    @property
    def about(self) -> str:
        """Whom it is about, in words; empty if that is nobody in particular."""
        named = (("session or batch", self.workload), ("job", self.job), ("exchange", self.exchange))
        return ", ".join(f"{what} {name}" for what, name in named if name is not None)


Outcome = bool | Break
"""One case in which a rule was exercised: True if it held."""

Monitor = Callable[["Facts"], Iterator[Outcome]]
"""Goes through a trace and yields an outcome for each case that exercises the rule; none if there is no such case."""


@dataclass(frozen=True, kw_only=True)
class Contract:
    """A rule of the lifecycle.

    Attributes:
        id: as in the catalogue, such as ``CLS-03``; those of ``INV-nn`` are the invariants of any trace.
        statement: the rule.
        exercise: what a test does to exercise it.
        sources: keys of `SOURCES`.
        confidence: letters of `CONFIDENCE`.
        level: whether a break is a failure or a warning.
        knobs: fields of `Policy` that it depends on.
        partial: whether a trace of what somebody saw can show a break: yes; only of a session or batch of which all is
            known (`Facts.whole`); or no, then such a trace never exercises it. Or client: any trace can, if the calls
            of the official client stand in it.
        since: the version of the catalogue that it came with.
        monitor: the judge.
    """

    id: str
    statement: str
    exercise: str
    sources: tuple[str, ...]
    confidence: str
    level: Level
    knobs: tuple[str, ...]
    partial: Partial
    since: str
    monitor: Monitor


class Chapter:
    """The contracts with one prefix, in the order in which they are written down."""

    def __init__(self, prefix: str, title: str) -> None:
        self.prefix = prefix
        self.title = title
        self.contracts: list[Contract] = []

    def rule(
        self,
        number: str,
        statement: str,
        *,
        exercise: str,
        sources: str,
        confidence: str,
        knobs: tuple[str, ...] = (),
        partial: Partial = "no",
        since: str = "2026-11-21",
    ) -> Callable[[Monitor], Monitor]:
        """Register a monitor; what is only inferred or ours is of level "may"."""

        def register(monitor: Monitor) -> Monitor:
            contract = Contract(
                id=f"{self.prefix}-{number}",
                statement=statement,
                exercise=exercise,
                sources=tuple(sources.split()),
                confidence=confidence,
                level="may" if confidence == "U" else "must",
                knobs=knobs,
                partial=partial,
                since=since,
                monitor=monitor,
            )
            self.contracts.append(contract)
            return monitor

        return register


def broken(event: Event, expected: str, seen: str, *, number: int | None = None, at_us: int | None = None) -> Break:
    """A break that an event shows; `at_us` if it is about another instant than the event's."""
    exchange = event.data.get("exchange")
    return Break(
        at_us=event.at_us if at_us is None else at_us,
        workload=event.workload,
        job=event.job,
        expected=expected,
        seen=seen,
        number=number,
        exchange=exchange if isinstance(exchange, int) else None,
    )


def seconds(us: int | float) -> str:
    """An instant or a duration for a message."""
    return f"{us / 1_000_000:g} s"
