"""What a run has to tell at its end about its recordings, as plain data, so that a worker can send it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pytest_qruntime.report.run.document import Recordings


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
        wanted: tests that are on recordings, whether they run or are skipped, of a run that records.
        present: files of ours that stand where the tests of this run have their recordings.
    """

    rescued: list[str] = field(default_factory=list)
    spent: list[str] = field(default_factory=list)
    recorded: list[str] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    unused: list[str] = field(default_factory=list)
    old: list[str] = field(default_factory=list)
    used: list[str] = field(default_factory=list)
    wanted: list[str] = field(default_factory=list)
    present: list[str] = field(default_factory=list)

    def plain(self) -> dict[str, Any]:
        """As dicts and lists."""
        return asdict(self)

    def add(self, plain: dict[str, list[str]]) -> None:
        """Take in what another process noted."""
        for one in fields(self):
            mine = getattr(self, one.name)
            mine.extend(line for line in plain[one.name] if line not in mine)

    def told(self) -> Recordings:
        """What is to be told."""
        return {
            "used": sorted(set(self.used)),
            "old": sorted(set(self.old)),
            "unused": sorted(set(self.present) - set(self.used)),
            "unreached": sorted(set(self.unused)),
            "recorded": sorted(self.recorded),
            "dropped": sorted(self.dropped),
            "spent": sorted(self.spent),
            "rescued": sorted(self.rescued),
        }
