"""What the tests of a process were judged to have shown, for the end of the run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pytest_qruntime.contracts import Report, Tally
from pytest_qruntime.judging.allowed import Entry


@dataclass
class Judgement:
    """What one run of a test was judged to have shown.

    Attributes:
        label: the test.
        reports: on the contracts, one for each piece of evidence; none: they were not judged, and `because` says why.
        leaks: what it left open, each in a line.
        allowed: what it may break; `used`: which of that it did.
    """

    label: str
    reports: Sequence[Report] = ()
    because: str = ""
    leaks: list[str] = field(default_factory=list)
    allowed: Mapping[str, Entry] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)


class Record:
    """The judgements of many tests, added up. What it sends to another process is plain JSON."""

    def __init__(self) -> None:
        self.tally = Tally()
        self._entries: dict[Entry, bool] = {}
        self._leaks: list[str] = []
        self._unjudged: dict[str, list[str]] = {}

    def add(self, one: Judgement) -> None:
        """Count a judgement."""
        if one.reports:
            self.tally.add(one.label, *one.reports, allowed={name: entry.reason for name, entry in one.allowed.items()})
        else:
            self._unjudged.setdefault(one.because, []).append(one.label)
        self._leaks += [f"{one.label}: {leak}" for leak in one.leaks]
        self._note((entry, entry.name in one.used) for entry in one.allowed.values())

    def _note(self, entries: Iterable[tuple[Entry, bool]]) -> None:
        for entry, used in entries:
            self._entries[entry] = used or self._entries.get(entry, False)

    def data(self) -> dict[str, Any]:
        """All of it as plain JSON."""
        return {
            "tally": self.tally.data(),
            "entries": [[*entry, used] for entry, used in self._entries.items()],
            "leaks": self._leaks,
            "unjudged": self._unjudged,
        }

    def merge(self, data: Mapping[str, Any]) -> None:
        """Add what another process sent."""
        self.tally.merge(data["tally"])
        self._note((Entry(where, name, reason), used) for where, name, reason, used in data["entries"])
        self._leaks += data["leaks"]
        for because, labels in data["unjudged"].items():
            self._unjudged.setdefault(because, []).extend(labels)

    @property
    def broken(self) -> bool:
        """Whether a contract was broken where that was not allowed."""
        return bool(self.tally.ids("broken"))

    def lines(self) -> list[str]:
        """A summary for people; the same whoever ran the tests, and in whatever order."""
        entries = sorted(entry for entry, used in self._entries.items() if not used)
        return [
            f"judged: {self.tally.traces} {'run' if self.tally.traces == 1 else 'runs'} of tests",
            *(
                f"not judged: {because}: {', '.join(sorted(labels))}"
                for because, labels in sorted(self._unjudged.items())
            ),
            *self.tally.lines(),
            *(f"left open: {line}" for line in sorted(self._leaks)),
            *(f"allowed, and not broken: {name} by {where} ({reason})" for where, name, reason in entries),
        ]
