"""What a trace says of each job, each session or batch, each backend and each refused request."""

from __future__ import annotations

from typing import Any, Final

from pytest_qruntime.model import Event
from pytest_qruntime.model.policy import BATCH, DEDICATED

LOST_CODE: Final = 4001
"""The reason code of a job that was queued when its session or batch ended."""
TOO_LONG_CODE: Final = 1305
NEVER: Final = -1


class JobFacts:
    """A job. Events are None and their places `NEVER` if they did not happen, or nobody saw them.

    Attributes:
        started_from: the state of its workload when it began to run, after the activation that it caused.
        in_window_of: the session that held the backend when it began to run.
        beside: another workload that had jobs running then.
        passed_over: a job of an active workload of others that was ready then.
        overtaken: an earlier plain job of the same instance that was still queued then.
        lanes: how many jobs ran then, with this one.
        others_waited: whether plain jobs of others were queued then.
        workloads_waited: whether jobs of another session or batch were queued then.
        had_company: whether more jobs of its own line were queued then; `first_in_line`: whether it was the first.
        queued_in: the state of its workload when it was submitted.
        accepted: whether its workload took jobs then.
        found_idle: whether nothing of its workload was queued or running then; `idle_since_us`: since when.
        left_others: whether others of its workload were queued or running when it ended.
        found_running, found_queued: how many of its workload ran and waited then.
        found_window: whether its session held the backend then; `found_crowd`: others still ran in spite of it.
        found_free: whether its backend could start a plain job at once: a lane was free, and nobody waited.
        odd: events that its state did not allow.
    """

    __slots__ = (
        *("id", "workload", "backend", "instance", "program", "cost_us", "known", "odd"),
        *("queued", "queued_no", "running", "running_no", "on_qpu", "end", "end_no", "deleted", "status"),
        *("queued_in", "accepted", "found_idle", "found_free", "found_running", "found_queued", "found_window"),
        *("started_from", "in_window_of", "beside", "passed_over", "overtaken", "lanes", "on_qpus", "others_waited"),
        *("first_in_line", "had_company", "left_others", "workloads_waited", "found_crowd", "idle_since_us"),
    )

    def __init__(self, name: str) -> None:
        self.id = name
        self.workload: WorkloadFacts | None = None
        self.backend: BackendFacts | None = None
        self.instance: str | None = None
        self.program: str | None = None
        self.cost_us: int | None = None
        self.known = False
        self.odd: list[tuple[int, Event]] | None = None
        self.queued: Event | None = None
        self.queued_no = NEVER
        self.running: Event | None = None
        self.running_no = NEVER
        self.on_qpu: Event | None = None
        self.end: Event | None = None
        self.end_no = NEVER
        self.deleted: Event | None = None
        self.status = ""
        self.queued_in = ""
        self.accepted = True
        self.found_idle = False
        self.found_free = False
        self.found_running = 0
        self.found_queued = 0
        self.found_window = False
        self.started_from = ""
        self.in_window_of: WorkloadFacts | None = None
        self.beside: WorkloadFacts | None = None
        self.passed_over: JobFacts | None = None
        self.overtaken: JobFacts | None = None
        self.lanes = 0
        self.on_qpus = 0
        self.others_waited = False
        self.first_in_line = True
        self.had_company = False
        self.left_others = False
        self.workloads_waited = False
        self.found_crowd = False
        self.idle_since_us: int | None = None

    @property
    def code(self) -> object:
        """The reason code that it ended with."""
        return None if self.end is None else self.end.data.get("reason_code")

    @property
    def charged_us(self) -> Any:
        """What it was charged."""
        return None if self.end is None else self.end.data.get("charged_us")

    @property
    def outcome(self) -> str:
        """How it ended, in a word for messages."""
        if self.end is None:
            return "has not ended"
        code = "" if self.code is None else f" with code {self.code}"
        return f"{self.end.kind.partition('.')[2]}{code}"

    def ended_after(self, number: int) -> bool:
        """Whether it had not ended when that event happened."""
        return self.end is None or self.end_no > number


class Moment:
    """A change of a workload, and what was the case just before.

    Attributes:
        state, accepting, queued, running: of the workload.
        idle_since_us: since when nothing of it was queued or running; None if something was.
        others: how many jobs of others ran on its backend.
        head: the plain job that was first in line on its backend.
        by: the job with which it became active.
    """

    __slots__ = (
        *("event", "no", "state", "accepting", "queued", "running", "idle_since_us", "others", "head", "by"),
        *("waiting", "going", "active_us", "first"),
    )

    def __init__(self, event: Event, no: int) -> None:
        self.event = event
        self.no = no
        self.state = ""
        self.accepting = True
        self.queued = 0
        self.running = 0
        self.idle_since_us: int | None = None
        self.others = 0
        self.head: JobFacts | None = None
        self.by: JobFacts | None = None
        self.waiting: tuple[JobFacts, ...] = ()
        self.going: tuple[JobFacts, ...] = ()
        self.active_us = 0
        self.first: JobFacts | None = None

    @property
    def at_us(self) -> int:
        """When it was."""
        return self.event.at_us

    @property
    def reason(self) -> object:
        """The reason that was given for it."""
        return self.event.data.get("reason")


class WorkloadFacts:
    """A session or a batch. `closed` is its end; `ended` too, or that it was cancelled and only waits for its jobs."""

    __slots__ = (
        *("id", "mode", "backend", "instance", "opened", "max_ttl_us", "ittl_us", "active_ttl_us", "jobs"),
        *("moments", "started", "activations", "inactivations", "drainings", "reopenings", "closed", "ended"),
        *("settled", "later", "refused", "ignored", "drained_us"),
        *("state", "accepting", "queued", "running", "idle_since_us", "active_since_us", "active_us", "last_run_us"),
        *("window_us", "busy_us", "gap_us", "tail_us", "inactive_us", "_window_since", "_busy_since", "_since"),
    )

    def __init__(self, name: str) -> None:
        self.id = name
        self.mode: object = None
        self.backend: BackendFacts | None = None
        self.instance: str | None = None
        self.opened: Event | None = None
        self.max_ttl_us: int | None = None
        self.ittl_us: int | None = None
        self.active_ttl_us: int | None = None
        self.jobs: list[JobFacts] = []
        self.moments: list[Moment] = []
        self.started: Moment | None = None
        self.activations: list[Moment] = []
        self.inactivations: list[Moment] = []
        self.drainings: list[Moment] = []
        self.reopenings: list[Moment] = []
        self.closed: Moment | None = None
        self.ended: Moment | None = None
        self.settled: Event | None = None
        self.later: list[tuple[int, Event]] = []
        self.refused: list[RefusalFacts] = []
        self.ignored: list[Moment] = []
        self.drained_us: int | None = None
        # what is so while the pass goes on, and at its end
        self.state = "open"
        self.accepting = True
        self.queued: dict[JobFacts, None] = {}
        self.running: dict[JobFacts, None] = {}
        self.idle_since_us: int | None = None
        self.active_since_us = 0
        self.active_us = 0
        self.last_run_us: int | None = None
        # the windows of time in which a session held the backend
        self.window_us = 0
        self.busy_us = 0
        self.gap_us = 0
        self.tail_us = 0
        self.inactive_us = 0
        self._window_since: int | None = None
        self._busy_since: int | None = None
        self._since: int | None = None

    @property
    def is_session(self) -> bool:
        """Whether it is a session."""
        return self.mode == DEDICATED

    @property
    def is_batch(self) -> bool:
        """Whether it is a batch."""
        return self.mode == BATCH

    @property
    def reason(self) -> object:
        """Why it was closed."""
        return None if self.ended is None else self.ended.reason

    def forget(self) -> None:
        """Let go of its jobs and of what it was like when, which all know it: nobody is kept then by whom he keeps."""
        self.backend = self.started = self.closed = self.ended = None
        for many in (self.moments, self.activations, self.inactivations, self.drainings, self.reopenings, self.ignored):
            many.clear()
        self.jobs.clear()
        self.refused.clear()
        self.queued.clear()
        self.running.clear()

    # -- windows, as the pass sees them ------------------------------------------------------------------------------

    def window_opens(self, at_us: int) -> None:
        """It became active."""
        if self._window_since is None:
            if self._since is not None:
                self.inactive_us += at_us - self._since
            self._window_since = self._since = at_us

    def runs(self, at_us: int) -> None:
        """Its first job of several runs."""
        if self._window_since is not None:
            self.gap_us += at_us - (self._since or 0)
        self._busy_since = at_us

    def rests(self, at_us: int) -> None:
        """Its last running job ended."""
        if self._busy_since is not None:
            self.busy_us += at_us - self._busy_since
        self._busy_since, self._since = None, at_us

    def window_ends(self, at_us: int) -> None:
        """It is not active any more, and nothing of it runs."""
        if self._window_since is not None:
            self.window_us += at_us - self._window_since
            self.tail_us += at_us - (self._since or 0)
            self._window_since, self._since = None, at_us


class BackendFacts:
    """A backend while the pass goes on: who runs, who waits, who has it."""

    __slots__ = (
        *("name", "running", "on_qpu", "window", "busy", "plain", "line", "front", "calibrations", "waiting"),
        *("interrupted", "starts"),
    )

    def __init__(self, name: str) -> None:
        self.name = name
        self.running: dict[JobFacts, None] = {}
        self.on_qpu: dict[JobFacts, None] = {}
        self.window: WorkloadFacts | None = None
        self.busy: dict[WorkloadFacts, int] = {}
        self.plain: dict[JobFacts, None] = {}
        self.line: dict[str | None, dict[JobFacts, None]] = {}
        self.front: dict[WorkloadFacts, None] = {}
        self.calibrations: dict[JobFacts, None] = {}
        self.waiting = 0
        self.interrupted = False
        self.starts: list[Event] = []


class RefusalFacts:
    """A refused request, and what was the case for what it named."""

    __slots__ = ("accepting", "event", "job", "job_known", "job_over", "no", "operation", "state", "why", "workload")

    def __init__(self, event: Event, no: int) -> None:
        self.event = event
        self.no = no
        self.operation = event.data.get("operation")
        self.why = event.data.get("refusal")
        self.workload: WorkloadFacts | None = None
        self.state = ""
        self.accepting = True
        self.job: JobFacts | None = None
        self.job_known = False
        self.job_over = False
