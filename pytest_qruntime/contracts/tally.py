"""What became of every contract over many traces: those of a test suite, say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from textwrap import wrap
from typing import Any, Final, NamedTuple

from pytest_qruntime.contracts.catalogue import CATALOGUE, CATALOGUE_VERSION
from pytest_qruntime.contracts.catalogue import contract as found
from pytest_qruntime.contracts.checking import BROKEN, HOLDS, NOT_EXERCISED, Finding, Report, Verdict
from pytest_qruntime.contracts.contract import Break, Contract, seconds
from pytest_qruntime.model import Event, Trace

_WIDTH: Final = 120


class Breaking(NamedTuple):
    """A contract was broken in a trace: in which, when and for whom first, what broke it, and how often more.

    `allowed` is the reason for which that was to be expected; None: it was not.
    """

    label: str
    at_us: int
    about: str
    by: str
    expected: str
    seen: str
    more: int
    allowed: str | None

    def lines(self) -> Iterator[str]:
        """In words."""
        about = f", {self.about}" if self.about else ""
        by = f", by {self.by}" if self.by else ""
        more = f", and {self.more} more" if self.more else ""
        yield f"{self.label}: at {seconds(self.at_us)}{about}{by}{more}"
        if self.allowed is None:
            yield f"  expected {self.expected}; seen: {self.seen}"
        else:
            yield f"  allowed: {self.allowed}"


class Tally:
    """Counts, by contract, the traces that exercised it, and tells those that broke it.

    A contract that one trace broke is broken, however many kept it, unless it was allowed there. `data()` is plain
    JSON, so that the tallies of several processes can be added up with `merge`; in which order makes no difference.
    """

    def __init__(self, contracts: Iterable[Contract] = CATALOGUE) -> None:
        self._contracts = {contract.id: contract for contract in contracts}
        self._exercised = dict.fromkeys(self._contracts, 0)
        self._breakings: dict[str, list[Breaking]] = {}
        self.traces = 0

    def add(self, label: str, *reports: Report, allowed: Mapping[str, str] | None = None) -> None:
        """Count a report under a name, such as that of a test; or several, on different contracts.

        Args:
            label: the name.
            reports: what was judged.
            allowed: contracts that were to be broken, and why.
        """
        self.traces += 1
        for report, finding in ((one, finding) for one in reports for finding in one):
            name = finding.contract.id
            if finding.cases:
                self._exercised[name] = self._exercised.get(name, 0) + 1
            if finding.breaks:
                self._breakings.setdefault(name, []).append(breaking(label, finding, report.trace, allowed or {}))

    def data(self) -> dict[str, Any]:
        """All of it as plain JSON."""
        return {
            "version": CATALOGUE_VERSION,
            "traces": self.traces,
            "exercised": dict(self._exercised),
            "broken": {name: [list(one) for one in several] for name, several in self._breakings.items()},
        }

    def merge(self, data: Mapping[str, Any]) -> None:
        """Add the data of another tally. Raises `ValueError` for one of another catalogue."""
        if data.get("version") != CATALOGUE_VERSION:
            raise ValueError(
                f"a tally of the catalogue {data.get('version')!r} cannot be added to one of {CATALOGUE_VERSION}; "
                "install the same version of pytest-qruntime everywhere"
            )
        self.traces += data["traces"]
        for name, times in data["exercised"].items():
            self._exercised[name] = self._exercised.get(name, 0) + times
        for name, several in data["broken"].items():
            self._breakings.setdefault(name, []).extend(Breaking(*one) for one in several)

    def verdict(self, contract_id: str) -> Verdict:
        """The verdict over all traces. Raises `KeyError` for an unknown contract."""
        if self.broken_by(contract_id):
            return BROKEN
        return HOLDS if self._exercised[contract_id] else NOT_EXERCISED

    def ids(self, verdict: Verdict) -> list[str]:
        """The contracts with this verdict."""
        return [name for name in self._exercised if self.verdict(name) == verdict]

    def broken_by(self, contract_id: str) -> list[str]:
        """Who broke a contract that was not allowed there."""
        return [one.label for one in self.breakings(contract_id) if one.allowed is None]

    def breakings(self, contract_id: str) -> list[Breaking]:
        """Who broke a contract, allowed or not, in the order of the names."""
        return sorted(self._breakings.get(contract_id, ()), key=lambda one: one[:-1])

    def lines(self) -> list[str]:
        """A summary for people: what was broken and by whom, what was exercised how often, what never."""
        told = [line for name in self._exercised for line in self._told(name)]
        held = [f"{name} ({self._exercised[name]})" for name in self.ids(HOLDS)]
        never = self.ids(NOT_EXERCISED)
        told += _wrapped(f"{len(held)} of {len(self._exercised)} contracts hold: {', '.join(held) or 'none'}")
        told += _wrapped(f"{len(never)} were never exercised: {', '.join(never) or 'none'}")
        return told

    def _told(self, contract_id: str) -> Iterator[str]:
        breakings = self.breakings(contract_id)
        if not breakings:
            return
        rule = self._contracts.get(contract_id) or found(contract_id)
        how = BROKEN if self.broken_by(contract_id) else "broken where that is allowed"
        yield f"{how}: {rule.id} ({rule.level}): {rule.statement}"
        for one in breakings:
            yield from (f"  {line}" for line in one.lines())


def _wrapped(line: str) -> list[str]:
    """A long list of ids in lines that can be read."""
    together = re.sub(r" (?=\(\d+\))", "\N{NO-BREAK SPACE}", line)  # an id and how often
    lines = wrap(together, _WIDTH, subsequent_indent="    ", break_on_hyphens=False)
    return [one.replace("\N{NO-BREAK SPACE}", " ") for one in lines]


def breaking(label: str, finding: Finding, trace: Trace, allowed: Mapping[str, str]) -> Breaking:
    """How a contract was broken first in a trace, under the name `label`; `allowed` says why some may be."""
    first = min(finding.breaks, key=lambda one: one.at_us)
    return Breaking(
        label=label,
        at_us=first.at_us,
        about=first.about,
        by=_by(first, trace),
        expected=first.expected,
        seen=first.seen,
        more=len(finding.breaks) - 1,
        allowed=allowed.get(finding.contract.id),
    )


def _by(one: Break, trace: Trace) -> str:
    """What broke a rule: the request, if the trace has it, else the event; empty if it is that nothing happened."""
    if one.exchange is not None:
        for event in trace:
            if event.data.get("exchange") == one.exchange and "method" in event.data:
                return f"{event.data['method']} {event.data.get('path')} ({event.data.get('status')})"
    return "" if one.number is None else _named(trace[one.number])


def _named(event: Event) -> str:
    operation = event.data.get("operation")
    return event.kind if operation is None else f"{event.kind} of {operation}"
