"""Everything that is known of a recording so far, and an exchange that is being read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from pytest_qruntime.cassette.derive import documents
from pytest_qruntime.cassette.derive.evidence import Job, Workload
from pytest_qruntime.cassette.replay.meaning import Place

if TYPE_CHECKING:
    from pytest_qruntime.cassette.derive.answers import Answered


class Sent(NamedTuple):
    """An exchange, taken apart."""

    number: int
    at_us: int
    where: Place
    asked: Mapping[str, Any]
    told: Mapping[str, Any]
    status: int


class Happened(NamedTuple):
    """An event that one exchange shows by itself."""

    number: int
    at_us: int
    kind: str
    backend: str | None
    job: str | None
    data: dict[str, object]


class Refused(NamedTuple):
    """A request that would have changed something and was refused, with the names that it gave."""

    number: int
    at_us: int
    operation: str
    backend: str | None
    workload: str | None
    job: str | None
    status: int
    error: Mapping[str, Any]


class Known:
    """What was seen of whom.

    Args:
        began_us: the first instant of the recorded clock, in microseconds since 1970.
        slack_us: by how much the clocks of the recording and of the service may differ.

    Attributes:
        statuses: the status and the reason that each backend had when it was last seen.
    """

    def __init__(self, began_us: int, slack_us: int) -> None:
        self.slack_us = slack_us
        self.workloads: dict[str, Workload] = {}
        self.jobs: dict[str, Job] = {}
        self.backends: set[str] = set()
        self.statuses: dict[str, tuple[str, str | None]] = {}
        self.happened: list[Happened] = []
        self.refused: list[Refused] = []
        self.answered: list[Answered] = []
        self._began_us = began_us

    def workload(self, name: str) -> Workload:
        """The evidence on a session or a batch."""
        found = self.workloads.get(name)
        if found is None:
            found = self.workloads[name] = Workload(name)
        return found

    def job(self, name: str) -> Job:
        """The evidence on a job."""
        found = self.jobs.get(name)
        if found is None:
            found = self.jobs[name] = Job(name)
        return found

    def instant(self, parent: Mapping[str, Any], name: str) -> int | None:
        """An instant of a document, on the recorded clock."""
        unix_us = documents.unix_us(parent, name)
        return None if unix_us is None else unix_us - self._began_us
