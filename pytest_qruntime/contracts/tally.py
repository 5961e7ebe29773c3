"""What became of every contract over many traces: those of a test suite, say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pytest_qruntime.contracts.catalogue import CATALOGUE, CATALOGUE_VERSION
from pytest_qruntime.contracts.checking import BROKEN, HOLDS, NOT_EXERCISED, Report, Verdict
from pytest_qruntime.contracts.contract import Contract


class Tally:
    """Counts, by contract, the traces that exercised it, and names those that broke it.

    A contract that one trace broke is broken, however many kept it. `data()` is plain JSON, so that the tallies of
    several processes can be added up with `merge`.
    """

    def __init__(self, contracts: Iterable[Contract] = CATALOGUE) -> None:
        self._exercised: dict[str, int] = {contract.id: 0 for contract in contracts}
        self._broken: dict[str, list[str]] = {}

    def add(self, label: str, report: Report) -> None:
        """Count a report under a name, such as that of a test."""
        for finding in report:
            name = finding.contract.id
            if finding.cases:
                self._exercised[name] = self._exercised.get(name, 0) + 1
            if finding.breaks:
                self._broken.setdefault(name, []).append(label)

    def data(self) -> dict[str, Any]:
        """All of it as plain JSON."""
        return {"version": CATALOGUE_VERSION, "exercised": dict(self._exercised), "broken": dict(self._broken)}

    def merge(self, data: Mapping[str, Any]) -> None:
        """Add the data of another tally. Raises `ValueError` for one of another catalogue."""
        if data.get("version") != CATALOGUE_VERSION:
            raise ValueError(
                f"a tally of the catalogue {data.get('version')!r} cannot be added to one of {CATALOGUE_VERSION}; "
                "install the same version of pytest-qruntime everywhere"
            )
        for name, times in data["exercised"].items():
            self._exercised[name] = self._exercised.get(name, 0) + times
        for name, labels in data["broken"].items():
            self._broken.setdefault(name, []).extend(labels)

    def verdict(self, contract_id: str) -> Verdict:
        """The verdict over all traces. Raises `KeyError` for an unknown contract."""
        if contract_id in self._broken:
            return BROKEN
        return HOLDS if self._exercised[contract_id] else NOT_EXERCISED

    def ids(self, verdict: Verdict) -> list[str]:
        """The contracts with this verdict."""
        return [name for name in self._exercised if self.verdict(name) == verdict]

    def broken_by(self, contract_id: str) -> list[str]:
        """Who broke a contract."""
        return list(self._broken.get(contract_id, ()))

    def lines(self) -> list[str]:
        """A summary for people: what was broken and by whom, what was exercised how often, what never."""
        told = [f"broken: {name} by {', '.join(self.broken_by(name))}" for name in self.ids(BROKEN)]
        held = [f"{name} ({self._exercised[name]})" for name in self.ids(HOLDS)]
        never = self.ids(NOT_EXERCISED)
        told.append(f"{len(held)} of {len(self._exercised)} contracts hold: {', '.join(held) or 'none'}")
        told.append(f"{len(never)} were never exercised: {', '.join(never) or 'none'}")
        return told
