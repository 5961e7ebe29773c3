"""The rows of a timeline: what each session, batch and job was doing when."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal, NamedTuple

from pytest_qruntime.model import Event, Trace
from pytest_qruntime.model import trace as kinds
from pytest_qruntime.model.durations import SECOND_US
from pytest_qruntime.report.timeline.names import Names

State = Literal["queued", "running", "classical", "quantum", "open", "active", "idle", "draining", "finishing", "down"]
Sign = Literal["completed", "failed", "cancelled", "closed", "limit"]

_WORKLOAD_STATES: Final[dict[str, State]] = {
    kinds.WORKLOAD_OPENED: "open",
    kinds.WORKLOAD_ACTIVATED: "active",
    kinds.WORKLOAD_INACTIVATED: "idle",
    kinds.WORKLOAD_DRAINING: "draining",
}
_JOB_STATES: Final[dict[str, State]] = {
    kinds.JOB_QUEUED: "queued",
    kinds.JOB_RUNNING: "classical",
    kinds.JOB_ON_QPU: "quantum",
}
_JOB_ENDS: Final[dict[str, Sign]] = {
    kinds.JOB_COMPLETED: "completed",
    kinds.JOB_FAILED: "failed",
    kinds.JOB_CANCELLED: "cancelled",
}
_STILL: Final[dict[State, str]] = {
    "queued": "still queued",
    "running": "still running",
    "classical": "still running",
    "quantum": "still running",
    "open": "still open",
    "active": "still open",
    "idle": "still open",
    "draining": "still closing",
    "finishing": "still at work",
    "down": "still away",
}
_BUSIEST_FIRST: Final[tuple[State, ...]] = ("quantum", "classical", "queued")


class Band(NamedTuple):
    """A stretch of time in one state; `until_us` is None if it lasts to the end of the timeline."""

    since_us: int
    until_us: int | None
    state: State


class Point(NamedTuple):
    """Something that happened at an instant."""

    at_us: int
    mark: Sign


@dataclass
class Row:
    """One line of a timeline.

    Attributes:
        id: of the session, batch, job or backend.
        name: what it is called.
        of: the name of the session or batch of a job.
        is_job: whether it is that of a job.
        bands: in the order of time; they do not overlap.
        points: in the order of time.
    """

    id: str
    name: str
    of: str | None = None
    is_job: bool = False
    bands: list[Band] = field(default_factory=list)
    points: list[Point] = field(default_factory=list)

    def enter(self, at_us: int, state: State) -> None:
        """From now on it is in this state."""
        if self.bands and self.bands[-1].until_us is None and self.bands[-1].state == state:
            return
        self.leave(at_us)
        last = self.bands[-1] if self.bands else None
        if last is not None and last.until_us == at_us and last.state == state:
            self.bands[-1] = last._replace(until_us=None)
        else:
            self.bands.append(Band(at_us, None, state))

    def leave(self, at_us: int) -> None:
        """Its present state ends."""
        if self.bands and self.bands[-1].until_us is None:
            last = self.bands.pop()
            if last.since_us < at_us:
                self.bands.append(last._replace(until_us=at_us))

    @property
    def state(self) -> State | None:
        """The state that it is in at the end; None if that is over."""
        return self.bands[-1].state if self.bands and self.bands[-1].until_us is None else None

    @property
    def still(self) -> str:
        """The same in words; empty if that is over."""
        return _STILL[self.state] if self.state is not None else ""

    @property
    def ended(self) -> Sign | None:
        """How it ended; None: it did not, or nobody saw it."""
        return next((point.mark for point in reversed(self.points)), None)


class Rows:
    """Makes the rows: first the sessions and batches, each with its jobs below it, then jobs of their own, then others.

    Args:
        trace: what happened.
        names: what things are called.
    """

    def __init__(self, trace: Trace, names: Names) -> None:
        self._names = names
        self._complete = trace.complete
        self._workloads: dict[str, Row] = {}
        self._jobs: dict[str, Row] = {}
        self._backends: dict[str, Row] = {}
        self._limits: dict[str, int] = {}
        self._started: dict[str, int] = {}
        self._draining: set[str] = set()
        self._others: dict[str, State] = {}
        self._crowd = Row("others", "other users")
        for event in trace:
            self._read(event)

    def all(self) -> list[Row]:
        """Every row, from the top."""
        jobs: dict[str | None, list[Row]] = {}
        for row in self._jobs.values():
            jobs.setdefault(row.of, []).append(row)
        placed = [row for one in self._workloads.values() for row in (one, *jobs.get(one.name, ()))]
        alone = jobs.get(None, [])
        crowd = [self._crowd] if self._crowd.bands else []
        return [*placed, *alone, *crowd, *(row for row in self._backends.values() if row.bands)]

    def limits(self) -> dict[str, int]:
        """When the time limit of each session or batch ends that has begun to run, by id."""
        return {
            name: self._started[name] + limit_us for name, limit_us in self._limits.items() if name in self._started
        }

    # -- reading -----------------------------------------------------------------------------------------------------

    def _read(self, event: Event) -> None:
        if event.job is not None and event.job in self._names.others:
            self._read_other(event, event.job)
        elif event.kind.startswith("job.") and event.job is not None:
            self._read_job(event, event.job)
        elif event.kind.startswith("workload.") and event.workload is not None:
            self._read_workload(event, event.workload)
        elif event.kind == kinds.BACKEND_STATUS and event.backend is not None:
            self._read_backend(event, event.backend)

    def _read_job(self, event: Event, job: str) -> None:
        row = self._jobs.get(job)
        if row is None:
            of = None if event.workload is None else self._names.workload(event.workload)
            row = self._jobs[job] = Row(job, self._names.job(job), of, is_job=True)
        if event.kind == kinds.JOB_RUNNING and not self._complete:
            row.enter(event.at_us, "running")  # nobody saw when it came to the QPU
        elif event.kind in _JOB_STATES:
            row.enter(event.at_us, _JOB_STATES[event.kind])
        elif event.kind in _JOB_ENDS:
            row.leave(event.at_us)
            row.points.append(Point(event.at_us, _JOB_ENDS[event.kind]))

    def _read_workload(self, event: Event, workload: str) -> None:
        row = self._workloads.setdefault(workload, Row(workload, self._names.workload(workload)))
        if event.kind == kinds.WORKLOAD_OPENED and isinstance(limit_s := event.data.get("max_ttl_s"), int):
            self._limits[workload] = limit_s * SECOND_US
        if event.kind == kinds.WORKLOAD_ACTIVATED:
            self._started.setdefault(workload, event.at_us)
        if event.kind == kinds.WORKLOAD_DRAINING:
            self._draining.add(workload)
        if event.kind in _WORKLOAD_STATES:
            row.enter(event.at_us, "draining" if workload in self._draining else _WORKLOAD_STATES[event.kind])
        elif event.kind == kinds.WORKLOAD_REOPENED:
            self._draining.discard(workload)
            row.enter(event.at_us, "active" if workload in self._started else "open")
        elif event.kind == kinds.WORKLOAD_CLOSED:
            row.leave(event.at_us)
            row.points.append(Point(event.at_us, "closed"))
            if event.data.get("running"):
                row.enter(event.at_us, "finishing")
        elif event.kind == kinds.WORKLOAD_SETTLED:
            row.leave(event.at_us)

    def _read_other(self, event: Event, job: str) -> None:
        if event.kind in _JOB_STATES:
            self._others[job] = _JOB_STATES[event.kind]
        else:
            self._others.pop(job, None)
        for state in _BUSIEST_FIRST:
            if state in self._others.values():
                self._crowd.enter(event.at_us, state)
                return
        self._crowd.leave(event.at_us)

    def _read_backend(self, event: Event, backend: str) -> None:
        row = self._backends.setdefault(backend, Row(backend, backend))
        if event.data.get("status") == "online":
            row.leave(event.at_us)
        else:
            row.enter(event.at_us, "down")
