"""What is left of a scenario that was played: its traces, and whether it came to its end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from pytest_qruntime.contracts.catalogue import CATALOGUE
from pytest_qruntime.contracts.checking import Report, check
from pytest_qruntime.contracts.terms import Terms
from pytest_qruntime.model import Trace


@dataclass(frozen=True)
class Evidence:
    """A trace and the terms on which it is judged."""

    trace: Trace
    terms: Terms

    @cached_property
    def report(self) -> Report:
        """The verdict on every contract."""
        return check(self.trace, terms=self.terms, contracts=CATALOGUE)

    @property
    def seen(self) -> str:
        """Where the trace is from."""
        return "the service's own trace" if self.trace.complete else "what its answers show"


@dataclass(frozen=True)
class Played:
    """A scenario that was played.

    Attributes:
        evidence: what it left.
        problem: why it ended early; None: it did not.
        lacking: what the service has not that it needs; None: nothing.
    """

    evidence: tuple[Evidence, ...]
    problem: str | None = None
    lacking: str | None = None

    def breaks(self, contract_id: str) -> Iterator[str]:
        """In words, each way in which a contract was broken."""
        for one in self.evidence:
            finding = one.report[contract_id]
            if finding.breaks:
                yield f"by {one.seen}:\n{one.report.describe(finding)}"

    def exercised(self, contract_id: str) -> bool:
        """Whether anything shows that a contract holds, or does not."""
        return any(one.report[contract_id].cases for one in self.evidence)
