"""What a run has to tell at its end about its recordings, as plain data, so that a worker can send it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from typing import Any


@dataclass
class Notes:
    """Lists of lines for the end of the run; files are named from the root of the project on.

    Attributes:
        rescued: sessions that an earlier run had left open, and what became of them.
        spent: QPU time that a service which charges says was used.
        recorded: files that were recorded, and how much is in them.
        dropped: tests that were to be recorded and were not, and why.
        unused: tests that did not come to everything in their recordings.
        old: recordings that are older than they may be.
        used: files that a test of this run used, or would use.
        present: files of ours that stand where the tests of this run have their recordings.
    """

    rescued: list[str] = field(default_factory=list)
    spent: list[str] = field(default_factory=list)
    recorded: list[str] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    unused: list[str] = field(default_factory=list)
    old: list[str] = field(default_factory=list)
    used: list[str] = field(default_factory=list)
    present: list[str] = field(default_factory=list)

    def plain(self) -> dict[str, Any]:
        """As dicts and lists."""
        return asdict(self)

    def add(self, plain: dict[str, list[str]]) -> None:
        """Take in what another process noted."""
        for one in fields(self):
            mine = getattr(self, one.name)
            mine.extend(line for line in plain[one.name] if line not in mine)

    def lines(self) -> list[str]:
        """What is to be told, one line each."""
        forgotten = sorted(set(self.present) - set(self.used))
        return [
            *self.rescued,
            *self.spent,
            *(f"recorded {line}" for line in sorted(self.recorded)),
            *(f"not recorded: {line}" for line in sorted(self.dropped)),
            *(f"never reached: {line}" for line in sorted(self.unused)),
            *(f"old: {line}" for line in sorted(self.old)),
            *(f"not used by this run: {name}" for name in forgotten),
        ]
