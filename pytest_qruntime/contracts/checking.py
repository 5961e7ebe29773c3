"""Judging a trace: which contracts hold, which are broken, and which were never exercised."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, Literal, NamedTuple

from pytest_qruntime.contracts.catalogue import CATALOGUE
from pytest_qruntime.contracts.contract import SOURCES, Break, Contract, Partial, seconds
from pytest_qruntime.contracts.facts import Facts
from pytest_qruntime.contracts.pausing import collections_paused
from pytest_qruntime.contracts.reading import read
from pytest_qruntime.contracts.terms import Terms
from pytest_qruntime.model import Event, Trace
from pytest_qruntime.model.trace import CLIENT_CALLED, REQUEST_ANSWERED

Verdict = Literal["holds", "broken", "not exercised"]
HOLDS: Final = "holds"
BROKEN: Final = "broken"
NOT_EXERCISED: Final = "not exercised"

AROUND: Final = 4
"""How many events before and after a break its timeline shows."""
IN_SHORT: Final = {REQUEST_ANSWERED: ("operation", "status", "exchange"), CLIENT_CALLED: ("call", "raised", "returned")}
"""What a timeline shows of events that say a lot."""


class Finding(NamedTuple):
    """What became of one contract: the verdict, in how many cases it was exercised, and its breaks."""

    contract: Contract
    cases: int
    breaks: tuple[Break, ...]

    @property
    def verdict(self) -> Verdict:
        """Holds, broken or not exercised."""
        if self.breaks:
            return BROKEN
        return HOLDS if self.cases else NOT_EXERCISED


class Report:
    """The verdict on every contract of the catalogue, in its order; on the `trace`."""

    def __init__(self, trace: Trace, findings: Iterable[Finding]) -> None:
        self.trace = trace
        self._findings = {finding.contract.id: finding for finding in findings}

    def __iter__(self) -> Iterator[Finding]:
        return iter(self._findings.values())

    def __repr__(self) -> str:
        counts = ", ".join(f"{len(self.ids(verdict))} {verdict}" for verdict in (BROKEN, HOLDS, NOT_EXERCISED))
        return f"<Report: {counts}>"

    def __getitem__(self, contract_id: str) -> Finding:
        """What became of a contract. Raises `KeyError` for one that was not checked."""
        return self._findings[contract_id]

    def verdict(self, contract_id: str) -> Verdict:
        """The verdict on a contract. Raises `KeyError` for one that was not checked."""
        return self._findings[contract_id].verdict

    def ids(self, verdict: Verdict) -> list[str]:
        """The contracts with this verdict."""
        return [name for name, finding in self._findings.items() if finding.verdict == verdict]

    @property
    def broken(self) -> list[Finding]:
        """What was broken."""
        return [finding for finding in self if finding.breaks]

    @property
    def failures(self) -> list[Finding]:
        """What was broken of level "must"."""
        return [finding for finding in self.broken if finding.contract.level == "must"]

    @property
    def warnings(self) -> list[Finding]:
        """What was broken of level "may"."""
        return [finding for finding in self.broken if finding.contract.level == "may"]

    def summary(self) -> str:
        """How many rules hold, were broken and were not exercised, and which."""
        lines = []
        for verdict in (BROKEN, HOLDS, NOT_EXERCISED):
            ids = self.ids(verdict)
            lines.append(f"{verdict}: {len(ids)}" + (f" ({', '.join(ids)})" if ids else ""))
        return "\n".join(lines)

    def describe(self, finding: Finding) -> str:
        """A broken contract in words: the rule, its source, and each break with the timeline around it."""
        contract = finding.contract
        sources = "; ".join(SOURCES[source] for source in contract.sources)
        knobs = f"\n  depends on the policy: {', '.join(contract.knobs)}" if contract.knobs else ""
        head = f"{contract.id} ({contract.level}) is broken: {contract.statement}\n  source: {sources}{knobs}"
        return "\n".join([head, *(self.told(one) for one in finding.breaks)])

    def told(self, one: Break) -> str:
        """A break in words: when, by whom, what was expected and seen, and the timeline around it."""
        lines = [f"  at {seconds(one.at_us)}{', ' if one.about else ''}{one.about}"]
        lines += [f"    expected: {one.expected}", f"    seen:     {one.seen}"]
        return "\n".join([*lines, *self._timeline(one)])

    def _timeline(self, one: Break) -> Iterator[str]:
        events = list(enumerate(self.trace))
        mine = [
            (number, event)
            for number, event in events
            if number == one.number
            or (event.kind != REQUEST_ANSWERED and _about(one, event))  # there are as many as a client likes to ask
        ]
        place = next((index for index, (_, event) in enumerate(mine) if event.at_us >= one.at_us), len(mine))
        if one.number is not None:
            place = next((index for index, (number, _) in enumerate(mine) if number == one.number), place)
        for number, event in mine[max(place - AROUND, 0) : place + AROUND + 1]:
            mark = ">" if number == one.number else " "
            told = IN_SHORT.get(event.kind, ())
            data = " ".join(f"{key}={value}" for key, value in event.data.items() if key in told or not told)
            yield f"    {mark} {seconds(event.at_us):>12}  {event.kind}  {event.job or ''}  {data}".rstrip()


@collections_paused()
def check(
    trace: Trace,
    *,
    terms: Terms | None = None,
    contracts: Iterable[Contract] = CATALOGUE,
    workload: str | None = None,
) -> Report:
    """Judge a trace.

    Args:
        trace: of a fake service (`QRuntime.trace`), or what a recording shows (`pytest_qruntime.cassette.derive`).
        terms: what is known of the service besides; `Terms.of(world)` for a fake one. By default its policy is the
            default one, and nothing else is known: what depends on it is not exercised.
        contracts: which rules.
        workload: the id of the session or batch to which they are applied, for rules that speak of one and its jobs
            alone; None: to everything.
    """
    facts = read(trace, terms or Terms())
    report = judged(facts, contracts, workload)
    facts.forget()
    return report


def judged(facts: Facts, contracts: Iterable[Contract], workload: str | None = None) -> Report:
    """Judge what has been read of a trace; see `check`."""
    trace = facts.trace
    if workload is not None:
        facts = facts.only(workload)
    evidence: dict[Partial, Facts] = {"yes": facts, "whole": facts, "no": facts}
    if not facts.complete:
        evidence = {"yes": facts, "whole": facts.whole()}
    if facts.calls:
        evidence["client"] = facts
    return Report(trace, [_judged(contract, evidence.get(contract.partial)) for contract in contracts])


def _about(one: Break, event: Event) -> bool:
    return (one.workload is not None and event.workload == one.workload) or (
        one.job is not None and event.job == one.job
    )


def _judged(contract: Contract, facts: Facts | None) -> Finding:
    """What becomes of a contract by these facts; None: by such a trace it cannot be judged."""
    cases = 0
    breaks: tuple[Break, ...] = ()
    for outcome in contract.monitor(facts) if facts is not None else ():
        cases += 1
        if outcome is not True:
            assert isinstance(outcome, Break), f"{contract.id} yields {outcome!r}"
            breaks += (outcome,)
    return Finding(contract, cases, breaks)
